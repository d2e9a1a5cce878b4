// May what a person says be kept? Where they stand, and what follows for their keyboard and microphone.

import type { CallState, RecordingConsent } from '@lifeline/client';

/** Where this person stands. */
export type Stance =
  /** The call keeps words without asking, or this person is not asked. */
  | 'not_asked'
  /** Not known yet: the line has not come up. */
  | 'unknown'
  | 'unanswered'
  | 'denied'
  | 'withdrawn'
  | 'agreed';

interface Standing {
  readonly required: boolean;
  /** This person's role in the call; null until the first connection. */
  readonly role: string | null;
  /** The call has been read up to now. */
  readonly ready: boolean;
  /** What they last said; null before that. */
  readonly answer: RecordingConsent | null;
}

/** By the call itself: on whichever page they said it, and however often it was loaded since. */
export function answerOf(
  { recordingAgreed, recordingRefused }: CallState,
  participantId: string | null,
): RecordingConsent | null {
  if (participantId !== null && recordingAgreed.includes(participantId)) return 'granted';
  return recordingRefused.find((one) => one.participantId === participantId)?.state ?? null;
}

/** Who only reads says nothing, and operators are of those who demand it. */
export function stanceOf({ required, role, ready, answer }: Standing): Stance {
  if (!required || (role !== null && role !== 'user')) return 'not_asked';
  if (answer === 'granted') return 'agreed';
  if (role === null || !ready) return 'unknown';
  return answer ?? 'unanswered';
}

/** Whether what they say would be refused, so that it had better not be sent. */
export function isSilent(stance: Stance): boolean {
  return stance !== 'not_asked' && stance !== 'agreed';
}

/** Why the keyboard and the microphone are off; empty where they are not. */
export function silentWords(stance: Stance): string {
  if (!isSilent(stance)) return '';
  if (stance === 'unknown') return 'Typing and speaking wait for the line.';
  return 'Typing and speaking are off until you agree.';
}

/** Said beside the name of somebody else who was asked. */
export const NOT_AGREED = 'has not agreed to recording';
