import type { Action } from './action.js';
import { LifelineError } from './error.js';

/**
 * An action that did not do what was asked. `code` is the failure's own (`unknown_type`, `schema`, what the
 * tool said, ...) or one of `action_blocked`, `action_cancelled` (`action.cause` says why),
 * `action_timed_out`, `outcome_unknown` (it may have happened: ask before doing it again).
 */
export class ActionError extends LifelineError {
  /** The action as it stands. */
  readonly action: Action;

  constructor(action: Action, code: string, message: string, fix: string) {
    super({ code, message, fix });
    this.action = action;
  }
}

const notSent = 'Tell the person that it was not done.';

/** Why an action that is over did not succeed; null if it did, or is not over. */
export function failureOf(action: Action): ActionError | null {
  const { state, error, cause } = action;
  const said = error?.message || null;
  switch (state) {
    case 'rejected':
      return failure('action_rejected', 'The request was not accepted.', 'Correct the request.');
    case 'failed':
      return failure('action_failed', 'The action failed.', notSent);
    case 'blocked': {
      const message = said ?? 'Policy does not allow the action.';
      return new ActionError(action, 'action_blocked', message, notSent);
    }
    case 'cancelled': {
      const message = causes[cause ?? ''] ?? `The action was cancelled: ${cause}.`;
      return new ActionError(action, 'action_cancelled', message, notSent);
    }
    case 'timed_out':
      return failure('action_timed_out', 'The action took too long.', notSent);
    case 'unknown': {
      const message = said ?? 'It is not known whether the action happened.';
      const fix = 'Do not ask for it again: it may have happened. Somebody has to find out.';
      return new ActionError(action, 'outcome_unknown', message, fix);
    }
    case 'resolved': {
      if (action.resolution?.resolution === 'succeeded') return null;
      const message = action.resolution?.evidence ?? 'It did not happen.';
      return new ActionError(action, 'action_not_executed', message, notSent);
    }
    default:
      return null;
  }

  function failure(code: string, message: string, fix: string): ActionError {
    return new ActionError(action, error?.code ?? code, said ?? message, fix);
  }
}

const causes: Readonly<Record<string, string>> = {
  denied: 'A person said no.',
  expired: 'Nobody answered in time.',
  barge_in: 'The person spoke, and wanted something else.',
  user: 'A person stopped it.',
  agent: 'The agent stopped it.',
  operator: 'An operator stopped it.',
  session_end: 'The call was over.',
  superseded: 'Another action took its place.',
};
