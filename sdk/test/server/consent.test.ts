import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, pathOf } from '../../src/create.js';
import { readSnapshot } from '../../src/snapshot.js';
import { cannotRun, House, live, until } from './house.js';

const options = { skip: cannotRun, timeout: 60_000 };

test(
  'nothing is said before its speaker agreed, and everybody knows who has',
  options,
  async (t) => {
    const house = await House.open(t);
    const participants = [{ userId: 'usr_tom', role: 'user' }] as const;
    const mia = await house.create('usr_mia', { participants, recordingConsentRequired: true });
    const tom = await house.join('usr_tom', mia.sessionId);
    await Promise.all([live(mia), live(tom)]);
    assert.equal(mia.session.recordingConsentRequired, true);
    const refused = { name: 'LifelineError', code: 'consent_required' };
    await assert.rejects(mia.say('too early'), refused);
    await mia.answerRecordingConsent('denied');
    await assert.rejects(mia.say('still not'), refused);
    await mia.answerRecordingConsent('granted');
    const { seq } = await mia.say('now');
    await until(tom, 'it is heard', () => tom.state.value.seq >= seq);
    assert.deepEqual(
      tom.transcript.value.map(({ text }) => text),
      ['now'],
    );
    await assert.rejects(tom.say('not I'), refused);

    const getToken = () => house.token('usr_tom');
    const { rest } = await clientOf({ baseUrl: house.directUrl, getToken });
    const { state } = await readSnapshot(rest, pathOf(mia.sessionId));
    assert.equal(state.recordingConsentRequired, true);
    assert.deepEqual(state.recordingAgreed, ['usr_mia']);
    assert.deepEqual(state.recordingAgreed, tom.state.value.recordingAgreed);

    await mia.answerRecordingConsent('withdrawn');
    await assert.rejects(mia.say('no more'), refused);
    const { state: after } = await readSnapshot(rest, pathOf(mia.sessionId));
    assert.deepEqual(after.recordingAgreed, []);
  },
);
