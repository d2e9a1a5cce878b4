// May what a person says be kept? Asked where the call demands it, in words that say what is kept, who sees it
// and what an answer changes.

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

export interface ConsentWords {
  readonly title: string;
  readonly text: readonly string[];
}

export const KEPT_STAYS = 'What was kept until now stays until it is erased; whoever runs this call can do that.';
const READ_ALONG = 'You can read along, and agree at any time.';

/** What is asked, or what follows from a no; null where there is nothing to say or ask. */
export function consentWords(stance: Stance): ConsentWords | null {
  switch (stance) {
    case 'unanswered':
      return {
        title: 'May what you say be kept?',
        text: [
          'Kept is what you type and speak, as text under your name, and your voice where the call is recorded. ' +
            'Everybody in this call can read it, agents too, and so can the people who run it. It stays after the ' +
            'call, until it is erased.',
          'Before you agree, nothing that you say leaves this page. You can take it back at any time.',
        ],
      };
    case 'denied':
      return {
        title: 'What you say is not kept.',
        text: [`You did not agree, so nothing that you say leaves this page. ${READ_ALONG}`],
      };
    case 'withdrawn':
      return {
        title: 'What you say is no longer kept.',
        text: [
          `You took your consent back, so nothing more that you say leaves this page. ${KEPT_STAYS} ${READ_ALONG}`,
        ],
      };
    default:
      return null;
  }
}

/** Why the keyboard and the microphone are off; empty where they are not. */
export function silentWords(stance: Stance): string {
  if (!isSilent(stance)) return '';
  if (stance === 'unknown') return 'Typing and speaking wait for the line.';
  return 'Typing and speaking are off until you agree.';
}

/** Said beside the name of somebody else who was asked. */
export const NOT_AGREED = 'has not agreed to recording';
