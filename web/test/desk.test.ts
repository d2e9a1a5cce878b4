import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Turn, Utterance } from '@lifeline/client';

import { Editing } from '../src/desk/editing';
import { keyedAfter } from '../src/desk/item_keys';
import { blankLike, conflictWords, placeOf, stateWords, titleOf } from '../src/words/document';
import { transcriptLines, withTurns } from '../src/words/lines';
import { FakeDocuments } from './fake_documents';

test('identifiers and places in a person’s words', () => {
  const titles = { cv: 'CV', at: 'At', first_name: 'First name', interviewQuestions: 'Interview questions', 'a.b': 'A b' };
  for (const [identifier, title] of Object.entries(titles)) assert.equal(titleOf(identifier), title);
  assert.equal(placeOf('/jobs/1/role'), 'Jobs, 2, Role');
  assert.equal(placeOf('/jobs/-'), 'Jobs, the end');
  assert.equal(placeOf(''), 'the whole document');
});

test('a new item is like the last one, with nothing in it', () => {
  assert.deepEqual(blankLike({ role: 'x', from: 3, now: true, tags: ['a'] }), { role: '', from: 0, now: false, tags: [] });
  assert.equal(blankLike(undefined), '');
});

test('an item is the same one when another is put before it, or taken away', () => {
  let minted = 0;
  const mint = () => ++minted;
  const [a, b, c, d] = [{ t: 'a' }, { t: 'b' }, { t: 'c' }, { t: 'd' }];
  const first = keyedAfter({ items: [], keys: [] }, [a, b, c], mint);
  assert.deepEqual(first.keys, [1, 2, 3]);
  // prettier-ignore
  const cases: [name: string, now: readonly object[], keys: readonly number[]][] = [
    ['put before', [d, a, b, c], [4, 1, 2, 3]],
    ['taken out', [a, c], [1, 3]],
    ['written in its place', [a, { t: 'B' }, c], [1, 2, 3]],
    ['moved', [b, a, c], [2, 1, 3]],
    ['nothing', [a, b, c], [1, 2, 3]],
  ];
  for (const [name, now, keys] of cases) {
    minted = 3;
    assert.deepEqual(keyedAfter(first, now, mint).keys, keys, name);
  }
  minted = 3;
  assert.deepEqual(keyedAfter(first, [a, { t: 'B' }, c, d], mint).keys, [1, 2, 3, 4].map((k) => (k === 2 ? 4 : k === 4 ? 5 : k)));
});

test('somebody else’s change is told, and an own one that was not kept can be made after all', async () => {
  const documents = new FakeDocuments();
  const there = documents.serve('doc_cv', 'cv', 'My CV', { name: 'Anna', jobs: ['a'] });
  const document = documents.open('doc_cv');
  const editing = new Editing(document, () => 1_000);
  there.edit('usr_ben', [{ op: 'replace', path: '/jobs/0', value: 'b' }]);
  assert.deepEqual(editing.view.value.touches, [{ path: '/jobs/0', by: 'usr_ben', at: 1_000 }]);

  there.slow = true;
  editing.set('/name', 'mine');
  there.edit('usr_ben', [{ op: 'replace', path: '/name', value: 'Ben’s' }]);
  there.slow = false;
  there.answer();
  const [conflict] = editing.view.value.conflicts;
  assert.deepEqual(conflict, { path: '/name', by: 'usr_ben', code: 'edit_conflict', mine: 'mine' });
  assert.equal(
    conflictWords(conflict!, () => 'Ben'),
    'Ben changed “Name” at the same time; yours was not kept.',
  );
  assert.equal(document.content['name'], 'Ben’s');
  assert.ok(editing.has_place(conflict!));
  editing.use_mine(conflict!);
  assert.deepEqual([there.content['name'], editing.view.value.conflicts.length], ['mine', 0]);

  documents.line_down();
  editing.set('/name', 'offline');
  assert.match(stateWords(document.view.value), /line is down/);
  editing.close();
});

test('what an agent is about to say grows where it will stand', () => {
  const turn: Turn = { turnId: 't', participantId: 'agt', state: 'running', text: 'I have', itemId: 'i', firstSeq: 7 };
  const own = { id: 'usr', connected: true, over: false };
  const lines = (said: readonly Utterance[], turns: readonly Turn[]) =>
    transcriptLines(withTurns(said, turns), [], new Map(), own).map(({ key, text, state }) => `${key} ${state} ${text}`);
  const said: Utterance = {
    utteranceId: 'u', speaker: 'agent', participantId: 'agt', turnId: 't', text: '', generatedText: null,
    state: 'started', rev: -1, startMs: 0, endMs: 0, source: null, firstSeq: 9,
  }; // prettier-ignore
  assert.deepEqual(lines([], [turn]), ['t open I have']);
  assert.deepEqual(lines([said], [turn]), ['t open I have']);
  const final: Utterance = { ...said, state: 'final', text: 'I have begun.' };
  assert.deepEqual(lines([final], [{ ...turn, text: '' }]), ['t kept I have begun.']);
  assert.deepEqual(lines([final], [{ ...turn, text: 'And more' }]), ['t kept I have begun.', 't 1 open And more']);
});
