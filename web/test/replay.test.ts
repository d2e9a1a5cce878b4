import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initialState, LifelineError, reduce, type CallEvent, type EventPage } from '@lifeline/client';

import { readReplay, replayAddress, takeReplay } from '../src/place/replay_link';
import { Player, type Ticker } from '../src/replay/player';
import { Replay, type HistoryDoor, type PastDoor } from '../src/replay/replay';
import { EVERY, Timeline } from '../src/replay/timeline';
import { clockSpan, loadedWords, replayLine, spokenSpan } from '../src/words/replay';
import { FakeCall } from './fake_call';

const callId = 'sess_fake';
const anna = { kind: 'user', id: 'usr_anna' };
const agent = { kind: 'agent', id: 'agt' };
const start = Date.parse('2026-02-16T10:00:00.000Z');

/** The same events, each at its moment. */
const at = (call: FakeCall, moment: (n: number) => number): CallEvent[] =>
  call.seen.map((event, n) => ({ ...event, recordedAt: new Date(start + moment(n)).toISOString() }) as CallEvent);

function talk(utterances: number): FakeCall {
  const call = new FakeCall();
  call.see('call.participant.joined', { callId, participantId: anna.id, role: 'user', identity: { displayName: 'Anna' } });
  for (let n = 0; n < utterances; n++) {
    const utteranceId = `u${n}`;
    call.see('transcript.utterance.started', { utteranceId, speaker: 'user', participantId: anna.id, startMs: n }, anna);
    call.see('transcript.final', { utteranceId, speaker: 'user', text: `Number ${n}`, startMs: n, endMs: n, source: 'typed' }, anna);
  }
  return call;
}

/** An action that a person says yes to, and one that fails. */
function acting(): FakeCall {
  const call = new FakeCall();
  const see = call.see.bind(call) as (type: string, payload: object, by?: typeof anna) => void;
  for (const [actionId, summary] of [['a1', 'Send the \u202eletter.'], ['a2', 'Book the room.']] as const) {
    see('orchestration.action.requested', { actionId, actionType: 'send', summary, args: {}, idempotencyKey: actionId, requestedBy: { turnId: 't' } }, agent);
  }
  see('safety.confirmation.requested', { confirmationId: 'c1', actionId: 'a1', title: 'Send it?', description: '', severity: 'info', scope: { kind: 'other', target: '' }, preview: '', argsHash: 'ab', allowedDecisions: ['approve', 'deny'], expiresAt: '2026-02-16T11:00:00.000Z', channel: 'ui', answerableBy: 'user' });
  see('safety.confirmation.resolved', { confirmationId: 'c1', actionId: 'a1', decision: 'approve', by: anna, via: 'ui', argsHash: 'ab' });
  see('orchestration.action.started', { actionId: 'a1', attempt: 1 });
  see('orchestration.action.succeeded', { actionId: 'a1', durationMs: 5 });
  see('orchestration.action.failed', { actionId: 'a2', code: 'refused', message: 'No.', attempt: 1 });
  see('call.terminal_failure', { callId, failedAt: '2026-02-16T10:04:12.000Z', code: 'idle_timeout', message: 'm' });
  return call;
}

test('at every place the call is what reduce makes of the events before it, however one comes there', () => {
  const events = at(talk(EVERY), (n) => n * 1000); // Over more than one of the kept states.
  const timeline = new Timeline();
  timeline.add(events.slice(0, 7));
  timeline.add(events.slice(7));
  let state = initialState;
  const states = [state, ...events.map((event) => (state = reduce(state, event)))];
  for (let n = 0; n <= 3 * events.length; n++) {
    const index = (n * 7919) % (events.length + 1);
    assert.deepEqual(timeline.state(index), states[index], `after ${index}`);
  }
  assert.deepEqual(timeline.head, states.at(-1));
  assert.deepEqual(timeline.state(-5), initialState);
  assert.deepEqual(timeline.state(1e9), states.at(-1));
});

test('a jump in a call of ten thousand events reads few of them again, and playing reads each once', () => {
  let reduced = 0;
  const timeline = new Timeline((state, event) => {
    reduced++;
    return { ...state, seq: event.seq };
  });
  timeline.add(at(talk(5_000), (n) => n));
  assert.equal(timeline.size, 10_001);
  for (const index of [10_001, 3, 9_999, 5_000, 199, 201, 10_000]) {
    reduced = 0;
    assert.equal(timeline.state(index).seq, index);
    assert.ok(reduced < EVERY, `${index}: ${reduced}`);
  }
  reduced = 0;
  for (let index = 0; index <= timeline.size; index++) timeline.state(index);
  assert.ok(reduced <= timeline.size, `${reduced}`);
});

test('events of one moment stand at one place in time, and a clock that is set back turns nothing around', () => {
  const timeline = new Timeline();
  const moments = [0, 500, 500, 500, 200, 900];
  timeline.add(at(talk(3), (n) => moments[n] ?? 1_000).slice(0, 6));
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map((index) => timeline.moment(index)), [0, 0, 500, 500, 500, 500, 900]);
  assert.deepEqual([-1, 0, 499, 500, 899, 900, 5_000].map((ms) => timeline.index_at(ms)), [0, 1, 1, 5, 5, 6, 6]);
  assert.deepEqual([timeline.duration_ms, timeline.starts_at], [900, start]);
});

test('actions, questions and failures are marked where they happened, in words', () => {
  const timeline = new Timeline();
  timeline.add(at(acting(), (n) => n * 100));
  assert.deepEqual(
    timeline.marks.map(({ index, ms, kind, text }) => [index, ms, kind, text]),
    [
      [1, 0, 'action', 'Asked for: Send the ⟨U+202E⟩letter.'],
      [2, 100, 'action', 'Asked for: Book the room.'],
      [3, 200, 'question', 'Question: Send it?'],
      [4, 300, 'question', 'Yes: Send it?'],
      [5, 400, 'action', 'Begun: Send the ⟨U+202E⟩letter.'],
      [6, 500, 'action', 'Done: Send the ⟨U+202E⟩letter.'],
      [7, 600, 'failure', 'Failed: Book the room.'],
      [8, 700, 'failure', 'The call broke off. Nothing happened for too long.'],
    ],
  );
  assert.equal(timeline.next(0)?.index, 1);
  assert.equal(timeline.next(3)?.index, 4);
  assert.equal(timeline.next(8), null);
  assert.equal(timeline.previous(3)?.index, 2);
  assert.equal(timeline.previous(1), null);
});

/** Time that goes on when the test says so. */
function ticking() {
  let now = 0;
  const runs = new Set<() => void>();
  const ticker: Ticker = { now: () => now, every: (run) => (runs.add(run), () => void runs.delete(run)) };
  const pass = (ms: number) => {
    now += ms;
    for (const run of [...runs]) run();
  };
  return { ticker, pass, runs };
}

function player() {
  const timeline = new Timeline();
  timeline.add(at(acting(), (n) => n * 1000));
  const time = ticking();
  return { ...time, timeline, player: new Player(timeline, time.ticker) };
}

test('plays at its speed, stops at the end, and begins again from there', () => {
  const { player: p, pass, runs } = player();
  p.play();
  pass(1_500);
  assert.deepEqual([p.place.value.index, p.place.value.ms], [2, 1_500]);
  p.set_speed(2);
  pass(1_000);
  assert.deepEqual([p.place.value.index, p.place.value.ms], [4, 3_500]);
  p.pause();
  pass(60_000);
  assert.equal(p.place.value.index, 4, 'time that passes while it stands is not caught up');
  p.set_speed(32);
  p.toggle();
  pass(100);
  assert.equal(p.place.value.ms, 6_700);
  pass(100);
  assert.deepEqual(p.place.value, { index: 8, ms: 7_000, playing: false, speed: 32, mark: null });
  assert.equal(runs.size, 0, 'nothing ticks on');
  p.toggle();
  assert.deepEqual([p.place.value.index, p.place.value.ms, p.place.value.playing], [0, 0, true]);
});

test('goes to moments, events and marks, and never beyond the ends', () => {
  const { player: p, timeline, pass } = player();
  p.seek(2_400);
  assert.deepEqual([p.place.value.index, p.place.value.ms], [3, 2_400]);
  p.step(1);
  assert.deepEqual([p.place.value.index, p.place.value.ms], [4, 3_000]);
  p.step(-1);
  assert.equal(p.place.value.index, 3);
  p.to(timeline.next(3));
  assert.equal(p.place.value.mark?.text, 'Yes: Send it?');
  p.play();
  pass(10);
  assert.equal(p.place.value.index, 4, 'what was jumped to is not taken back');
  p.pause();
  p.to(null);
  assert.equal(p.place.value.index, 4);
  p.seek(-1);
  assert.equal(p.place.value.ms, 0);
  p.to_end();
  p.step(5);
  assert.deepEqual([p.place.value.index, p.place.value.ms], [8, 7_000]);
  p.to_start();
  p.step(-1);
  assert.equal(p.place.value.index, 0);
});

test('of events of one moment each can be stepped on, and playing goes on from there', () => {
  const timeline = new Timeline();
  timeline.add(at(acting(), (n) => (n < 4 ? 0 : 1_000)));
  const { ticker, pass } = ticking();
  const p = new Player(timeline, ticker);
  p.step(1);
  p.step(1);
  assert.equal(p.place.value.index, 2);
  p.play();
  pass(10);
  assert.equal(p.place.value.index, 4);
});

function pages(events: readonly CallEvent[], size: number): { door: HistoryDoor; asked: number[]; fail: Set<number> } {
  const asked: number[] = [];
  const fail = new Set<number>();
  const door: HistoryDoor = (after, epoch) => {
    assert.equal(epoch, after === 0 ? null : 'e', 'what is read on is of the same history');
    asked.push(after);
    if (fail.delete(after)) return Promise.reject(new LifelineError({ code: 'unreachable', message: '' }));
    const page = events.filter((one) => one.seq > after).slice(0, size);
    const last = page.at(-1)?.seq ?? after;
    const reply: EventPage = { epoch: 'e', events: page, headSeq: events.length, ...(last < events.length && { next: last }) };
    return Promise.resolve(reply);
  };
  return { door, asked, fail };
}

/** Who reads events only. */
const past = (events: HistoryDoor): PastDoor => ({ events, story: () => assert.fail('nobody asked for the story'), of: null });

const kind_of = (replay: Replay): string => replay.stage.value.kind;

test('reads page by page, says how far, and after a failure goes on where it stood', async () => {
  const events = at(talk(12), (n) => n);
  const { door, asked, fail } = pages(events, 10);
  const replay = new Replay({ door: past(door), by_name: null });
  const seen: unknown[] = [];
  replay.stage.watch(() => {
    const { kind, ...rest } = replay.stage.value;
    seen.push([kind, 'loaded' in rest ? [rest.loaded, rest.total] : null]);
  });
  fail.add(10);
  await Promise.all([replay.read(), replay.read()]);
  assert.deepEqual(seen, [['loading', [0, null]], ['loading', [10, 25]], ['failed', [10, 25]]]);
  assert.deepEqual(asked, [0, 10], 'once, however often it is asked for');
  await replay.read();
  assert.deepEqual(asked, [0, 10, 10, 20]);
  assert.deepEqual(replay.stage.value, { kind: 'ready', size: 25, reading: false, problem: null });
  assert.deepEqual(replay.timeline.head, events.reduce(reduce, initialState));
});

test('of a call that goes on, what came since is read to what is there', async () => {
  const events = at(talk(2), (n) => n);
  const later = at(talk(4), (n) => n);
  let door = pages(events, 100).door;
  const replay = new Replay({ door: past((after, epoch) => door(after, epoch)), by_name: null });
  await replay.read();
  replay.player.step(2);
  const { door: more, asked, fail } = pages(later, 100);
  door = more;
  fail.add(5);
  await replay.read();
  assert.equal(replay.stage.value.kind === 'ready' && replay.stage.value.problem?.code, 'unreachable', 'what is there stays');
  await replay.read();
  assert.deepEqual([asked, replay.timeline.size, replay.player.place.value.index], [[5, 5], 9, 2]);
});

test('an empty call, no pass, a name that has to be said, and one that does not fit', async () => {
  const empty = new Replay({ door: past(pages([], 10).door), by_name: null });
  await empty.read();
  assert.deepEqual(empty.stage.value, { kind: 'empty' });

  const closed = new Replay({ door: null, by_name: null });
  await closed.read();
  assert.equal(kind_of(closed), 'closed');

  const doors: Record<string, HistoryDoor> = {
    Anna: pages(at(talk(1), (n) => n), 10).door,
    Eve: () => Promise.reject(new LifelineError({ code: 'session_not_found', message: '' })),
  };
  const named = new Replay({ door: null, by_name: (name) => past(doors[name]!) });
  assert.equal(kind_of(named), 'sign_in');
  await named.sign_in('Eve');
  assert.equal(kind_of(named), 'failed');
  assert.ok(named.can_change_name);
  named.ask_for_name();
  await named.sign_in('Anna');
  assert.equal(kind_of(named), 'ready');
});

test('a replay that was left takes nothing more in', async () => {
  const replay = new Replay({ door: past(pages(at(talk(30), (n) => n), 10).door), by_name: null });
  const reading = replay.read();
  replay.close();
  await reading;
  assert.equal(kind_of(replay), 'loading');
});

test('the address names the call, and a pass does not stay in it', () => {
  assert.equal(readReplay(replayAddress('sess_01JKQ8V4Z7')), 'sess_01JKQ8V4Z7');
  for (const search of ['', '?replay=', '?replay=a%20b', `?replay=${'x'.repeat(129)}`]) assert.equal(readReplay(search), null);
  const replaced: string[] = [];
  const address = { pathname: '/', search: '?replay=sess_1', hash: '#token=llp_abc' };
  assert.deepEqual(takeReplay(address, (url) => replaced.push(url)), { sessionId: 'sess_1', token: 'llp_abc', at: null });
  const place = (at: string) => takeReplay({ ...address, search: `?replay=sess_1&at=${at}` }, () => undefined)?.at;
  assert.deepEqual([place('88'), place('0'), place('-1'), place('x'), place('9'.repeat(16))], [88, null, null, null, null]);
  assert.deepEqual(replaced, ['/?replay=sess_1']);
  assert.equal(takeReplay({ ...address, search: '' }, () => assert.fail('another page has to look at it')), null);
});

test('moments and the strip on top, in words', () => {
  assert.deepEqual([0, 62_900, 3_602_000].map(clockSpan), ['0:00', '1:02', '1:00:02']);
  assert.deepEqual([0, 61_000, 7_200_000].map(spokenSpan), ['0 seconds', '1 minute 1 second', '2 hours']);
  assert.equal(loadedWords(0, null), 'Asking for the call …');
  assert.match(loadedWords(10, 25), /^10 of 25 events/);
  assert.deepEqual(replayLine(initialState, false), { tone: 'live', title: 'Replay', detail: 'Nothing had happened yet.', canTryNow: false });
  const over = at(acting(), () => 0).reduce(reduce, initialState);
  assert.deepEqual([replayLine(over, true).tone, replayLine(over, true).title], ['over', 'Replaying']);
});
