import { closeCodes, type ByeFrame } from './contract.js';
import { isWordless, type LifelineError } from './error.js';
import type { RetryPolicy } from './frames.js';

/** What to do after a connection has ended. */
export type Verdict =
  | 'stop' // it will not get better by trying
  | 'backoff' // try again, more slowly each time; resume
  | 'now' // try again at once, with jitter; resume
  | 'token' // try again with a new access token; resume
  | 'reset'; // the cursor is refused: read the snapshot and go on from there

/** Why a connection ended and what follows from it. */
export interface Ending {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Close code, or null where there was none (refused by REST, or the network gave no code). */
  readonly code: number | null;
  readonly retryAfterMs: number;
  readonly requestId: string | null;
  /** The server's own words, or null. */
  readonly message: string | null;
  /** Of `superseded`: which connection of this line took over. */
  readonly generation: string | null;
}

export const defaultPolicy: RetryPolicy = {
  baseMs: 500,
  capMs: 20_000,
  floorMs: 100,
  giveUpMs: 120_000,
};

/** Reasons that say: the call is over, and its record complete but for what may come late. */
export const overReasons: ReadonlySet<string> = new Set([
  'session_ended',
  'session_failed',
  'session_over',
]);

/** Reasons that say: the server cannot go on from this cursor, and another one is to be had. */
export const cursorRefusals: ReadonlySet<string> = new Set([
  'epoch_changed',
  'cursor_ahead',
  'trimmed',
]);

const saidNothing = { retryAfterMs: 0, requestId: null, message: null, generation: null } as const;

/** What a close code means; its range says so even where the code itself is not known. */
export function endingOfClose(code: number, fallback: string): Ending {
  return {
    verdict: verdictOfCode(code),
    reason: code >= 4000 && isKnown(code) ? closeCodes[code].name : fallback,
    code: code === 1005 || code === 1006 ? null : code,
    ...saidNothing,
  };
}

type CloseCode = keyof typeof closeCodes;

function isKnown(code: number): code is CloseCode {
  return Object.hasOwn(closeCodes, code);
}

function verdictOfCode(code: number): Verdict {
  // A proxy that tidies up says 1000 too. This server, when it means "never", says bye first or has
  // a code of its own; and if the call is over, the next attempt is told.
  if (code === 1000) return 'backoff';
  if (code === 4300) return 'token';
  if (isKnown(code)) {
    const { reconnect, resume } = closeCodes[code];
    if (reconnect === 'never') return 'stop';
    return reconnect === 'now' && !resume ? 'reset' : reconnect;
  }
  if (code >= 4000 && code < 4100) return 'stop';
  if (code >= 4200 && code < 4300) return 'now';
  if (code >= 4300 && code < 4400) return 'reset';
  return 'backoff'; // Above all 1006, which is all that scripts see of a cut line.
}

/** `bye` says the same as the close code and, where they differ, is the one that is obeyed. */
export function endingOfBye(bye: ByeFrame & { readonly generation?: string }): Ending {
  const byCode = verdictOfCode(bye.code);
  let verdict: Verdict = byCode === 'stop' ? 'backoff' : byCode;
  if (!bye.reconnect) verdict = 'stop';
  else if (!bye.resume && byCode !== 'token') verdict = 'reset';
  return {
    verdict,
    reason: bye.reason,
    code: bye.code,
    retryAfterMs: bye.retryAfterMs ?? 0,
    requestId: bye.requestId ?? null,
    message: bye.message,
    generation: bye.generation ?? null,
  };
}

/** A refusal by REST, where the SDK asks for its connect token. */
export function endingOfError(error: LifelineError): Ending {
  return {
    verdict: error.retryable || isWordless(error) ? 'backoff' : 'stop',
    reason: error.code,
    code: null,
    retryAfterMs: error.retryAfterMs,
    requestId: error.requestId,
    message: error.message,
    generation: null,
  };
}

/** An ending that the SDK itself decided on. */
export function ownEnding(verdict: Verdict, reason: string, code: number | null = null): Ending {
  return { verdict, reason, code, ...saidNothing };
}

/**
 * The server's policy, kept from meaning "at once, for ever" or "not at all": a call that does not
 * wait for its people is over when it is lost, but only the server knows whether it was.
 */
export function policyOf(given: RetryPolicy): RetryPolicy {
  return {
    baseMs: Math.max(20, given.baseMs),
    capMs: given.capMs,
    floorMs: Math.max(20, given.floorMs),
    giveUpMs: Math.max(15_000, given.giveUpMs),
  };
}

/**
 * Full jitter: `floor + rand(0, min(cap, base * 2^n))`. Spread over the whole range, so that the
 * clients of a server that fell over do not come back in step.
 */
export function retryDelay(policy: RetryPolicy, attempt: number, random: number): number {
  const width = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(policy.floorMs + random * width);
}
