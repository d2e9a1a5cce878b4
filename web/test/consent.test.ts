import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Participant } from '@lifeline/client';

import { answerOf, isSilent, NOT_AGREED, silentWords, stanceOf, type Stance } from '../src/words/consent';
import { consentWords } from '../src/words/consent_asked';
import { personOf } from '../src/words/people';
import { FakeCall } from './fake_call';

const asked = { required: true, role: 'user', ready: true, answer: null } as const;
const stances: [name: string, given: Parameters<typeof stanceOf>[0], stance: Stance][] = [
  ['a call that keeps words without asking', { ...asked, required: false }, 'not_asked'],
  ['an operator', { ...asked, role: 'operator' }, 'not_asked'],
  ['who only reads along', { ...asked, role: 'viewer' }, 'not_asked'],
  ['before the line is up', { ...asked, role: null }, 'unknown'],
  ['before the call was read', { ...asked, ready: false }, 'unknown'],
  ['not answered yet', asked, 'unanswered'],
  ['agreed', { ...asked, answer: 'granted' }, 'agreed'],
  ['agreed, as far as it was read', { ...asked, ready: false, answer: 'granted' }, 'agreed'],
  ['refused', { ...asked, answer: 'denied' }, 'denied'],
  ['a no, before the call was read to its end', { ...asked, ready: false, answer: 'denied' }, 'unknown'],
  ['taken back', { ...asked, answer: 'withdrawn' }, 'withdrawn'],
];
for (const [name, given, stance] of stances) {
  test(`may what they say be kept: ${name}`, () => assert.equal(stanceOf(given), stance));
}

test('what somebody said is known by the call, also to a page that was just loaded', () => {
  const call = new FakeCall();
  const answers = (...said: [by: string, state: 'granted' | 'denied' | 'withdrawn', subject?: string][]) => {
    for (const [by, state, subject = 'recording'] of said)
      call.see('call.consent.updated', { callId: call.sessionId, subject: subject as never, state, by }, { kind: 'user', id: by });
    return ['usr_anna', 'usr_ben', null].map((who) => answerOf(call.state.value, who));
  };
  assert.deepEqual(answers(), [null, null, null], 'nobody was asked');
  assert.deepEqual(answers(['usr_anna', 'denied']), ['denied', null, null]);
  assert.deepEqual(answers(['usr_ben', 'granted'], ['usr_anna', 'granted', 'outreach']), ['denied', 'granted', null]);
  assert.deepEqual(answers(['usr_anna', 'granted'], ['usr_ben', 'withdrawn']), ['granted', 'withdrawn', null]);
  call.see('call.participant.left', { callId: call.sessionId, participantId: 'usr_ben', reason: 'removed' } as never);
  assert.deepEqual(answers(), ['granted', null, null], 'who was removed is asked again');
});

test('who may not be kept is told why, and everybody else is not', () => {
  for (const stance of ['not_asked', 'agreed'] as const) {
    assert.equal(isSilent(stance), false);
    assert.equal(silentWords(stance), '');
    assert.equal(consentWords(stance), null);
  }
  for (const stance of ['unknown', 'unanswered', 'denied', 'withdrawn'] as const) {
    assert.ok(isSilent(stance));
    assert.notEqual(silentWords(stance), '');
  }
  assert.equal(consentWords('unknown'), null, 'nothing is asked before it is known');
});

test('it is said what is kept, who reads it, and that it stays', () => {
  const said = (stance: Stance) => consentWords(stance)!.text.join(' ');
  assert.match(said('unanswered'), /type and speak.*Everybody in this call.*until it is erased.*take it back/s);
  assert.match(said('denied'), /did not agree.*agree at any time/);
  assert.match(said('withdrawn'), /took your consent back.*stays until it is erased/);
});

test('others see who has not agreed', () => {
  const ben: Participant = {
    participantId: 'usr_ben',
    role: 'user',
    displayName: 'Ben',
    present: true,
    connected: true,
    speaking: false,
  };
  const label = (change: Partial<Participant>, agreed: readonly string[] | null, over = false) =>
    personOf({ ...ben, ...change }, { ownId: 'usr_anna', scripted: null, over, agreed }).label;
  assert.equal(label({}, null), '');
  assert.equal(label({}, []), NOT_AGREED);
  assert.equal(label({}, ['usr_ben']), '');
  assert.equal(label({ connected: false }, []), `line lost, ${NOT_AGREED}`);
  assert.equal(label({ present: false, connected: false }, []), 'left', 'who has gone says nothing more');
  assert.equal(label({ role: 'agent' }, []), 'agent');
  assert.equal(label({ role: 'operator' }, []), 'operator');
  assert.equal(label({ participantId: 'usr_anna' }, []), 'you', 'who is asked on their own page');
  assert.equal(label({}, [], true), '', 'nobody says anything in a call that is over');
});
