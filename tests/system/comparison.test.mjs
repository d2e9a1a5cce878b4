// The comparison of a dialogue with its call finds what is planted: without that, no mismatch found
// would mean nothing. Needs neither the conversations nor a server.

import assert from 'node:assert/strict';
import test from 'node:test';
import { mismatches } from './support/dialogues.mjs';

const turns = [
  { speaker: 'user', text: 'A table for two.' },
  { speaker: 'agent', text: 'At what time?' },
  { speaker: 'user', text: 'At seven.' },
];
const texts = turns.map(({ text }) => text);
const faithful = { spoken: turns, seen: { user: texts, agent: texts }, last: 'call.ended' };
const journal = ['the journal has another transcript'];
const user = ['the user saw something else'];
const agent = ['the agent saw something else'];

const cases = [
  ['nothing', {}, []],
  ['a word changed on disk', { spoken: [{ ...turns[0], text: 'A table for ten.' }, ...turns.slice(1)] }, journal],
  ['another speaker on disk', { spoken: [{ ...turns[0], speaker: 'agent' }, ...turns.slice(1)] }, journal],
  ['nothing on disk', { spoken: [] }, journal],
  ['the user heard nothing', { seen: { user: [], agent: texts } }, user],
  ['the agent heard nothing', { seen: { user: texts, agent: [] } }, agent],
  ['the agent missed the end', { seen: { user: texts, agent: texts.slice(0, 2) } }, agent],
  ['the agent heard one twice', { seen: { user: texts, agent: [texts[0], ...texts] } }, agent],
  ['the user heard two in the wrong order', { seen: { user: [texts[1], texts[0], texts[2]], agent: texts } }, user],
  ['the call never ended', { last: 'transcript.final' }, ['the last event is transcript.final']],
];
for (const [name, planted, found] of cases) {
  test(`planted: ${name}`, () => {
    const expected = found.map((what) => `planted: ${what}`);
    assert.deepEqual(mismatches({ dialogue: 'planted', turns }, { ...faithful, ...planted }), expected);
  });
}
