// How dialogs are left: each by itself, and none while something is on its way.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createElement, type SyntheticEvent } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import { Move } from '../src/views/account/MoveDialog';
import { closing } from '../src/views/closing';
import { useSending } from '../src/views/sending';
import { problemOf } from '../src/words/problem';

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

test('a dialog that is gone hears nothing, and closes no other', async () => {
  let sending: ReturnType<typeof useSending> | undefined;
  // Never put up: as little there as one that is gone.
  renderToStaticMarkup(createElement(() => void (sending = useSending(problemOf))));
  const seen: string[] = [];
  await sending!.send(async () => seen.push('sent'), () => seen.push('told'));
  assert.deepEqual(seen, ['sent']);
});

test('what carries a thing out takes no press at first, and no Enter at all', () => {
  const html = renderToStaticMarkup(createElement(Move, { label: 'Discard', stops: true, may: true, onMove: () => undefined }));
  assert.match(html, /^<button type="button"[^>]* disabled=""[^>]*>Discard<\/button>$/);
});
