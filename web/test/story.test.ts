import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LifelineError, type Story, type StoryEntry } from '@lifeline/client';

import { Player } from '../src/replay/player';
import { Telling, type StoryDoor } from '../src/replay/telling';
import { Timeline } from '../src/replay/timeline';
import { problemOf } from '../src/words/problem';
import { durationWords, kindWord, placeIn, runsOf, severityWord, timesOf, waitsWords } from '../src/words/story';
import { FakeCall } from './fake_call';

const entry = (seq: number, more: Partial<StoryEntry> = {}): StoryEntry => ({
  kind: 'speech',
  severity: 'info',
  seq,
  lastSeq: seq,
  at: '2026-02-16T10:00:00.000Z',
  offsetMs: 0,
  who: '',
  what: `what ${seq}`,
  ...more,
});
const steps = (...seqs: number[]) => seqs.map((seq) => ({ seq, offsetMs: 0, what: `step ${seq}` }));
const told = (head: number, ...entries: StoryEntry[]): Story => ({
  sessionId: 'sess_1',
  from: '2026-02-16T10:00:00.000Z',
  head,
  events: head,
  over: false,
  turns: { count: 0 },
  entries,
  anomalies: [],
});

test('the line of a moment is the last that does not come after it, also within what goes on', () => {
  const story = told(20, entry(1), entry(5, { kind: 'actions', steps: steps(5, 6, 12) }), entry(8), entry(15));
  const cases: readonly (readonly [seq: number, entry: number, step: number | null])[] = [
    [0, 0, null],
    [1, 1, null],
    [4, 1, null],
    [5, 5, null],
    [6, 5, 6],
    [7, 5, 6],
    [8, 8, null],
    [11, 8, null],
    [12, 5, 12],
    [14, 5, 12],
    [15, 15, null],
    [99, 15, null],
  ];
  for (const [seq, at, step] of cases) assert.deepEqual(placeIn(story, seq), { entry: at, step }, `at ${seq}`);
  assert.deepEqual(placeIn(told(0), 3), { entry: 0, step: null });
});

test('what is odd is said in a word, and an unknown grade is taken for the gravest', () => {
  assert.deepEqual(['info', 'warning', 'error', 'panic'].map(severityWord), ['', 'Worth a look', 'Went wrong', 'Went wrong']);
  assert.deepEqual(['actions', 'outages', 'weather'].map(kindWord), ['Action', 'Line', 'Other']);
});

test('spans are said as the command says them', () => {
  const said = [0, 812, 3_299, 59_999, 245_000, 7_380_000, -1_500].map(durationWords);
  assert.deepEqual(said, ['0 ms', '812 ms', '3.2 s', '59.9 s', '4 min 5 s', '2 h 3 min', '-1.5 s']);
  assert.deepEqual(timesOf(entry(1)), []);
  assert.deepEqual(timesOf(entry(1, { kind: 'actions', tookMs: 65_000, waitedMs: 0 })), ['Took 1 min 5 s', 'Waited for people 0 ms']);
  assert.deepEqual(timesOf(entry(1, { kind: 'turns', waitedMs: 812 })), ['First text after 812 ms']);
  assert.equal(waitsWords(told(1)), '');
  assert.equal(waitsWords({ ...told(1), turns: { count: 1, waitedMedianMs: 9, waitedMostMs: 9 } }), 'One turn: first text after 9 ms');
  const three = { ...told(1), turns: { count: 3, waitedMedianMs: 800, waitedMostMs: 1_200 } };
  assert.equal(waitsWords(three), '3 turns: first text after 800 ms in the median, at most 1.2 s');
});

test('what runs from right to left is a piece of its own, and nothing is lost between the pieces', () => {
  const cases: readonly (readonly [sentence: string, runs: readonly string[]])[] = [
    ['Ada (usr_1) joined', []],
    ['אבא (42) joined', ['אבא']],
    ['said “שלום, אבא!” at 10', ['שלום, אבא']],
    ['مُحَمَّد and שלום 7', ['مُحَمَّد', 'שלום']],
  ];
  for (const [sentence, runs] of cases) {
    const pieces = runsOf(sentence);
    assert.equal(pieces.join(''), sentence);
    assert.deepEqual(pieces.filter((_, at) => at % 2 === 1), runs);
  }
});

test('a story is told once, told anew for what came since, and stays while that fails', async () => {
  let answers: (() => Promise<Story>)[] = [() => Promise.resolve(told(5))];
  let asked = 0;
  const door: StoryDoor = () => {
    asked++;
    return answers.shift()!();
  };
  const telling = new Telling(() => door);
  const now = () => telling.stage.value;
  await Promise.all([telling.read(5), telling.read(5)]);
  await telling.read(5);
  assert.equal(asked, 1, 'what is here reaches far enough');
  assert.deepEqual(now(), { story: told(5), reading: false, problem: null });

  answers = [() => Promise.reject(new LifelineError({ code: 'unreachable', message: '' })), () => Promise.resolve(told(9))];
  await telling.read(9);
  assert.deepEqual([now().problem?.code, now().story?.head], ['unreachable', 5]);
  const again = telling.read(9);
  assert.ok(now().reading && now().problem === null && now().story !== null);
  await again;
  assert.deepEqual([now().story?.head, asked], [9, 3]);

  const nobody = new Telling(() => null);
  await nobody.read(1);
  assert.deepEqual(nobody.stage.value, { story: null, reading: false, problem: null });
});

test('a line leads to its event, also where events before it were erased', () => {
  const call = new FakeCall();
  for (let n = 0; n < 6; n++) call.see('call.connected', { callId: 'sess_fake', connectedAt: '2026-02-16T10:00:00.000Z' });
  const timeline = new Timeline();
  timeline.add(call.seen.filter(({ seq }) => seq !== 2 && seq !== 3));
  assert.deepEqual([0, 1, 2, 3, 4, 9].map((index) => timeline.seq(index)), [0, 1, 4, 5, 6, 6]);
  assert.deepEqual([0, 1, 2, 3, 4, 6, 99].map((seq) => timeline.index_of(seq)), [0, 1, 1, 1, 2, 4, 4]);
  const player = new Player(timeline);
  player.to_event(5);
  assert.equal(player.place.value.index, 3);
  player.to_event(3);
  assert.equal(player.place.value.index, 1, 'the nearest before one that was erased');
});

test('a code that is the name of something every object has is a code like any other', () => {
  for (const code of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const { title, advice } = problemOf(new LifelineError({ code, message: 'No\u202e!', fix: 'Ask\u200b again.' }));
    assert.deepEqual([title, advice], ['No⟨U+202E⟩!', 'Ask⟨U+200B⟩ again.'], code);
  }
});
