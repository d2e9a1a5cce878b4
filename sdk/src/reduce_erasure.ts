import type { CallEvent } from './event.js';
import type { CallState } from './state.js';

/** What is kept of a call whose own frame was erased: whose it is, and that it is over. */
export function withKept(
  state: CallState,
  { payload: { kept } }: CallEvent<'record.erased'>,
): CallState {
  if (kept === undefined) return state;
  const { ownerId, outcome, endedAt, participants = [] } = kept;
  const takesPart = participants.some(({ userId, role }) => userId === ownerId && role === 'user');
  const known = {
    ...state,
    ownerId: state.ownerId ?? ownerId,
    ownerTakesPart: state.ownerTakesPart || takesPart,
  };
  if (state.end || outcome === undefined || endedAt === undefined) return known;
  const end = { outcome, at: endedAt, reason: 'erased', message: null };
  return { ...known, status: outcome, phase: null, outage: null, end };
}
