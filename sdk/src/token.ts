import { expiryOf } from './expiry.js';

/** Why the SDK asks for a token. */
export interface TokenRequest {
  /** The token that the server refused, or will soon; null where there is none. */
  readonly refused: string | null;
}

/**
 * Gives the access token, from wherever the application keeps it. Called once for each request of the
 * application's, and once for each outage however long it lasts; again only when that token was refused or
 * will run out soon, which `refused` says: then fetch a new one.
 */
export type GetToken = (request: TokenRequest) => string | Promise<string>;

/** So long before its end a token is worth no attempt any more. */
const leadMs = 30_000;

/** Asks the application, one question at a time however many wait for the answer. */
export class TokenSource {
  readonly #getToken: GetToken;
  readonly #now: () => number;
  #last: string | null = null;
  #refused: string | null = null;
  #asking: Promise<string> | null = null;
  /** Until when #last is good, as far as it says. */
  #until = Infinity;
  /** An outage lasts; and whether #last was asked for during it. */
  #holding = false;
  #held = false;

  constructor(getToken: GetToken, now: () => number) {
    this.#getToken = getToken;
    this.#now = now;
  }

  get(): Promise<string> {
    if (this.#asking) return this.#asking;
    if (this.#held && this.#last !== null && this.#last !== this.#refused) {
      if (this.#now() < this.#until) return Promise.resolve(this.#last);
      return this.#askOnce(this.#last);
    }
    return this.#askOnce(this.#refused);
  }

  /** The line is lost: the next answer is good for all attempts until it is back. */
  hold(): void {
    this.#holding = true;
  }

  /** The line is back; what comes now is asked for anew. */
  release(): void {
    this.#holding = false;
    this.#held = false;
  }

  /** The server said no to `token`: another one, or null if the application has only this. */
  async replace(token: string): Promise<string | null> {
    this.#refused = token;
    const next = await this.get();
    return next === token ? null : next; // The same again would be refused again.
  }

  /** The server says that the last one has expired: the next question says so, too. */
  expired(): void {
    this.#refused = this.#last;
  }

  /** The question that is being asked takes too long: the next one is another. */
  forgetQuestion(): void {
    this.#asking = null;
  }

  /** The last token will expire soon: another one, or null as above. */
  renew(): Promise<string | null> {
    return this.#last === null ? this.get() : this.replace(this.#last);
  }

  #askOnce(refused: string | null): Promise<string> {
    const asking = this.#ask(refused).finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
    return asking;
  }

  async #ask(refused: string | null): Promise<string> {
    const token = await this.#getToken({ refused });
    if (token !== this.#refused) this.#refused = null;
    this.#last = token;
    this.#held = this.#holding;
    const until = (expiryOf(token) ?? Infinity) - leadMs;
    // One that is over as soon as it comes says more about this device's clock; and one that the application
    // gives again is all that it has. Then it is for the server to say.
    this.#until = token === refused || until <= this.#now() ? Infinity : until;
    return token;
  }
}
