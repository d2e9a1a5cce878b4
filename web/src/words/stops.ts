// Kill switches beyond a call, in words: what stands still, and what a change would do.

import type { Stop } from '../act/stops';
import { plain } from './plain';
import { problemOf, type Problem } from './problem';

/** What is stopped, as a line of the list: "Actions of the type ⟨…⟩ in the account ⟨…⟩". */
export function stoppedWords({ scope, accountId, actionType }: Stop): string {
  const account = accountId === undefined ? '' : ` in the account ${plain(accountId)}`;
  switch (scope) {
    case 'instance':
      return 'All actions on this server';
    case 'account':
      return `All actions${account || ' in your account'}`;
    case 'action_type':
      return `The action ${plain(actionType ?? '')}${account}`;
  }
}

export interface ChangeWords {
  readonly title: string;
  readonly effect: string;
  readonly act: string;
  /** To be typed first, where very much stands still. */
  readonly word: string | null;
}

export function changeWords(stop: Stop, enabled: boolean): ChangeWords {
  const what = lower(stoppedWords(stop));
  if (!enabled) {
    return {
      title: `Allow ${what} again?`,
      effect: 'What was refused meanwhile is not done by itself. What somebody still says yes to is done.',
      act: 'Allow again',
      word: null,
    };
  }
  const everybody = stop.scope === 'instance' ? ' It counts for every account.' : '';
  return {
    title: `Stop ${what}?`,
    effect: `Nothing of it begins in any call, from the moment the server answers.${everybody} What runs already is not cut off, and what was done is not undone.`,
    act: 'Stop',
    word: stop.scope === 'action_type' ? null : 'stop',
  };
}

/** "All actions …" within a sentence; names keep their letters. */
function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Refusals of a pass that is good for other things: whoever has one for a call finds nothing else. */
export const NOT_FOR_THIS: ReadonlySet<string | null> = new Set(['forbidden', 'session_not_found']);

/** Here a pass can be good and still not for this. */
export function stopProblem(thrown: unknown): Problem {
  const problem = problemOf(thrown);
  if (NOT_FOR_THIS.has(problem.code)) {
    return {
      ...problem,
      title: 'Your pass is not for this.',
      advice:
        'An operator stops their own account and types of action in it, an admin everything. A pass for one call stops that call only.',
    };
  }
  switch (problem.code) {
    case 'token_invalid':
    case 'token_expired':
      return { ...problem, title: 'This pass is not accepted.', advice: 'It may have run out. Get a new one and try again.' };
    case 'missing_field':
      return { ...problem, title: 'It is not said what is meant.', advice: 'An admin has to name the account.' };
    case 'route_not_found':
      return { ...problem, title: 'This server has no such switches.', advice: 'It may be older than this page.' };
    default:
      return problem;
  }
}
