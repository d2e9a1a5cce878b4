import type { HelloFrame } from './contract.js';
import type { Platform } from './platform.js';
import { defaultPolicy, policyOf, retryDelay, type Ending } from './verdict.js';

/** In heartbeats: how long a loss can go unnoticed by the server, and a bit. */
const noticedAfter = 3;

type Promises = Pick<HelloFrame, 'reconnect' | 'heartbeatMs'> &
  Partial<Pick<HelloFrame, 'resumeWindowMs'>>;

/** A pause that took this much longer than planned was a sleeping machine, not an outage. */
const sleepMs = 5_000;

/** When to try again, and when no more: the memory of an outage from one attempt to the next. */
export class Retry {
  readonly #platform: Platform;
  #policy = defaultPolicy;
  #windowMs = 0;
  #attempt = 0;
  #downSince: number | null = null; // Null while the connection is stable.
  #endPause: (() => void) | null = null;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Attempts since the connection was last stable. */
  get attempt(): number {
    return this.#attempt;
  }

  /** Until when the call waits at least, if this is an outage; null before the server has said so. */
  get waitsUntil(): number | null {
    if (this.#downSince === null || this.#windowMs === 0) return null;
    return this.#downSince + this.#windowMs;
  }

  /**
   * The server's word on how to come back. Who gives up before the call does would miss it by choice;
   * and the call begins to wait only when the server has noticed, two and a half heartbeats later.
   */
  obey({ reconnect, resumeWindowMs = 0, heartbeatMs }: Promises): void {
    const policy = policyOf(reconnect);
    this.#windowMs = resumeWindowMs;
    const windowMs = resumeWindowMs === 0 ? 0 : resumeWindowMs + noticedAfter * heartbeatMs;
    this.#policy = { ...policy, giveUpMs: Math.max(policy.giveUpMs, windowMs) };
  }

  /** An outage begins here, as far as giving up is concerned. */
  begin(): void {
    this.#attempt = 0;
    this.#downSince = this.#platform.now();
  }

  /** A connection has come up. Giving up begins anew with its loss; how long to wait does not, yet. */
  up(): void {
    this.#downSince = null;
  }

  /** The connection has proved itself: the next outage is a new one. */
  stable(): void {
    this.#attempt = 0;
    this.#downSince = null;
  }

  /**
   * How long to wait after this ending, or null when it has been too long already. What the server
   * asks for comes first, and the jitter on top: it asks many for the same. The last attempt is made
   * when the time is up, so that a call which did not wait any longer can still say so.
   */
  delayAfter(ending: Ending): number | null {
    const jittered = retryDelay(this.#policy, this.#attempt, this.#platform.random());
    const delay = ending.retryAfterMs + jittered;
    const now = this.#platform.now();
    this.#attempt++;
    this.#downSince ??= now;
    const leftMs = this.#downSince + this.#policy.giveUpMs - now;
    if (leftMs <= 0 || ending.retryAfterMs > leftMs) return null;
    return Math.min(delay, leftMs);
  }

  /** Waits, unless cutShort() comes first. */
  async pause(ms: number): Promise<void> {
    const begun = this.#platform.now();
    await new Promise<void>((resolve) => {
      const cancel = this.#platform.after(ms, () => this.cutShort());
      this.#endPause = () => {
        this.#endPause = null;
        cancel();
        resolve();
      };
    });
    const slept = this.#platform.now() - begun - ms;
    if (slept > sleepMs && this.#downSince !== null) this.#downSince += slept;
  }

  /** Ends the pause, if there is one; says so. */
  cutShort(): boolean {
    if (!this.#endPause) return false;
    this.#endPause();
    return true;
  }
}
