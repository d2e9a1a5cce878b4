// What tests of money do with a server: cards are put, calls are used, hours are charged.

import assert from 'node:assert/strict';
import { pause } from './waiting.mjs';

export const hour = 3_600_000;
/** Of an hour, as the journal has it; and a moment after its begin, as events have it. */
export const nameOf = (ms) => `${new Date(ms).toISOString().slice(0, 13)}:00Z`;
export const momentOf = (window) => new Date(Date.parse(`${window.slice(0, 16)}:00.000Z`) + 1).toISOString();

export const priceCard = (effectiveFrom, items, more = {}) => ({ card: 'standard', version: 1, kind: 'price', currency: 'EUR', effectiveFrom, items, ...more });

/** To a server that may have just begun: its views are open a moment later. */
export async function putCard(server, card) {
  const admin = server.token('usr_root', 'admin', 'acct_root');
  for (const begun = Date.now(); ; await pause(50)) {
    const { status, json } = await server.rest('POST', '/v1/billing/cards', admin, { card });
    if (status === 503 && Date.now() - begun < 10_000) continue;
    return assert.equal(status, 201, JSON.stringify(json));
  }
}

/** Says events in calls of this server, each under an id of its own. */
export function publisher(server) {
  let n = 0;
  return async (sessionId, token, type, payload, expected = 201) => {
    const event = { eventId: `e${(n += 1)}`, sessionId, ts: '2020-02-16T10:00:00.000Z', type, payload, schemaVersion: '1.0' };
    const { status, json } = await server.rest('POST', `/v1/call/sessions/${sessionId}/events`, token, event);
    assert.equal(status, expected, JSON.stringify(json));
  };
}
export const typed = (utteranceId, text) => ['transcript.final', { utteranceId, speaker: 'user', text, startMs: 0, endMs: 9, source: 'typed' }];
export const reported = (reportId, meter, unit, quantity, more = {}) => ['billing.usage.reported', { reportId, meter, unit, quantity: `${quantity}`, source: 'provider', ...more }];

export async function openCall(server, token, more = {}) {
  const { status, json } = await server.rest('POST', '/v1/call/sessions', token, { channel: 'text', ...more });
  assert.equal(status, 201, JSON.stringify(json));
  return json.session.sessionId;
}
export async function endCall(server, token, sessionId) {
  const { status, json } = await server.rest('POST', `/v1/call/sessions/${sessionId}/state`, token, { status: 'ended' });
  assert.equal(status, 200, JSON.stringify(json));
}

/** Of an account, so far; nothing where the server cannot say it yet. */
export async function chargesOf(server, token, account = 'acct_test') {
  return (await server.rest('GET', `/v1/billing/accounts/${account}/charges?limit=1000`, token)).json?.entries ?? [];
}
export async function usageOf(server, token, account = 'acct_test') {
  const { json } = await server.rest('GET', `/v1/billing/accounts/${account}/usage?limit=1000`, token);
  return (json?.records ?? []).map(({ record }) => record);
}
export const idOf = ({ type, entry }) => (type === 'billing.usage.recorded' ? entry.idempotencyKey : entry.adjustmentId);
export const quantityOf = ({ type, entry }) => BigInt(type === 'billing.usage.recorded' ? entry.quantity : entry.quantityDelta);
export const amountOf = ({ type, entry }) => BigInt(type === 'billing.usage.recorded' ? entry.amount : entry.amountDelta);
export const total = (values) => values.reduce((sum, value) => sum + value, 0n);
