// The real binary, killed with -9 between any two steps of the money chain: a story of hours, in each of which a
// call is measured and the hour before is closed, charged, corrected, delivered and counted again, is told once to
// count the steps (support/killed_at.c says what one is), and then with the process dying before, or after, one of
// them in each hour. Whoever used the server carries on. From the event to the line of the statement nothing may
// be missing and nothing be there twice.
//
// LIFELINE_KILL_SECONDS  how long points are tried (45), of which there are more than fit into that
// LIFELINE_KILL_SEED     where an order of them begins that is even at any length; by chance
// LIFELINE_KILL_AT       "37 before, 38 after": only these, as a failure names them

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { writeEvidence } from './support/evidence.mjs';
import { nameOfPoint, spread, Steps } from './support/killed_at.mjs';
import { hoursMax, MoneyStory } from './support/money_story.mjs';
import { Server } from './support/server.mjs';
import { until } from './support/waiting.mjs';

const seconds = Number(process.env.LIFELINE_KILL_SECONDS ?? 45);
const seed = Number(process.env.LIFELINE_KILL_SEED ?? Math.floor(Math.random() * 10_000));
// A story waits more than it works.
const folders = 6;

/** Points by their names, as they are printed. */
function pointsOf(text) {
  return text.split(',').map((name) => {
    const [, step, when] = /^\s*(\d+) (before|after)\s*$/.exec(name) ?? assert.fail(`LIFELINE_KILL_AT: "${name}" is no point`);
    return { step: Number(step), when };
  });
}

test('killed before and after the steps of the money chain, one by one', { timeout: 600_000 }, async (t) => {
  const begun = performance.now();
  const stories = [];
  t.after(() => Promise.all(stories.map((story) => story?.close())));
  for (let n = 0; n < folders; n += 1) stories.push(await MoneyStory.begin());
  if (stories.includes(null)) return t.skip('nothing here compiles what kills it');
  await Promise.all(
    stories.map(async (story) => {
      const { found } = await story.hour();
      assert.deepEqual(found, [], 'nobody was killed yet');
    }),
  );
  const whole = await stories[0].hour();
  assert.deepEqual(whole.found, [], 'nobody was killed yet');
  const steps = whole.steps.length;

  const all = process.env.LIFELINE_KILL_AT ? pointsOf(process.env.LIFELINE_KILL_AT) : spread(steps, seed);
  const waiting = [...all];
  const found = [];
  const died = [];
  const began = performance.now();
  const told = await Promise.allSettled(
    stories.map(async (story) => {
      while (waiting.length > 0 && found.length === 0 && story.now < hoursMax) {
        if (performance.now() - began > seconds * 1000) break;
        const point = waiting.shift();
        const hour = await story.hour(point);
        if (hour.died) died.push(story.points[story.now]);
        found.push(...hour.found.map((what) => `${what}; killed at ${story.point}: LIFELINE_KILL_AT="${nameOfPoint(point)}"`));
      }
    }),
  );
  for (const { reason } of told) if (reason) throw reason; // None of the others is on its way any more.
  const tried = all.length - waiting.length;
  const counts = { steps, points: all.length, tried, died: died.length, charges: 0, deliveries: 0, deadLetters: 0, proved: 0 };
  for (const story of found.length === 0 ? stories : []) {
    const end = await story.end();
    found.push(...end.found);
    for (const name of ['charges', 'deliveries', 'deadLetters', 'proved']) counts[name] += end.counts[name];
    assert.equal(await story.server.kill('SIGTERM'), 0, 'a clean stop');
    assert.equal(story.server.verify().ok, true);
  }
  const kinds = {};
  for (const { what } of died) kinds[what.split(' ')[0]] = (kinds[what.split(' ')[0]] ?? 0) + 1;
  t.diagnostic(`killed at ${died.length} of ${all.length} points (before and after each of ${steps} steps; seed ${seed}): ${JSON.stringify({ ...counts, ...kinds })}`);
  writeEvidence('crash_steps', (performance.now() - begun) / 1000, { ...counts, ...kinds, violations: found.length }, found.slice(0, 20));
  assert.deepEqual(found.slice(0, 5), []);
  // A process takes a few steps more or fewer each time, so the last of them may not come.
  assert.ok(died.length >= Math.floor(tried * 0.9), `${died.length} of ${tried} died`);
  assert.ok(counts.proved > 0 && counts.charges >= counts.proved && counts.deliveries > counts.charges, 'it was charged, delivered and proved');
});

// What kills, kills where it says.
test('it dies at the step that was named, and nothing comes after that', { timeout: 60_000 }, async (t) => {
  const server = new Server();
  t.after(() => server.close());
  const steps = new Steps(server);
  if (steps.library === null) return t.skip('nothing here compiles what kills it');
  await server.start();
  await server.kill();
  const boots = () => Number(readFileSync(join(server.data, 'boot'), 'utf8'));

  for (const when of ['before', 'after']) {
    const before = boots();
    for (const point of [{ step: 3, when }, { step: 1, when: 'before' }, { step: 1, when, only: 'rename boot' }]) {
      steps.arm(point);
      await assert.rejects(server.start(), 'it does not come to serve');
      await until('it is gone', () => !server.running);
      assert.equal(server.ended, 'SIGKILL');
      const taken = steps.taken();
      assert.deepEqual(taken.map((one) => one.step), Array.from({ length: taken.length }, (_, n) => n + 1));
      if (point.only) assert.equal(taken.at(-1).what, point.only);
      else assert.equal(taken.length, point.step);
    }
    assert.equal(boots() > before, when === 'after', `killed ${when} the file was in its place`);
  }
  steps.disarm();
  await server.start();
});

test('any beginning of the order is spread over all points, and the whole has each once', () => {
  for (const [steps, seed] of [[1, 0], [7, 3], [282, 1], [300, 12_345]]) {
    const points = spread(steps, seed);
    assert.equal(new Set(points.map(nameOfPoint)).size, steps * 2);
    assert.ok(points.every(({ step }) => step >= 1 && step <= steps));
    const few = points.slice(0, Math.ceil(steps / 4)).map(({ step }) => step).sort((a, b) => a - b);
    const gaps = few.map((step, n) => step - (few[n - 1] ?? 0));
    assert.ok(Math.max(...gaps, steps - few.at(-1)) <= 12 || steps < 12, `${steps} steps: ${few}`);
  }
});

// A billing system that knows no id again counts twice what was said by one who died of saying it.
test('what is doubled by a kill is found, with the step', { timeout: 60_000 }, async (t) => {
  const story = await MoneyStory.begin();
  if (story === null) return t.skip('nothing here compiles what kills it');
  t.after(() => story.close());
  assert.deepEqual((await story.hour()).found, []);
  Object.assign(story.systems.hook, { faults: [], windows: { webhook: 0 } });
  story.systems.stripe.faults = [];
  story.patience = 3_000;
  const { found, died } = await story.hour({ step: 2, when: 'after', only: 'send POST_/hook' });
  assert.ok(died);
  assert.equal(story.point, '2 after (send POST_/hook)');
  assert.ok(found.some((what) => /^double-bill: hook counted \S+ 2 times$/.test(what)), JSON.stringify(found));
  // And one that forgets what it counted has it missing.
  const { counted } = story.systems.hook;
  const once = counted.findIndex(({ id }) => counted.filter((one) => one.id === id).length === 1);
  const [lost] = counted.splice(once, 1);
  story.systems.hook.windows.webhook = Infinity;
  const next = await story.hour();
  assert.ok(next.found.includes(`dlq-leak: hook has not ${lost.id}, nor is it a dead letter`), JSON.stringify(next.found));
});
