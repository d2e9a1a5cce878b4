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
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** The server said no to `token`: another one, or null if the application has only this. */
  async replace(token: string): Promise<string | null> {
    this.#refused = token;
    const next = await this.get();
    if (next === token) return null; // The same again would be refused again.
    this.#refused = null;
    return next;
  }

  /** The last token will expire soon: another one, or null as above. */
  renew(): Promise<string | null> {
    return this.#last === null ? this.get() : this.replace(this.#last);
  }

  async #ask(): Promise<string> {
    this.#last = await this.#getToken({ refused: this.#refused });
    return this.#last;
  }
}
