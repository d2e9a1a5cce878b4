import { LifelineError } from './error.js';
import type { Ending } from './verdict.js';

/** How the call is connected now. */
export interface ConnectionStatus {
  /**
   * `connecting` before the first success, `replaying` while missed events come in, `live` when all
   * that is known has been seen, `reconnecting` during an outage, `closed` when nothing is tried any
   * more.
   */
  readonly state: 'idle' | 'connecting' | 'replaying' | 'live' | 'reconnecting' | 'closed';
  /** Attempts since the connection was last stable. */
  readonly attempt: number;
  /** When the next attempt begins (milliseconds since 1970), or null if none is planned. */
  readonly retryAt: number | null;
  /** Stable word for why the last connection ended, for instance `heartbeat_missed`; null if live. */
  readonly reason: string | null;
  /** WebSocket close code of that ending, or null where there was none. */
  readonly code: number | null;
  /** The same with all that is known of it: message, fix, requestId; null while live. */
  readonly error: LifelineError | null;
  /** In an outage, until when the call waits at least (milliseconds since 1970); null if unknown. */
  readonly waitsUntil: number | null;
  /** When this connection will be left, since the server has asked for that to restart; or null. */
  readonly closesAt: number | null;
}

/** @internal */
export const idleStatus: ConnectionStatus = {
  state: 'idle',
  attempt: 0,
  retryAt: null,
  reason: null,
  code: null,
  error: null,
  waitsUntil: null,
  closesAt: null,
};

/** How an ending is shown. */
export function told(ending: Ending): Pick<ConnectionStatus, 'reason' | 'code' | 'error'> {
  return { reason: ending.reason, code: ending.code, error: refusalOf(ending) };
}

/** An ending as an error, for whoever waits for something that will not come. */
export function refusalOf({ reason, message, requestId, retryAfterMs }: Ending): LifelineError {
  return new LifelineError({
    code: reason,
    message: message ?? `The connection to the call is closed: ${reason}.`,
    requestId: requestId ?? undefined,
    retryable: reason === 'gave_up',
    retryAfterMs,
  });
}
