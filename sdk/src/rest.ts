import { asLifelineError, jsonOf, LifelineError, wordlessCode } from './error.js';
import type { Platform } from './platform.js';
import type { TokenSource } from './token.js';
import { defaultPolicy, retryDelay } from './verdict.js';

/** Where the server is: a value, or a function that is asked again for every request. */
export type BaseUrl = string | (() => string | Promise<string>);

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base URL, beginning with a slash. */
  readonly path: string;
  readonly body?: unknown;
  /** A body that is no JSON, as it is; instead of `body`. */
  readonly content?: Content;
  readonly idempotencyKey?: string;
  readonly accept?: string;
  /** How long the answer may take, where that is longer than usual. */
  readonly timeoutMs?: number;
  /** Ends it before there is an answer: `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/** Bytes and what they are. */
export interface Content {
  readonly type: string;
  readonly bytes: Blob | Uint8Array<ArrayBuffer> | ArrayBuffer | string;
}

const timeoutMs = 10_000;
/** An application that takes longer for a token is not asked for this one any more. */
const tokenTimeoutMs = 30_000;

/** JSON (and recordings) over HTTP with the access token, and refusals as LifelineError. */
export class Rest {
  readonly #baseUrl: BaseUrl;
  readonly #tokens: TokenSource | null;
  readonly #platform: Platform;
  #asked = '';

  constructor(baseUrl: BaseUrl, tokens: TokenSource | null, platform: Platform) {
    this.#baseUrl = baseUrl;
    this.#tokens = tokens;
    this.#platform = platform;
  }

  /** The base URL that the last request went to. */
  get asked(): string {
    return this.#asked;
  }

  async baseUrl(): Promise<string> {
    const url = typeof this.#baseUrl === 'string' ? this.#baseUrl : await this.#baseUrl();
    return url.replace(/\/+$/, '');
  }

  /**
   * One request. A refused token is replaced once. The reply's type is the caller's claim, from the
   * schema that the server is built on.
   */
  async request<Reply>(request: RestRequest): Promise<Reply> {
    // Before anybody is asked for anything: no token and no second try would mend it.
    const content = request.content ?? contentOf(request.body);
    return this.#authorized((token) => this.#once<Reply>(request, content, token));
  }

  /** A reply that goes on for as long as both sides want it to; `signal` ends it. */
  async stream(request: RestRequest, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    try {
      const reply = await this.#authorized((token) =>
        this.#fetch(request, undefined, token, signal),
      );
      if (!reply.body) throw new TypeError('the reply has no body');
      return reply.body;
    } catch (thrown) {
      throw asLifelineError(thrown, 'unreachable', true);
    }
  }

  async #authorized<T>(attempt: (token: string | null) => Promise<T>): Promise<T> {
    const tokens = this.#tokens;
    if (!tokens) return attempt(null);
    const token = await this.#token(tokens, () => tokens.get());
    try {
      return await attempt(token);
    } catch (thrown) {
      if (!isTokenRefusal(thrown)) throw thrown;
      const next = await this.#token(tokens, () => tokens.replace(token));
      if (next === null) throw thrown;
      return attempt(next);
    }
  }

  /** A request that may be repeated: tried up to three times where that can help. */
  async requestPatiently<Reply>(request: RestRequest): Promise<Reply> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.request<Reply>(request);
      } catch (thrown) {
        const error = asLifelineError(thrown, 'internal', false);
        if (!error.retryable || attempt >= 2 || error.retryAfterMs > timeoutMs) throw error;
        const delay = retryDelay(defaultPolicy, attempt, this.#platform.random());
        await this.#sleep(error.retryAfterMs + delay);
      }
    }
  }

  async #once<Reply>(
    request: RestRequest,
    content: Content | undefined,
    token: string | null,
  ): Promise<Reply> {
    const { signal } = request;
    if (signal?.aborted) throw aborted();
    const stopper = new AbortController();
    const stop = () => stopper.abort();
    const withinMs = request.timeoutMs ?? timeoutMs;
    const cancel = this.#platform.after(withinMs, stop);
    signal?.addEventListener('abort', stop);
    try {
      const reply = await this.#fetch(request, content, token, stopper.signal);
      return (reply.status === 204 ? undefined : await reply.json()) as Reply;
    } catch (thrown) {
      if (signal?.aborted) throw aborted();
      const late = new Error(`no answer within ${withinMs / 1_000} s`, { cause: thrown });
      throw asLifelineError(stopper.signal.aborted ? late : thrown, 'unreachable', true);
    } finally {
      cancel();
      signal?.removeEventListener('abort', stop);
    }
  }

  async #fetch(
    request: RestRequest,
    content: Content | undefined,
    token: string | null,
    signal: AbortSignal,
  ): Promise<Response> {
    const headers: Record<string, string> = { Accept: request.accept ?? 'application/json' };
    if (token !== null) headers['Authorization'] = `Bearer ${token}`;
    if (content !== undefined) headers['Content-Type'] = content.type;
    if (request.idempotencyKey) headers['Idempotency-Key'] = request.idempotencyKey;
    this.#asked = await this.baseUrl();
    const reply = await this.#platform.fetch(this.#asked + request.path, {
      method: request.method,
      headers,
      signal,
      ...(content === undefined ? {} : { body: content.bytes }),
    });
    if (!reply.ok) throw await errorOf(reply);
    return reply;
  }

  /** What the application's own getToken gives; that it failed is not the server's fault, and may pass. */
  async #token<T>(tokens: TokenSource, ask: () => Promise<T>): Promise<T> {
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.#platform.after(tokenTimeoutMs, () => {
        tokens.forgetQuestion();
        reject(new Error(`getToken gave nothing within ${tokenTimeoutMs / 1_000} s`));
      });
    });
    try {
      return await Promise.race([ask(), late]);
    } catch (thrown) {
      throw asLifelineError(thrown, 'token_unavailable', true);
    } finally {
      cancel();
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#platform.after(ms, resolve));
  }
}

function contentOf(body: unknown): Content | undefined {
  if (body === undefined) return undefined;
  return { type: 'application/json', bytes: jsonOf(body, 'The request') };
}

function aborted(): LifelineError {
  return new LifelineError({ code: 'aborted', message: 'It was given up here.' });
}

function isTokenRefusal(thrown: unknown): boolean {
  return thrown instanceof LifelineError && thrown.status === 401;
}

/** problem+json, or, from a proxy in between, whatever the status alone says. */
async function errorOf(reply: Response): Promise<LifelineError> {
  const problem: unknown = await reply.json().catch(() => null);
  const text = (key: string): string | undefined => {
    const value = field(problem, key);
    return typeof value === 'string' ? value : undefined;
  };
  const waitMs = Number(field(problem, 'retryAfterMs'));
  const waitSeconds = Number(reply.headers.get('Retry-After'));
  return new LifelineError({
    code: text('code') ?? wordlessCode(reply.status),
    message: text('detail') ?? text('title') ?? `The server answered ${reply.status}.`,
    fix: text('fix'),
    pointer: text('pointer'),
    requestId: text('requestId') ?? reply.headers.get('Request-Id') ?? undefined,
    retryable: reply.status === 408 || reply.status === 429 || reply.status >= 500,
    retryAfterMs: waitMs || (Number.isFinite(waitSeconds) ? waitSeconds * 1_000 : 0),
    status: reply.status,
  });
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
