import type { Action } from './action.js';
import type { Actor } from './event.js';
import type { Self } from './self.js';
import type { CallState } from './state.js';

/** How a question stands. Only `open` can be answered. */
export type ConfirmationState =
  | 'open'
  | 'approved'
  | 'edited'
  | 'denied'
  | 'expired'
  | 'cancelled'
  | 'superseded';

/** What the server asks a person before an action runs. Made by the server from the same bytes that a yes approves. */
export interface Confirmation {
  readonly confirmationId: string;
  readonly actionId: string;
  readonly title: string;
  readonly description: string;
  /** `info`, `warning`, `critical`; treat a word you do not know as `critical`. */
  readonly severity: string;
  readonly scope: {
    /** `message_send`, `payment`, `external_post`, `data_delete`, `other`. */
    readonly kind: string;
    readonly target: string;
    readonly recipients: readonly string[];
    readonly recipientCount: number | null;
    /** An integer number of nano-units (10^-9) of `currency`, as decimal text. */
    readonly amount: string | null;
    readonly currency: string | null;
    readonly audience: string;
  };
  readonly preview: string;
  /** What a yes approves, and nothing else. */
  readonly argsHash: string;
  /** `approve`, `edit`, `deny`. */
  readonly allowedDecisions: readonly string[];
  /** RFC 3339 UTC; silence is no. */
  readonly expiresAt: string;
  /** `ui`, `voice`, `both`. */
  readonly channel: string;
  /** `owner`, `user`, `operator`. */
  readonly answerableBy: string;
  /** Null where only a snapshot tells of it. */
  readonly requestedAt: string | null;
  readonly seq: number;
  readonly state: ConfirmationState;
  /** How it ended; null while it is open. */
  readonly closed: {
    readonly at: string;
    /** Who answered; null where nobody did. */
    readonly by: Actor | null;
    /** `ui`, `voice`, `api`. */
    readonly via: string | null;
    readonly reason: string | null;
    /** Why it ended without an answer. */
    readonly cause: string | null;
    /** The question that took its place. */
    readonly byConfirmationId: string | null;
  } | null;
}

/** The questions that wait for an answer, oldest first. */
export function openConfirmations(state: CallState): readonly Confirmation[] {
  return state.confirmations.filter((one) => one.state === 'open');
}

/**
 * The arguments that this question is about; null if others have taken their place meanwhile, or they are
 * not known here.
 */
export function argsOf(
  state: CallState,
  confirmation: Confirmation,
): Readonly<Record<string, unknown>> | null {
  const action = actionOf(state, confirmation);
  return action && action.argsHash === confirmation.argsHash ? action.args : null;
}

export function actionOf(state: CallState, confirmation: Confirmation): Action | null {
  return state.actions.find((one) => one.actionId === confirmation.actionId) ?? null;
}

/**
 * Whether `me` may answer this question on a screen, as far as can be known here; the server has the last
 * word (`confirmation_forbidden`). What this SDK does not understand, nobody may answer with it.
 */
export function canAnswer(state: CallState, me: Self, confirmation: Confirmation): boolean {
  if (confirmation.state !== 'open' || confirmation.channel === 'voice') return false;
  switch (confirmation.answerableBy) {
    case 'operator':
      return me.role === 'operator';
    case 'user':
      return me.role === 'user';
    case 'owner': {
      const asOwner = !state.ownerTakesPart || state.ownerId === me.participantId;
      return me.role === 'user' && asOwner;
    }
    default:
      return false;
  }
}
