// What calls cost, counted again from their archives alone by the loops of this file, and held against the
// month's statement to the last unit. Shares nothing with the server.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clock_behind } from './clock_behind.mjs';
import { binary } from './server.mjs';
import { pause } from './waiting.mjs';

const hour = 3_600_000;
const account = 'acct_test';
const nameOf = (ms) => `${new Date(ms).toISOString().slice(0, 13)}:00Z`;

/** The price of a base unit is whole, so that nothing of the sum is rounded before the end. */
const prices = { 'call.duration_ms': 333n, 'action.count': 50_000_000n, 'transcript.chars': 700n };
const card = {
  card: 'standard',
  version: 1,
  kind: 'price',
  currency: 'EUR',
  items: Object.entries(prices).map(([meter, unitNano]) => ({ item: meter, meter, per: '1', tiers: [{ unitNano: `${unitNano}` }] })),
};

/** Before anything is used. */
export async function putPrices(server) {
  const body = { card: { ...card, effectiveFrom: nameOf(Date.now()) } };
  const { status, json } = await server.rest('POST', '/v1/billing/cards', server.token('usr_root', 'admin', 'acct_root'), body);
  assert.equal(status, 201, JSON.stringify(json));
}

/** What one call used, from the lines of its archive: a call of one run of the server, that nobody left. */
export function recount(archive) {
  const used = { 'call.duration_ms': 0, 'action.count': 0, 'transcript.chars': 0 };
  const begun = new Set();
  let row;
  let since;
  for (const line of archive.trimEnd().split('\n').map((text) => JSON.parse(text))) {
    if (line.line === 'row') row = line;
    if (line.line !== 'record') continue;
    const { type, payload } = JSON.parse(line.event);
    if (type === 'call.connected') since = row.steady;
    if (type === 'call.ended') used['call.duration_ms'] = Math.floor((row.steady - since) / 1000);
    if (type === 'transcript.final') used['transcript.chars'] += [...payload.text].length;
    if (type === 'orchestration.action.started') begun.add(payload.actionId);
  }
  used['action.count'] = begun.size;
  return used;
}

/** Lets the hour end, and gives what the statement says of these calls that is not so, and what was counted. */
export async function checkBill(server, sessions) {
  await server.kill('SIGTERM');
  const env = clock_behind(server.folder, -1 / 24);
  assert.ok(env, 'clang-19 makes the clock');
  Object.assign(server.env, env);
  await server.start();
  const auditor = server.token('usr_auditor', 'auditor');
  const archives = join(server.folder, 'archives');
  mkdirSync(archives);
  const counted = { 'call.duration_ms': 0, 'action.count': 0, 'transcript.chars': 0 };
  for (const sessionId of sessions) {
    const reply = await fetch(`${server.url}/v1/call/sessions/${sessionId}/archive`, { headers: { Authorization: `Bearer ${auditor}` } });
    assert.equal(reply.status, 200, sessionId);
    const text = await reply.text();
    writeFileSync(join(archives, sessionId), text);
    for (const [meter, quantity] of Object.entries(recount(text))) counted[meter] += quantity;
  }
  const found = [];
  const { quantities, amount, totalMinor } = await statementOf(server, auditor, sum(Object.values(counted)));
  for (const [meter, quantity] of Object.entries(counted))
    if (quantities[meter] !== quantity) found.push(`${meter}: the statement says ${quantities[meter]} of ${quantity}`);
  const exact = Object.entries(counted).reduce((all, [meter, quantity]) => all + BigInt(quantity) * prices[meter], 0n);
  if (amount !== exact) found.push(`the statement comes to ${amount}, not to ${exact} nano-units`);
  for (const sessionId of sessions) execFileSync(binary, ['verify', join(archives, sessionId)], { stdio: 'pipe' });
  return { found, counts: { calls: sessions.length, ...counted, totalMinor: `${totalMinor}`, archivesVerified: sessions.length } };
}

const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);

/** Of all months that these hours may be of, once all of it is booked. */
async function statementOf(server, auditor, expected) {
  const months = new Set([Date.now(), Date.now() - hour].map((ms) => new Date(ms).toISOString().slice(0, 7)));
  for (const begun = Date.now(); ; await pause(200)) {
    const quantities = {};
    let [amount, totalMinor] = [0n, 0n];
    for (const month of months) {
      const { json } = await server.rest('GET', `/v1/billing/accounts/${account}/statements/${month}`, auditor);
      for (const { item, quantity } of json?.lines ?? []) quantities[item] = (quantities[item] ?? 0) + Number(quantity);
      if (!json?.lines) continue; // A server that has just begun says so.
      assert.equal(BigInt(json.totalMinor), halfEven(BigInt(json.amount), 10_000_000n), 'what is paid is what it costs, settled once');
      amount += BigInt(json.amount);
      totalMinor += BigInt(json.totalMinor);
    }
    if (sum(Object.values(quantities)) >= expected || Date.now() - begun > 30_000) return { quantities, amount, totalMinor };
  }
}

function halfEven(amount, unit) {
  const [whole, rest] = [amount / unit, 2n * (amount % unit)];
  return rest > unit || (rest === unit && whole % 2n === 1n) ? whole + 1n : whole;
}
