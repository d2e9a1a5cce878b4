// What taking a step with a finding does, said before it is taken.

import type { Finding } from '@lifeline/client';

import { classWords } from '../../words/account';
import { signedMoney } from '../../words/money';

export type FindingStep = 'acknowledged' | 'adjusted' | 'written_off' | 'disputed';

interface StepWords {
  readonly title: string;
  readonly effect: string;
  readonly act: string;
  /** To be typed where money moves. */
  readonly word: string | null;
}

export function stepWords(finding: Finding, to: FindingStep): StepWords {
  const what = classWords(finding.class).title.toLowerCase();
  const { amountDelta, currency = '' } = finding;
  const amount = amountDelta === undefined ? 'the difference' : signedMoney(amountDelta, currency);
  switch (to) {
    case 'acknowledged':
      return { title: 'Look into it?', effect: `Others see that somebody looks into “${what}”. No money moves.`, act: 'I am looking', word: null };
    case 'disputed':
      return { title: 'Dispute it?', effect: `It stays open, and says that somebody disagrees with “${what}”. No money moves.`, act: 'Dispute', word: null };
    case 'adjusted':
      return { title: 'Book the adjustment?', effect: `${amount} is booked to the account now, in the hour of the service. It is never edited; only another adjustment takes it back.`, act: 'Book it', word: 'book' };
    case 'written_off':
      return { title: 'Write it off?', effect: `The difference (${amount}) is given up, and booked as written off. Only another adjustment takes it back.`, act: 'Write off', word: 'book' };
  }
}
