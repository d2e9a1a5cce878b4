import type { CallEvent } from './event.js';
import type { CallState } from './state.js';

type Erased = CallEvent<'record.erased'>;

/** What was erased, and what is kept of a call whose own frame was: whose it is, and that it is over. */
export function withErasure(state: CallState, event: Erased): CallState {
  const { because, events, participantId = null } = event.payload;
  const erasure = { seq: event.seq, at: event.recordedAt, because, events, participantId };
  return withKept({ ...state, erasures: [...state.erasures, erasure] }, event);
}

function withKept(state: CallState, { payload: { kept } }: Erased): CallState {
  if (kept === undefined) return state;
  const { ownerId, outcome, endedAt, participants = [] } = kept;
  const takesPart = participants.some(({ userId, role }) => userId === ownerId && role === 'user');
  const known = {
    ...state,
    ownerId: state.ownerId ?? ownerId,
    ownerTakesPart: state.ownerTakesPart || takesPart,
  };
  if (state.end || outcome === undefined || endedAt === undefined) return known;
  const end = { outcome, at: endedAt, reason: 'erased', message: null, fix: null };
  return { ...known, status: outcome, phase: null, outage: null, end };
}
