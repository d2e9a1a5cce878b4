import type { Call, CallState, RecordingConsent, Self } from '@lifeline/client';
import { useEffect, useState } from 'react';

import { problemOf, type Problem } from '../words/problem';
import { answerOf, isSilent, stanceOf, type Stance } from '../words/consent';

export interface Consent {
  readonly stance: Stance;
  /** An answer is on its way: it counts once it is on record. */
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly answer: (state: RecordingConsent) => void;
}

/** Whether this person's words may be kept, and their answer to that. */
export function useConsent(call: Call, state: CallState, self: Self | null, connected: boolean): Consent {
  const [ready, setReady] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (connected) setReady(true);
  }, [connected]);
  const stance = stanceOf({
    required: state.recordingConsentRequired || call.session.recordingConsentRequired === true,
    role: self?.role ?? null,
    ready,
    answer: answerOf(state, self?.participantId ?? null),
  });
  const answer = (said: RecordingConsent) => {
    setBusy(true);
    setProblem(null);
    call
      .answerRecordingConsent(said)
      .catch((thrown: unknown) => setProblem(problemOf(thrown)))
      .finally(() => setBusy(false));
  };
  return { stance, busy, problem, answer };
}

/** What was begun to be said is not sent once it may not be kept. */
export function useSilence(stance: Stance, fallSilent: () => void): void {
  const silent = isSilent(stance);
  useEffect(() => {
    if (silent) fallSilent();
  }, [silent]);
}
