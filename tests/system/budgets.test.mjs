// What accounts may use: credit that two calls cannot both spend, warnings, hard stops, refusals, and what a killed
// server had reserved.

import assert from 'node:assert/strict';
import test from 'node:test';
import { nameOf, priceCard, putCard } from './support/bill.mjs';
import { Line } from './support/line.mjs';
import { Server } from './support/server.mjs';
import { until } from './support/waiting.mjs';

const second = 30_000_000n; // Nano-units: 3 cents.
const items = [{ item: 'seconds', meter: 'call.duration_ms', per: '1000', tiers: [{ unitNano: String(second) }] }];

async function house(t) {
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  const ada = server.token('usr_ada');
  const admin = server.token('usr_root', 'admin', 'acct_root');
  const operator = server.token('usr_op', 'operator');
  const books = (method, path, body, token = admin) => server.rest(method, `/v1/billing/${path}`, token, body);
  await server.rest('POST', '/v1/accounts', admin, { accountId: 'acct_test' });
  await putCard(server, priceCard(nameOf(Date.now()), items));
  const call = (token = ada) => server.rest('POST', '/v1/call/sessions', token, { channel: 'text' });
  const connected = async (id) => {
    const line = new Line(server, id, { token: ada });
    await line.frame('hello');
    t.after(() => line.close());
    return line;
  };
  const eventsOf = async (id) => (await server.events(id, ada)).map(({ event }) => event);
  const balance = async () => (await books('GET', 'accounts/acct_test/balance')).json;
  const grant = (amount, more = {}) =>
    books('POST', 'accounts/acct_test/credit', { amount: String(amount), currency: 'EUR', reason: 'paid ahead', ...more });
  const over = (id) => until('the end', () => eventsOf(id), (events) => events.some(({ type }) => type === 'call.ended'), { patience: 90_000 });
  return { server, ada, admin, operator, books, call, connected, eventsOf, balance, grant, over };
}

const even = (balance) => {
  assert.equal(balance.debits, balance.credits);
  const sum = (side) => balance.entries.reduce((all, entry) => all + BigInt(entry[side]), 0n);
  assert.equal(String(sum('debit')), balance.debits);
  assert.equal(String(sum('credit')), balance.credits);
};

test('two calls at once on a credit for one; it ends with its reason', { timeout: 120_000 }, async (t) => {
  const { server, admin, call, connected, balance, grant, over, operator, books } = await house(t);
  assert.equal((await grant(-1)).json.code, 'out_of_range');
  assert.equal((await grant(1, { currency: 'USD' })).json.code, 'currency_differs');
  assert.equal((await books('POST', 'accounts/acct_test/credit', { amount: '1', currency: 'EUR', reason: 'x' }, operator)).json.code, 'forbidden');
  const twice = [];
  for (let i = 0; i < 2; i += 1) {
    const reply = await fetch(`${server.url}/v1/billing/accounts/acct_test/credit`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'k1' },
      body: JSON.stringify({ amount: String(3n * second), currency: 'EUR', reason: 'paid ahead' }),
    });
    assert.equal(reply.status, 201);
    twice.push((await reply.json()).creditId);
  }
  assert.equal(twice[0], twice[1]);
  assert.equal((await balance()).available, String(3n * second), 'once');

  const both = await Promise.all([call(), call()]);
  const made = both.find(({ status }) => status === 201);
  const refused = both.find(({ status }) => status === 402);
  assert.ok(made && refused, JSON.stringify(both.map(({ status, json }) => [status, json.code])));
  assert.equal(refused.json.code, 'credit_exhausted');
  even(await balance());
  assert.equal((await balance()).held, String(3n * second));

  const { sessionId } = made.json.session;
  await connected(sessionId);
  const events = await over(sessionId);
  const ended = events.find(({ type }) => type === 'call.ended').payload;
  assert.equal(ended.endReason, 'budget_stop');
  const said = events.find(({ type }) => type === 'billing.budget.warning').payload;
  assert.equal(said.message, ended.endDetail);
  assert.match(said.message, /credit/);
  assert.ok(events.findIndex(({ type }) => type === 'billing.budget.warning') < events.findIndex(({ type }) => type === 'call.ended'));
  assert.ok(ended.durationSeconds <= 4, `it stopped in time: ${ended.durationSeconds}`);
  const paid = await until('it is paid', balance, ({ held }) => held === '0', { patience: 90_000 });
  even(paid);
  assert.equal(paid.available, '0');
  assert.equal(paid.entries.find(({ name }) => name === 'credit used').credit, String(3n * second));
  assert.equal((await call()).json.code, 'credit_exhausted');
});

test('a budget warns, a hard one ends calls and refuses new ones', { timeout: 120_000 }, async (t) => {
  const { server, admin, books, call, connected, over, operator } = await house(t);
  const put = (id, body, token = operator) => books('PUT', `accounts/acct_test/budgets/${id}`, body, token);
  const talk = { scope: 'account', period: 'day', meter: 'call.duration_ms', limit: '3000', warnAt: [50], hard: true };
  assert.equal((await put('talk', { ...talk, meter: 'call.nothing' })).json.code, 'meter_unknown');
  assert.equal((await put('talk', { ...talk, limit: '0' })).json.code, 'out_of_range');
  assert.equal((await put('talk', { ...talk, scope: 'call' })).json.code, 'out_of_range');
  assert.equal((await put('talk', talk, server.token('usr_ada'))).json.code, 'forbidden');
  assert.equal((await put('talk', talk)).status, 200);
  const { sessionId } = (await call()).json.session;
  await connected(sessionId);
  const events = await over(sessionId);
  const warnings = events.filter(({ type }) => type === 'billing.budget.warning').map(({ payload }) => payload);
  assert.equal(warnings.length, 2);
  assert.deepEqual(warnings.map(({ meterId, thresholdValue }) => [meterId, thresholdValue]), [['call.duration_ms', 1500], ['call.duration_ms', 3000]]);
  assert.ok(warnings[0].currentValue < 3000 && warnings[1].currentValue < 5000, JSON.stringify(warnings));
  const ended = events.find(({ type }) => type === 'call.ended').payload;
  assert.deepEqual([ended.endReason, ended.endDetail], ['budget_stop', warnings[1].message]);
  const [budget] = (await books('GET', 'accounts/acct_test/budgets')).json.budgets;
  assert.ok(budget.reached && BigInt(budget.used) >= 3000n, JSON.stringify(budget));
  const before = (await server.rest('GET', '/v1/call/sessions', admin)).json.sessions.length;
  assert.equal((await call()).json.code, 'budget_exceeded');
  assert.equal((await server.rest('GET', '/v1/call/sessions', admin)).json.sessions.length, before, 'nothing was written');
  const lifted = { scope: 'account', period: 'day', meter: 'call.duration_ms' };
  assert.equal((await put('talk', lifted)).json.limit, undefined);
  assert.equal((await call()).status, 201);
});

test('what a killed server had reserved comes back', { timeout: 150_000 }, async (t) => {
  const { server, ada, call, balance, grant } = await house(t);
  assert.equal((await grant(2n * second)).status, 201);
  const mine = (channel) => server.rest('POST', '/v1/call/sessions', ada, { channel, sessionId: 'sess_mine' });
  assert.equal((await mine('text')).status, 201);
  assert.equal((await balance()).available, '0');
  assert.equal((await mine('text')).status, 201, 'repeated, it is the same call');
  assert.equal((await mine('voice')).json.code, 'id_conflict');
  assert.equal((await balance()).held, String(2n * second), 'whoever is refused takes nothing from it');
  assert.equal((await balance()).unpaid, '0');
  await server.kill();
  await server.start();
  // A server that has just begun says so: it does not know yet what is reserved.
  const code = async () => (await call()).json.code;
  assert.equal(await until('it is known again', code, (known) => known !== 'not_ready'), 'credit_exhausted');
  const back = await until('it runs out', balance, ({ held }) => held === '0', { patience: 90_000 });
  assert.equal(back.available, String(2n * second));
  even(back);
  assert.equal((await call()).status, 201);
});
