import type { ErrorFrame } from './contract.js';
import { asLifelineError, type LifelineError } from './error.js';
import type { Line } from './line.js';
import type { Platform } from './platform.js';

/** After a token that could not be had, or was refused. The server warns a minute ahead. */
const againMs = 5_000;

const ofTokens = /^(token|key|account|user|issuer)_/;

export interface RenewalWorld {
  readonly platform: Platform;
  /** A newer access token than the last, or null if there is none. */
  renewToken(): Promise<string | null>;
  error(error: LifelineError): void;
}

/**
 * Keeps the open connection's access token fresh: the server says when it runs out, and takes another
 * on the same socket. What is learned for one connection is never told to the next.
 */
export class Renewal {
  readonly #world: RenewalWorld;
  #line: Line | null = null;
  #sent = false;
  #cancel: () => void = () => undefined;

  constructor(world: RenewalWorld) {
    this.#world = world;
  }

  /** The token of `line` will expire. */
  expiring(line: Line): void {
    this.stop();
    this.#line = line;
    void this.#renew(line);
  }

  /** The server said no to something that was no event: perhaps to our token, and then to another. */
  refused(frame: ErrorFrame): void {
    const line = this.#line;
    if (!line || !this.#sent || frame.eventId !== undefined || !ofTokens.test(frame.code)) return;
    this.#sent = false;
    this.#later(line);
  }

  /** The connection is gone. */
  stop(): void {
    this.#cancel();
    this.#line = null;
    this.#sent = false;
  }

  async #renew(line: Line): Promise<void> {
    try {
      const token = await this.#world.renewToken();
      if (line !== this.#line || token === null) return; // None is newer: it ends when it ends.
      this.#sent = line.send({ op: 'refresh', token });
    } catch (thrown) {
      if (line !== this.#line) return;
      this.#world.error(asLifelineError(thrown, 'token_unavailable', true));
      this.#later(line);
    }
  }

  #later(line: Line): void {
    this.#cancel();
    this.#cancel = this.#world.platform.after(againMs, () => void this.#renew(line));
  }
}
