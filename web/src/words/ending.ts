// How a call ended, said so that a person understands it.

import type { CallEnd } from '@lifeline/client';

import { plain } from './plain';

const ENDED: Readonly<Record<string, string>> = {
  completed: 'The call is complete.',
  user_hangup: 'The call was ended.',
  timeout: 'The call reached its longest allowed time.',
  agent_handover: 'The call was handed over.',
  policy_stop: 'A rule ended the call.',
  budget_stop: 'What this call may use is used up.',
  operator_stop: 'An operator ended the call.',
};

const FAILED: Readonly<Record<string, string>> = {
  connect_timeout: 'Nobody was connected in time.',
  reconnect_window_expired: 'The line was gone for longer than the call could wait.',
  idle_timeout: 'Nothing happened for too long.',
};

export interface EndingWords {
  readonly title: string;
  readonly detail: string;
}

/** The call ended because nobody came back in time: what was begun can be carried on. */
export function wasGivenUp(end: CallEnd): boolean {
  return end.reason === 'reconnect_window_expired';
}

export function endingWords(end: CallEnd): EndingWords {
  if (end.outcome === 'ended') {
    return {
      title: ENDED[end.reason] ?? 'The call has ended.',
      // The sentence says what can be done; a new call would be refused.
      detail: (end.reason === 'budget_stop' && plain(end.message ?? '')) || 'Everything above is kept. Start a new call whenever you like.',
    };
  }
  const known = Object.hasOwn(FAILED, end.reason) ? FAILED[end.reason] : undefined;
  return {
    title: `The call broke off. ${known ?? plain(end.message ?? '')}`.trim(),
    detail: wasGivenUp(end)
      ? 'What was said up to here is kept. A new call can carry on from it.'
      : (known === undefined && plain(end.fix ?? '')) ||
        'What was said up to here is kept. You can start a new call.',
  };
}
