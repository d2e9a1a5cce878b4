/** The facts of a refusal, as the server (or the SDK itself) states them. */
export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly fix?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly pointer?: string | undefined;
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Everything that this SDK rejects or throws. Match on `code`, which is stable and has a page at
 * `/errors/{code}` on the server; `message` and `fix` are for people and may change.
 */
export class LifelineError extends Error {
  override readonly name = 'LifelineError';
  /** Stable word for what went wrong, for instance `session_not_found`. */
  readonly code: string;
  /** What a person can do about it. */
  readonly fix: string;
  /** The server's id of the request, to be quoted in a report; null if no server was reached. */
  readonly requestId: string | null;
  /** Whether the same thing may succeed later without any change. */
  readonly retryable: boolean;
  /** How long the server asks to wait first, in milliseconds; 0 if it did not say. */
  readonly retryAfterMs: number;
  /** JSON pointer to the offending field, or null. */
  readonly pointer: string | null;
  /** HTTP status, or null if the refusal did not come as an HTTP reply. */
  readonly status: number | null;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.fix = facts.fix ?? `See /errors/${facts.code} on the server.`;
    this.requestId = facts.requestId ?? null;
    this.retryable = facts.retryable ?? false;
    this.retryAfterMs = facts.retryAfterMs ?? 0;
    this.pointer = facts.pointer ?? null;
    this.status = facts.status ?? null;
  }
}

/** The code of a refusal that came as an HTTP status and no word of the server's. */
export function wordlessCode(status: number): string {
  return `http_${status}`;
}

/**
 * Whether the refusal came from something between us and the server, which knows nothing of the call:
 * a proxy that is being deployed, a login page of a hotel. However final its status, it passes.
 */
export function isWordless(error: LifelineError): boolean {
  return error.status !== null && error.code === wordlessCode(error.status);
}

/** Any thrown thing as a LifelineError, so that callers have one shape to look at. */
export function asLifelineError(thrown: unknown, code: string, retryable: boolean): LifelineError {
  if (thrown instanceof LifelineError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LifelineError({ code, message, retryable, cause: thrown });
}

/** `value` as JSON. What cannot be written so will not be any better the next time. */
export function jsonOf(value: unknown, what: string): string {
  try {
    return JSON.stringify(value);
  } catch (thrown) {
    const { message } = asLifelineError(thrown, 'json_invalid', false);
    throw new LifelineError({
      code: 'json_invalid',
      message: `${what} cannot be written as JSON: ${message}`,
      fix: 'Pass plain data: no BigInt, and no object that contains itself.',
      cause: thrown,
    });
  }
}

/**
 * An exception of the application's own listener: reported as uncaught, as event targets do, and
 * never allowed to stop the call.
 */
export function report(thrown: unknown): void {
  if (typeof globalThis.reportError === 'function') return globalThis.reportError(thrown);
  queueMicrotask(() => {
    throw thrown;
  });
}
