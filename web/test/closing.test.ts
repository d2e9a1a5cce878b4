// How dialogs are left: each by itself, and none while something is on its way.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { SyntheticEvent } from 'react';

import { closing } from '../src/views/closing';

/** Something that happened to a dialog, or to one within it. */
function happens(within = false) {
  const seen: string[] = [];
  const currentTarget = { showModal: () => seen.push('opened again') };
  const event = { currentTarget, target: within ? {} : currentTarget, preventDefault: () => seen.push('prevented') };
  return { seen, event: event as unknown as SyntheticEvent<HTMLDialogElement> };
}

test('Escape closes the dialog on top, and not the one that it stands in', () => {
  const cases = [
    ['on itself', false, false, ['closed'], ['closed']],
    ['on one within it', true, false, [], []],
    ['while something is on its way', false, true, ['prevented'], ['opened again']],
    ['on one within it, while something is on its way', true, true, [], []],
  ] as const;
  for (const [name, within, held, cancel, close] of cases) {
    for (const [way, expected] of [['onCancel', cancel], ['onClose', close]] as const) {
      const { seen, event } = happens(within);
      closing(held, () => seen.push('closed'))[way](event);
      assert.deepEqual(seen, expected, `${way} ${name}`);
    }
  }
});
