import type { Envelope, EventType, KnownEventType, CustomEventType } from './contract.js';

/** Who published an event, as the server authenticated it. */
export interface Actor {
  readonly kind: string;
  readonly id: string;
}

/** What the server says about an event beside its six keys. */
export interface Seen {
  /** Place in the call: 1, 2, 3, ... without a gap, the same for everyone. */
  readonly seq: number;
  readonly actor: Actor;
  /** The eventId that led to this event, or null. */
  readonly cause: string | null;
  /** When the server made it durable (RFC 3339 UTC); `ts` is only the sender's claim. */
  readonly recordedAt: string;
}

/** A durable event of the call: the six keys of the envelope and what the server says of it. */
export type CallEvent<T extends EventType = EventType> = T extends KnownEventType
  ? Readonly<Envelope<T>> & Seen
  : Readonly<Envelope<CustomEventType>> & Seen;

/** An event as frames, replies and NDJSON lines carry it. */
export interface EventRecord {
  readonly seq: number;
  readonly event: Envelope<EventType>;
  readonly meta: {
    readonly actor: Actor;
    readonly cause?: string;
    readonly recordedAt: string;
  };
}

/** The place of an event whose contents were erased, as REST tells it. */
export type ErasedRecord = Pick<EventRecord, 'seq' | 'meta'> & { readonly erased: true };

/** One flat object of a record, as listeners and `reduce` take it. */
export function callEventOf(record: EventRecord): CallEvent {
  const { actor, cause, recordedAt } = record.meta;
  // The type of the event is whatever the server says; those unknown here are passed on untouched.
  return { ...record.event, seq: record.seq, actor, cause: cause ?? null, recordedAt } as CallEvent;
}
