// A call's events on a line of time: where each stands, what the call was after it, and what is worth a jump.
// Pure: the same events give the same states as they gave to whoever was there, by the same reducer.

import { initialState, reduce, type CallEvent, type CallState } from '@lifeline/client';

import { markOf, type MarkWords } from '../words/marks';
import { withHours, type CallHours } from './call_hours';

/** Something that people look for in a call's past. */
export interface Mark extends MarkWords {
  /** How many events have happened by then, its own among them. */
  readonly index: number;
  readonly ms: number;
}

/** The state is kept after each so many events: so far at most does a jump have to read on from one. */
export const EVERY = 200;

/**
 * Moments are milliseconds since the first event, by the server's clock; one that was set back does not turn the
 * line around. An index is a number of events: 0 is before all of them.
 */
export class Timeline {
  private readonly events_: CallEvent[] = [];
  private readonly moments_: number[] = [];
  private readonly kept_: CallState[] = [initialState];
  private readonly marks_: Mark[] = [];
  private head_: CallState = initialState;
  private hours_: CallHours | null = null;
  /** Where the last look was: playing on from there is one step, not a walk. */
  private seen_ = { index: 0, state: initialState };

  constructor(private readonly reduce_: typeof reduce = reduce) {}

  add(events: readonly CallEvent[]): void {
    for (const event of events) {
      this.head_ = this.reduce_(this.head_, event);
      this.hours_ = withHours(this.hours_, event);
      this.events_.push(event);
      const ms = Math.max(this.duration_ms, Date.parse(event.recordedAt) - this.starts_at);
      this.moments_.push(ms);
      if (this.events_.length % EVERY === 0) this.kept_.push(this.head_);
      const words = markOf(event, this.head_);
      if (words) this.marks_.push({ ...words, index: this.events_.length, ms });
    }
  }

  get size(): number {
    return this.events_.length;
  }

  get duration_ms(): number {
    return this.moments_.at(-1) ?? 0;
  }

  /** By the server's clock. */
  get starts_at(): number {
    return this.events_[0] ? Date.parse(this.events_[0].recordedAt) : 0;
  }

  get marks(): readonly Mark[] {
    return this.marks_;
  }

  /** The state after all that is here. */
  get head(): CallState {
    return this.head_;
  }

  /** In which it has records; null while it has none. */
  get hours(): CallHours | null {
    return this.hours_;
  }

  /** When the newest of so many events happened. */
  moment(index: number): number {
    return this.moments_[this.within(index) - 1] ?? 0;
  }

  /** How many events had happened by then. */
  index_at(ms: number): number {
    let low = 0;
    let high = this.moments_.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.moments_[middle]! <= ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The seq of the newest of so many events; 0 before all of them. */
  seq(index: number): number {
    return this.events_[this.within(index) - 1]?.seq ?? 0;
  }

  /** How many events there are up to this one; those that were erased are none. */
  index_of(seq: number): number {
    let low = 0;
    let high = this.events_.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.events_[middle]!.seq <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The call as it was after so many events. */
  state(index: number): CallState {
    const to = this.within(index);
    const kept = Math.floor(to / EVERY);
    const near = this.seen_.index <= to && this.seen_.index >= kept * EVERY;
    let { index: from, state } = near ? this.seen_ : { index: kept * EVERY, state: this.kept_[kept]! };
    for (; from < to; from++) state = this.reduce_(state, this.events_[from]!);
    this.seen_ = { index: to, state };
    return state;
  }

  next(index: number): Mark | null {
    return this.marks_.find((one) => one.index > index) ?? null;
  }

  previous(index: number): Mark | null {
    return this.marks_.filter((one) => one.index < index).at(-1) ?? null;
  }

  private within(index: number): number {
    return Math.min(Math.max(0, index), this.events_.length);
  }
}
