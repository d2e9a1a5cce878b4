// A call that is looked at afterwards, in every state of the looking.

import { LifelineError, type CallEvent } from '@lifeline/client';

import type { HistoryDoor, Ways } from '../../src/replay/replay';
import { FakeCall } from '../fake_call';
import { acting } from './acting';
import { scenes } from './scenes';

/** The scene's events, a few seconds apart. */
function past(fake: FakeCall): CallEvent[] {
  const start = Date.parse('2026-02-16T10:00:00.000Z');
  return fake.seen.map((event, n) => ({ ...event, recordedAt: new Date(start + n * 4_200).toISOString() }) as CallEvent);
}

const all = (fake: FakeCall): HistoryDoor => {
  const events = past(fake);
  return () => Promise.resolve({ events, headSeq: events.length });
};

/** One page, and then no more: for good, or never. */
const half = (then: () => Promise<never>): HistoryDoor => {
  const events = past(scenes.talking!());
  return (after) => (after === 0 ? Promise.resolve({ events: events.slice(0, 9), headSeq: events.length, next: 9 }) : then());
};

export const replays: Readonly<Record<string, () => Ways>> = {
  replay: () => replayOf(all(scenes.ended!())),
  replay_acted: () => replayOf(all(acting.acting!())),
  replay_long: () => replayOf(all(scenes.long!())),
  replay_loading: () => replayOf(half(() => new Promise(() => undefined))),
  replay_failed: () => replayOf(half(() => Promise.reject(new LifelineError({ code: 'unreachable', message: '' })))),
  replay_empty: () => replayOf(() => Promise.resolve({ events: [], headSeq: 0 })),
  replay_closed: () => ({ door: null, by_name: null }),
  replay_sign_in: () => ({ door: null, by_name: () => all(scenes.ended!()) }),
};

const replayOf = (door: HistoryDoor): Ways => ({ door, by_name: null });
