import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LifelineError } from '@lifeline/client';

import { summary } from '../src/check/check';
import { CheckRun } from '../src/check/run';
import { holdMs } from '../src/place/config';
import { worldWith, type Troubles } from './check_world';

async function answersIn(troubles: Troubles) {
  const world = worldWith(troubles);
  const run = new CheckRun(world);
  const parts: number[] = [];
  run.progress.watch(() => {
    const asking = run.progress.value.answers.find(({ part }) => part !== null);
    if (asking?.part != null) parts.push(asking.part);
  });
  await run.run();
  const { answers, running } = run.progress.value;
  assert.equal(running, false);
  const found = Object.fromEntries(answers.map(({ id, finding }) => [id, finding!]));
  const outcomes = Object.fromEntries(answers.map(({ id, finding }) => [id, finding!.outcome]));
  return { found, outcomes, parts, world, whole: summary(answers.map(({ finding }) => finding!)) };
}

const allGood = {
  reach: 'good',
  rest: 'good',
  socket: 'good',
  trip: 'good',
  hold: 'good',
  clock: 'good',
  microphone: 'good',
  recognition: 'good',
  voice: 'good',
};
const refused = new LifelineError({ code: 'account_disabled', message: 'Switched off.', fix: 'Ask.', requestId: 'req_1' });

// What is not named is as in a good world.
const cases: [name: string, given: Troubles, then: Partial<Record<keyof typeof allGood, string>>, says: RegExp][] = [
  ['all is well', {}, {}, /work well/],
  ['nobody answers', { unreachable: true }, { reach: 'bad', rest: 'skipped', socket: 'skipped', trip: 'skipped', hold: 'skipped', clock: 'skipped' }, /will not work/],
  ['the server is not ready', { status: 503, body: { code: 'storage_unavailable' } }, { rest: 'bad' }, /will not work/],
  ['a proxy stops live lines', { noSocket: true }, { socket: 'bad', hold: 'skipped', clock: 'skipped' }, /will not work/],
  ['the server says no', { refused }, { socket: 'bad', hold: 'skipped', clock: 'skipped' }, /will not work/],
  ['slow', { tripMs: 400 }, { trip: 'poor' }, /weaknesses/],
  ['very slow', { tripMs: 900 }, { trip: 'bad', hold: 'poor' }, /will not work/],
  ['the line is lost and comes back', { losesAt: 20 }, { hold: 'poor' }, /weaknesses/],
  ['a clock that is wrong', { aheadMs: -90_000 }, { clock: 'poor' }, /weaknesses/],
  ['a page without a pass', { guest: true }, { hold: 'skipped', clock: 'skipped' }, /work well/],
  ['no microphone', { microphones: 0 }, { microphone: 'poor' }, /weaknesses/],
  ['a blocked microphone', { permission: 'denied' }, { microphone: 'poor' }, /weaknesses/],
  ['no recogniser, no voice', { recognition: 'none', voice: false }, { recognition: 'poor', voice: 'poor' }, /weaknesses/],
];
for (const [name, given, then, says] of cases) {
  test(`the connection test: ${name}`, async () => {
    const { found, outcomes, whole, world } = await answersIn(given);
    assert.deepEqual(outcomes, { ...allGood, ...then });
    assert.match(whole.says, says);
    for (const [id, { outcome, advice }] of Object.entries(found)) {
      assert.equal(advice !== '', outcome === 'bad' || outcome === 'poor', `${id}: what to do, where something is`);
    }
    const made = !given.guest && !given.unreachable && !given.refused;
    assert.equal(world.ended(), made ? 1 : 0, 'the call of the test is put away');
  });
}

test('the connection test says how far it has come, and what the server said', async () => {
  const { parts } = await answersIn({});
  assert.ok(parts.length > 50 && parts.at(-1) === 1, `${parts.length} steps`);
  const { found } = await answersIn({ refused });
  assert.equal(found['socket']?.says, 'The server said no: Switched off.');
  assert.equal(found['socket']?.advice, 'Ask.');
  const clock = await answersIn({ aheadMs: 90_000 });
  assert.equal(clock.found['clock']?.says, 'This device is 90 s behind.');
});

test('how long the line is watched: as the host says, or shorter if the link does', () => {
  assert.equal(holdMs({}, ''), 60_000);
  assert.equal(holdMs({ connectionTestSeconds: 20 }, ''), 20_000);
  assert.equal(holdMs({}, '?seconds=5'), 5_000);
  for (const search of ['?seconds=900', '?seconds=x', '?seconds=-1']) assert.equal(holdMs({}, search), 60_000, search);
});
