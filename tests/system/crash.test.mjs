// The real binary, killed with -9 at random moments while people talk: every acknowledged event is
// there, once, at its place, with its bytes; what anybody was shown is still what stands there.

import assert from 'node:assert/strict';
import test from 'node:test';
import { writeEvidence } from './support/evidence.mjs';
import { Server } from './support/server.mjs';
import { Talker } from './support/talker.mjs';

const rounds = Number(process.env.LIFELINE_CRASH_ROUNDS ?? 40);
const limits = '[limits]\nevents_per_second = 100000\nevents_burst = 100000\n';

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(what, reached) {
  for (const begun = Date.now(); !reached(); await pause(5)) {
    if (Date.now() - begun > 30_000) throw new Error(`waited in vain: ${what}`);
  }
}

/** Holds what stands in the journal against what the talkers were shown and told. */
function violations(talkers, events) {
  const found = talkers.flatMap((talker) => talker.violations);
  const ids = events.map(({ event }) => event.eventId);
  if (new Set(ids).size !== ids.length) found.push('an event stands twice');
  events.forEach(({ seq }, i) => seq === i + 1 || found.push(`seq ${seq} at place ${i + 1}`));
  for (const talker of talkers) {
    for (const [id, seq] of talker.acknowledged) {
      if (ids[seq - 1] !== id) found.push(`${id} was acknowledged at ${seq} and is not there`);
    }
    for (const [seq, id] of talker.seen) {
      if (ids[seq - 1] !== id) found.push(`${id} was shown at ${seq} and is not there`);
    }
  }
  return found;
}

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
    const events = await server.events(id, owner);
    found.push(...violations(talkers.filter((talker) => talker.sessionId === id), events));
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

// The checker itself: each of these histories is wrong in one way, and must be found to be.
test('the checker finds what is planted', () => {
  const event = (seq, eventId) => ({ seq, event: { eventId } });
  const talker = (acknowledged, seen) => ({
    violations: [],
    acknowledged: new Map(acknowledged),
    seen: new Map(seen),
  });
  const whole = [event(1, 'a'), event(2, 'b')];
  assert.deepEqual(violations([talker([['a', 1]], [[2, 'b']])], whole), []);
  const planted = [
    ['an acknowledged event is gone', [talker([['c', 3]], [])], whole],
    ['a shown event is another', [talker([], [[2, 'c']])], whole],
    ['an event stands twice', [], [event(1, 'a'), event(2, 'a')]],
    ['a number is missing', [], [event(1, 'a'), event(3, 'b')]],
  ];
  for (const [name, talkers, events] of planted) {
    assert.notDeepEqual(violations(talkers, events), [], name);
  }
});
