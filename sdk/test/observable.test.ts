import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cell, partOf } from '../src/observable.js';

test('a listener that changes the value leaves nobody with the older one', () => {
  const cell = new Cell('live');
  const heard: string[] = [];
  cell.subscribe((value) => void heard.push(`first ${value}`));
  cell.subscribe((value) => {
    if (value === 'replaying') cell.set('closed');
  });
  cell.subscribe((value) => void heard.push(`last ${value}`));
  cell.set('replaying');
  assert.deepEqual(heard, ['first replaying', 'first closed', 'last closed']);
  assert.equal(cell.value, 'closed');
});

test('a part is told in the same order as the whole', () => {
  const cell = new Cell({ n: 0 });
  const heard: number[] = [];
  const part = partOf(cell, ({ n }) => n);
  part.subscribe((n) => {
    if (n === 1) cell.set({ n: 2 });
  });
  part.subscribe((n) => void heard.push(n));
  cell.set({ n: 1 });
  assert.deepEqual(heard, [2]);
});
