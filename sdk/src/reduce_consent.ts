import type { CallEvent } from './event.js';
import type { CallState } from './state.js';

/** Whose consent to being recorded stands. What they think of other uses is the application's. */
export function withConsent(
  state: CallState,
  { payload }: CallEvent<'call.consent.updated'>,
): CallState {
  if (payload.subject !== 'recording') return state;
  const others = withoutConsent(state, payload.by);
  if (payload.state !== 'granted') return others;
  return { ...others, recordingAgreed: [...others.recordingAgreed, payload.by].sort() };
}

/** Whoever was removed and comes again is asked again. */
export function withoutConsent(state: CallState, participantId: string): CallState {
  if (!state.recordingAgreed.includes(participantId)) return state;
  const recordingAgreed = state.recordingAgreed.filter((one) => one !== participantId);
  return { ...state, recordingAgreed };
}
