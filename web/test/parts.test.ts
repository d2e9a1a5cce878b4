// Parts of the page of an account, as they stand on the screen.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import type { Asked } from '../src/account/asked';
import { timeHere } from '../src/account/hours';
import { accountProblem } from '../src/words/account';
import { ChargePage } from '../src/views/account/ChargesPart';
import { PartNote } from '../src/views/account/PartNote';

const shown = (view: ReactNode) => renderToStaticMarkup(view).replaceAll('<!-- -->', '');

test('what stays on the screen says of when it is, and can be asked for again', () => {
  const asOf = Date.parse('2026-02-16T14:20:00Z');
  const problem = accountProblem(new TypeError('no network'));
  const asked: Asked<string> = { value: 'money', asOf, problem: null, busy: false, again: () => undefined };
  const note = (of: Partial<Asked<string>>, stays = true) => shown(createElement(PartNote<string>, { asked: { ...asked, ...of }, stays, children: (value: string) => value }));
  assert.match(note({}), new RegExp(`As of ${timeHere(asOf)}\\..*>Look again<.*money`));
  assert.match(note({ busy: true }), /aria-disabled="true">Asking …<.*money/);
  assert.match(note({ problem }), new RegExp(`What stands here is as of ${timeHere(asOf)}\\..*>Look again<.*money`));
  assert.doesNotMatch(note({ problem }), />Try again</, 'one way to ask again is enough');
  assert.match(note({ problem, value: null, asOf: null }), />Try again</);
  assert.doesNotMatch(note({}, false), /As of/, 'what is looked at for a moment does not');
});

test('a page of charges behind a full one may have none, and does not say that nothing was booked', () => {
  const page = (cursors: readonly string[], next?: string) => shown(createElement(ChargePage, { page: { entries: [], cursors, ...(next !== undefined && { next }) }, busy: false, onOpen: () => undefined, onTurn: () => undefined }));
  assert.match(page([]), /Nothing was booked in this time\./);
  assert.match(page(['a']), /Nothing more was booked in this time\..*>Those before</);
  assert.doesNotMatch(page(['a']), /Nothing was booked|Those after/);
});
