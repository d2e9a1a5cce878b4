// Reads the agent's words aloud, one line after the other, and can say how long it sounded when a person
// interrupts: the agent must not believe that words were heard which never left the loudspeaker.
//
// Browsers stay silent until the person has touched the page, and some have a synthesiser without a voice.
// `state.sound` therefore says what is known, not what is hoped: only a line that began to sound proves it.

import { sentences } from './sentences';

export interface Line {
  readonly utteranceId: string;
  readonly turnId?: string;
  readonly text: string;
  readonly lang?: string;
}

export interface Heard {
  readonly line: Line;
  readonly playedMs: number;
}

export type Sound = 'unsupported' | 'locked' | 'untried' | 'works' | 'no_voice';

export interface SpeakState {
  readonly sound: Sound;
  readonly muted: boolean;
  readonly speaking: Line | null;
}

export interface Synthesis {
  readonly engine: Pick<SpeechSynthesis, 'speak' | 'cancel' | 'resume'>;
  readonly utterance: (text: string) => SpeechSynthesisUtterance;
  readonly now: () => number;
  readonly later: (run: () => void, ms: number) => number;
  readonly forget: (timer: number) => void;
}

/** A synthesiser that needs longer to begin a short text is slow, or has no voice at all. */
const BEGINS_WITHIN_MS = 4_000;
/** So many lines in a row that made no sound, and there is no voice. One alone says nothing. */
const SILENT_MAX = 3;

export class Speaker {
  state: SpeakState;
  private queue_: Line[] = [];
  private pieces_: string[] = [];
  private piece_ = 0;
  private began_at_: number | null = null;
  // Held so that the browser does not collect it before it has sounded.
  private sounding_: SpeechSynthesisUtterance | null = null;
  private watchdog_: number | null = null;
  private silent_ = 0;

  constructor(
    private readonly synthesis_: Synthesis | null,
    private readonly changed_: (state: SpeakState) => void,
  ) {
    this.state = { sound: synthesis_ ? 'locked' : 'unsupported', muted: false, speaking: null };
  }

  /** Call inside a tap or key press: browsers let a page speak only from then on. */
  unlock(): void {
    if (!this.synthesis_ || this.state.sound !== 'locked') return;
    const { engine, utterance } = this.synthesis_;
    engine.resume();
    const silence = utterance(' ');
    silence.volume = 0;
    engine.speak(silence);
    this.set({ sound: 'untried' });
  }

  /** A device in which no voice was found may have one by now. Inside a tap, like unlock(). */
  try_again(): void {
    if (this.state.sound !== 'no_voice') return;
    this.silent_ = 0;
    this.set({ sound: 'locked' });
    this.unlock();
  }

  set_muted(muted: boolean): void {
    if (muted) this.stop();
    this.set({ muted });
  }

  say(line: Line): void {
    const { sound, muted } = this.state;
    if (muted || sound === 'unsupported' || sound === 'locked' || sound === 'no_voice') return;
    if (!line.text.trim()) return;
    this.queue_.push(line);
    if (!this.state.speaking) this.next_line();
  }

  /** Falls silent at once. Says how long the line being read was heard, or null if none was read. */
  stop(): Heard | null {
    const line = this.state.speaking;
    this.queue_ = [];
    if (!line || !this.synthesis_) return null;
    const now = this.synthesis_.now();
    this.quiet();
    return { line, playedMs: Math.max(0, Math.round(now - (this.began_at_ ?? now))) };
  }

  private next_line(): void {
    const line = this.queue_.shift();
    if (!line) return this.set({ speaking: null });
    this.pieces_ = sentences(line.text);
    this.piece_ = 0;
    this.began_at_ = null;
    this.set({ speaking: line });
    this.next_piece(line);
  }

  private next_piece(line: Line): void {
    const text = this.pieces_[this.piece_];
    if (text === undefined) return this.next_line();
    const { engine, utterance, now, later } = this.synthesis_!;
    const spoken = utterance(text);
    if (line.lang) spoken.lang = line.lang;
    spoken.onstart = () => {
      this.calm();
      this.began_at_ ??= now();
      this.silent_ = 0;
      if (this.state.sound !== 'works') this.set({ sound: 'works' });
    };
    spoken.onend = () => {
      if (spoken !== this.sounding_) return;
      this.piece_ += 1;
      this.next_piece(line);
    };
    spoken.onerror = ({ error }) => spoken === this.sounding_ && this.failed(error);
    this.sounding_ = spoken;
    this.calm();
    this.watchdog_ = later(() => this.failed('silent'), BEGINS_WITHIN_MS);
    engine.speak(spoken);
  }

  /** The line could not be read: the next one is, unless there is reason to believe that none can be. */
  private failed(error: string): void {
    const locked = error === 'not-allowed';
    this.silent_ += 1;
    const line_at_fault = !locked && this.silent_ < SILENT_MAX;
    if (!line_at_fault) this.queue_ = [];
    this.quiet();
    if (locked) this.set({ sound: 'locked' });
    else if (!line_at_fault) this.set({ sound: 'no_voice' });
    else this.next_line();
  }

  private quiet(): void {
    this.calm();
    this.sounding_ = null;
    this.synthesis_!.engine.cancel();
    this.set({ speaking: null });
  }

  private calm(): void {
    if (this.watchdog_ !== null) this.synthesis_!.forget(this.watchdog_);
    this.watchdog_ = null;
  }

  private set(change: Partial<SpeakState>): void {
    this.state = { ...this.state, ...change };
    this.changed_(this.state);
  }
}

export function browserSynthesis(): Synthesis | null {
  if (!('speechSynthesis' in globalThis) || !('SpeechSynthesisUtterance' in globalThis)) return null;
  return {
    engine: speechSynthesis,
    utterance: (text) => new SpeechSynthesisUtterance(text),
    now: () => performance.now(),
    later: (run, ms) => window.setTimeout(run, ms),
    forget: (timer) => window.clearTimeout(timer),
  };
}
