// Turns what the microphone hears into utterances, through the browser's recogniser.
//
// That a browser has the recogniser's class says little: Chromium builds without a vendor key, locked-down
// profiles and some phones have it and never deliver a word. So the listener claims to work only once words
// have come (`proved`), and says plainly which way it failed when they do not.

import type { Recognition, RecognitionResultEvent } from './recognition';

export type ListenFailure = 'blocked' | 'no_microphone' | 'no_service' | 'no_language' | 'no_words';

export type ListenState =
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'off'; readonly proved: boolean }
  | { readonly kind: 'starting'; readonly proved: boolean }
  | { readonly kind: 'listening'; readonly proved: boolean }
  | { readonly kind: 'failed'; readonly why: ListenFailure };

export interface ListenEvents {
  state(state: ListenState): void;
  partial(text: string): void;
  final(text: string, confidence: number | undefined): void;
}

/** How many times in a row speech may be noticed, or a session may die at once, without one word. */
const FRUITLESS_MAX = 3;
/** A session in which a person is silent lasts seconds; one that ends sooner has not listened. */
const AT_ONCE_MS = 1_000;

const FAILURES: Readonly<Record<string, ListenFailure>> = {
  'not-allowed': 'blocked',
  'service-not-allowed': 'no_service',
  network: 'no_service',
  'audio-capture': 'no_microphone',
  'language-not-supported': 'no_language',
};

export class Listener {
  state: ListenState;
  private wanted_ = false;
  private proved_ = false;
  private fruitless_ = 0;
  private words_ = false;
  private noticed_ = false;
  private open_ = '';
  private began_at_ = 0;
  private current_: Recognition | null = null;

  constructor(
    private readonly make_: (() => Recognition) | null,
    private readonly events_: ListenEvents,
    private readonly now_: () => number,
  ) {
    this.state = make_ ? { kind: 'off', proved: false } : { kind: 'unsupported' };
  }

  start(): void {
    if (!this.make_ || this.wanted_) return;
    this.wanted_ = true;
    this.fruitless_ = 0;
    this.open_session();
  }

  /** Stops after the words already spoken have been recognised. */
  stop(): void {
    if (!this.wanted_) return;
    this.wanted_ = false;
    this.current_?.stop();
    this.enter({ kind: 'off', proved: this.proved_ });
  }

  private open_session(): void {
    const session = this.make_!();
    this.current_ = session;
    this.words_ = this.noticed_ = false;
    this.began_at_ = this.now_();
    session.onstart = () => this.wanted_ && this.enter({ kind: 'listening', proved: this.proved_ });
    session.onspeechstart = () => (this.noticed_ = true);
    session.onresult = (event) => this.take(event);
    session.onerror = ({ error }) => {
      const why = FAILURES[error];
      if (why) this.fail(why);
    };
    session.onend = () => this.session_ended(session);
    this.enter({ kind: 'starting', proved: this.proved_ });
    try {
      session.start();
    } catch {
      this.fail('no_service');
    }
  }

  private take({ resultIndex, results }: RecognitionResultEvent): void {
    let open = '';
    for (let i = resultIndex; i < results.length; i++) {
      const result = results[i]!;
      const text = result[0].transcript.trim();
      if (!text) continue;
      this.words_ = true;
      if (result.isFinal) {
        this.open_ = '';
        // 0 is what recognisers say that do not measure confidence.
        this.events_.final(text, result[0].confidence || undefined);
      } else {
        open = open ? `${open} ${text}` : text;
      }
    }
    if (open && open !== this.open_) {
      this.open_ = open;
      this.events_.partial(open);
    }
    if (this.words_ && !this.proved_) {
      this.proved_ = true;
      if (this.state.kind === 'listening') this.enter({ kind: 'listening', proved: true });
    }
  }

  private session_ended(session: Recognition): void {
    if (session !== this.current_) return;
    this.current_ = null;
    // Some recognisers end without ever calling the last words final; they were said all the same.
    const rest = this.open_;
    this.open_ = '';
    if (rest) this.events_.final(rest, undefined);
    if (!this.wanted_) return;
    const listened = this.state.kind === 'listening' && this.now_() - this.began_at_ >= AT_ONCE_MS;
    this.fruitless_ = this.words_ ? 0 : this.fruitless_ + (this.noticed_ || !listened ? 1 : 0);
    if (this.fruitless_ >= FRUITLESS_MAX) return this.fail(this.noticed_ ? 'no_words' : 'no_service');
    this.open_session();
  }

  private fail(why: ListenFailure): void {
    this.wanted_ = false;
    this.enter({ kind: 'failed', why });
  }

  private enter(state: ListenState): void {
    this.state = state;
    this.events_.state(state);
  }
}
