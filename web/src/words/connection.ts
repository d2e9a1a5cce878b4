// The connection in plain words, from the SDK's state. Four tones: the line is live, waiting, over or broken.

import type { CallEnd, ConnectionStatus, Outage } from '@lifeline/client';

import { clockTime, spanWords } from './time';

export type Tone = 'live' | 'waiting' | 'over' | 'broken';

export interface LineWords {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
  /** Offer to connect at once, without waiting for the countdown. */
  readonly canTryNow: boolean;
}

const LOST: Readonly<Record<string, string>> = {
  heartbeat_missed: 'The server went quiet.',
  draining: 'The server is restarting.',
  moved: 'The call is moving to another server.',
  overloaded: 'The server is very busy.',
  rate_limited: 'The server asked to slow down.',
  slow: 'This connection was too slow.',
  token_expired: 'Your pass had to be renewed.',
  storage_unavailable: 'The server cannot write just now.',
  unreachable: 'The server cannot be reached.',
};

/** Endings after which the call may be used here all the same. */
export const ELSEWHERE: ReadonlySet<string> = new Set(['superseded', 'resume_token_reused']);

const OFFLINE: LineWords = {
  tone: 'waiting',
  title: 'Offline',
  detail: 'This device has no network. The call goes on by itself when it is back.',
  canTryNow: false,
};

export interface Facts {
  readonly connection: Pick<ConnectionStatus, 'state' | 'attempt' | 'retryAt' | 'reason' | 'waitsUntil' | 'closesAt'>;
  readonly end: CallEnd | null;
  /** The call waits for somebody, though this line lives; null if it does not. */
  readonly outage: Outage | null;
  /** Names of those whose line is lost. */
  readonly lost: readonly string[];
  readonly online: boolean;
  readonly now: number;
  /** `seq` of the last event that is on the page. */
  readonly readUpTo: number;
}

export function lineWords(facts: Facts): LineWords {
  const { connection, end, online, now, readUpTo } = facts;
  if (end) {
    return end.outcome === 'ended'
      ? { tone: 'over', title: 'Call ended', detail: '', canTryNow: false }
      : { tone: 'broken', title: 'Call failed', detail: '', canTryNow: false };
  }
  // A device can be wrong about its network (a server on this machine, a VPN); a line that lives is not.
  if (!online && connection.state !== 'live' && connection.state !== 'closed') return OFFLINE;
  switch (connection.state) {
    case 'live':
      return live(facts);
    case 'replaying':
      return { tone: 'waiting', title: 'Catching up', detail: catchingUp(readUpTo), canTryNow: false };
    case 'reconnecting':
      return reconnecting(connection, now);
    case 'closed':
      return closed(connection.reason);
    default:
      return {
        tone: 'waiting',
        title: 'Connecting',
        detail: connection.attempt > 0 ? waitWords(connection, now) : '',
        canTryNow: connection.retryAt !== null,
      };
  }
}

function live({ connection, outage, lost, now }: Facts): LineWords {
  const words = { tone: 'waiting', canTryNow: false } as const;
  if (connection.closesAt !== null) {
    const detail = 'You can go on talking. The line goes for a moment and comes back by itself; nothing is lost.';
    return { ...words, title: 'The server restarts soon', detail };
  }
  if (outage) {
    const who = lost.length === 0 ? 'The others' : listed(lost);
    const detail = `${who} lost the connection. ${windowWords(outage.until, now)}`;
    return { ...words, title: `Waiting for ${lost.length === 0 ? 'the others' : who}`, detail };
  }
  if (lost.length > 0) {
    return { ...words, tone: 'live', title: 'Live', detail: `${listed(lost)} lost the connection, and can come back.` };
  }
  return { tone: 'live', title: 'Live', detail: 'Every word is kept before it is shown.', canTryNow: false };
}

function windowWords(until: string | null, now: number): string {
  if (until === null) return 'The call waits.';
  const at = Date.parse(until);
  if (at <= now) return 'The call has waited as long as it may.';
  return `The call waits until ${clockTime(at)}, another ${spanWords(at - now)}.`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

function catchingUp(readUpTo: number): string {
  if (readUpTo === 0) return 'Reading what was said so far.';
  return `Reading what was said meanwhile: ${readUpTo.toLocaleString('en')} events so far.`;
}

function reconnecting(connection: Facts['connection'], now: number): LineWords {
  const why = (connection.reason && LOST[connection.reason]) || 'The line was lost.';
  const { waitsUntil } = connection;
  const waits = waitsUntil === null || waitsUntil <= now ? '' : ` The call waits for you until ${clockTime(waitsUntil)}.`;
  const detail = `${why} ${waitWords(connection, now)}${waits}`;
  return { tone: 'waiting', title: 'Reconnecting', detail, canTryNow: true };
}

function waitWords({ retryAt }: Facts['connection'], now: number): string {
  if (retryAt === null) return 'Trying now …';
  return `Next try in ${spanWords(retryAt - now)}.`;
}

function closed(reason: string | null): LineWords {
  if (reason === 'left') {
    return { tone: 'over', title: 'You left', detail: 'The call may still be going on.', canTryNow: false };
  }
  if (ELSEWHERE.has(reason ?? '')) {
    return { tone: 'over', title: 'Open elsewhere', detail: 'This call is open in another place.', canTryNow: false };
  }
  const detail = reason === 'gave_up' ? 'It could not be restored.' : '';
  return { tone: 'broken', title: 'No line', detail, canTryNow: false };
}
