// What an action is and what becomes of it, in words.

import type { Action } from '@lifeline/client';

import { plain } from './plain';

/** How a state is drawn beside its word. */
export type ActionTone = 'idle' | 'asks' | 'runs' | 'done' | 'not_done' | 'unclear';

export interface ActionWords {
  readonly tone: ActionTone;
  /** Where it stands. */
  readonly state: string;
  /** What there is to say beside; may be empty. */
  readonly note: string;
  /** Who allowed it; empty while nobody has. */
  readonly allowed: string;
}

const CAUSES: Readonly<Record<string, string>> = {
  denied: 'Somebody said no.',
  expired: 'Nobody answered in time.',
  barge_in: 'Somebody spoke, and it was dropped.',
  user: 'Somebody in the call stopped it.',
  agent: 'The agent stopped it.',
  operator: 'An operator stopped it.',
  session_end: 'The call was over.',
  superseded: 'Another action took its place.',
};

const REFUSED: Readonly<Record<string, string>> = {
  unknown_type: 'This server knows no such action.',
  schema: 'Its arguments are not what the action takes.',
  quota: 'Too much was asked for.',
  session_over: 'The call was over.',
  duplicate_conflict: 'The same request was made before, for something else.',
};

export function actionWords(action: Action, nameOf: (id: string) => string): ActionWords {
  const allowed = allowedWords(action, nameOf);
  const words = (tone: ActionTone, state: string, note: string | null = null): ActionWords => ({
    tone,
    state,
    note: note === null ? '' : plain(note),
    allowed,
  });
  const said = action.error?.message || null;
  if (action.duplicateOf !== null) return words('idle', 'Asked for before', 'It is not done twice.');
  switch (action.state) {
    case 'proposed':
      return words('idle', 'An idea');
    case 'requested':
    case 'accepted':
      return words('idle', 'Asked for');
    case 'awaiting_confirmation':
      return words('asks', 'Waits for a yes', action.askedBecause);
    case 'approved':
      return words('runs', 'Allowed, about to begin');
    case 'running':
      return words('runs', action.cancelRequestedBy ? 'Being stopped' : 'Under way', progressWords(action));
    case 'retrying':
      return words('runs', 'Tried again soon', said);
    case 'succeeded':
      return words('done', 'Done', action.resultSummary);
    case 'rejected':
      return words('not_done', 'Not possible', REFUSED[action.error?.code ?? ''] ?? said);
    case 'failed':
      return words('not_done', 'Failed', said);
    case 'timed_out':
      return words('not_done', 'Not done', 'It took too long.');
    case 'cancelled':
      return words('not_done', 'Not done', CAUSES[action.cause ?? ''] ?? 'It was stopped.');
    case 'blocked':
      return words('not_done', 'Not allowed', said);
    case 'unknown':
      return words(
        'unclear',
        'Nobody knows whether it happened',
        'It is not tried again until somebody has found out.',
      );
    case 'resolved':
      return resolvedWords(action, words);
    default:
      return words('idle', 'Something else');
  }
}

function resolvedWords(
  { resolution }: Action,
  words: (tone: ActionTone, state: string, note: string | null) => ActionWords,
): ActionWords {
  const evidence = resolution?.evidence ?? null;
  switch (resolution?.resolution) {
    case 'succeeded':
      return words('done', 'Done, as was found out', evidence);
    case 'failed':
      return words('not_done', 'Failed, as was found out', evidence);
    default:
      return words('not_done', 'Not done, as was found out', evidence);
  }
}

function progressWords({ progress }: Action): string | null {
  if (!progress) return null;
  return progress.pct === null ? progress.message : `${progress.message} (${Math.round(progress.pct)} %)`;
}

/** A person if one was asked, else the policy that needed nobody. */
function allowedWords({ decisions, state }: Action, nameOf: (id: string) => string): string {
  const person = [...decisions].reverse().find((one) => one.by !== null && one.by.kind !== 'server');
  if (person?.by) return `Allowed by ${plain(nameOf(person.by.id))}`;
  const last = decisions.at(-1);
  if (last?.outcome === 'allow' && state !== 'blocked') return 'Allowed by the rules, without asking';
  return '';
}
