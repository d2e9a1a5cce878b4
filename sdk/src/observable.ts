import { report } from './error.js';

/** A value that changes, and says so. The shape React's `useSyncExternalStore` asks for. */
export interface Observable<T> {
  /** The value now; a new object whenever it changed, the same one otherwise. */
  readonly value: T;
  /** Calls `listener` after each change (not at once). Returns the function that stops it. */
  subscribe(listener: (value: T) => void): () => void;
}

/** Tells each listener; one that throws is reported and keeps nobody else from hearing. */
export function notify<T>(listeners: Iterable<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) tell(listener, value);
}

function tell<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch (thrown) {
    report(thrown);
  }
}

/** The writable side, kept by whoever owns the value. */
export class Cell<T> implements Observable<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) {
      // One of them has changed it meanwhile, and all have heard of that already: this is the past.
      if (!Object.is(value, this.#value)) return;
      tell(listener, value);
    }
  }

  subscribe(listener: (value: T) => void): () => void {
    // A wrapper, so that one function subscribed twice is two subscriptions.
    const own = (value: T) => listener(value);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }
}

/** A part of another value, told only when it changes; always of the same moment as the whole. */
export function partOf<T, U>(whole: Observable<T>, select: (value: T) => U): Observable<U> {
  return {
    get value() {
      return select(whole.value);
    },
    subscribe(listener) {
      let last = select(whole.value);
      return whole.subscribe((value) => {
        const next = select(value);
        if (Object.is(next, last)) return;
        last = next;
        listener(next);
      });
    },
  };
}
