// May what a person says be kept? Where they stand, and what follows for their keyboard and microphone.

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
  readonly agreed: boolean;
  /** What they last answered on this page, if it was no. */
  readonly no: 'denied' | 'withdrawn' | null;
}

/** Who only reads says nothing, and operators are of those who demand it. */
export function stanceOf({ required, role, ready, agreed, no }: Standing): Stance {
  if (!required || (role !== null && role !== 'user')) return 'not_asked';
  if (agreed) return 'agreed';
  if (role === null || !ready) return 'unknown';
  return no ?? 'unanswered';
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
