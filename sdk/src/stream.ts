import {
  retryableReasons,
  type Envelope,
  type ErrorFrame,
  type EventType,
  type HelloFrame,
  type ServerFrame,
} from './contract.js';
import { LifelineError } from './error.js';
import type { ErasedRecord, EventRecord } from './event.js';
import type { Line } from './line.js';
import { Outbox, type Published } from './outbox.js';
import type { Platform } from './platform.js';
import { ownEnding } from './verdict.js';

/** A place in the stream. */
export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
}

export interface StreamEvents {
  /** Each event once, in order, without a gap. */
  record(record: EventRecord): void;
  /** A refusal that no publish() waits for. */
  error(error: LifelineError): void;
  replaying(): void;
  live(): void;
}

const retryAfterMs = 1_000; // Where the server does not say when.

/** An answer that takes longer is slow, or the line is dead; only the server's sign of life tells. */
const answerWithinMs = 3_000;

/** A part of a call's past, and in which history it was counted. */
export interface PastEvents {
  readonly epoch: string;
  readonly events: readonly (EventRecord | ErasedRecord)[];
}

/**
 * The call's stream across all connections: how far it was read, and what of our own is not in it
 * yet. Lines come and go beneath it.
 */
export class Stream {
  readonly #platform: Platform;
  readonly #events: StreamEvents;
  readonly #outbox = new Outbox();
  #line: Line | null = null;
  #epoch: string | null = null;
  #seq = 0;
  #over = false;
  // Publishing waits for the end of the replay, which shows what had arrived before the outage.
  #flowing = false;
  #cancelFlush: () => void = () => undefined;
  #cancelDoubt: (() => void) | null = null;

  constructor(platform: Platform, events: StreamEvents) {
    this.#platform = platform;
    this.#events = events;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  get seq(): number {
    return this.#seq;
  }

  /** The event that ends the call has been seen. */
  get over(): boolean {
    return this.#over;
  }

  publish(event: Envelope<EventType>): Promise<Published> {
    const published = this.#outbox.add(event);
    this.#flush();
    return published;
  }

  attach(line: Line): void {
    this.#line = line;
  }

  /** The line is gone. What was sent on it and not seen is in doubt, and will be sent again. */
  detach(): void {
    this.#line = null;
    this.#flowing = false;
    this.#cancelFlush();
    this.#cancelDoubt?.();
    this.#cancelDoubt = null;
    this.#outbox.connectionLost();
  }

  /** Nothing waits any more. */
  close(error: LifelineError): void {
    this.#outbox.rejectAll(error);
  }

  /** Goes on from another place than where it was. */
  moveTo(cursor: Cursor): void {
    this.#epoch = cursor.epoch;
    this.#seq = cursor.seq;
    this.#over = false;
  }

  hello(hello: HelloFrame): void {
    if (this.#epoch !== null && this.#epoch !== hello.epoch) {
      return this.#line?.end(ownEnding('reset', 'epoch_changed', 4301), 4005);
    }
    this.#epoch = hello.epoch;
    this.#outbox.setLimits(hello.limits);
    if (hello.headSeq > this.#seq) this.#events.replaying();
    else this.#live();
  }

  frame(frame: ServerFrame): void {
    if ('stream' in frame) return; // Of a document, which has a stream of its own.
    switch (frame.op) {
      case 'event':
        return this.record(frame);
      case 'skipped':
        return this.#skipped(frame.fromSeq, frame.toSeq);
      case 'replay.complete':
        return this.#live();
      case 'accepted':
        this.#outbox.seen(frame.eventId, frame.seq);
        return this.#flush();
      case 'error':
        return this.#refusal(frame);
      default:
        return;
    }
  }

  /** What REST gave for the cursor. */
  past({ epoch, events }: PastEvents): void {
    this.#epoch ??= epoch;
    for (const record of events) {
      if ('event' in record) this.record(record);
      else this.#skipped(record.seq, record.seq);
    }
  }

  /** An event from the line or from REST. */
  record(record: EventRecord): void {
    const next = this.#seq + 1;
    if (record.seq > next) return this.#gap();
    if (record.seq === next) {
      this.#advance(next);
      const { type } = record.event;
      this.#over ||= type === 'call.ended' || type === 'call.terminal_failure';
      this.#events.record(record);
    }
    // For a repeated one too: it is the answer to a publish that was sent twice.
    this.#outbox.seen(record.event.eventId, record.seq);
    this.#flush();
  }

  /** Left out here because later events say more; counts as received. */
  #skipped(fromSeq: number, toSeq: number): void {
    if (fromSeq > this.#seq + 1) this.#gap();
    else if (toSeq > this.#seq) this.#advance(toSeq);
  }

  #advance(seq: number): void {
    this.#seq = seq;
    this.#line?.received(seq);
  }

  #gap(): void {
    this.#line?.end(ownEnding('backoff', 'gap'), 4005);
  }

  #live(): void {
    if (this.#flowing) return;
    this.#flowing = true;
    this.#events.live();
    this.#flush();
  }

  #refusal(frame: ErrorFrame): void {
    const again =
      frame.outcome === 'unknown' ||
      frame.retryAfterMs !== undefined ||
      retryableReasons.has(frame.code);
    const error = new LifelineError({ ...frame, retryable: again });
    if (frame.eventId === undefined) return this.#events.error(error);
    if (again) {
      const waitMs = frame.retryAfterMs ?? retryAfterMs;
      this.#outbox.postpone(frame.eventId, this.#platform.now() + waitMs);
    } else {
      this.#outbox.refused(frame.eventId, error);
    }
    this.#flush();
  }

  #flush(): void {
    this.#cancelFlush();
    const line = this.#line;
    if (!this.#flowing || !line) return;
    const now = this.#platform.now();
    const at = this.#outbox.flush(now, (json) => line.publish(json));
    if (at !== null) this.#cancelFlush = this.#platform.after(at - now, () => this.#flush());
    if (this.#cancelDoubt === null) this.#doubtIn(answerWithinMs);
  }

  #doubtIn(ms: number): void {
    if (this.#outbox.oldestSentAt === null) return;
    this.#cancelDoubt = this.#platform.after(ms, () => this.#doubt());
  }

  /** Looks whether an answer is overdue, for as long as one is waited for. Nothing is sent again. */
  #doubt(): void {
    this.#cancelDoubt = null;
    const sentAt = this.#outbox.oldestSentAt;
    if (sentAt === null) return;
    const leftMs = sentAt + answerWithinMs - this.#platform.now();
    if (leftMs <= 0) this.#line?.probe();
    this.#doubtIn(leftMs > 0 ? leftMs : answerWithinMs);
  }
}
