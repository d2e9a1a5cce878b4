import type { Socket } from 'node:net';

/** Time, handed in so that tests own it. */
export interface Clock {
  readonly now: () => number;
  readonly after: (ms: number, fn: () => void) => () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

interface Piece {
  /** Null: the sender has finished. */
  readonly bytes: Buffer | null;
  readonly at: number;
}

/** What may wait here; beyond it nothing more is read, and whoever sends has to wait. */
const heldMax = 64 * 1024;

/** One direction of a connection: in order, and as late, as small or as little as a fault wants it. */
export class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #clock: Clock;
  #queue: Piece[] = [];
  #held = 0;
  #running = false;
  #stalled = false;
  #swallowing = false;
  #delayMs = 0;
  #pieceBytes = Infinity;

  constructor(from: Socket, to: Socket, clock: Clock) {
    this.#from = from;
    this.#to = to;
    this.#clock = clock;
  }

  write(bytes: Buffer | null): void {
    if (this.#swallowing) return;
    this.#queue.push({ bytes, at: this.#clock.now() + this.#delayMs });
    this.#held += bytes?.length ?? 0;
    if (this.#held > heldMax) this.#from.pause();
    void this.#run();
  }

  end(): void {
    this.write(null);
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  split(bytes: number): void {
    this.#pieceBytes = bytes;
  }

  stall(): void {
    this.#stalled = true;
  }

  flow(): void {
    this.#stalled = false;
    void this.#run();
  }

  /** Whatever comes now goes nowhere, an end included. */
  swallow(): void {
    this.#swallowing = true;
    this.#queue = [];
    this.#from.resume();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#queue[0]; next && !this.#stalled; next = this.#queue[0]) {
      const waitMs = next.at - this.#clock.now();
      if (waitMs > 0) {
        await new Promise<void>((resolve) => void this.#clock.after(waitMs, resolve));
        continue; // It may have been stalled or swallowed meanwhile.
      }
      this.#queue.shift();
      if (next.bytes === null) this.#to.end();
      else await this.#put(next.bytes);
      this.#held -= next.bytes?.length ?? 0;
      if (this.#held <= heldMax) this.#from.resume();
    }
    this.#running = false;
  }

  async #put(bytes: Buffer): Promise<void> {
    const size = Math.min(this.#pieceBytes, bytes.length);
    for (let at = 0; at < bytes.length && !this.#swallowing; at += size) {
      const piece = bytes.subarray(at, at + size);
      if (this.#to.destroyed) return;
      await new Promise<void>((resolve) => this.#to.write(piece, () => resolve()));
    }
  }
}
