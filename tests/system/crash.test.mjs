// The real binary, killed with -9 at random moments while people talk and an agent has things done:
// every acknowledged event is there, once, at its place, with its bytes; what anybody was shown is still
// what stands there; every action has its one outcome, and nothing was done twice or without a yes.

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { actionViolations, histories } from './support/action_record.mjs';
import { Asker } from './support/asker.mjs';
import { unapproved } from './support/dialogues.mjs';
import { writeEvidence } from './support/evidence.mjs';
import { Server } from './support/server.mjs';
import { violations } from './support/record.mjs';
import { Talker } from './support/talker.mjs';
import { ToolServer } from './support/tool_server.mjs';
import { standardPolicyDiffersNowhere } from './support/whatif.mjs';
import { pause, until } from './support/waiting.mjs';

const rounds = Number(process.env.LIFELINE_CRASH_ROUNDS ?? 40);
const limits = '[limits]\nevents_per_second = 100000\nevents_burst = 100000\n';
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

test(`killed ${rounds} times, nothing lost and nothing doubled`, { timeout: 600_000 }, async (t) => {
  const begun = performance.now();
  const tools = await new ToolServer().start();
  t.after(() => tools.close());
  // Long enough for a kill to fall before, into and after it.
  tools.answer = async () => {
    await pause(Math.random() * 30);
    return { body: { summary: 'done' } };
  };
  const server = new Server(limits + toolsAt(tools.url));
  t.after(() => server.close());
  await server.start();
  const owner = server.token('usr_0');
  const agent = server.token('usr_bot', 'agent');
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
  assert.equal(await server.kill('SIGTERM'), 0, 'a clean stop');
  const report = server.verify();
  assert.equal(report.ok, true);
  assert.ok(standardPolicyDiffersNowhere(server) > rounds);
  const seconds = (performance.now() - begun) / 1000;
  const outcomes = askers.flatMap((asker) => [...histories(asker.events).values()]);
  const counts = {
    acknowledged: acknowledged(),
    randomKills: rounds,
    actions: outcomes.length,
    ended: outcomes.filter(({ ended }) => ended.length === 1).length,
    lost: outcomes.filter(({ lost }) => lost).length, // Nobody knew, at first.
    unknown: outcomes.filter(({ unknown }) => unknown).length,
    effects: tools.calls.length,
    violations: found.length,
  };
  t.diagnostic(JSON.stringify(counts));
  writeEvidence('crash', seconds, counts, found.slice(0, 20));
  assert.deepEqual(found.slice(0, 5), []);
  assert.ok(counts.acknowledged > rounds * 20);
  assert.ok(counts.effects > rounds && counts.actions > counts.effects / 2, 'agents had things done');
  assert.equal(counts.ended + counts.unknown, counts.actions);
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
  talker.say();
  await until('it is acknowledged', () => talker.waiting.size === 0);
  // Over, so that the next start has nothing to add: a page that is written again is read from the log.
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
