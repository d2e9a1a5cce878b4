// The connection in plain words, from the SDK's state. Four tones: the line is live, waiting, over or broken.

import type { CallEnd, ConnectionStatus } from '@lifeline/client';

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
};

const OFFLINE: LineWords = {
  tone: 'waiting',
  title: 'Offline',
  detail: 'This device has no network. The call goes on by itself when it is back.',
  canTryNow: false,
};

export interface Facts {
  readonly connection: Pick<ConnectionStatus, 'state' | 'attempt' | 'retryAt' | 'reason'>;
  readonly end: CallEnd | null;
  readonly online: boolean;
  readonly now: number;
  /** `seq` of the last event that is on the page. */
  readonly readUpTo: number;
}

export function lineWords({ connection, end, online, now, readUpTo }: Facts): LineWords {
  if (end) {
    return end.outcome === 'ended'
      ? { tone: 'over', title: 'Call ended', detail: '', canTryNow: false }
      : { tone: 'broken', title: 'Call failed', detail: '', canTryNow: false };
  }
  // A device can be wrong about its network (a server on this machine, a VPN); a line that lives is not.
  if (!online && connection.state !== 'live' && connection.state !== 'closed') return OFFLINE;
  switch (connection.state) {
    case 'live':
      return { tone: 'live', title: 'Live', detail: 'Every word is kept before it is shown.', canTryNow: false };
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

function catchingUp(readUpTo: number): string {
  if (readUpTo === 0) return 'Reading what was said so far.';
  return `Reading what was said meanwhile: ${readUpTo.toLocaleString('en')} events so far.`;
}

function reconnecting(connection: Facts['connection'], now: number): LineWords {
  const why = (connection.reason && LOST[connection.reason]) || 'The line was lost.';
  const detail = `${why} ${waitWords(connection, now)}`;
  return { tone: 'waiting', title: 'Reconnecting', detail, canTryNow: true };
}

function waitWords({ retryAt }: Facts['connection'], now: number): string {
  if (retryAt === null) return 'Trying now …';
  return `Next try in ${Math.max(1, Math.ceil((retryAt - now) / 1000))} s.`;
}

function closed(reason: string | null): LineWords {
  if (reason === 'left') {
    return { tone: 'over', title: 'You left', detail: 'The call may still be going on.', canTryNow: false };
  }
  if (reason === 'superseded') {
    return { tone: 'over', title: 'Open elsewhere', detail: 'Another tab or device has this line.', canTryNow: false };
  }
  const detail = reason === 'gave_up' ? 'It could not be restored.' : '';
  return { tone: 'broken', title: 'No line', detail, canTryNow: false };
}
