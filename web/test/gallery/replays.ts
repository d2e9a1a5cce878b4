// A call that is looked at afterwards, in every state of the looking.

import { LifelineError, type CallEvent, type Story } from '@lifeline/client';

import type { HistoryDoor, PastDoor, Ways } from '../../src/replay/replay';
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
  return () => Promise.resolve({ epoch: 'e', events, headSeq: events.length });
};

/** One page, and then no more: for good, or never. */
const half = (then: () => Promise<never>): HistoryDoor => {
  const events = past(scenes.talking!());
  return (after) => (after === 0 ? Promise.resolve({ epoch: 'e', events: events.slice(0, 9), headSeq: events.length, next: 9 }) : then());
};

export const replays: Readonly<Record<string, () => Ways>> = {
  replay: () => replayOf(all(scenes.ended!())),
  replay_acted: () => replayOf(all(acting.acting!())),
  replay_long: () => replayOf(all(scenes.long!())),
  replay_erased: () => replayOf(all(scenes.erased!())),
  replay_loading: () => replayOf(half(() => new Promise(() => undefined))),
  replay_failed: () => replayOf(half(() => Promise.reject(new LifelineError({ code: 'unreachable', message: '' })))),
  replay_empty: () => replayOf(() => Promise.resolve({ epoch: 'e', events: [], headSeq: 0 })),
  replay_closed: () => ({ door: null, by_name: null }),
  replay_sign_in: () => ({ door: null, by_name: () => with_story(all(scenes.ended!())) }),
};

/** Sentences are a server's to make; here stands one of each kind. */
const story: Story = {
  sessionId: 'sess_1',
  from: '2026-02-16T10:00:00.000Z',
  head: 1_000,
  events: 9,
  over: true,
  turns: { count: 2, waitedMedianMs: 812, waitedMostMs: 3_200 },
  entries: [
    { kind: 'speech', severity: 'info', seq: 2, lastSeq: 3, at: '2026-02-16T10:00:04.000Z', offsetMs: 4_200, who: 'usr_1', what: 'Anna (usr_1) said “Write to אבא.”', tookMs: 900 },
    {
      kind: 'actions',
      severity: 'warning',
      seq: 4,
      lastSeq: 6,
      at: '2026-02-16T10:00:08.000Z',
      offsetMs: 8_400,
      who: 'usr_bot',
      what: 'action act_1 (send) “Write to HR”: cancelled: denied',
      why: [{ seq: 2, what: 'Anna (usr_1) said “Write to אבא.”' }],
      tookMs: 65_000,
      waitedMs: 61_000,
      steps: [
        { seq: 4, offsetMs: 8_400, what: 'asked for by usr_bot' },
        { seq: 5, offsetMs: 9_000, what: 'judged by policy house, version 7, by rules ask_before_send: require_confirmation' },
        { seq: 6, offsetMs: 70_000, what: 'Anna (usr_1) answered deny, by ui' },
      ],
    },
    { kind: 'outages', severity: 'error', seq: 7, lastSeq: 8, at: '2026-02-16T10:01:20.000Z', offsetMs: 80_000, who: '', what: 'the line of Anna (usr_1) was lost; back after 4.2 s', tookMs: 4_200 },
  ],
  anomalies: [{ code: 'clock_jump', severity: 'warning', seq: 3, what: 'the clock of Anna (usr_1) is 4 min 5 s ahead of the server’s' }],
};

const with_story = (events: HistoryDoor): PastDoor => ({ events, story: () => Promise.resolve(story), of: null });

const replayOf = (events: HistoryDoor): Ways => ({ door: with_story(events), by_name: null });
