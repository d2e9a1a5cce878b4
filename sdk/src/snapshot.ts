import { LifelineError } from './error.js';
import { callEventOf, type EventRecord } from './event.js';
import { reduce } from './reduce.js';
import type { Rest } from './rest.js';
import type { Session } from './session.js';
import { withSnapshotActions, type ActionSnapshot } from './snapshot_actions.js';
import { initialState, type CallState } from './state.js';
import type { Cursor, PastEvents } from './stream.js';
import { noUsage } from './usage.js';
import { cursorRefusals } from './verdict.js';
import type { Mode } from './work.js';

/** GET .../snapshot: the call as it stands after `seq`. */
interface Snapshot {
  readonly epoch: string;
  readonly seq: number;
  readonly state: Session & { readonly phase?: CallState['phase'] };
  /** Those that are not over. */
  readonly actions?: readonly ActionSnapshot[];
  /** Those that are shared with the call. */
  readonly documents?: readonly {
    readonly documentId: string;
    readonly kind: string;
    readonly title?: string;
    readonly rev: number;
  }[];
  /** What the call is about, as agents said. */
  readonly modes?: readonly (Omit<Mode, 'context'> & Partial<Pick<Mode, 'context'>>)[];
  /** Actions are switched off in this call. */
  readonly killed?: boolean;
}

/** How much of the past a client that starts over asks for: the transcript that people scroll to. */
const tailEvents = 1_000;
const pageEvents = 500;

/**
 * The events after the cursor, one page of them; empty at the head. Of the history that the cursor counts
 * in, where that is known: `epoch_changed` when the server has another by now.
 */
export async function readEvents(
  rest: Rest,
  path: string,
  { epoch, seq }: { readonly epoch: string | null; readonly seq: number },
): Promise<PastEvents> {
  const query = new URLSearchParams({ after: String(seq), limit: String(pageEvents) });
  if (epoch !== null) query.set('epoch', epoch);
  const request = { method: 'GET', path: `${path}/events?${query}` } as const;
  return rest.requestPatiently<PastEvents>(request);
}

/**
 * The state of a call for whoever cannot go on from their cursor: who is there from the snapshot,
 * what was said and done from the last events before it, what is not over from the snapshot again.
 */
export async function readSnapshot(
  rest: Rest,
  path: string,
): Promise<{ cursor: Cursor; state: CallState }> {
  for (;;) {
    try {
      return await readOneSnapshot(rest, path);
    } catch (thrown) {
      // Restored just now: the snapshot is of a history that is gone, too.
      if (!(thrown instanceof LifelineError) || !cursorRefusals.has(thrown.code)) throw thrown;
    }
  }
}

async function readOneSnapshot(
  rest: Rest,
  path: string,
): Promise<{ cursor: Cursor; state: CallState }> {
  const request = { method: 'GET', path: `${path}/snapshot` } as const;
  const read = await rest.requestPatiently<Snapshot>(request);
  const { epoch, seq, state } = read;
  const from = Math.max(0, seq - tailEvents);
  let folded = { ...stateOf(state), seq: from, usage: { ...noUsage, whole: from === 0 } };
  while (folded.seq < seq) {
    const page = await readEvents(rest, path, { epoch, seq: folded.seq });
    const last = page.events.at(-1);
    if (!last) {
      folded = { ...folded, usage: { ...folded.usage, whole: false } };
      break; // No longer kept: then without them.
    }
    const events = page.events.filter((record) => 'event' in record && record.seq <= seq);
    folded = (events as EventRecord[]).map(callEventOf).reduce(reduce, folded);
    folded = { ...folded, seq: Math.min(last.seq, seq) }; // Past those that were erased, too.
  }
  if (read.documents) folded = { ...folded, deliverables: documentsOf(read.documents, folded) };
  if (read.modes) {
    folded = { ...folded, modes: read.modes.map((mode) => ({ context: null, ...mode })) };
  }
  folded = withSnapshotActions(folded, read.actions ?? [], read.killed ?? false);
  return { cursor: { epoch, seq }, state: { ...folded, seq } };
}

/** The snapshot says which there are; who edited last, the events that were read. */
function documentsOf(
  documents: NonNullable<Snapshot['documents']>,
  { deliverables }: CallState,
): CallState['deliverables'] {
  return documents.map(({ documentId, kind, title, rev }) => {
    const seen = deliverables.find((one) => one.documentId === documentId && one.rev === rev);
    return { documentId, kind, title: title ?? seen?.title ?? null, rev, by: seen?.by ?? null };
  });
}

function stateOf(session: Snapshot['state']): CallState {
  return {
    ...initialState,
    status: session.status,
    phase: session.phase ?? null,
    ownerId: session.ownerId,
    ownerTakesPart: session.participants.some(
      (one) => one.participantId === session.ownerId && one.role === 'user',
    ),
    recordingConsentRequired: session.recordingConsentRequired ?? false,
    recordingAgreed: session.participants
      .filter((one) => one.recordingAgreed)
      .map((one) => one.participantId)
      .sort(),
    participants: session.participants
      .filter((one) => one.joined)
      .map(({ participantId, role, displayName, connected }) => ({
        participantId,
        role,
        displayName: displayName ?? null,
        present: true,
        connected,
        speaking: false,
      })),
  };
}
