// The real binary, killed with -9 at random moments while people talk: every acknowledged event is
// there, once, at its place, with its bytes; what anybody was shown is still what stands there.

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { writeEvidence } from './support/evidence.mjs';
import { Server } from './support/server.mjs';
import { violations } from './support/record.mjs';
import { Talker } from './support/talker.mjs';
import { pause, until } from './support/waiting.mjs';

const rounds = Number(process.env.LIFELINE_CRASH_ROUNDS ?? 40);
const limits = '[limits]\nevents_per_second = 100000\nevents_burst = 100000\n';

test(`killed ${rounds} times, nothing lost and nothing doubled`, { timeout: 600_000 }, async (t) => {
  const begun = performance.now();
  const server = new Server(limits);
  t.after(() => server.close());
  await server.start();
  const owner = server.token('usr_0');
  const calls = [];
  for (let c = 0; c < 3; c++) {
    const { json } = await server.rest('POST', '/v1/call/sessions', owner, {
      participants: [{ userId: 'usr_1', role: 'user' }],
    });
    calls.push(json.session.sessionId);
  }
  const talkers = calls.flatMap((id) =>
    [0, 1].map((u) => new Talker(server, id, `usr_${u}`, server.token(`usr_${u}`))),
  );
  await Promise.all(talkers.map((talker) => talker.connect()));

  let talking = true;
  const talk = (async () => {
    for (; talking; await pause(1)) {
      for (const talker of talkers) if (talker.waiting.size < 50) talker.say();
    }
  })();
  const acknowledged = () => talkers.reduce((sum, one) => sum + one.acknowledged.size, 0);
  for (let round = 0; round < rounds; round++) {
    const before = acknowledged();
    await until('something is acknowledged', () => acknowledged() > before + 20);
    await pause(Math.random() * 60);
    await server.kill('SIGKILL');
    await server.start();
  }
  talking = false;
  await talk;
  await until('everything that was said is acknowledged', () =>
    talkers.every((talker) => talker.waiting.size === 0),
  );

  const found = [];
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
  for (const talker of talkers) talker.stop();
  assert.equal(await server.kill('SIGTERM'), 0, 'a clean stop');
  const report = server.verify();
  assert.equal(report.ok, true);
  const seconds = (performance.now() - begun) / 1000;
  const counts = { acknowledged: acknowledged(), randomKills: rounds, violations: found.length };
  t.diagnostic(JSON.stringify(counts));
  writeEvidence('crash', seconds, counts, found.slice(0, 20));
  assert.deepEqual(found.slice(0, 5), []);
  assert.ok(counts.acknowledged > rounds * 20);
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
