import type { CallEvent } from './event.js';
import type { CallState } from './state.js';

/** What each said to being recorded. What they think of other uses is the application's. */
export function withConsent(
  state: CallState,
  { payload }: CallEvent<'call.consent.updated'>,
): CallState {
  if (payload.subject !== 'recording') return state;
  const others = withoutConsent(state, payload.by);
  if (payload.state === 'granted') {
    return { ...others, recordingAgreed: [...others.recordingAgreed, payload.by].sort() };
  }
  const refusal = { participantId: payload.by, state: payload.state };
  const recordingRefused = [...others.recordingRefused, refusal].sort((one, other) =>
    one.participantId < other.participantId ? -1 : 1,
  );
  return { ...others, recordingRefused };
}

/** Whoever was removed and comes again is asked again. */
export function withoutConsent(state: CallState, participantId: string): CallState {
  const { recordingAgreed, recordingRefused } = state;
  if (recordingAgreed.includes(participantId)) {
    return { ...state, recordingAgreed: recordingAgreed.filter((one) => one !== participantId) };
  }
  const others = recordingRefused.filter((one) => one.participantId !== participantId);
  return others.length === recordingRefused.length ? state : { ...state, recordingRefused: others };
}
