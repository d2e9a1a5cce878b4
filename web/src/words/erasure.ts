// What is said where something was erased: what it was, when it went and why, and how much of it there was.

import type { Erasure } from '@lifeline/client';

import { plain } from './plain';
import { dayDate } from './time';

export interface ErasureWords {
  /** Whose it was; empty where it was not one person's. */
  readonly name: string;
  readonly text: string;
}

export function erasureWords(erasure: Erasure, name: string): ErasureWords {
  const { because, at, events } = erasure;
  const when = dayDate(Date.parse(at));
  const much = events === 1 ? '1 event' : `${events} events`;
  return {
    name: plain(name),
    text: `${whatOf(erasure)} on ${when}${WHY.get(because) ?? ''}: ${much}.`,
  };
}

function whatOf({ because, participantId }: Erasure): string {
  if (because === 'superseded') return 'Unfinished versions of what was said were erased';
  return participantId === null ? 'What was said and done here was erased' : 'What they said and did was erased';
}

const WHY: ReadonlyMap<string, string> = new Map([
  ['request', ', on request'],
  ['retention', ', when its time was up'],
  ['superseded', ', since the finished ones stand'],
]);
