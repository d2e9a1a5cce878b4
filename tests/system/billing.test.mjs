// What accounts are charged: closed hours by their cards, late words as adjustments, a month as a
// statement. Recounted here from the usage records with plain loops.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { clock_behind } from './support/clock_behind.mjs';
import { Line } from './support/line.mjs';
import { Server } from './support/server.mjs';
import { pause } from './support/waiting.mjs';

const hour = 3_600_000;
const nameOf = (ms) => `${new Date(ms).toISOString().slice(0, 13)}:00Z`;
// Seconds are easier to wait for than minutes: 3 cents a second, the first two for nothing.
const items = [
  { item: 'seconds', meter: 'call.duration_ms', per: '1000', included: '2000', tiers: [{ unitNano: '30000000' }] },
  { item: 'words', meter: 'transcript.chars', match: { speaker: 'user' }, per: '1', tiers: [{ upTo: '10', unitNano: '500' }, { unitNano: '7' }] },
  { item: 'hearing', meter: 'stt.ms', per: '60000', tiers: [{ unitNano: '4000000' }] },
];
const card = (effectiveFrom, more = {}) => ({ card: 'standard', version: 1, kind: 'price', currency: 'EUR', effectiveFrom, items, ...more });

/** A server by whose clock the next hour begins in so many seconds, and those who come to it. */
async function house(t, untilEdge) {
  const server = new Server('[metering]\nclose_after_ms = 0\n');
  const behind = Math.floor(Date.now() / 1000 + untilEdge) % 3600;
  const env = clock_behind(server.folder, behind / 86_400);
  if (env === null) return t.skip('nothing here compiles a clock');
  Object.assign(server.env, env);
  t.after(() => server.close());
  await server.start();
  const now = () => Date.now() - behind * 1000;
  const tokens = {
    ada: server.token('usr_ada'),
    svc: server.token('key_1', 'service'),
    auditor: server.token('usr_auditor', 'auditor'),
    stranger: server.token('usr_stranger', 'auditor', 'acct_other'),
    admin: server.token('usr_root', 'admin', 'acct_root'),
  };
  let n = 0;
  const publish = async (id, token, type, payload) => {
    const event = { eventId: `e${(n += 1)}`, sessionId: id, ts: '2020-02-16T10:00:00.000Z', type, payload, schemaVersion: '1.0' };
    const { status, json } = await server.rest('POST', `/v1/call/sessions/${id}/events`, token, event);
    assert.equal(status, 201, JSON.stringify(json));
  };
  const ask = (path, token = tokens.auditor) => server.rest('GET', `/v1/billing/${path}`, token);
  // A server that has just begun says so: its view is not open yet.
  const entries = async () => (await ask('accounts/acct_test/charges?limit=1000')).json.entries ?? [];
  const usage = async () => ((await ask('accounts/acct_test/usage?limit=1000')).json.records ?? []).map(({ record }) => record);
  /** Once that is so. */
  const until = async (what, look, enough) => {
    for (const begun = Date.now(); ; await pause(50)) {
      const found = await look();
      if (enough(found)) return found;
      assert.ok(Date.now() - begun < 25_000, `waited in vain: ${what}: ${JSON.stringify(found)}`);
    }
  };
  return { server, tokens, now, publish, ask, entries, usage, until };
}

/** What a month's first q base units cost, unit by unit of the tiers; all prices here are whole. */
function costOf({ per, included = '0', tiers }, q) {
  let left = BigInt(q) - BigInt(included);
  let cost = 0n;
  let from = 0n;
  for (const { upTo, unitNano } of tiers) {
    if (left <= 0n) break;
    const here = upTo === undefined || left < BigInt(upTo) - from ? left : BigInt(upTo) - from;
    cost += here * BigInt(unitNano);
    from += here;
    left -= here;
  }
  return { exact: cost, per: BigInt(per) };
}
const near = ({ exact, per }, amount) => {
  const twice = 2n * (BigInt(amount) * per - exact);
  return twice >= -per && twice <= per; // Rounded once.
};
const quantityOf = ({ type, entry }) => BigInt(type === 'billing.usage.recorded' ? entry.quantity : entry.quantityDelta);
const amountOf = ({ type, entry }) => BigInt(type === 'billing.usage.recorded' ? entry.amount : entry.amountDelta);
const total = (values) => values.reduce((sum, value) => sum + value, 0n);

/** Booked is used, at its price: item by item, over all hours of the month. */
function agree(entries, records) {
  for (const item of items) {
    const booked = entries.filter(({ entry }) => entry.item === item.item);
    const used = records.filter(
      ({ meter, dims, quantity }) => meter === item.meter && quantity !== null && Object.entries(item.match ?? {}).every(([name, value]) => dims?.[name] === value),
    );
    const quantity = total(used.map((record) => BigInt(record.quantity)));
    assert.equal(total(booked.map(quantityOf)), quantity, item.item);
    assert.ok(near(costOf(item, quantity), total(booked.map(amountOf))), `${item.item}: ${quantity} for ${total(booked.map(amountOf))}`);
  }
  const ids = entries.map(({ type, entry }) => (type === 'billing.usage.recorded' ? entry.idempotencyKey : entry.adjustmentId));
  assert.equal(new Set(ids).size, ids.length, 'nothing is booked twice');
}

test('a closed hour is charged, what comes late is an adjustment, kill -9', { timeout: 180_000 }, async (t) => {
  const at = await house(t, 9);
  if (!at) return;
  const { server, tokens, now, publish, ask, entries, usage, until } = at;
  const window = nameOf(now());
  const put = (body, token = tokens.admin) => server.rest('POST', '/v1/billing/cards', token, body);
  assert.deepEqual((await put({ card: card(window) }, tokens.auditor)).json.code, 'forbidden');
  assert.equal((await put({ card: card(window) })).status, 201);
  assert.equal((await put({ card: card(window) })).status, 200, 'the same again');
  assert.equal((await put({ card: card(window, { currency: 'USD' }) })).json.code, 'card_exists');
  assert.equal((await put({ card: card(window, { version: 2 }) })).json.code, 'effective_from_invalid');
  assert.equal((await put({ card: card(window, { version: 2, items: [] }) })).json.code, 'card_invalid');
  assert.equal((await ask('cards')).json.cards.length, 1);

  const { json } = await server.rest('POST', '/v1/call/sessions', tokens.ada, { channel: 'text' });
  const id = json.session.sessionId;
  const line = new Line(server, id, { token: tokens.ada });
  await line.frame('hello');
  for (const [i, text] of ['Hello', 'dear clock'].entries())
    await publish(id, tokens.ada, 'transcript.final', { utteranceId: `u${i}`, speaker: 'user', text, startMs: 0, endMs: 9, source: 'typed' });
  await publish(id, tokens.svc, 'billing.usage.reported', { reportId: 'r1', meter: 'stt.ms', unit: 'ms', quantity: '90000', source: 'provider' });
  await publish(id, tokens.svc, 'billing.usage.reported', { reportId: 'r2', meter: 'tts.chars', unit: 'char', quantity: '12', source: 'provider' });
  await pause(2_500);
  await server.rest('POST', `/v1/call/sessions/${id}/state`, tokens.ada, { status: 'ended' });
  line.close();
  await until('the call is measured', usage, (records) => records.length >= 4);
  assert.deepEqual(await entries(), [], 'the hour goes on');
  await until('the hour is over', async () => nameOf(now()), (name) => name !== window);

  await server.kill();
  await server.start(); // It closes what is over, and is killed in the midst of it.
  for (let kills = 0; kills < 4; kills += 1) {
    await pause(40 * kills);
    await server.kill();
    await server.start();
  }
  const charged = await until('charges', entries, (found) => found.length >= 3);
  agree(charged, await usage());
  assert.ok(charged.every(({ type, entry }) => type === 'billing.usage.recorded' && entry.window === window && entry.currency === 'EUR'));
  const records = new Map((await usage()).map((record) => [record.recordId, record]));
  for (const { entry } of charged) {
    assert.equal(entry.recordsHash, createHash('sha256').update(entry.recordIds.map((one) => `${one}\n`).join('')).digest('hex'));
    assert.equal(total(entry.recordIds.map((one) => BigInt(records.get(one).quantity))), BigInt(entry.quantity), 'a charge leads to its records');
  }

  // A provider remembers, and puts right: in its own hour, at its price.
  const service = new Date(Date.parse(`${window.slice(0, 16)}:00.000Z`) + 1).toISOString();
  await publish(id, tokens.svc, 'billing.usage.reported', { reportId: 'r3', meter: 'stt.ms', unit: 'ms', quantity: '30000', source: 'provider', at: service });
  await until('a late word', entries, (found) => found.length >= 4);
  await publish(id, tokens.svc, 'billing.usage.reconciled', { reportId: 'r1', quantity: '60000', source: 'provider' });
  const all = await until('a correction', entries, (found) => found.length >= 5);
  agree(all, await usage());
  assert.deepEqual(all.slice(3).map(({ entry }) => [entry.kind, entry.serviceWindow, entry.quantityDelta]), [['late', window, '30000'], ['over', window, '-30000']]);
  assert.ok(all.slice(3).every(({ entry }) => entry.corrects === charged.find((one) => one.entry.item === 'hearing').entry.idempotencyKey));

  const month = window.slice(0, 7);
  const { json: statement } = await ask(`accounts/acct_test/statements/${month}`);
  assert.equal(BigInt(statement.amount), total(all.map(amountOf)));
  assert.equal(total(statement.lines.map(({ settledMinor }) => BigInt(settledMinor))), BigInt(statement.totalMinor));
  assert.deepEqual(statement.unpriced.map(({ meter, quantity }) => [meter, quantity]), [['tts.chars', '12']]);
  for (const [format, type] of [['csv', 'text/csv'], ['html', 'text/html']]) {
    const reply = await fetch(`${server.url}/v1/billing/accounts/acct_test/statements/${month}?format=${format}`, { headers: { Authorization: `Bearer ${tokens.auditor}` } });
    assert.equal(reply.status, 200);
    assert.ok(reply.headers.get('Content-Type').startsWith(type));
    const text = await reply.text();
    assert.ok(text.includes('seconds') && text.includes(charged[0].entry.idempotencyKey));
    if (format === 'html') assert.ok(text.includes('not a tax invoice') && !text.includes('<script'));
  }
  for (const path of ['charges', `statements/${month}`, 'usage']) {
    for (const token of [tokens.ada, tokens.stranger]) assert.equal((await ask(`accounts/acct_test/${path}`, token)).json.code, 'forbidden');
    assert.equal((await ask(`accounts/acct_test/${path}`, tokens.admin)).status, 200);
  }
  assert.equal((await ask('accounts/acct_test/statements/2026-13')).json.code, 'query_invalid');
  assert.equal((await ask(`accounts/acct_test/statements/${month}?format=pdf`)).json.code, 'query_invalid');

  await server.kill();
  await server.start();
  assert.deepEqual(await until('the view is open', entries, (found) => found.length >= all.length), all, 'nothing comes twice');
});

test('an account is put on another card from a coming hour on', { timeout: 60_000 }, async (t) => {
  const at = await house(t, 1_800);
  if (!at) return;
  const { server, tokens, now, ask } = at;
  const next = nameOf(now() + hour);
  const put = (body) => server.rest('POST', '/v1/billing/cards', tokens.admin, body);
  const assign = (account, body, token = tokens.admin) => server.rest('POST', `/v1/billing/accounts/${account}/card`, token, body);
  assert.equal((await put({ card: card(nameOf(now()), { card: 'special' }) })).status, 201);
  assert.equal((await assign('acct_none', { card: 'special', effectiveFrom: next })).json.code, 'account_not_found');
  assert.equal((await server.rest('POST', '/v1/accounts', tokens.admin, { accountId: 'acct_test', name: 'Test' })).status, 201);
  assert.equal((await assign('acct_test', { card: 'special', effectiveFrom: next }, tokens.auditor)).json.code, 'forbidden');
  assert.equal((await assign('acct_test', { card: 'other', effectiveFrom: next })).json.code, 'card_not_found');
  assert.equal((await assign('acct_test', { card: 'special', effectiveFrom: nameOf(now() - hour) })).json.code, 'card_not_found', 'it had not begun then');
  assert.equal((await assign('acct_test', { card: 'special', effectiveFrom: next, reason: 'contract' })).status, 204);
  const [assigned] = server.stored('acct_test').map(({ event }) => event);
  assert.deepEqual(assigned.payload, { by: 'usr_root', card: 'special', effectiveFrom: next, reason: 'contract' });
  const { status, json } = await ask(`accounts/acct_test/statements/${nameOf(now()).slice(0, 7)}`);
  assert.ok(status === 200 || json.code === 'card_not_found', JSON.stringify(json));
});
