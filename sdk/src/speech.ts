/** Speech as recordings, for whoever cannot turn it into words: the server has it recognised. */
import { retryableReasons } from './contract.js';
import { clientOf, pathOf, type ClientOptions } from './create.js';
import { asLifelineError, isWordless, type LifelineError } from './error.js';
import { mintId } from './id.js';
import type { Content } from './rest.js';
import { defaultPolicy, retryDelay } from './verdict.js';

/** Whether the server takes recordings, and what it takes. */
export interface SpeechTerms {
  /** False where the server has no recogniser. */
  readonly upload: boolean;
  readonly bytesMax: number;
  readonly durationMsMax: number;
}

/** For whoever has a token, also one for a single call, as guests have. */
export async function speechTerms(options: ClientOptions): Promise<SpeechTerms> {
  const { rest } = await clientOf(options);
  return rest.requestPatiently<SpeechTerms>({ method: 'GET', path: '/v1/speech' });
}

/** What was heard in a recording; the call has it as the speaker's own utterance. */
export interface SpeechHeard {
  readonly utteranceId: string;
  readonly text: string;
  readonly seq: number;
}

export interface UploadSpeechOptions extends ClientOptions {
  readonly sessionId: string;
  /** As a MediaRecorder gives it; its `type` says what it is. */
  readonly recording: Blob;
  /** How long it is: it ended when it was sent. */
  readonly durationMs?: number;
  /** What is spoken, as a BCP 47 tag; the recogniser guesses if left out. */
  readonly language?: string;
  /**
   * One for each recording, minted if left out. Whoever offers "try again" after a refusal that
   * `isSpeechOpen` calls open passes the one of before: however often it is sent, it is said once.
   */
  readonly idempotencyKey?: string;
  /** Gives it up: rejects with `aborted`. What has reached the server by then may still be said. */
  readonly signal?: AbortSignal;
  /** It was not taken yet, and will be sent again in so many milliseconds. */
  readonly onRetry?: (why: LifelineError, inMs: number) => void;
}

/** The recogniser has half a minute, and the recording has to get there. */
const answerWithinMs = 60_000;
const giveUpAfterMs = 90_000;

/**
 * Says a recording in a call. Sent again by itself while the server cannot be reached or is busy, for a minute
 * and a half, under one key. Resolves with what was heard, or with null where an earlier try was the one that
 * counted and only its answer was lost: then the transcript says what came of it. Rejects with
 * `speech_silent`, `speech_refused` or `speech_unavailable` when no words came of it, which the call says too
 * (`transcript.failed`).
 */
export async function uploadSpeech(options: UploadSpeechOptions): Promise<SpeechHeard | null> {
  const { sessionId, recording, durationMs, language, signal, onRetry } = options;
  const { rest, platform } = await clientOf(options);
  const { now, random, after, fillRandom } = platform;
  const query = new URLSearchParams();
  if (durationMs !== undefined)
    query.set('durationMs', String(Math.max(0, Math.round(durationMs))));
  if (language !== undefined) query.set('language', language);
  const content: Content = { type: recording.type, bytes: recording };
  const idempotencyKey = options.idempotencyKey ?? mintId('idem_', now(), fillRandom);
  const path = `${pathOf(sessionId)}/speech${query.size === 0 ? '' : `?${query}`}`;
  const until = now() + giveUpAfterMs;
  for (let attempt = 0; ; attempt++) {
    try {
      const request = { content, idempotencyKey, signal, timeoutMs: answerWithinMs };
      return await rest.request<SpeechHeard>({ method: 'POST', path, ...request });
    } catch (thrown) {
      const error = asLifelineError(thrown, 'internal', false);
      if (error.code === 'utterance_closed') return null;
      const waitMs = error.retryAfterMs + retryDelay(defaultPolicy, attempt, random());
      if (!isSpeechOpen(error) || now() + waitMs > until) throw error;
      onRetry?.(error, waitMs);
      await pause(after, waitMs, signal);
    }
  }
}

/**
 * Whether a recording that was refused like this may still become words under the same key. Otherwise the
 * call has its end already, or it will never be taken.
 */
export function isSpeechOpen(error: LifelineError): boolean {
  const { code, retryable } = error;
  const ours = code === 'unreachable' || code === 'token_unavailable';
  return retryable && (ours || retryableReasons.has(code) || isWordless(error));
}

function pause(
  after: (ms: number, fn: () => void) => () => void,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      cancel();
      signal?.removeEventListener('abort', go);
      resolve(); // The next request sees by itself that it was given up.
    };
    const cancel = after(ms, go);
    signal?.addEventListener('abort', go);
  });
}
