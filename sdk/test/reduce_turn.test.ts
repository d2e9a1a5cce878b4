import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, fold, type Told } from './events.js';

const agent = ['agt_lifeos', 'agent'] as const;
const starts: Told = [
  'orchestration.turn.started',
  { turnId: 't', orchestrator: 'scripted', inputUtteranceIds: [] },
  ...agent,
];
const delta = (deltaText: string, offset: number, itemId = 'i0'): Told => [
  'orchestration.turn.delta',
  { turnId: 't', itemId, deltaText, offset },
  ...agent,
];
const begins: Told = [
  'transcript.utterance.started',
  { utteranceId: 'u', speaker: 'agent', participantId: 'agt_lifeos', startMs: 0, turnId: 't' },
  ...agent,
];
const final: Told = [
  'transcript.final',
  { utteranceId: 'u', speaker: 'agent', text: 'One two', startMs: 0, endMs: 1 },
  ...agent,
];
const ends = (how: string): Told => [
  `orchestration.turn.${how}` as 'orchestration.turn.cancelled',
  { turnId: 't', durationMs: 1, cause: 'barge_in', stopReason: 'end', text: 'One two' },
  ...agent,
];

// prettier-ignore
const cases: readonly [name: string, told: Told[], then: string][] = [
  ['grows', [starts, delta('One', 0), delta(' two', 3)], 'agt_lifeos running One two'],
  ['begins with its first words', [delta('One', 0)], 'agt_lifeos running One'],
  ['begins anew with another part', [starts, delta('One', 0), delta('Two', 0, 'i1')], 'agt_lifeos running Two'],
  ['is said', [starts, delta('One two', 0), begins, final], 'agt_lifeos running '],
  ['goes on after it was said', [starts, delta('One two', 0), begins, final, delta(' three', 7)], 'agt_lifeos running  three'],
  ['is over', [starts, delta('One', 0), ends('completed')], 'agt_lifeos completed '],
  ['is cut off', [starts, delta('One', 0), ends('cancelled'), delta(' two', 3)], 'agt_lifeos cancelled '],
  ['fails', [starts, ends('failed')], 'agt_lifeos failed '],
];

for (const [name, told, then] of cases) {
  test(`an agent's turn ${name}`, () => {
    const [turn] = fold(eventsOf(told)).turns;
    assert.equal(`${turn?.participantId} ${turn?.state} ${turn?.text}`, then);
  });
}

test('of turns that are over the last few are kept', () => {
  const told = Array.from({ length: 30 }, (_, i): Told[] => [
    ['orchestration.turn.started', { turnId: `t${i}`, orchestrator: 's', inputUtteranceIds: [] }],
    ['orchestration.turn.cancelled', { turnId: `t${i}`, durationMs: 1, cause: 'x' }],
  ]).flat();
  const { turns } = fold(eventsOf(told));
  assert.ok(turns.length <= 11 && turns[turns.length - 1]!.turnId === 't29');
});
