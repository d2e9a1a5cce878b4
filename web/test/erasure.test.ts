import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Erasure } from '@lifeline/client';

import { Timeline } from '../src/replay/timeline';
import { erasureWords } from '../src/words/erasure';
import { rowsOf } from '../src/words/rows';
import { dayDate } from '../src/words/time';
import { FakeCall } from './fake_call';

const at = '2026-11-26T10:00:00.000Z';
const day = dayDate(Date.parse(at));

test('a date is a day that people can read', () => assert.match(day, /26/));

const cases: [name: string, given: Partial<Erasure>, who: string, text: string][] = [
  ['a person', { participantId: 'usr_ada' }, 'Ada', `What they said and did was erased on ${day}, on request: 12 events.`],
  ['the call', {}, '', `What was said and done here was erased on ${day}, on request: 12 events.`],
  ['the time that it is kept', { because: 'retention' }, '', `What was said and done here was erased on ${day}, when its time was up: 12 events.`],
  ['texts that were replaced', { because: 'superseded' }, '', `Unfinished versions of what was said were erased on ${day}, since the finished ones stand: 12 events.`],
  ['one event', { events: 1 }, '', `What was said and done here was erased on ${day}, on request: 1 event.`],
  ['a reason that this page does not know', { because: 'constructor' }, '', `What was said and done here was erased on ${day}: 12 events.`],
];
for (const [name, given, who, text] of cases) {
  test(`what was erased, why, and how much: ${name}`, () => {
    const erasure = { seq: 9, at, because: 'request', events: 12, participantId: null, ...given };
    assert.deepEqual(erasureWords(erasure, who), { name: who, text });
  });
}

/** Ada's call as it was recorded, her words, and that they went. */
function erasedCall(): FakeCall {
  const call = new FakeCall();
  const callId = call.sessionId;
  call.see('call.participant.joined', { callId, participantId: 'usr_ada', role: 'user', identity: { displayName: 'Ada' } });
  call.see('transcript.final', { utteranceId: 'u1', speaker: 'user', text: 'Hello', startMs: 0, endMs: 1 }, { kind: 'user', id: 'usr_ben' });
  call.see('call.ended', { callId, endedAt: at, durationSeconds: 1, endReason: 'completed' });
  call.see('record.erased', { because: 'request', events: 12, upToSeq: 3, erasureId: 'era_1', participantId: 'usr_ada' });
  return call;
}

test('it stands in the call where it went, live and replayed, with the name if that is still known', () => {
  const call = erasedCall();
  const timeline = new Timeline();
  timeline.add(call.seen);
  const names: Record<string, string> = { usr_ada: 'E\u202Eve' };
  for (const { erasures } of [call.state.value, timeline.head]) {
    const [known] = rowsOf([], [], erasures, (id) => names[id] ?? 'Somebody');
    assert.ok(known?.kind === 'erasure');
    assert.equal(known.erasure.seq, 4);
    assert.equal(erasureWords(known.erasure, known.name).name, 'E⟨U+202E⟩ve', 'a name turns nothing around');
    const [unknown] = rowsOf([], [], erasures, () => 'Somebody');
    assert.ok(unknown?.kind === 'erasure' && unknown.name === 'Somebody');
  }
  assert.deepEqual(timeline.state(3).erasures, [], 'before that it was not');
});
