import { LifelineError } from './error.js';
import type { CallEvent } from './event.js';
import { notify } from './observable.js';

type Listener = (event: CallEvent) => void;

/** A reader that is this far behind would only eat memory; the events themselves are durable. */
const backlogMax = 10_000;

/** Who listens to which type, and the iterators over all of them. */
export class Listeners {
  readonly #byType = new Map<string, Set<Listener>>();
  readonly #readers = new Set<Reader>();
  #closed = false;

  on(type: string, listener: Listener): () => void {
    const own: Listener = (event) => listener(event);
    const set = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, set.add(own));
    return () => void set.delete(own);
  }

  emit(event: CallEvent): void {
    notify(this.#byType.get(event.type) ?? [], event);
    notify(this.#byType.get('*') ?? [], event);
    for (const reader of this.#readers) reader.push(event);
  }

  /** The events from now on, until the connection is closed for good. */
  events(): AsyncIterableIterator<CallEvent> {
    const reader = new Reader(() => this.#readers.delete(reader));
    if (this.#closed) reader.finish(null);
    else this.#readers.add(reader);
    return reader;
  }

  close(): void {
    this.#closed = true;
    for (const reader of [...this.#readers]) reader.finish(null);
  }

  reopen(): void {
    this.#closed = false;
  }
}

class Reader implements AsyncIterableIterator<CallEvent> {
  readonly #onDone: () => void;
  #backlog: CallEvent[] = [];
  #waiting: (() => void)[] = [];
  #done = false;
  #error: LifelineError | null = null;

  constructor(onDone: () => void) {
    this.#onDone = onDone;
  }

  push(event: CallEvent): void {
    if (this.#backlog.length < backlogMax) this.#backlog.push(event);
    else {
      this.#backlog = [];
      this.finish(
        new LifelineError({
          code: 'reader_too_slow',
          message: `${backlogMax} events were not taken from call.events().`,
          fix: 'Do slow work elsewhere, or use call.on().',
        }),
      );
    }
    this.#wake();
  }

  finish(error: LifelineError | null): void {
    if (this.#done) return;
    this.#done = true;
    this.#error = error;
    this.#onDone();
    this.#wake();
  }

  async next(): Promise<IteratorResult<CallEvent>> {
    while (this.#backlog.length === 0) {
      if (this.#error) throw this.#error;
      if (this.#done) return { done: true, value: undefined };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return { done: false, value: this.#backlog.shift()! };
  }

  async return(): Promise<IteratorResult<CallEvent>> {
    this.#backlog = [];
    this.finish(null);
    return { done: true, value: undefined };
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
