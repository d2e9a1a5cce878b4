// Where in a call's past one stands, in words.

import type { CallState } from '@lifeline/client';

import type { LineWords } from './connection';
import { endingWords } from './ending';

const PHASES: Readonly<Record<NonNullable<CallState['phase']>, string>> = {
  connecting: 'The call was being set up.',
  connected: 'The call was going on.',
  held: 'The call was on hold.',
  reconnecting: 'The line was lost, and the call waited.',
  ending: 'The call was being ended.',
};

/** The strip on top: that this is the past, and how the call was then. */
export function replayLine({ status, phase, end }: CallState, playing: boolean): LineWords {
  const then = end ? endingWords(end).title : phase ? PHASES[phase] : status === 'created' ? 'Nothing had happened yet.' : '';
  return { tone: end ? 'over' : phase === 'reconnecting' ? 'waiting' : 'live', title: playing ? 'Replaying' : 'Replay', detail: then, canTryNow: false };
}

/** "1:02" or "1:00:02". */
export function clockSpan(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** "1 minute 2 seconds": for whoever hears it. */
export function spokenSpan(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts: (readonly [number, string])[] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ];
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`);
  return said.join(' ') || '0 seconds';
}

/** How much of the call has been read. */
export function loadedWords(loaded: number, total: number | null): string {
  if (total === null) return 'Asking for the call …';
  return `${loaded.toLocaleString()} of ${total.toLocaleString()} events are here.`;
}
