// A call's past, read page by page and then looked at. How far the reading is, is always said.

import type { ClientOptions, EventPage } from '@lifeline/client';

import { Store } from '../talk/store';
import { problemOf, type Problem } from '../words/problem';
import { browserTicker, Player, type Ticker } from './player';
import { Telling, type StoryDoor } from './telling';
import { Timeline } from './timeline';

/** The events after a seq, of the history it counts in where that is known. */
export type HistoryDoor = (after: number, epoch: string | null) => Promise<EventPage>;

/** What a server is asked about a call's past. */
export interface PastDoor {
  readonly events: HistoryDoor;
  readonly story: StoryDoor;
  /** For what is not asked of every past: its charges. */
  readonly of: (ClientOptions & { readonly sessionId: string }) | null;
}

export type ReplayStage =
  /** Who looks has to say who they are first; in development only. */
  | { readonly kind: 'sign_in' }
  /** There is no way in. */
  | { readonly kind: 'closed'; readonly problem: Problem }
  | { readonly kind: 'loading'; readonly loaded: number; readonly total: number | null }
  | { readonly kind: 'failed'; readonly problem: Problem; readonly loaded: number; readonly total: number | null }
  | { readonly kind: 'empty' }
  /** `size` is how much of the call is there; while it goes on, more may be read. */
  | { readonly kind: 'ready'; readonly size: number; readonly reading: boolean; readonly problem: Problem | null };

const NOT_SIGNED_IN: Problem = {
  title: 'This page has no pass to that call.',
  advice: 'Open the link that was sent to you, or the replay from the page of the call.',
  code: null,
  requestId: null,
  explained: false,
};

export interface Ways {
  /** Null where it is not known who looks. */
  readonly door: PastDoor | null;
  /** The same by a name; null where names are no passes. */
  readonly by_name: ((name: string) => PastDoor) | null;
}

export class Replay {
  readonly stage: Store<ReplayStage>;
  readonly timeline = new Timeline();
  readonly player: Player;
  readonly telling: Telling;
  private door_: PastDoor | null;
  private readonly by_name_: Ways['by_name'];
  private after_ = 0;
  private epoch_: string | null = null;
  private total_: number | null = null;
  private closed_ = false;
  private reading_ = false;

  constructor({ door, by_name }: Ways, ticker: Ticker = browserTicker) {
    this.door_ = door;
    this.by_name_ = by_name;
    this.player = new Player(this.timeline, ticker);
    this.telling = new Telling(() => this.door_?.story ?? null);
    this.stage = new Store<ReplayStage>(this.first());
  }

  /** Whose past it is, and by what way; null while it is not known who looks. */
  get of(): PastDoor['of'] {
    return this.door_?.of ?? null;
  }

  get can_change_name(): boolean {
    return this.by_name_ !== null && this.timeline.size === 0;
  }

  sign_in(name: string): Promise<void> {
    this.door_ = this.by_name_?.(name) ?? null;
    return this.read();
  }

  ask_for_name(): void {
    this.stage.set({ kind: 'sign_in' });
  }

  /** Reads on from where it stands; also after it failed, and for what came since. */
  async read(): Promise<void> {
    this.closed_ = false;
    if (this.door_ === null || this.reading_) return;
    this.reading_ = true;
    const shown = this.stage.value.kind === 'ready';
    this.tell(shown, null, true);
    try {
      for (let next: number | undefined = this.after_; next !== undefined && !this.closed_; ) {
        const page: EventPage = await this.door_.events(next, this.epoch_);
        this.epoch_ = page.epoch;
        this.timeline.add(page.events);
        this.total_ = page.headSeq;
        this.after_ = page.next ?? page.headSeq;
        next = page.next;
        if (next !== undefined) this.tell(shown, null, true);
      }
      this.tell(true, null, false);
    } catch (thrown) {
      this.tell(shown, problemOf(thrown), false);
    } finally {
      this.reading_ = false;
    }
  }

  /** Nothing more is read or played, until somebody reads on. */
  close(): void {
    this.closed_ = true;
    this.player.pause();
  }

  private first(): ReplayStage {
    if (this.door_) return { kind: 'loading', loaded: 0, total: null };
    return this.by_name_ ? { kind: 'sign_in' } : { kind: 'closed', problem: NOT_SIGNED_IN };
  }

  private tell(shown: boolean, problem: Problem | null, reading: boolean): void {
    if (this.closed_) return;
    const progress = { loaded: this.after_, total: this.total_ };
    if (shown && this.timeline.size > 0) {
      this.stage.set({ kind: 'ready', size: this.timeline.size, reading, problem });
    } else if (problem) this.stage.set({ kind: 'failed', problem, ...progress });
    else if (reading) this.stage.set({ kind: 'loading', ...progress });
    else this.stage.set({ kind: 'empty' });
  }
}
