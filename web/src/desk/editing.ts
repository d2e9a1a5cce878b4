// One person's side of a document: what they change, what others changed just now, and what of theirs was
// not kept because somebody else was there first.

import { valueAt, type EditRejection, type Json, type LiveDocument, type Patch } from '@lifeline/client';

import { Store } from '../talk/store';

/** Somebody else's change of a moment ago. */
export interface Touch {
  readonly path: string;
  readonly by: string;
  readonly at: number;
}

/** An own change that was not kept. */
export interface Conflict {
  readonly path: string;
  /** Who was there first; null where it was refused for another reason. */
  readonly by: string | null;
  readonly code: string;
  /** What was wanted there; undefined where something was to go or to move. */
  readonly mine: Json | undefined;
}

export interface EditingView {
  /** Newest last. */
  readonly touches: readonly Touch[];
  /** One for each place; the newest wish counts. */
  readonly conflicts: readonly Conflict[];
}

/** How long a change counts as just now. */
export const JUST_NOW_MS = 8_000;
const CONFLICTS_MAX = 20;

export class Editing {
  readonly view = new Store<EditingView>({ touches: [], conflicts: [] });
  private readonly stops_: readonly (() => void)[];
  private timer_: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly document: LiveDocument,
    private readonly now_: () => number = () => Date.now(),
  ) {
    this.stops_ = [
      document.onEdited(({ by, patch, own }) => own || this.touched(by, patch)),
      document.onRejected((rejection) => this.rejected(rejection)),
    ];
  }

  /** What stands at a place is from now on this. */
  set(path: string, value: Json): void {
    const there = valueAt(this.document.content, path) !== undefined;
    void this.document.edit([{ op: there ? 'replace' : 'add', path, value }]);
  }

  /** One more at this place of a list; `…/-` is its end. */
  insert(path: string, value: Json): void {
    void this.document.edit([{ op: 'add', path, value }]);
  }

  remove(path: string): void {
    void this.document.edit([{ op: 'remove', path }]);
  }

  move(from: string, path: string): void {
    void this.document.edit([{ op: 'move', from, path }]);
  }

  /** What was wanted after all, over what somebody else has written meanwhile. */
  use_mine(conflict: Conflict): void {
    if (conflict.mine !== undefined) this.set(conflict.path, conflict.mine);
    this.drop(conflict);
  }

  drop(conflict: Conflict): void {
    const { value } = this.view;
    this.view.set({ ...value, conflicts: value.conflicts.filter((one) => one.path !== conflict.path) });
  }

  /** Whether there still is a place for what was wanted. */
  has_place(conflict: Conflict): boolean {
    const parent = conflict.path.slice(0, Math.max(0, conflict.path.lastIndexOf('/')));
    const there = valueAt(this.document.content, conflict.path) !== undefined;
    const holds = valueAt(this.document.content, parent);
    return conflict.mine !== undefined && (there || (typeof holds === 'object' && holds !== null && !Array.isArray(holds)));
  }

  close(): void {
    clearTimeout(this.timer_);
    for (const stop of this.stops_) stop();
  }

  private touched(by: string, patch: Patch): void {
    const at = this.now_();
    const places = new Set(patch.filter(({ op }) => op !== 'test').map(({ path }) => path));
    const others = this.view.value.touches.filter((one) => !places.has(one.path));
    const news = [...places].map((path) => ({ path, by, at }));
    this.view.set({ ...this.view.value, touches: [...others, ...news] });
    this.timer_ ??= setTimeout(() => this.forget(), JUST_NOW_MS);
  }

  private forget(): void {
    const { value } = this.view;
    const touches = value.touches.filter((one) => this.now_() - one.at < JUST_NOW_MS);
    this.view.set({ ...value, touches });
    this.timer_ = touches.length > 0 ? setTimeout(() => this.forget(), 1_000) : undefined;
  }

  private rejected({ code, by, patch }: EditRejection): void {
    const { value } = this.view;
    const wishes = patch.filter(({ op }) => op !== 'test');
    const lost = new Map(wishes.map(({ path, value: mine }) => [path, { path, by, code, mine: mine as Json | undefined }]));
    const others = value.conflicts.filter((one) => !lost.has(one.path));
    this.view.set({ ...value, conflicts: [...others, ...lost.values()].slice(-CONFLICTS_MAX) });
  }
}
