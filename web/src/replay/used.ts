// What a call used, read when it is over: its records come after its end, when the line is closed already.

import { initialState, reduce, type CallState } from '@lifeline/client';

import { Store } from '../talk/store';
import { problemOf, type Problem } from '../words/problem';
import { withHours, type CallHours } from './call_hours';
import type { HistoryDoor } from './replay';

export interface UsedStage {
  readonly state: CallState;
  /** Null while nothing is recorded. */
  readonly hours: CallHours | null;
  readonly reading: boolean;
  /** There may be records to come: none was written after the end, or the last look still found more. */
  readonly pending: boolean;
  readonly problem: Problem | null;
}

/** How often it is looked for records by itself, and how long it waits before it looks again. */
const LOOKS = 6;
const PAUSE_MS = 1000;

export class Used {
  readonly stage = new Store<UsedStage>({ state: initialState, hours: null, reading: false, pending: true, problem: null });
  private after_ = 0;
  private epoch_: string | null = null;
  private closed_ = false;
  private recorded_ = false;
  private stop_pause_: () => void = () => undefined;

  constructor(
    private readonly door_: HistoryDoor,
    private readonly later_: (run: () => void, ms: number) => () => void,
  ) {}

  /** Reads on from where it stands, and looks again while records are to come. */
  async read(looks = LOOKS): Promise<void> {
    this.closed_ = false;
    if (this.stage.value.reading) return;
    this.set({ reading: true, problem: null });
    const from = this.after_;
    try {
      for (let next: number | undefined = this.after_; next !== undefined && !this.closed_; ) {
        const page = await this.door_(next, this.epoch_);
        this.epoch_ = page.epoch;
        let { state, hours } = this.stage.value;
        for (const event of page.events) {
          this.recorded_ ||= state.end !== null && event.type === 'billing.usage.measured';
          state = reduce(state, event);
          hours = withHours(hours, event);
        }
        this.after_ = page.next ?? page.headSeq;
        next = page.next;
        this.set({ state, hours });
      }
      // Where nothing was connected, nothing is measured.
      const expected = this.recorded_ || this.stage.value.state.usage.live === null;
      this.set({ reading: false, pending: !expected || this.after_ > from });
      if (this.stage.value.pending && looks > 1 && !this.closed_) {
        this.stop_pause_ = this.later_(() => void this.read(looks - 1), PAUSE_MS);
      }
    } catch (thrown) {
      this.set({ reading: false, problem: problemOf(thrown) });
    }
  }

  close(): void {
    this.closed_ = true;
    this.stop_pause_();
  }

  private set(change: Partial<UsedStage>): void {
    this.stage.set({ ...this.stage.value, ...change });
  }
}
