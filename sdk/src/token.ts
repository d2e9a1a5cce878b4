/** Why the SDK asks for a token. */
export interface TokenRequest {
  /** The token that the server refused, or will soon; null where there is none. */
  readonly refused: string | null;
}

/**
 * Gives the access token, from wherever the application keeps it. Called for every connection
 * attempt, so let it answer from a cache; when `refused` is that cached token, fetch a new one.
 */
export type GetToken = (request: TokenRequest) => string | Promise<string>;

/** Asks the application, one question at a time however many wait for the answer. */
export class TokenSource {
  readonly #getToken: GetToken;
  #last: string | null = null;
  #refused: string | null = null;
  #asking: Promise<string> | null = null;

  constructor(getToken: GetToken) {
    this.#getToken = getToken;
  }

  get(): Promise<string> {
    if (this.#asking) return this.#asking;
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
    return asking;
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

  async #ask(): Promise<string> {
    const token = await this.#getToken({ refused: this.#refused });
    if (token !== this.#refused) this.#refused = null;
    this.#last = token;
    return token;
  }
}
