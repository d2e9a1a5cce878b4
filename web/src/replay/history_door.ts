import { listEvents, type ClientOptions } from '@lifeline/client';
import type { HistoryDoor } from './replay';

/** Reads from that server and call. */
export function historyDoor(of: ClientOptions & { readonly sessionId: string }, limit: number): HistoryDoor {
  return (after, epoch) => listEvents({ ...of, after, limit, ...(epoch !== null && { epoch }) });
}
