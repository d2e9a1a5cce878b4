import type { HelloFrame } from './contract.js';
import type { Platform } from './platform.js';
import { defaultPolicy, policyOf, retryDelay, type Ending } from './verdict.js';

/** A pause that took this much longer than planned was a sleeping machine, not an outage. */
const sleepMs = 5_000;

/** When to try again, and when no more: the memory of an outage from one attempt to the next. */
export class Retry {
  readonly #platform: Platform;
  #policy = defaultPolicy;
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

  /** The server's word on how to come back. */
  obey(policy: HelloFrame['reconnect']): void {
    this.#policy = policyOf(policy);
  }

  /** An outage begins here, as far as giving up is concerned. */
  begin(): void {
    this.#attempt = 0;
    this.#downSince = this.#platform.now();
  }

  /** The connection has proved itself: the next outage is a new one. */
  stable(): void {
    this.#attempt = 0;
    this.#downSince = null;
  }

  /**
   * How long to wait after this ending, or null when it has been too long already. What the server
   * asks for comes first, and the jitter on top: it asks many for the same.
   */
  delayAfter(ending: Ending): number | null {
    const jittered = retryDelay(this.#policy, this.#attempt, this.#platform.random());
    const delay = ending.retryAfterMs + jittered;
    const now = this.#platform.now();
    this.#attempt++;
    this.#downSince ??= now;
    return now + delay - this.#downSince > this.#policy.giveUpMs ? null : delay;
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
