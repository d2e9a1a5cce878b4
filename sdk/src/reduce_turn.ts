import type { CallEvent } from './event.js';
import type { CallState } from './state.js';
import type { Turn } from './work.js';

const overMax = 10;

type TurnEvent =
  | CallEvent<'orchestration.turn.started'>
  | CallEvent<'orchestration.turn.delta'>
  | CallEvent<'orchestration.turn.completed'>
  | CallEvent<'orchestration.turn.failed'>
  | CallEvent<'orchestration.turn.cancelled'>;

/** A delta of a turn that is over says nothing any more. */
export function withTurn(state: CallState, event: TurnEvent): CallState {
  const { turnId } = event.payload;
  const before = state.turns.find((one) => one.turnId === turnId);
  if (before && before.state !== 'running') return state;
  const after = turnAfter(before ?? newTurn(turnId, event), event);
  const others = state.turns.filter((one) => one !== before);
  const over = others.filter((one) => one.state !== 'running');
  const dropped = new Set(over.slice(0, Math.max(0, over.length - overMax)));
  const turns = before
    ? state.turns.map((one) => (one === before ? after : one))
    : [...state.turns, after];
  return { ...state, turns: turns.filter((one) => !dropped.has(one)) };
}

/** What was said in an utterance of its own is not coming any more. */
export function turnsAfterFinal(state: CallState, utteranceId: string): CallState {
  const turnId = state.utterances.find((one) => one.utteranceId === utteranceId)?.turnId ?? null;
  const spoken = turnId === null ? undefined : state.turns.find((one) => one.turnId === turnId);
  if (!spoken || spoken.text === '') return state;
  const turns = state.turns.map((one) => (one === spoken ? { ...one, text: '' } : one));
  return { ...state, turns };
}

function newTurn(turnId: string, event: TurnEvent): Turn {
  return {
    turnId,
    participantId: event.actor.id,
    state: 'running',
    text: '',
    itemId: null,
    firstSeq: event.seq,
  };
}

function turnAfter(before: Turn, event: TurnEvent): Turn {
  switch (event.type) {
    case 'orchestration.turn.started':
      return before;
    case 'orchestration.turn.delta': {
      const { itemId, deltaText, offset } = event.payload;
      const goesOn = itemId === before.itemId && offset > 0;
      return { ...before, itemId, text: goesOn ? before.text + deltaText : deltaText };
    }
    case 'orchestration.turn.completed':
      return { ...before, state: 'completed', text: '' };
    case 'orchestration.turn.failed':
      return { ...before, state: 'failed', text: '' };
    case 'orchestration.turn.cancelled':
      return { ...before, state: 'cancelled', text: '' };
  }
}
