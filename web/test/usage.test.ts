import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { callEventOf, initialState, LifelineError, reduce, type CallEvent, type EventPage, type EventRecord, type Usage, type UsageEntry } from '@lifeline/client';

import type { HistoryDoor } from '../src/replay/replay';
import { Used } from '../src/replay/used';
import { ConnectedTime, connectedWords } from '../src/talk/connected_time';
import { clockTime } from '../src/words/time';
import { amountWords, evidenceWords, soFarOf, soFarWords, usageGroups } from '../src/words/usage';

const trace = (name: string): readonly CallEvent[] =>
  readFileSync(fileURLToPath(new URL(`../../sdk/test/golden/${name}.ndjson`, import.meta.url)), 'utf8')
    .trim()
    .split('\n')
    .map((line) => callEventOf(JSON.parse(line) as EventRecord));
const events = trace('usage_recorded');
const nameOf = (id: string) => `<${id}>`;

const entry = (meter: string, more: Partial<UsageEntry> = {}): UsageEntry => ({
  meter,
  unit: 'token',
  kind: {},
  participantId: null,
  measured: '1',
  charged: more.measured === undefined ? '1' : more.measured,
  unknown: [],
  estimated: false,
  corrections: 0,
  records: 1,
  evidence: [],
  ...more,
});
const told = (usage: Pick<Usage, 'entries'>) =>
  usageGroups(usage, nameOf).flatMap(({ title, lines }) =>
    lines.map(({ label, amount, notes }) => [title, label, amount, ...notes].join(' | ')),
  );

test('a whole call in words that people understand', () => {
  assert.deepEqual(told(events.reduce(reduce, initialState).usage), [
    'Time | Connected | 1 min 59 s | counted as 2 min 0 s',
    'What was said | People | 13 characters',
    'What was said | Agents | 5 characters',
    'What was done | email.send · done | 1 time | corrected once, added up',
    'What models read and wrote | gpt-5 · read | 1,000 tokens | corrected once, added up',
    'What models read and wrote | gpt-5 · read, remembered from before | 200 tokens | corrected once, added up',
    'What models read and wrote | gpt-5 · written | 630 tokens | corrected once, added up',
    'Anything else | stt.ms | 2,501,999,792 h 59 min | corrected once, added up',
    'Anything else | tts.chars | not known yet',
  ]);
});

test('a call that goes on is told with what is not recorded yet', () => {
  const all = trace('used_so_far');
  const upTo = (seq: number, seconds: number | null) => told(soFarOf(all.slice(0, seq).reduce(reduce, initialState).usage, seconds));
  const action = 'What was done | email.send · done | 1 time';
  assert.deepEqual(upTo(9, null), [], 'nothing is told');
  assert.deepEqual(upTo(10, 16), ['Time | Connected | 16 s', action], 'an action is recorded at once');
  const minute = ['Time | Connected | 1 min 1 s', 'What was said | People | 13 characters', 'What was said | Agents | 5 characters', action];
  assert.deepEqual(upTo(14, 61), minute, 'words are told before they are recorded, and time goes on');
  assert.deepEqual(upTo(14, null), [minute[0]!.replace('1 min 1 s', '59 s'), ...minute.slice(1)], 'or is what was told');
  const tokens = ['What models read and wrote | gpt-5 · read | 100 tokens', 'What models read and wrote | gpt-5 · written | 7 tokens'];
  assert.deepEqual(upTo(all.length, 140), ['Time | Connected | 2 min 20 s', 'What was said | Agents | 22 characters', 'What was said | People | 20 characters', action, ...tokens], 'behind an hour, too');
});

test('over a lost line nobody says that the call goes on', () => {
  const live = { seconds: 61, at: '2026-02-16T14:20:00.000Z', running: true };
  assert.match(soFarWords(true, { live }), /^The call goes on;/);
  assert.equal(soFarWords(false, { live }), `As of ${clockTime(Date.parse(live.at))}; the line is lost.`);
  for (const unsaid of [null, { ...live, at: '' }]) assert.equal(soFarWords(false, { live: unsaid }), 'The line is lost: this may be older.');
});

test('what is not known is never a number, and what came to nothing is left out', () => {
  const cases: [name: string, entry: UsageEntry, then: string[]][] = [
    ['not known at all', entry('agent.tokens', { measured: null, unknown: ['1'] }), ['What models read and wrote | a model | not known yet']],
    ['known in part', entry('agent.tokens', { unknown: ['1', '2'] }), ['What models read and wrote | a model | 1 token | 2 more amounts are not known yet']],
    ['nobody knows whether it happened', entry('action.count', { measured: null, unknown: ['1'], unit: 'action', kind: { actionType: 'a', outcome: 'unknown' } }), ['What was done | a · nobody knows whether it happened | not known yet']],
    ['known since, as another kind', entry('action.count', { measured: null }), []],
    ['nothing', entry('action.count', { measured: '0' }), []],
    ['nothing, as far as it is known', entry('tts.chars', { measured: '0', unknown: ['1'] }), ['Anything else | tts.chars | 0 tokens | one more amount is not known yet']],
    ['estimated', entry('tts.chars', { estimated: true, corrections: 2 }), ['Anything else | tts.chars | 1 token | corrected 2 times, added up | some of it was estimated']],
    ['somebody’s', entry('tts.chars', { participantId: 'usr_1' }), ['Anything else | tts.chars · <usr_1> | 1 token']],
  ];
  for (const [name, one, then] of cases) assert.deepEqual(told({ entries: [one] }), then, name);
});

test('names of strangers hide nothing, and those of objects break nothing', () => {
  const kind = { actionType: 'send\u202e<script>', outcome: 'constructor', 'x\u200b': '__proto__' };
  assert.deepEqual(told({ entries: [entry('action.count', { unit: 'toString', kind })] }), [
    'What was done | send⟨U+202E⟩<script> · constructor · x⟨U+200B⟩: __proto__ | 1 toString',
  ]);
  assert.deepEqual(told({ entries: [entry('__proto__'), entry('constructor')] }), ['Anything else | __proto__ | 1 token', 'Anything else | constructor | 1 token']);
});

test('amounts are exact, however large', () => {
  const cases: [quantity: string, unit: string, then: string][] = [
    ['1', 'char', '1 character'],
    ['9007199254740993', 'token', '9,007,199,254,740,993 tokens'],
    ['-3', 'token', '-3 tokens'],
    ['999', 'ms', '999 ms'],
    ['59999', 'ms', '59 s'],
    ['3599999', 'ms', '59 min 59 s'],
    ['7260000', 'ms', '2 h 1 min'],
    ['-61000', 'ms', '-1 min 1 s'],
    ['2', 'page', '2 page'],
  ];
  for (const [quantity, unit, then] of cases) assert.equal(amountWords(quantity, unit), then);
});

test('evidence says where it stands', () => {
  const one = { recordId: 'r', seq: 9, quantity: '1', seqFirst: 3, seqLast: 7, count: 2 };
  assert.equal(evidenceWords(one), '2 events, from 3 to 7');
  assert.equal(evidenceWords({ ...one, seqLast: 3, count: 1 }), 'Event 3');
  assert.equal(evidenceWords({ ...one, count: 0 }), 'No event');
});

test('connected time goes on from what the server said, and stands while the line is lost', () => {
  const at = Date.parse('2026-02-16T10:00:00.000Z');
  const live = (seconds: number, since: number, running = true) => ({ seconds, at: new Date(at + since * 1000).toISOString(), running });
  const first = live(60, 0);
  const second = live(120, 300);
  const stopped = live(125, 305, false);
  const time = new ConnectedTime();
  const steps: [what: string, of: ReturnType<typeof live> | null, lineUp: boolean, now: number, then: number | null][] = [
    ['nothing is known', null, true, 0, null],
    ['a tick', first, true, 0, 60],
    ['it goes on', first, true, 30, 90],
    ['a clock that is behind takes nothing away', first, true, -5, 60],
    ['the line is lost', first, false, 31, 91],
    ['and it stands', first, false, 200, 91],
    ['the line is back: what passed meanwhile is not known', first, true, 210, 91],
    ['it goes on', first, true, 220, 101],
    ['the server’s next word counts', second, true, 301, 121],
    ['lost again', second, false, 302, 122],
    ['a word that is caught up with before the line is live', live(180, 360), false, 361, 181],
    ['the call waits', stopped, true, 400, 125],
  ];
  for (const [what, of, lineUp, now, then] of steps) assert.equal(time.seconds(of, lineUp, at + now * 1000), then, what);
  const words = [0, 59, 60, 3599, 3660, 90_000].map(connectedWords);
  assert.deepEqual(words, ['less than a minute', '1 min', '1 min', '59 min', '1 h 1 min', '25 h 0 min'].map((one, n) => (n === 1 ? 'Connected for less than a minute' : `Connected for ${one}`)));
});

/** A server that has so many events at each look, and the pauses that were asked for. */
function read(...heads: readonly (number | LifelineError)[]) {
  const asked: number[] = [];
  const pauses: (() => void)[] = [];
  const door: HistoryDoor = (after) => {
    const head = heads[Math.min(asked.length, heads.length - 1)]!;
    asked.push(after);
    if (head instanceof LifelineError) return Promise.reject(head);
    const page: EventPage = { epoch: 'e', events: events.slice(after, head), headSeq: head };
    return Promise.resolve(page);
  };
  const used = new Used(door, (run) => {
    pauses.push(run);
    return () => void pauses.splice(0);
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { used, asked, pauses, settle };
}

test('records come after the end: it is looked for them until no more come', async () => {
  const end = events.find(({ type }) => type === 'call.ended')!.seq;
  const { used, asked, pauses, settle } = read(end, end + 1, end + 4, end + 4);
  await used.read();
  for (const head of [end + 1, end + 4, end + 4]) {
    assert.equal(used.stage.value.pending, true);
    pauses.shift()!();
    await settle();
    assert.equal(used.stage.value.state.seq, head);
  }
  assert.equal(used.stage.value.pending, false, 'the last look found nothing new');
  assert.deepEqual(pauses, []);
  assert.deepEqual(asked, [0, end, end + 1, end + 4]);
  assert.deepEqual(used.stage.value.state, events.slice(0, end + 4).reduce(reduce, initialState));
});

test('looking ends by itself, when the panel goes, and where the server does not answer', async () => {
  const end = events.find(({ type }) => type === 'call.ended')!.seq;
  const never = read(end);
  await never.used.read();
  let looks = 1;
  for (; never.pauses.length > 0; looks++) {
    never.pauses.shift()!();
    await never.settle();
  }
  assert.equal(looks, 6);
  assert.equal(never.used.stage.value.pending, true, 'and says so');

  const gone = read(end);
  await gone.used.read();
  gone.used.close();
  assert.deepEqual(gone.pauses, []);

  const failed = read(new LifelineError({ code: 'unreachable', message: '' }), events.length);
  await failed.used.read();
  assert.equal(failed.used.stage.value.problem?.code, 'unreachable');
  await failed.used.read();
  assert.equal(failed.used.stage.value.problem, null);
  assert.equal(failed.used.stage.value.state.seq, events.length);
});
