// The real binary, killed with -9 at random moments while people talk and an agent has things done:
// every acknowledged event is there, once, at its place, with its bytes; what anybody was shown is still
// what stands there; every action has its one outcome, and nothing was done twice or without a yes.

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { actionViolations, histories } from './support/action_record.mjs';
import { Asker } from './support/asker.mjs';
import { BillingSystems, chargedWhileKilled, putPrices } from './support/charged.mjs';
import { unapproved } from './support/dialogues.mjs';
import { writeEvidence } from './support/evidence.mjs';
import { checkMoney } from './support/money_chain.mjs';
import { Server } from './support/server.mjs';
import { violations } from './support/record.mjs';
import { Talker } from './support/talker.mjs';
import { ToolServer } from './support/tool_server.mjs';
import { checkUsage, readTicks, settledUsage } from './support/usage_check.mjs';
import { standardPolicyDiffersNowhere } from './support/whatif.mjs';
import { pause, until } from './support/waiting.mjs';

const rounds = Number(process.env.LIFELINE_CRASH_ROUNDS ?? 40);
const limits = '[limits]\nevents_per_second = 100000\nevents_burst = 100000\nchanges_burst = 100000\n';
const repeatable = (type) => type === 'look' || type === 'put';

/** One tool of each kind: asked about, allowed and done once, allowed and idempotent, only reading. */
const toolsAt = (url) =>
  Object.entries({
    send: '',
    note: 'risk = "low_risk_write"\n',
    put: 'risk = "low_risk_write"\nidempotent = true\nattempts = 5\n',
    look: 'risk = "read_only"\nattempts = 5\n',
  })
    .map(([name, more]) => `[tools.${name}]\nkind = "http"\nurl = "${url}/${name}"\n${more}`)
    .join('');

/** What is wrong by now with the actions that this agent asked for; `over`: none is on its way any more. */
async function wrongWith(asker, tools, over = false) {
  // Both before the journal is read: what was done or taken by now stands in it.
  const taken = [...asker.asked.keys()];
  const done = tools.calls.filter(({ body }) => body.sessionId === asker.sessionId);
  const events = await asker.read();
  const gated = (actionId) => asker.asked.get(actionId) === 'send';
  const known = histories(events);
  return [
    ...actionViolations(events, done, repeatable, over),
    ...unapproved(events, gated, 'usr_0'),
    ...done.flatMap(({ body: { actionId, actionType } }) =>
      actionType === 'send' && !asker.approved.has(actionId) ? [`${actionId}: nobody said yes`] : [],
    ),
    ...taken.flatMap((id) => (known.has(id) ? [] : [`${id}: was taken and is not there`])),
  ];
}

/**
 * Things that cost money, said at the moment at which the server dies: words, and a report that its provider
 * makes twice. What came of them is for the journal to say.
 */
function spend(server, id, round, owner, service) {
  const publish = (eventId, token, type, payload) =>
    server
      .rest('POST', `/v1/call/sessions/${id}/events`, token, {
        eventId, sessionId: id, ts: new Date().toISOString(), type, payload, schemaVersion: '1.0',
      })
      .catch(() => null);
  const words = { utteranceId: `u${round}`, speaker: 'user', text: `Grüße ${round} 🙂`, startMs: 0, endMs: 9, source: 'typed' };
  publish(`final_${round}`, owner, 'transcript.final', words);
  const report = { reportId: `use_${round}`, meter: 'stt.ms', unit: 'ms', source: 'provider' };
  const quantity = round % 5 === 0 ? null : String(1000 + round);
  for (const n of [1, 2]) publish(`report_${round}_${n}`, service, 'billing.usage.reported', { ...report, quantity });
  publish(`better_${round - 1}`, service, 'billing.usage.reconciled', {
    reportId: `use_${round - 1}`, quantity: String(2000 + round), source: 'provider',
  });
}

/** After its hour was closed, to a server that may die of it; what was taken comes into `taken`. */
function reportLate(server, id, n, taken) {
  const service = server.token('key_meter', 'service');
  const ts = new Date().toISOString();
  const publish = async (reportId, type, payload) => {
    const event = { eventId: `${reportId}_${n}`, sessionId: id, ts, type, payload: { reportId, source: 'provider', ...payload }, schemaVersion: '1.0' };
    const reply = await server.rest('POST', `/v1/call/sessions/${id}/events`, service, event).catch(() => null);
    if (reply?.status === 201) taken.push({ sessionId: id, reportId });
  };
  publish(`late_${n}`, 'billing.usage.reported', { meter: 'stt.ms', unit: 'ms', quantity: `${500 + n}`, at: ts });
  publish(`use_${n}`, 'billing.usage.reconciled', { quantity: `${300 + n}` });
}

/** What was reported, or put right after it had been reported, and stands in no record. */
function unmeasured(taken, records = [], stored = []) {
  const has = (list, { sessionId, reportId }) => list.some((one) => one.sessionId === sessionId && one.reportId === reportId);
  const reported = stored.filter(({ type }) => type === 'billing.usage.reported').map(({ sessionId, payload }) => ({ sessionId, reportId: payload.reportId }));
  return taken
    .filter((one) => has(reported, one) && !has(records, one))
    .map(({ sessionId, reportId }) => `meter-leak: ${reportId} of ${sessionId} was taken and not measured`);
}

test(`killed ${rounds} times, nothing lost and nothing doubled`, { timeout: 600_000 }, async (t) => {
  const begun = performance.now();
  const tools = await new ToolServer().start();
  t.after(() => tools.close());
  // Long enough for a kill to fall before, into and after it.
  tools.answer = async () => {
    await pause(Math.random() * 30);
    return { body: { summary: 'done' } };
  };
  const systems = await new BillingSystems().start();
  t.after(() => systems.close());
  const server = new Server((folder) => limits + toolsAt(tools.url) + systems.settings(folder));
  t.after(() => server.close());
  await server.start();
  await putPrices(server);
  const owner = server.token('usr_0');
  const agent = server.token('usr_bot', 'agent');
  const service = server.token('key_meter', 'service');
  const calls = [];
  for (let c = 0; c < 3; c++) {
    const { json } = await server.rest('POST', '/v1/call/sessions', owner, {
      participants: [{ userId: 'usr_1', role: 'user' }, { userId: 'usr_bot', role: 'agent' }],
    });
    calls.push(json.session.sessionId);
  }
  const talkers = calls.flatMap((id) =>
    [0, 1].map((u) => new Talker(server, id, `usr_${u}`, server.token(`usr_${u}`))),
  );
  await Promise.all(talkers.map((talker) => talker.connect()));
  const askers = calls.map((id, c) => new Asker(server, id, `act_${c}`, owner, agent));
  const found = [];

  let talking = true;
  const talk = (async () => {
    for (; talking; await pause(1)) {
      for (const talker of talkers) if (talker.waiting.size < 50) talker.say();
    }
  })();
  const asking = Promise.all(askers.map((asker) => asker.work()));
  asking.catch(() => {}); // It is awaited below.
  const acknowledged = () => talkers.reduce((sum, one) => sum + one.acknowledged.size, 0);
  for (let round = 0; round < rounds; round++) {
    const before = acknowledged();
    await until('something is acknowledged', () => acknowledged() > before + 20);
    for (const id of calls) spend(server, id, round, owner, service);
    await pause(Math.random() * 60);
    await server.kill('SIGKILL');
    await server.start();
    for (const asker of askers) {
      found.push(...(await wrongWith(asker, tools)));
      await asker.resolve((actionId) => tools.executions().has(actionId));
    }
  }
  for (const asker of askers) asker.stop();
  await asking;
  talking = false;
  await talk;
  await until('everything that was said is acknowledged', () =>
    talkers.every((talker) => talker.waiting.size === 0),
  );

  for (const talker of talkers) talker.stop();
  for (const asker of askers) {
    await server.rest('POST', `${asker.path}/state`, owner, { status: 'ended' });
    await asker.settled();
    found.push(...(await wrongWith(asker, tools, true)));
  }
  const usage = await settledUsage(async () => ({
    calls: await Promise.all(calls.map((id) => server.events(id, owner))),
    ticks: readTicks(server),
  }));
  found.push(...usage.found);
  for (const id of calls) {
    const ofCall = talkers.filter((talker) => talker.sessionId === id);
    found.push(...violations(ofCall, server.stored(id)));
    // What REST gives is the same record.
    const given = await server.events(id, owner);
    assert.deepEqual(
      given.map(({ event }) => event),
      server.stored(id).map(({ event }) => event),
    );
  }
  const late = [];
  const money = await chargedWhileKilled(server, systems, Math.ceil(rounds / 4), (n) =>
    calls.forEach((id) => reportLate(server, id, n, late)),
  );
  const stored = calls.flatMap((id) => server.stored(id)).map(({ event }) => event);
  found.push(...money.found, ...unmeasured(late, money.records, stored));
  // The same records stand in the calls, and nothing is charged there that no event says.
  const measured = stored.filter(({ type }) => type === 'billing.usage.measured');
  assert.deepEqual(measured.map(({ payload }) => payload.recordId).sort(), (money.records ?? []).map(({ recordId }) => recordId).sort());
  assert.equal(await server.kill('SIGTERM'), 0, 'a clean stop');
  const report = server.verify();
  assert.equal(report.ok, true);
  assert.ok(standardPolicyDiffersNowhere(server) > rounds);
  const seconds = (performance.now() - begun) / 1000;
  const outcomes = askers.flatMap((asker) => [...histories(asker.events).values()]);
  const counts = {
    acknowledged: acknowledged(),
    randomKills: rounds + Math.ceil(rounds / 4),
    actions: outcomes.length,
    ended: outcomes.filter(({ ended }) => ended.length === 1).length,
    lost: outcomes.filter(({ lost }) => lost).length, // Nobody knew, at first.
    unknown: outcomes.filter(({ unknown }) => unknown).length,
    effects: tools.calls.length,
    ...usage.counts,
    ...money.counts,
    violations: found.length,
  };
  t.diagnostic(JSON.stringify(counts));
  writeEvidence('crash', seconds, counts, found.slice(0, 20));
  assert.deepEqual(found.slice(0, 5), []);
  assert.ok(counts.acknowledged > rounds * 20);
  assert.ok(counts.effects > rounds && counts.actions > counts.effects / 2, 'agents had things done');
  assert.equal(counts.ended + counts.unknown, counts.actions);
  assert.ok(counts.charges > 4 && counts.deliveries > counts.charges && counts.deadLetters > 0, 'it was charged');
  assert.ok(late.length > 0, 'and late words came');
  assert.ok(counts.chars > rounds && counts.reports > rounds / 2 && counts.durationMs > 0, 'money was spent');
});

// Bytes that change under the running server: the read that meets them is refused, and whoever asks
// whether the server is well hears it, until they are put right and it is started again.
test('what was damaged on the disk shows in /readyz', { timeout: 60_000 }, async (t) => {
  const server = new Server(limits);
  t.after(() => server.close());
  await server.start();
  const token = server.token('usr_0');
  const { json } = await server.rest('POST', '/v1/call/sessions', token, {});
  const id = json.session.sessionId;
  const talker = new Talker(server, id, 'usr_0', token);
  await talker.connect();
  // So much that the first of it shares no page with what the next start adds: a page that is written again is
  // read from the log.
  for (let n = 0; n < 100; n += 1) talker.say();
  await until('it is acknowledged', () => talker.waiting.size === 0);
  assert.equal((await server.rest('POST', `/v1/call/sessions/${id}/state`, token, { status: 'ended' })).status, 200);
  talker.stop();
  assert.equal(await server.kill('SIGTERM'), 0);
  await server.start();
  assert.equal((await server.rest('GET', '/readyz')).status, 200);

  const database = join(server.data, 'journal.db');
  const at = readFileSync(database).indexOf('"x.said"');
  assert.ok(at > 0);
  const write = (text) => {
    const file = openSync(database, 'r+');
    writeSync(file, text, at);
    closeSync(file);
  };
  write('"x.sAid"');
  const read = await server.rest('GET', `/v1/call/sessions/${id}/events?after=0`, token);
  assert.equal(read.json.code, 'journal_corrupt');
  const { status, json: reason } = await server.rest('GET', '/readyz');
  assert.deepEqual([status, reason.code], [503, 'corruption_found']);
  assert.throws(() => server.verify());

  write('"x.said"');
  assert.equal(server.verify().ok, true);
  assert.equal(await server.kill('SIGTERM'), 0);
  await server.start();
  assert.equal((await server.rest('GET', '/readyz')).status, 200);
});

test('a stream that is not there cannot be replayed', { timeout: 60_000 }, async (t) => {
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  assert.throws(
    () => server.stored('sess_nope'),
    (error) => error.status === 1 && String(error.stderr).includes('stream_not_found'),
  );
});

// The checker itself: each of these histories is wrong in one way, and must be found to be.
test('the checker finds what is planted', () => {
  const event = (seq, eventId, text = `text of ${eventId}`) => ({ seq, event: { eventId }, text });
  const talker = ({ acknowledged = [], seen = [], said = [] }) => ({
    violations: [],
    acknowledged: new Map(acknowledged),
    seen: new Map(seen.map(([seq, id]) => [seq, { id, text: `text of ${id}` }])),
    said: new Map(said.map((id) => [id, `text of ${id}`])),
  });
  const whole = [event(1, 'a'), event(2, 'b')];
  const content = talker({ acknowledged: [['a', 1]], seen: [[2, 'b']], said: ['a', 'c'] });
  assert.deepEqual(violations([content], whole), []);
  const changed = [event(1, 'a', 'text of A'), event(2, 'b')];
  const planted = [
    ['an acknowledged event is gone', [talker({ acknowledged: [['c', 3]] })], whole],
    ['a shown event is another', [talker({ seen: [[2, 'c']] })], whole],
    ['an event stands twice', [], [event(1, 'a'), event(2, 'a')]],
    ['a number is missing', [], [event(1, 'a'), event(3, 'b')]],
    ['bytes differ from what was sent', [talker({ said: ['a'] })], changed],
    ['bytes differ from what was shown', [talker({ seen: [[1, 'a']] })], changed],
  ];
  for (const [name, talkers, events] of planted) {
    assert.notDeepEqual(violations(talkers, events), [], name);
  }
});

// The same for actions.
test('the checker finds what is planted among actions', () => {
  const id = { actionId: 'a' };
  const of = (type, payload = id) => ({ event: { type: `orchestration.action.${type}`, payload } });
  const asked = of('requested', { ...id, actionType: 'note' });
  const [accepted, started, succeeded] = ['accepted', 'started', 'succeeded'].map((type) => of(type));
  const done = (key = 'k', actionType = 'note') => ({ body: { ...id, actionType }, headers: { 'idempotency-key': key } });
  const whole = [asked, accepted, started, succeeded];
  const cases = [
    ['nothing', whole, [done()], []],
    ['nothing, of what nobody knows', [asked, accepted, started, of('outcome_unknown')], [], []],
    ['two outcomes', [...whole, of('failed')], [done()],
      ['ended as orchestration.action.succeeded and orchestration.action.failed']],
    ['an outcome of what nobody knew, twice', [asked, accepted, started, of('outcome_unknown'), of('resolved'), of('resolved')],
      [done()], ['ended as orchestration.action.resolved and orchestration.action.resolved']],
    ['no outcome', [asked, accepted, started], [done()], ['has no outcome']],
    ['accepted twice', [asked, accepted, accepted, started, succeeded], [done()], ['neither accepted nor rejected once']],
    ['done twice', [asked, accepted, started, started, succeeded], [done(), done()], ['done 2 times']],
    ['done again under another key', [asked, accepted, started, started, succeeded], [done('k', 'put'), done('l', 'put')],
      ['done under two keys']],
    ['done without a claim', [asked, accepted, of('cancelled')], [done()], ['done without a claim']],
    ['never done', whole, [], ['never done']],
  ];
  for (const [name, events, calls, found] of cases)
    assert.deepEqual(actionViolations(events, calls, repeatable, true), found.map((what) => `a: ${what}`), name);
});

// And for money.
test('the checker finds what is planted among usage records', () => {
  const at = (ms, type, payload = {}) => ({
    event: { sessionId: 's', type, payload }, meta: { recordedAt: new Date(1_800_000_000_000 + ms).toISOString() },
  });
  const tick = (ms, because) => at(ms, 'system.tick', { because });
  const record = (recordId, meter, quantity, dims) => at(95_000, 'billing.usage.measured', { recordId, meter, quantity, dims });
  const action = (what, more = {}) => at(3_000, `orchestration.action.${what}`, { actionId: 'a', ...more });
  const report = { reportId: 'r', meter: 'stt.ms', quantity: '700' };
  // Killed at 20 s, back at 50 s: of 89 s the server was there 59.
  const ticks = [tick(0, 'start'), tick(50_000, 'start')];
  const call = [
    at(1_000, 'call.connected'), at(2_000, 'transcript.final', { speaker: 'user', text: 'ä🙂' }),
    action('requested', { actionType: 'note' }), action('started'), action('started'), action('succeeded'),
    at(4_000, 'billing.usage.reported', report), at(4_000, 'billing.usage.reported', report),
    at(20_000, 'x.said'), at(90_000, 'call.ended'),
  ];
  const whole = [
    record('1', 'call.duration_ms', '59000'), record('2', 'transcript.chars', '2', { speaker: 'user' }),
    record('3', 'action.count', '1', { actionType: 'note', outcome: 'succeeded' }), record('4', 'stt.ms', '700'),
  ];
  const without = (n, ...more) => [...whole.filter((_, i) => i !== n), ...more];
  const cases = [
    ['nothing', whole, []],
    ['the time that the server was away', without(0, record('1', 'call.duration_ms', '89000')), ['89000 ms are charged of at most 59121']],
    ['less than was heard', without(0, record('1', 'call.duration_ms', '58000')), ['58000 ms are charged of at least 58929']],
    ['bytes for characters', without(1, record('2', 'transcript.chars', '6', { speaker: 'user' })), ['transcript.chars user: 6 are charged of 2']],
    ['each try', without(2, record('3', 'action.count', '2', { actionType: 'note', outcome: 'succeeded' })), ['action.count note succeeded: 2 are charged of 1']],
    ['a report twice', without(3, record('4', 'stt.ms', '1400')), ['stt.ms: 1400 are charged of 700']],
    ['a record twice', [...whole, record('4', 'stt.ms', '0')], ['4 stands twice']],
    ['a record is missing', without(3), ['stt.ms: 0 are charged of 700']],
    ['nobody knows', [...whole, record('5', 'stt.ms', null)], ['1 records say that nobody knows, of 0']],
  ];
  for (const [name, records, found] of cases)
    assert.deepEqual(checkUsage([[...call, ...records]], ticks).found, found.map((what) => `usage of s: ${what}`), name);
});

// From a record to the line of a statement.
test('the checker finds what is planted between a record and the statement', () => {
  const window = '2027-01-15T08:00Z';
  const record = (recordId, quantity, meter = 'stt.ms') => ({ recordId, meter, window, quantity });
  const charge = (id, quantity, recordIds, amount = quantity * 3) => ({
    type: 'billing.usage.recorded',
    entry: { idempotencyKey: id, meter: 'stt.ms', window, quantity: `${quantity}`, amount: `${amount}`, recordIds },
  });
  const late = (id, quantity, recordIds) => ({
    type: 'billing.adjustment.created',
    entry: { adjustmentId: id, meter: 'stt.ms', serviceWindow: window, quantityDelta: `${quantity}`, amountDelta: `${quantity * 3}`, recordIds },
  });
  const line = (charges) => ({
    kind: 'usage', charges: charges.map(([idempotencyKey, n]) => ({ idempotencyKey, quantity: `${n}`, amount: `${n * 3}` })),
    amount: `${charges.reduce((sum, [, n]) => sum + n * 3, 0)}`,
  });
  const whole = {
    prices: { 'stt.ms': 3n },
    records: [record('r1', '10'), record('r2', '20'), record('r3', '-5'), record('r4', null), record('r5', '9', 'tts.chars')],
    entries: [charge('c1', 30, ['r1', 'r2']), late('a1', -5, ['r3'])],
    sinks: { hook: { times: { c1: 1, a1: 1 }, parked: new Set() }, stripe: { times: { c1: 1 }, parked: new Set(['a1']) } },
    lines: [line([['c1', 30]]), { kind: 'adjustment', adjustmentId: 'a1', quantity: '-5', amount: '-15' }],
  };
  assert.deepEqual(checkMoney(whole).found, []);
  assert.deepEqual(checkMoney(whole).counts, { charges: 2, deliveries: 3, deadLetters: 1, owedNano: '75' });
  const [one, two] = whole.entries;
  const hook = (times, parked = []) => ({ sinks: { ...whole.sinks, hook: { times, parked: new Set(parked) } } });
  const cases = [
    ['a record that was never charged', { records: [...whole.records, record('r6', '1')] }, /^unbilled: 25 stt.ms/],
    ['a record charged twice', { entries: [one, two, late('a2', 20, ['r2'])] }, /^double-bill: 45 stt.ms/],
    ['a record in two charges whose sums are right', { entries: [charge('c1', 30, ['r1', 'r2', 'r3']), two] }, /^double-bill: record r3/],
    ['a charge of what nobody measured', { entries: [charge('c1', 30, ['r1', 'r9']), two] }, /names r9/],
    ['a record that was written twice', { records: [...whole.records, record('r4', null)] }, /^meter-leak: record r4/],
    ['another price', { entries: [charge('c1', 30, ['r1', 'r2'], 91), two] }, /^price: c1 says 91/],
    ['a charge that stands twice', { entries: [one, one, two] }, /^double-bill: c1 is booked twice/],
    ['a delivery that was lost', hook({ c1: 1 }), /^dlq-leak: hook has not a1/],
    ['a delivery that was doubled', hook({ c1: 2, a1: 1 }), /^double-bill: hook counted c1 2 times/],
    ['a delivery of nothing', hook({ c1: 1, a1: 1, x: 1 }), /^double-bill: hook counted x/],
    ['a dead letter that was delivered', hook({ c1: 1, a1: 1 }, ['c1']), /^dlq-leak: hook has c1/],
    ['an entry that is on no statement', { lines: [whole.lines[0]] }, /^statement: a1 stands in 0 lines/],
    ['an entry on it twice', { lines: [...whole.lines, whole.lines[1]] }, /^statement: a1 stands in 2 lines/],
    ['other numbers on it', { lines: [line([['c1', 31]]), whole.lines[1]] }, /^statement: c1 is other/],
    ['a line of nothing', { lines: [...whole.lines, line([['c9', 0]])] }, /^statement: c9 is not booked/],
    ['another sum', { lines: [{ ...whole.lines[0], amount: '89' }, whole.lines[1]] }, /^statement: it comes to 74/],
  ];
  for (const [name, change, what] of cases) {
    const { found } = checkMoney({ ...whole, ...change });
    assert.ok(found.some((text) => what.test(text)), `${name}: ${JSON.stringify(found)}`);
  }
});
