// A call that keeps words only with consent: asked first, then whatever is answered. Ben has not answered.

import { FakeCall } from '../fake_call';
import { talking } from './scenes';

function asking(): FakeCall {
  const call = talking({ recordingConsentRequired: true });
  call.answerRecordingConsent = async (state) => {
    const { participantId: by } = await call.self;
    call.see('call.consent.updated', { callId: call.sessionId, subject: 'recording', state, by } as never);
    return { eventId: 'evt', seq: call.state.value.seq };
  };
  return call;
}

export const consents: Readonly<Record<string, () => FakeCall>> = {
  consent: asking,
  consent_agreed() {
    const call = asking();
    void call.answerRecordingConsent('granted');
    return call;
  },
  consent_refused() {
    const call = asking();
    void call.answerRecordingConsent('denied');
    return call;
  },
};
