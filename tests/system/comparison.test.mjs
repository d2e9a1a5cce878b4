// The comparison of a dialogue with its call finds what is planted: without that, no mismatch found
// would mean nothing. Needs neither the conversations nor a server.

import assert from 'node:assert/strict';
import test from 'node:test';
import { mismatches, unapproved } from './support/dialogues.mjs';

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

const asks = (confirmationId, actionId) => ({ type: 'safety.confirmation.requested', payload: { confirmationId, actionId } });
const says = (confirmationId, decision, argsHash, id = 'usr_1') => ({
  type: 'safety.confirmation.resolved',
  payload: { confirmationId, decision, argsHash, by: { kind: 'user', id } },
});
const approves = (actionId, argsHash) => ({ type: 'orchestration.action.approved', payload: { actionId, argsHash } });
const starts = (actionId) => ({ type: 'orchestration.action.started', payload: { actionId } });
const without = ["a: started without its owner's yes"];
const stories = [
  ['a yes and then a start', [asks('c', 'a'), says('c', 'approve', 'h'), approves('a', 'h'), starts('a')], []],
  ['what needs no yes', [approves('free', 'h'), starts('free')], []],
  ['no question at all', [approves('a', 'h'), starts('a')], without],
  ['a no', [asks('c', 'a'), says('c', 'deny', 'h'), approves('a', 'h'), starts('a')], without],
  ["somebody else's yes", [asks('c', 'a'), says('c', 'approve', 'h', 'usr_2'), approves('a', 'h'), starts('a')], without],
  ['a yes to something else', [asks('c', 'a'), says('c', 'approve', 'x'), approves('a', 'h'), starts('a')], without],
  ['a yes to another action', [asks('c', 'b'), says('c', 'approve', 'h'), approves('a', 'h'), starts('a')], without],
  ['a start before the yes', [asks('c', 'a'), starts('a'), says('c', 'approve', 'h'), approves('a', 'h')], without],
];
for (const [name, events, found] of stories) {
  test(`planted: ${name}`, () => {
    const records = events.map((event) => ({ event }));
    assert.deepEqual(unapproved(records, (id) => id !== 'free', 'usr_1'), found);
  });
}
