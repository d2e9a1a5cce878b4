// What is asked of who may be kept, in words that say what is kept, who sees it and what an answer changes.

import type { Stance } from './consent';

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
