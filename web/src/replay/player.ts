// Moves over a timeline: plays it at a speed, and goes where the person wants to be.

import { Store } from '../talk/store';
import type { Mark, Timeline } from './timeline';

export const SPEEDS = [1, 2, 8, 32] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Place {
  /** How many events have happened. */
  readonly index: number;
  readonly ms: number;
  readonly playing: boolean;
  readonly speed: Speed;
  /** What was jumped to just now; null as soon as anything else is done. */
  readonly mark: Mark | null;
}

export interface Ticker {
  readonly now: () => number;
  /** Calls `run` again and again until it is stopped. */
  readonly every: (run: () => void) => () => void;
}

/** Often enough for the eye; the words change only with the events. */
const TICK_MS = 50;

export const browserTicker: Ticker = {
  now: () => performance.now(),
  every: (run) => {
    const timer = setInterval(run, TICK_MS);
    return () => clearInterval(timer);
  },
};

export class Player {
  readonly place = new Store<Place>({ index: 0, ms: 0, playing: false, speed: 1, mark: null });
  private stop_: (() => void) | null = null;
  private ticked_at_ = 0;

  constructor(
    private readonly timeline_: Timeline,
    private readonly ticker_: Ticker = browserTicker,
  ) {}

  /** From the beginning again where it stands at the end. */
  play(): void {
    if (this.stop_) return;
    if (this.place.value.index >= this.timeline_.size) this.set({ index: 0, ms: 0 });
    this.ticked_at_ = this.ticker_.now();
    this.stop_ = this.ticker_.every(() => this.tick());
    this.set({ playing: true });
  }

  pause(): void {
    this.stop_?.();
    this.stop_ = null;
    this.set({ playing: false });
  }

  toggle(): void {
    if (this.stop_) this.pause();
    else this.play();
  }

  set_speed(speed: Speed): void {
    this.set({ speed });
  }

  /** To a moment, with all that had happened by then. */
  seek(ms: number): void {
    const to = Math.min(Math.max(0, ms), this.timeline_.duration_ms);
    this.set({ ms: to, index: this.timeline_.index_at(to) });
  }

  /** Over so many events; of several that happened at once, too. */
  step(events: number): void {
    this.go(this.place.value.index + events);
  }

  /** To where an event has just happened. */
  to_event(seq: number): void {
    this.go(this.timeline_.index_of(seq));
  }

  to_start(): void {
    this.go(0);
  }

  to_end(): void {
    this.go(this.timeline_.size);
  }

  to(mark: Mark | null): void {
    if (mark) this.set({ index: mark.index, ms: mark.ms, mark });
  }

  private go(index: number): void {
    const to = Math.min(Math.max(0, index), this.timeline_.size);
    this.set({ index: to, ms: this.timeline_.moment(to) });
  }

  private tick(): void {
    const now = this.ticker_.now();
    const { ms, index, speed, mark } = this.place.value;
    const to = ms + (now - this.ticked_at_) * speed;
    this.ticked_at_ = now;
    if (to < this.timeline_.duration_ms) {
      return this.set({ ms: to, index: Math.max(index, this.timeline_.index_at(to)), mark });
    }
    this.to_end();
    this.pause();
  }

  private set(change: Partial<Place>): void {
    this.place.set({ ...this.place.value, mark: null, ...change });
  }
}
