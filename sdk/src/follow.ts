import { clientOf, type ClientOptions } from './create.js';
import { asLifelineError, isWordless, type LifelineError } from './error.js';
import type { Platform } from './platform.js';
import type { Rest } from './rest.js';
import { defaultPolicy, retryDelay } from './verdict.js';

/** The server says something every 15 s; a line that is silent for this long is dead. */
const silenceMs = 45_000;

/** A call in which this principal takes part. */
export interface CallNotice {
  readonly sessionId: string;
  readonly status: 'created' | 'active' | 'ended' | 'failed';
  /** What this principal is in it. */
  readonly role: string;
}

export interface FollowOptions extends ClientOptions {
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Told of each lost connection; it is tried again by itself. */
  readonly onRetry?: (error: LifelineError) => void;
}

/**
 * The calls in which this principal takes part, those there are and then each new one, for as long as
 * somebody iterates: how an agent learns that it is wanted. After a lost connection the open calls
 * come again, so be ready to hear of a call twice. Throws if the server refuses for good.
 */
export async function* followCalls(options: FollowOptions): AsyncGenerator<CallNotice, void> {
  const { rest, tokens, platform } = await clientOf(options);
  const stopper = new AbortController();
  const stop = () => stopper.abort();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  try {
    for (let attempt = 0; !stopper.signal.aborted; attempt++) {
      let askedMs = 0;
      try {
        for await (const line of linesOfCalls(rest, platform, stopper.signal)) {
          attempt = 0;
          tokens.release();
          if (line !== '') yield JSON.parse(line) as CallNotice;
        }
      } catch (thrown) {
        if (stopper.signal.aborted) return;
        const error = asLifelineError(thrown, 'unreachable', true);
        if (!error.retryable && !isWordless(error)) throw error;
        options.onRetry?.(error);
        askedMs = error.retryAfterMs;
      }
      tokens.hold();
      const jitterMs = retryDelay(defaultPolicy, attempt, platform.random());
      await pause(platform, askedMs + jitterMs, stopper.signal);
    }
  } finally {
    stop();
    options.signal?.removeEventListener('abort', stop);
  }
}

/** The lines of one request; the server's empty ones, which only say that it lives, among them. */
async function* linesOfCalls(
  rest: Rest,
  platform: Platform,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const request = new AbortController();
  const abort = () => request.abort();
  signal.addEventListener('abort', abort, { once: true });
  let cancel = platform.after(silenceMs, abort);
  try {
    const path = '/v1/call/sessions?follow=1&status=open';
    const get = { method: 'GET', path, accept: 'application/x-ndjson' } as const;
    for await (const line of linesOf(await rest.stream(get, request.signal))) {
      cancel();
      cancel = platform.after(silenceMs, abort);
      yield line;
    }
  } finally {
    cancel();
    abort();
    signal.removeEventListener('abort', abort);
  }
}

function pause(platform: Platform, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = platform.after(ms, done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
