import { clientOf, pathOf, type ClientOptions } from './create.js';
import { callEventOf, type CallEvent, type ErasedRecord, type EventRecord } from './event.js';

/** What happened in a call, one page of it. */
export interface EventPage {
  /** In order; without those that were erased. */
  readonly events: readonly CallEvent[];
  /** The places of those: what stood there is gone, and `record.erased` says why. Absent when there are none. */
  readonly erased?: readonly number[];
  /** The history that all of this counts in. */
  readonly epoch: string;
  /** The newest event of the call. */
  readonly headSeq: number;
  /** `after` of the next page; absent when this was all there is so far. */
  readonly next?: number;
}

/**
 * The events of a call after `after`, as `reduce` takes them: for whoever looks at a call without being
 * connected to it, also long after its end. `joinCall` is for whoever takes part.
 */
export async function listEvents(
  options: ClientOptions & {
    readonly sessionId: string;
    /** The last seq that is known; from the beginning if left out. */
    readonly after?: number;
    /** Of the page before: `epoch_changed` when the server has another history by now. */
    readonly epoch?: string;
    /** At most 1,000; 200 if left out. */
    readonly limit?: number;
  },
): Promise<EventPage> {
  const { rest } = await clientOf(options);
  const query = new URLSearchParams({ after: String(options.after ?? 0) });
  if (options.epoch !== undefined) query.set('epoch', options.epoch);
  if (options.limit !== undefined) query.set('limit', String(options.limit));
  const path = `${pathOf(options.sessionId)}/events?${query}`;
  const page = await rest.requestPatiently<
    Omit<EventPage, 'events' | 'erased'> & {
      readonly events: readonly (EventRecord | ErasedRecord)[];
    }
  >({ method: 'GET', path });
  const { epoch, headSeq, next } = page;
  const events = page.events.filter((record) => 'event' in record).map(callEventOf);
  const erased = page.events.filter((record) => !('event' in record)).map(({ seq }) => seq);
  return {
    events,
    ...(erased.length === 0 ? {} : { erased }),
    epoch,
    headSeq,
    ...(next === undefined ? {} : { next }),
  };
}
