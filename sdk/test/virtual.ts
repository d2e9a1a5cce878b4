import type { Platform, WebSocketLike } from '../src/lifeline.js';

/** Lets everything that is ready run: promises, and what they start. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Time that passes only when it is told to. */
export class VirtualClock {
  now = Date.parse('2026-02-16T10:00:00.000Z');
  #timers: { at: number; order: number; fn: () => void }[] = [];
  #order = 0;

  after = (ms: number, fn: () => void): (() => void) => {
    const timer = { at: this.now + ms, order: this.#order++, fn };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  get pending(): number {
    return this.#timers.length;
  }

  /** Runs the timers of the next `ms` in order, each at its time. */
  async advance(ms: number): Promise<void> {
    const until = this.now + ms;
    await settle();
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.at <= until)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.now = Math.max(this.now, next.at);
      next.fn();
      await settle();
    }
    this.now = until;
  }

  /** The machine sleeps: time passes and no timer runs; they come late, when it wakes. */
  sleep(ms: number): void {
    this.now += ms;
  }
}

/** Random numbers that a seed repeats (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One end of a WebSocket; the test (or FakeServer) holds the other. */
export class FakeSocket implements WebSocketLike {
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly url: URL;
  readonly protocols: readonly string[];
  /** What the client sent, parsed. */
  readonly sent: Record<string, unknown>[] = [];
  /** The code with which the client closed, if it did. */
  closedWith: number | null = null;
  onSent: (frame: Record<string, unknown>) => void = () => undefined;
  /** How many more frames get through before the line is cut, either way. */
  framesLeft = Infinity;

  constructor(url: string, protocols: readonly string[]) {
    this.url = new URL(url);
    this.protocols = protocols;
  }

  get closed(): boolean {
    return this.#closed;
  }
  #closed = false;

  send(data: string): void {
    if (this.#closed || this.#lost()) return;
    const frame = JSON.parse(data) as Record<string, unknown>;
    this.sent.push(frame);
    this.onSent(frame);
  }

  close(code = 1005): void {
    this.#closed = true;
    this.closedWith = code;
  }

  /** The server sends a frame. */
  say(frame: object | string): void {
    if (this.#closed || this.#lost()) return;
    const data = typeof frame === 'string' ? frame : JSON.stringify(frame);
    (this.onmessage as ((event: { data: string }) => void) | null)?.({ data });
  }

  #lost(): boolean {
    if (this.framesLeft-- > 0) return false;
    this.cut();
    return true;
  }

  /** The network or the server closes it; 1006 is what scripts see of a cut line. */
  cut(code = 1006): void {
    if (this.#closed) return;
    this.#closed = true;
    (this.onclose as ((event: { code: number; reason: string }) => void) | null)?.({
      code,
      reason: '',
    });
  }
}

export function virtualPlatform(
  clock: VirtualClock,
  random: () => number,
  openSocket: Platform['openSocket'],
): Platform & { hint(): void; hide(): void } {
  const hints = new Set<() => void>();
  const hides = new Set<() => void>();
  return {
    now: () => clock.now,
    after: clock.after,
    random,
    fillRandom: (bytes) => bytes.forEach((_, i) => (bytes[i] = Math.floor(random() * 256))),
    fetch: () => Promise.reject(new Error('no network in this test')),
    openSocket,
    onHint: (fn) => {
      hints.add(fn);
      return () => void hints.delete(fn);
    },
    hint: () => hints.forEach((fn) => fn()),
    onHide: (fn) => {
      hides.add(fn);
      return () => void hides.delete(fn);
    },
    hide: () => hides.forEach((fn) => fn()),
  };
}
