// Which events of a call are worth a jump, and what they are called there.

import type { CallEvent, CallState } from '@lifeline/client';

import { endingWords } from './ending';
import { plain } from './plain';

export interface MarkWords {
  readonly kind: 'action' | 'question' | 'failure';
  readonly text: string;
}

const ANSWERS: Readonly<Record<string, string>> = { approve: 'Yes', edit: 'Changed', deny: 'No' };

/** `state` is the call's after the event; most events are nothing to jump to. */
export function markOf(event: CallEvent, state: CallState): MarkWords | null {
  switch (event.type) {
    case 'orchestration.action.requested':
      return { kind: 'action', text: `Asked for: ${named(state, event.payload.actionId)}` };
    case 'orchestration.action.started':
      return { kind: 'action', text: `Begun: ${named(state, event.payload.actionId)}` };
    case 'orchestration.action.succeeded':
      return { kind: 'action', text: `Done: ${named(state, event.payload.actionId)}` };
    case 'orchestration.action.cancelled':
      return { kind: 'action', text: `Not done: ${named(state, event.payload.actionId)}` };
    case 'safety.confirmation.requested':
      return { kind: 'question', text: `Question: ${plain(event.payload.title)}` };
    case 'safety.confirmation.resolved':
      return { kind: 'question', text: `${ANSWERS[event.payload.decision] ?? 'Answered'}: ${asked(state, event.payload.confirmationId)}` };
    case 'safety.confirmation.expired':
      return { kind: 'question', text: `Nobody answered: ${asked(state, event.payload.confirmationId)}` };
    default:
      return failureOf(event, state);
  }
}

function failureOf(event: CallEvent, state: CallState): MarkWords | null {
  const failure = (text: string): MarkWords => ({ kind: 'failure', text });
  switch (event.type) {
    case 'orchestration.action.rejected':
      return failure(`Not possible: ${named(state, event.payload.actionId)}`);
    case 'orchestration.action.failed':
      return failure(`Failed: ${named(state, event.payload.actionId)}`);
    case 'orchestration.action.timed_out':
      return failure(`Took too long: ${named(state, event.payload.actionId)}`);
    case 'orchestration.action.outcome_unknown':
      return failure(`Nobody knows whether it happened: ${named(state, event.payload.actionId)}`);
    case 'safety.blocked':
      return failure(event.payload.actionId ? `Not allowed: ${named(state, event.payload.actionId)}` : 'Not allowed');
    case 'orchestration.turn.failed':
      return failure('The agent could not answer');
    case 'transcript.failed':
      return failure('Something that was said was not understood');
    case 'call.reconnecting':
      return failure('The line was lost');
    case 'call.error':
      return failure('Something went wrong in the call');
    case 'call.terminal_failure':
      return failure(state.end ? endingWords(state.end).title : 'The call broke off');
    default:
      return null;
  }
}

function named({ actions }: CallState, actionId: string): string {
  const action = actions.find((one) => one.actionId === actionId);
  return plain(action?.summary ?? '') || plain(action?.actionType ?? '') || 'an action';
}

function asked({ confirmations }: CallState, confirmationId: string): string {
  return plain(confirmations.find((one) => one.confirmationId === confirmationId)?.title ?? '') || 'a question';
}
