// Push-to-talk for browsers that cannot recognise speech: what is said is recorded, goes to the server, and comes
// back as this person's words in the call. A recording is kept until it is words, or until the person lets it go.

import { isSpeechOpen, type LifelineError, type SpeechTerms } from '@lifeline/client';

import type { OpenTape, Tape } from '../speech/tape';
import { problemOf, type Problem } from '../words/problem';
import { Store } from './store';

export type DictationFailure =
  | 'blocked'
  | 'no_microphone'
  /** The browser has a recorder that does not record. */
  | 'no_recorder'
  | 'too_short'
  /** It ended by itself: unplugged, or taken by another program. */
  | 'cut_off'
  /** The server, or its recogniser, or the way there. */
  | 'not_heard';

export type DictationState =
  /** Whether recordings are taken here has not been asked, or the answer was no. */
  | { readonly kind: 'not_offered' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'recording'; readonly since: number; readonly limitMs: number }
  | { readonly kind: 'sending' }
  | { readonly kind: 'waiting'; readonly problem: Problem; readonly retryAt: number }
  | {
      readonly kind: 'failed';
      readonly why: DictationFailure;
      readonly problem: Problem | null;
      /** The recording is still here and may be sent. */
      readonly kept: boolean;
    };

export interface Recorded {
  readonly bytes: Blob;
  readonly durationMs: number;
  /** However often it is sent, it is said once. */
  readonly key: string;
}

/** The server, as far as recordings go. */
export interface SpeechDoor {
  terms(): Promise<SpeechTerms>;
  say(recorded: Recorded, signal: AbortSignal, onRetry: (why: LifelineError, inMs: number) => void): Promise<unknown>;
}

export interface DictationWorld {
  readonly open: OpenTape | null;
  readonly door: SpeechDoor;
  readonly now: () => number;
  readonly later: (run: () => void, ms: number) => () => void;
  readonly mint: () => string;
  /** Somebody begins to speak: the agent should not be heard in the recording. */
  readonly begins: () => void;
}

/** Shorter is a slip of the finger. */
const SHORTEST_MS = 400;
/** A limit is for what arrives; the last words take a moment to end. */
const MARGIN_MS = 1_000;
const MARGIN_BYTES = 64 * 1024;

export class Dictation {
  readonly state = new Store<DictationState>({ kind: 'not_offered' });
  private terms_: SpeechTerms | null = null;
  private asked_ = false;
  private tape_: Tape | null = null;
  private recorded_: Recorded | null = null;
  private stopping_ = false;
  private sending_: AbortController | null = null;
  private cancel_limit_: () => void = () => undefined;
  /** Counts what was begun: whatever an earlier one still brings is not wanted any more. */
  private turn_ = 0;

  constructor(private readonly world_: DictationWorld) {}

  /** Finds out whether the server takes recordings. One that cannot be asked, or is older than this, takes none. */
  async offer(): Promise<void> {
    if (this.asked_ || !this.world_.open) return;
    this.asked_ = true;
    const terms = await this.world_.door.terms().catch(() => null);
    if (terms === null) this.asked_ = false; // Another time, perhaps.
    if (!terms?.upload || this.state.value.kind !== 'not_offered') return;
    this.terms_ = terms;
    this.state.set({ kind: 'idle' });
  }

  /** A new recording may begin: nothing is under way and nothing would be lost by it. */
  get is_free(): boolean {
    const { value } = this.state;
    return value.kind === 'idle' || (value.kind === 'failed' && !value.kept);
  }

  async begin(): Promise<void> {
    if (!this.is_free || !this.world_.open) return;
    const turn = ++this.turn_;
    this.state.set({ kind: 'opening' });
    try {
      const tape = await this.world_.open();
      if (turn !== this.turn_) return tape.discard();
      this.tape_ = tape;
      this.record(tape);
    } catch (thrown) {
      this.tape_?.discard();
      this.tape_ = null;
      if (turn === this.turn_) this.fail(whyNot(thrown), null);
    }
  }

  /** That was all: what was recorded is sent. */
  finish(): void {
    if (this.state.value.kind !== 'recording') return;
    this.stopping_ = true;
    this.tape_?.stop();
  }

  /** Sends once more what is still here. */
  again(): void {
    const { value } = this.state;
    if (value.kind === 'failed' && value.kept) this.send();
  }

  /** Lets it go, whatever had become of it. */
  discard(): void {
    if (this.state.value.kind === 'not_offered') return;
    this.turn_++;
    this.cancel_limit_();
    this.tape_?.discard();
    this.tape_ = this.recorded_ = null;
    this.sending_?.abort();
    this.state.set({ kind: 'idle' });
  }

  private record(tape: Tape): void {
    const { durationMsMax, bytesMax } = this.terms_!;
    const { now, later, begins, mint } = this.world_;
    const since = now();
    const limitMs = durationMsMax - MARGIN_MS;
    this.stopping_ = false;
    begins();
    tape.start(
      (bytes) => bytes >= bytesMax - MARGIN_BYTES && this.finish(),
      (bytes) => {
        this.cancel_limit_();
        this.tape_ = null;
        const durationMs = Math.min(now() - since, durationMsMax);
        if (durationMs < SHORTEST_MS || bytes.size === 0) return this.fail('too_short', null);
        this.recorded_ = { bytes, durationMs, key: mint() };
        if (this.stopping_) this.send();
        else this.fail('cut_off', null);
      },
    );
    this.cancel_limit_ = later(() => this.finish(), limitMs);
    this.state.set({ kind: 'recording', since, limitMs });
  }

  private send(): void {
    const { door, now, mint } = this.world_;
    const turn = this.turn_;
    const recorded = this.recorded_!;
    const stopper = new AbortController();
    this.sending_ = stopper;
    this.state.set({ kind: 'sending' });
    const retry = (why: LifelineError, inMs: number) => {
      if (turn !== this.turn_) return;
      const waiting = { kind: 'waiting', problem: problemOf(why), retryAt: now() + inMs } as const;
      this.state.set(waiting);
      this.world_.later(() => this.state.value === waiting && this.state.set({ kind: 'sending' }), inMs);
    };
    door.say(recorded, stopper.signal, retry).then(
      () => {
        if (turn !== this.turn_) return;
        this.recorded_ = null;
        this.state.set({ kind: 'idle' });
      },
      (thrown: unknown) => {
        if (turn !== this.turn_) return;
        const open = isSpeechOpen(thrown as LifelineError);
        // The call has it as not understood: sent again, it is another utterance.
        const anew = (thrown as LifelineError).code === 'speech_unavailable';
        this.recorded_ = open ? recorded : anew ? { ...recorded, key: mint() } : null;
        this.fail('not_heard', problemOf(thrown));
      },
    );
  }

  private fail(why: DictationFailure, problem: Problem | null): void {
    this.state.set({ kind: 'failed', why, problem, kept: this.recorded_ !== null });
  }
}

function whyNot(thrown: unknown): DictationFailure {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'blocked';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'no_microphone';
  return 'no_recorder';
}
