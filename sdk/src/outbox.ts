import { eventBytesMax, type Envelope, type EventType } from './contract.js';
import { jsonOf, LifelineError, type ErrorFacts } from './error.js';

/** Where a published event stands in the call. */
export interface Published {
  readonly eventId: string;
  readonly seq: number;
}

interface Entry {
  /** The event as it was when it was published: what its eventId means can never change again. */
  readonly json: string;
  readonly resolve: (published: Published) => void;
  readonly reject: (error: LifelineError) => void;
  /** When it went out on the line there is now; null if it has not. */
  sentAt: number | null;
  /** Not before this time: the server asked to wait. */
  notBefore: number;
}

/** An application that publishes faster than the line takes it is told so, not buffered for ever. */
const entriesMax = 1_000;
/**
 * Events published and not yet seen in the stream, in the order in which they were published. They
 * leave it when they are seen or refused; a lost connection only makes them unsent again, so the
 * same eventId is sent once more on the next one and the server recognises it.
 */
export class Outbox {
  readonly #entries = new Map<string, Entry>();
  #limits = { eventBytes: eventBytesMax, inFlight: 32 };

  /** What the server takes: the size of an event, and how many before it has answered the first. */
  setLimits(limits: { readonly eventBytes: number; readonly inFlight: number }): void {
    this.#limits = { eventBytes: limits.eventBytes, inFlight: Math.max(1, limits.inFlight) };
  }

  add(event: Envelope<EventType>): Promise<Published> {
    let json: string;
    try {
      json = jsonOf(event, 'The payload');
    } catch (thrown) {
      return Promise.reject(thrown);
    }
    // Checked here because the server could only answer such a frame by closing the connection.
    const bytes = new TextEncoder().encode(json).length;
    if (bytes > this.#limits.eventBytes) {
      return refuse({
        code: 'event_too_large',
        message: `The event has ${bytes} bytes; ${this.#limits.eventBytes} are allowed.`,
        fix: 'Keep large content elsewhere and publish a reference to it.',
      });
    }
    if (this.#entries.size >= entriesMax) {
      return refuse({
        code: 'outbox_full',
        message: `${entriesMax} events wait to be published.`,
        fix: 'Wait for publish() to resolve before publishing more.',
        retryable: true,
      });
    }
    return new Promise((resolve, reject) => {
      this.#entries.set(event.eventId, { json, resolve, reject, sentAt: null, notBefore: 0 });
    });
  }

  /**
   * Sends what may be sent, oldest first; `send` says whether it took the event. Returns the time at
   * which there is more to do, or null if an answer has to come first.
   */
  flush(nowMs: number, send: (json: string) => boolean): number | null {
    let inFlight = 0;
    for (const entry of this.#entries.values()) {
      if (entry.sentAt !== null) {
        inFlight++;
        continue;
      }
      if (inFlight >= this.#limits.inFlight) return null;
      if (entry.notBefore > nowMs) return entry.notBefore; // Later ones wait too: order is kept.
      entry.sentAt = nowMs; // Before sending: the line may break, and be told so, while it is used.
      inFlight++;
      if (!send(entry.json)) {
        entry.sentAt = null;
        return null;
      }
    }
    return null;
  }

  /** When the event went out that has waited longest for its answer, or null if none does. */
  get oldestSentAt(): number | null {
    for (const { sentAt } of this.#entries.values()) if (sentAt !== null) return sentAt;
    return null;
  }

  /** The connection is gone: whatever is still here may or may not have arrived. */
  connectionLost(): void {
    for (const entry of this.#entries.values()) entry.sentAt = null;
  }

  seen(eventId: string, seq: number): void {
    this.#take(eventId)?.resolve({ eventId, seq });
  }

  refused(eventId: string, error: LifelineError): void {
    this.#take(eventId)?.reject(error);
  }

  /** The server could not say yes now: the same event again, not before `notBefore`. */
  postpone(eventId: string, notBefore: number): void {
    const entry = this.#entries.get(eventId);
    if (!entry) return;
    entry.sentAt = null;
    entry.notBefore = notBefore;
  }

  rejectAll(error: LifelineError): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of entries) entry.reject(error);
  }

  #take(eventId: string): Entry | undefined {
    const entry = this.#entries.get(eventId);
    this.#entries.delete(eventId);
    return entry;
  }
}

function refuse(facts: ErrorFacts): Promise<never> {
  return Promise.reject(new LifelineError(facts));
}
