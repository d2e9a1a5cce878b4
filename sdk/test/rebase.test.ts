import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPatch, type Patch, type PatchOperation } from '../src/json_patch.js';
import type { JsonObject } from '../src/json_pointer.js';
import { inverse, rebase } from '../src/rebase.js';
import { randomOf } from './virtual.js';

const base: JsonObject = {
  name: 'Ada',
  jobs: [{ at: 'a' }, { at: 'b' }, { at: 'c' }],
  o: { x: 1, y: 2 },
};
const set = (path: string, value: unknown = 9): PatchOperation => ({ op: 'replace', path, value });
const add = (path: string, value: unknown = 9): PatchOperation => ({ op: 'add', path, value });
const cut = (path: string): PatchOperation => ({ op: 'remove', path });
const move = (from: string, path: string): PatchOperation => ({ op: 'move', from, path });
const look = (path: string, value: unknown): PatchOperation => ({ op: 'test', path, value });

// prettier-ignore
const cases: readonly [name: string, theirs: Patch, ours: Patch, then: string][] = [
  ['other members', [set('/name')], [set('/o/x')], '/o/x'],
  ['the same member', [set('/name')], [set('/name')], 'crosses /name'],
  ['around', [set('/o')], [set('/o/x')], 'crosses /o/x'],
  ['within', [set('/o/x')], [set('/o')], 'crosses /o'],
  ['siblings', [set('/o/x')], [set('/o/y')], '/o/y'],
  ['an item put in before', [add('/jobs/0')], [set('/jobs/1/at')], '/jobs/2/at'],
  ['an item put in behind', [add('/jobs/2')], [set('/jobs/1/at')], '/jobs/1/at'],
  ['an item taken out before', [cut('/jobs/0')], [set('/jobs/1/at')], '/jobs/0/at'],
  ['the item taken out', [cut('/jobs/1')], [set('/jobs/1/at')], 'crosses /jobs/1/at'],
  ['both put in at one place', [add('/jobs/1')], [add('/jobs/1')], '/jobs/2'],
  ['both behind the last', [add('/jobs/-')], [add('/jobs/-')], '/jobs/-'],
  ['put in where one was taken out', [cut('/jobs/1')], [add('/jobs/1')], '/jobs/1'],
  ['put in before one that was written', [set('/jobs/1/at')], [add('/jobs/1')], '/jobs/1'],
  ['the array written', [set('/jobs')], [add('/jobs/1')], 'crosses /jobs/1'],
  ['the array written by us', [add('/jobs/1')], [set('/jobs')], 'crosses /jobs'],
  ['looked at what was changed', [set('/name')], [look('/name', 'Ada')], 'crosses /name'],
  ['moved away', [move('/jobs/0', '/jobs/2')], [set('/jobs/0/at')], 'crosses /jobs/0/at'],
  ['moved past', [move('/jobs/0', '/jobs/2')], [set('/jobs/1/at')], '/jobs/0/at'],
  ['our second after our first', [add('/jobs/0')], [cut('/jobs/0'), set('/jobs/0/at')], '/jobs/1 /jobs/1/at'],
  ['we put in before what they wrote', [set('/jobs/1/at')], [add('/jobs/0'), set('/jobs/2/at')], 'crosses /jobs/2/at'],
];

for (const [name, theirs, ours, then] of cases) {
  test(`an edit over another: ${name}`, () => {
    const { content, effects } = applyPatch(base, theirs);
    const { patch, crossed } = rebase(ours, effects);
    const words =
      crossed.length > 0 ? `crosses ${crossed.join(' ')}` : patch.map((one) => one.path).join(' ');
    assert.equal(words, then);
    if (crossed.length === 0) applyPatch(content, patch);
  });
}

test('3,000 random pairs: what does not cross can be applied, and done and undone leave an edit where it was', () => {
  let crossings = 0;
  for (let seed = 1; seed <= 3_000; seed++) {
    const random = randomOf(seed);
    const theirs = randomPatch(base, random);
    const ours = randomPatch(base, random);
    const after = applyPatch(base, theirs);
    const over = rebase(ours, after.effects);
    crossings += over.crossed.length > 0 ? 1 : 0;
    if (over.crossed.length > 0) continue;
    applyPatch(after.content, over.patch);
    const back = rebase(over.patch, inverse(after.effects));
    if (back.crossed.length === 0 && !ours.some(({ op }) => op === 'add' || op === 'move')) {
      assert.deepEqual(back.patch, ours, `seed ${seed}`);
    }
  }
  assert.ok(crossings > 300 && crossings < 2_500, `${crossings} crossed`);
});

/** Operations that can be done, each on what the one before has left. */
export function randomPatch(content: JsonObject, random: () => number, most = 2): Patch {
  const patch: PatchOperation[] = [];
  let at = content;
  const pick = (n: number) => Math.floor(random() * n);
  for (let i = 0; i <= pick(most); i++) {
    const jobs = at['jobs'] as readonly JsonObject[];
    const place = pick(Math.max(1, jobs.length));
    const value = pick(1000);
    const choices: PatchOperation[] = [
      set('/name', value),
      set(`/o/${random() < 0.5 ? 'x' : 'y'}`, value),
      add(`/o/z${pick(3)}`, value),
      add(`/jobs/${pick(jobs.length + 1)}`, { at: value }),
      add('/jobs/-', { at: value }),
    ];
    if (jobs.length > 0) {
      choices.push(set(`/jobs/${place}/at`, value), cut(`/jobs/${place}`));
      choices.push(move(`/jobs/${place}`, `/jobs/${pick(jobs.length)}`));
      choices.push(set(`/jobs/${place}/at`, value), add(`/jobs/${place}/note`, value));
    }
    const operation = choices[pick(choices.length)]!;
    patch.push(operation);
    at = applyPatch(at, [operation]).content;
  }
  return patch;
}
