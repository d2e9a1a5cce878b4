// One button, two ways: held while one speaks, or pressed once to begin and once more to send. Whoever cannot hold
// anything, or has it pressed by a screen reader, has the second.

export interface Talking {
  /** Nothing is under way, so a press begins. */
  readonly is_free: () => boolean;
  readonly is_recording: () => boolean;
  begin(): void;
  finish(): void;
}

/** Held for longer is held on purpose. */
const HELD_MS = 400;
/** Touch screens send the click of a press some time after it. */
const CLICK_FOLLOWS_MS = 700;

export class PushToTalk {
  private held_since_: number | null = null;
  private pressed_at_ = -Infinity;

  constructor(
    private readonly talking_: Talking,
    private readonly now_: () => number,
  ) {}

  down(): void {
    this.pressed_at_ = this.now_();
    if (this.talking_.is_recording()) return this.talking_.finish();
    if (!this.talking_.is_free()) return;
    this.held_since_ = this.now_();
    this.talking_.begin();
  }

  up(): void {
    const since = this.held_since_;
    this.held_since_ = null;
    this.pressed_at_ = this.now_();
    // While the microphone is still being opened nothing was said: then it goes on until the next press.
    if (since !== null && this.now_() - since >= HELD_MS && this.talking_.is_recording()) this.talking_.finish();
  }

  /** From something that knows no down and up; the click that follows those is none of its own. */
  click(): void {
    if (this.now_() - this.pressed_at_ < CLICK_FOLLOWS_MS) return;
    if (this.talking_.is_recording()) this.talking_.finish();
    else if (this.talking_.is_free()) this.talking_.begin();
  }
}
