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

const NAMES_SHOWN = 3;
const NAME_LETTERS = 24;

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
  if (connection.closesAt !== null) {
    const detail = 'The line goes for a moment and comes back by itself.';
    return { tone: 'waiting', title: 'Restarting soon', detail, canTryNow: false };
  }
  const who = lost.length === 0 ? 'Somebody' : listed(lost);
  if (outage) {
    const detail = `${windowWords(outage.until, now)}${who} lost the connection.`;
    return { tone: 'waiting', title: 'Waiting', detail, canTryNow: false };
  }
  const detail = lost.length > 0 ? `${who} lost the connection.` : 'Every word is kept before it is shown.';
  return { tone: 'live', title: 'Live', detail, canTryNow: false };
}

function windowWords(until: string | null, now: number): string {
  if (until === null) return '';
  const at = Date.parse(until);
  if (at <= now) return 'as long as the call may: ';
  return `until ${clockTime(at)} (${spanWords(at - now)}): `;
}

/**
 * Names are what people typed: isolated, so that no writing direction spills over. Few and short, or the strip could
 * not hold them.
 */
function listed(names: readonly string[]): string {
  const all = names.slice(0, NAMES_SHOWN).map((name) => `\u2068${shortened(name)}\u2069`);
  const more = names.length - all.length;
  if (more > 0) all.push(more === 1 ? 'one other' : `${more} others`);
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all[all.length - 1]}`;
}

function shortened(name: string): string {
  const letters = [...name];
  return letters.length <= NAME_LETTERS ? name : `${letters.slice(0, NAME_LETTERS).join('')}…`;
}

function catchingUp(readUpTo: number): string {
  if (readUpTo === 0) return 'Reading what was said so far.';
  return `Reading what was said meanwhile: ${readUpTo.toLocaleString('en')} events so far.`;
}

/** First why, and when that has been read, how long there is time: the strip has room for one of them. */
function reconnecting(connection: Facts['connection'], now: number): LineWords {
  const { attempt, reason, waitsUntil } = connection;
  const time = waitsUntil !== null && waitsUntil > now ? `The call waits until ${clockTime(waitsUntil)}.` : '';
  const why = (reason && LOST[reason]) || 'The line was lost.';
  const detail = `${attempt > 1 && time !== '' ? time : why} ${waitWords(connection, now)}`;
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
