// What calls used: measured from the journal, cut by the hour, signed, written once. Recounted here by
// plain loops over the events that anybody can read.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { endCall, hour, momentOf, nameOf, openCall, publisher, typed } from './support/bill.mjs';
import { ClockBehind } from './support/clock_behind.mjs';
import { Line } from './support/line.mjs';
import { Server } from './support/server.mjs';
import { isSignedBy } from './support/usage_signature.mjs';
import { pause, until } from './support/waiting.mjs';

const config = (more = '') => `[metering]\nclose_after_ms = 0\n${more}\n[tools."lifeline.noop"]\nkind = "builtin"\nrisk = "read_only"\n`;

async function house(t, { more = '', clock } = {}) {
  const server = new Server(config(more));
  if (clock) assert.ok(clock.give(server), 'clang-19 makes the clock');
  t.after(() => server.close());
  await server.start();
  const tokens = {
    ada: server.token('usr_ada'),
    bot: server.token('usr_bot', 'agent'),
    svc: server.token('key_1', 'service'),
    auditor: server.token('usr_auditor', 'auditor'),
    stranger: server.token('usr_stranger', 'auditor', 'acct_other'),
    admin: server.token('usr_root', 'admin', 'acct_other'),
  };
  const publish = publisher(server);
  const call = () => openCall(server, tokens.ada, { participants: [{ userId: 'usr_bot', role: 'agent' }] });
  const connect = async (id) => {
    const line = new Line(server, id, { token: tokens.ada });
    await line.frame('hello');
    return line;
  };
  const end = (id) => endCall(server, tokens.ada, id);
  const say = (id, ...words) => publish(id, tokens.ada, ...typed(...words));
  const usage = async (query = '', token = tokens.auditor) =>
    server.rest('GET', `/v1/billing/accounts/acct_test/usage?limit=1000&${query}`, token);
  /** The records of a call once there are so many. */
  const records = (id, count) => {
    const look = async () => {
      const { status, json } = await usage(`session=${id}`);
      assert.equal(status, 200, JSON.stringify(json));
      return json.records.map(({ record }) => record);
    };
    return until(`${count} records`, look, (found) => found.length >= count);
  };
  return { server, tokens, publish, call, connect, end, say, usage, records };
}

const sum = (records, meter, dims = {}) =>
  records
    .filter((one) => one.meter === meter && Object.entries(dims).every(([name, value]) => one.dims?.[name] === value))
    .reduce((total, { quantity }) => total + BigInt(quantity), 0n);

/** The chain over the evidence, added up again from the events as they were sent. */
function chainOf(texts) {
  let chain = Buffer.alloc(32);
  for (const text of texts) {
    const bytes = createHash('sha256').update(text).digest();
    chain = createHash('sha256').update(chain).update(bytes).digest();
  }
  return chain.toString('hex');
}

test('a call is measured, signed, and adds up to what its events say', { timeout: 120_000 }, async (t) => {
  const { server, tokens, publish, call, connect, end, say, records } = await house(t);
  const id = await call();
  const line = await connect(id);
  const said = ['Grüezi', 'Ich möchte \u{1F98A} anrufen.', 'e\u0301'];
  for (const [i, text] of said.entries()) await say(id, `u${i}`, text);
  const used = { reportId: 'use_1', meter: 'agent.tokens', unit: 'token', quantity: '107', source: 'provider', model: 'gpt-5', participant: 'usr_bot', dims: { inputTokens: 100, cachedTokens: 40, outputTokens: 7 } };
  await publish(id, tokens.svc, 'billing.usage.reported', used);
  await publish(id, tokens.svc, 'billing.usage.reported', used);
  await publish(id, tokens.svc, 'billing.usage.reported', { reportId: 'use_2', meter: 'stt.ms', unit: 'ms', quantity: null, source: 'estimated' });
  // A record says the words of its report again, beside much else: they have to leave room for that.
  for (const dims of [{ kind: 'k'.repeat(64_000) }, Object.fromEntries([...'abcdefghi'].map((name) => [name, 'word']))]) {
    await publish(id, tokens.svc, 'billing.usage.reported', { reportId: 'use_3', meter: 'stt.ms', unit: 'ms', quantity: '5', source: 'provider', dims }, 400);
    await publish(id, tokens.svc, 'billing.usage.reconciled', { reportId: 'use_2', quantity: '5', source: 'provider', dims }, 400);
  }
  await publish(id, tokens.bot, 'orchestration.action.requested', { actionId: 'act_1', actionType: 'lifeline.noop', summary: 's', args: {} });
  await line.event('orchestration.action.succeeded');
  await pause(300);
  await end(id);
  await publish(id, tokens.svc, 'billing.usage.reconciled', { reportId: 'use_2', quantity: '2500', source: 'provider' });

  const all = await records(id, 8);
  const events = await server.events(id, tokens.ada);
  const at = (type) => Date.parse(events.find(({ event }) => event.type === type).meta.recordedAt);
  const duration = Number(sum(all, 'call.duration_ms'));
  const shown = at('call.ended') - at('call.connected');
  assert.ok(Math.abs(duration - shown) <= 5, `${duration} ms measured, ${shown} ms between the two events`);
  assert.equal(sum(all, 'transcript.chars'), BigInt(said.reduce((chars, text) => chars + [...text].length, 0)));
  const tokensOf = (direction) => sum(all, 'agent.tokens', { direction, model: 'gpt-5' });
  assert.deepEqual(['input', 'cached', 'output'].map(tokensOf), [60n, 40n, 7n]);
  assert.equal(sum(all, 'action.count', { actionType: 'lifeline.noop', outcome: 'succeeded' }), 1n);
  const [unknown, known] = ['use_2', 'use_2'].map((_, i) => all.filter(({ meter }) => meter === 'stt.ms')[i]).sort((a, b) => (a.quantity === null ? -1 : 1));
  assert.equal(unknown.quantity, null);
  assert.equal(unknown.needsReconciliation, true);
  assert.deepEqual([known.quantity, known.corrects, known.class], ['2500', unknown.recordId, 'corrected']);

  // Nobody has to believe us: signature and evidence, from what anybody can read.
  const { json: history } = await server.rest('GET', '/v1/billing/keys', tokens.auditor);
  assert.deepEqual(history.keys.map(({ state }) => state), ['retired', 'active']);
  const active = history.keys.at(-1);
  const texts = new Map(server.stored(id).map(({ seq, text }) => [seq, text]));
  for (const record of all) {
    assert.equal(record.keyId, active.keyId);
    assert.ok(isSignedBy(active.publicKey, record), record.recordId);
    assert.ok(!isSignedBy(active.publicKey, { ...record, meter: `${record.meter} ` }));
    assert.ok(record.evidence.count > 0 && texts.has(record.evidence.seqFirst) && texts.has(record.evidence.seqLast));
  }
  const finals = [...texts].filter(([, text]) => text.includes('"type":"transcript.final"'));
  const chars = all.find(({ meter }) => meter === 'transcript.chars');
  assert.equal(chars.evidence.count, finals.length);
  assert.equal(chars.evidence.sha256, chainOf(finals.map(([, text]) => text)));
  assert.ok(events.every(({ event }) => event.type !== 'billing.usage.measured' || event.payload.sessionId === id));
});

test('usage is for those who oversee the account', { timeout: 60_000 }, async (t) => {
  const { server, tokens, call, connect, end, usage, records } = await house(t);
  const id = await call();
  const line = await connect(id);
  await pause(20); // Less than a millisecond is no record.
  line.close();
  await end(id);
  await records(id, 1);
  for (const token of [tokens.auditor, tokens.svc, tokens.admin]) assert.equal((await usage('', token)).json.records.length, 1);
  for (const token of [tokens.ada, tokens.stranger, tokens.bot]) {
    const { status, json } = await usage('', token);
    assert.deepEqual([status, json.code], [403, 'forbidden']);
  }
  for (const query of ['from=yesterday', 'to=2026-02-16T10:30Z', 'limit=0', 'limit=x'])
    assert.deepEqual((await server.rest('GET', `/v1/billing/accounts/acct_test/usage?${query}`, tokens.auditor)).json.code, 'query_invalid');
  const { window } = (await usage()).json.records[0].record;
  const next = nameOf(Date.parse(momentOf(window)) + hour);
  assert.equal((await usage(`from=${window}&to=${next}`)).json.records.length, 1);
  assert.equal((await usage(`from=${next}`)).json.records.length, 0);
  assert.equal((await usage(`to=${window}`)).json.records.length, 0);
  assert.equal((await usage('meter=stt.ms')).json.records.length, 0);
});

test('a server that is killed bills nobody for the time it was away, and nothing twice', { timeout: 120_000 }, async (t) => {
  const { server, tokens, call, connect, end, say, records } = await house(t);
  const id = await call();
  const begun = Date.now();
  const line = await connect(id);
  for (let kills = 0; kills < 3; kills += 1) {
    await say(id, `u${kills}`, 'hello');
    await server.kill();
    await pause(1_500);
    await server.start();
    await pause(200);
  }
  line.close();
  const lived = Date.now() - begun - 3 * 1_500;
  await end(id);
  const all = await records(id, 2);
  const duration = Number(sum(all, 'call.duration_ms'));
  assert.ok(duration > 0 && duration <= lived, `${duration} ms billed, it lived for ${lived}`);
  assert.equal(sum(all, 'transcript.chars'), 15n);
  await server.kill();
  await server.start();
  await say(await call(), 'x', 'another call');
  const events = await server.events(id, tokens.ada);
  const written = events.filter(({ event }) => event.type === 'billing.usage.measured').map(({ event }) => event.payload.recordId);
  assert.equal(new Set(written).size, written.length);
  assert.equal(written.length, all.length);
});

test('an open call is cut at the edge of an hour, told what it used so far, and the hour is closed', { timeout: 120_000 }, async (t) => {
  const { server, tokens, publish, call, connect, end, say, records } = await house(t, { clock: new ClockBehind(8) });
  const id = await call();
  const line = await connect(id);
  await say(id, 'u1', 'Grüezi \u{1F98A}');
  await publish(id, tokens.bot, 'orchestration.action.requested', { actionId: 'act_1', actionType: 'lifeline.noop', summary: 's', args: {} });
  await line.event('orchestration.action.succeeded');
  const so_far = await records(id, 3);
  const first = so_far.find(({ meter }) => meter === 'call.duration_ms');
  assert.equal(first.endCause, 'hour');
  // Two clocks: the edge is the wall's, whose milliseconds are cut, and what is measured is the steady one's.
  const edge = Date.parse(first.window) + hour;
  assert.ok(Math.abs(Date.parse(first.to) - edge) <= 1, first.to);
  // Each meter says what records have, and what is not recorded yet.
  const told = () => {
    const last = server.stored(id).filter(({ event }) => event.type === 'billing.usage.tick');
    return Object.fromEntries(last.map(({ event }) => [event.payload.meterId, event.payload]));
  };
  await until('all meters are told', () => Object.keys(told()).length === 3);
  const { 'call.duration_ms': time, 'action.count': actions, 'transcript.chars': words } = told();
  assert.deepEqual(words, { meterId: 'transcript.chars', quantity: '8', unit: 'char', parts: [{ dims: { speaker: 'user' }, quantity: '8' }] });
  assert.deepEqual(actions, { meterId: 'action.count', quantity: '1', unit: 'action', parts: [{ dims: { actionType: 'lifeline.noop', outcome: 'succeeded' }, quantity: '1' }] });
  for (const { meterId, quantity } of [words, actions]) assert.equal(BigInt(quantity), sum(so_far, meterId), meterId);
  assert.equal(time.unit, 'ms');
  assert.ok(BigInt(time.quantity) >= BigInt(first.quantityRaw), `${time.quantity} ms are told, ${first.quantityRaw} recorded`);
  const ticks = () => server.stored('sys_metering').map(({ event }) => event);
  const closed = () => ticks().filter(({ type }) => type === 'billing.window.closed').map(({ payload }) => payload.window);
  await pause(500);
  await end(id);
  line.close();
  const recorded = await records(id, 4);
  const all = recorded.filter(({ meter }) => meter === 'call.duration_ms');
  assert.deepEqual(all.map(({ endCause }) => endCause), ['hour', 'end']);
  assert.notEqual(all[0].window, all[1].window);
  assert.ok(BigInt(time.quantity) <= sum(all, 'call.duration_ms'), `${time.quantity} ms are told, ${sum(all, 'call.duration_ms')} recorded`);
  const events = await server.events(id, server.token('usr_ada'));
  const at = (type) => Date.parse(events.find(({ event }) => event.type === type).meta.recordedAt);
  assert.ok(Math.abs(Number(sum(all, 'call.duration_ms')) - (at('call.ended') - at('call.connected'))) <= 5);
  // The next look at the clock is a minute away; a start is one, too.
  await server.kill('SIGTERM');
  await server.start();
  await until('the hour is closed', () => closed().includes(all[0].window));
  assert.ok(!closed().includes(all[1].window));
  assert.deepEqual([...new Set(ticks().filter(({ type }) => type === 'system.tick').map(({ payload }) => payload.because))].sort(), ['hour', 'start', 'stop']);
});

test('meters are declared, and another rounding is another version', { timeout: 60_000 }, async (t) => {
  const more = `[[metering.meters]]\nmeter = "call.duration_ms"\nversion = 2\nunit = "ms"\nincrement = 60000\n[[metering.meters]]\nmeter = "x.pages"\nversion = 1\nunit = "page"\n`;
  const { server, tokens, publish, call, connect, end, records } = await house(t, { more });
  const id = await call();
  const line = await connect(id);
  await publish(id, tokens.svc, 'billing.usage.reported', { reportId: 'p1', meter: 'x.pages', unit: 'page', quantity: '3', source: 'measured', dims: { kind: 'cv' } });
  await publish(id, tokens.svc, 'billing.usage.reported', { reportId: 'p2', meter: 'x.unknown', unit: 'page', quantity: '3', source: 'measured' });
  await pause(50);
  await end(id);
  line.close();
  const all = await records(id, 2);
  const duration = all.find(({ meter }) => meter === 'call.duration_ms');
  assert.equal(duration.quantity, '60000');
  assert.equal(duration.meterVersion, 2);
  assert.ok(Number(duration.quantityRaw) < 60_000);
  assert.deepEqual(all.find(({ meter }) => meter === 'x.pages').dims, { kind: 'cv' });
  const activated = server.stored('sys_metering').filter(({ event }) => event.type === 'billing.meters.activated');
  assert.equal(activated.length, 1);
  assert.ok(activated[0].event.payload.meters.some(({ meter, version, increment }) => meter === 'call.duration_ms' && version === 2 && increment === '60000'));
});
