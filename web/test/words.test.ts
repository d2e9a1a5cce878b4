import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { LifelineError, type Participant, type Utterance } from '@lifeline/client';

import { lineWords } from '../src/words/connection';
import { endingWords } from '../src/words/ending';
import { transcriptLines } from '../src/words/lines';
import { personOf } from '../src/words/people';
import { KNOWN_CODES, problemOf, problemOfClosing } from '../src/words/problem';
import { lineOf } from './fake_call';

const root = fileURLToPath(new URL('../..', import.meta.url));

const facts = { end: null, online: true, now: 1_000, readUpTo: 40, outage: null, lost: [] };
const until = new Date(241_000).toISOString();
const outage = { attempt: 1, since: '1970-01-01T00:00:00.000Z', until, reason: null };

const connections: [name: string, given: Parameters<typeof lineWords>[0], tone: string, says: RegExp, tryNow: boolean][] = [
  ['live', { ...facts, connection: lineOf({}) }, 'live', /Live/, false],
  ['the first connection', { ...facts, connection: lineOf({ state: 'connecting' }) }, 'waiting', /^Connecting/, false],
  ['catching up', { ...facts, connection: lineOf({ state: 'replaying' }) }, 'waiting', /40 events so far/, false],
  [
    'waiting for the next try',
    { ...facts, connection: lineOf({ state: 'reconnecting', retryAt: 4_200, reason: 'draining' }) },
    'waiting',
    /server is restarting. Next try in 4 s/,
    true,
  ],
  ['trying', { ...facts, connection: lineOf({ state: 'reconnecting' }) }, 'waiting', /Trying now/, true],
  [
    'a device without a network',
    { ...facts, online: false, connection: lineOf({ state: 'reconnecting', retryAt: 4_200 }) },
    'waiting',
    /^Offline.*by itself/,
    false,
  ],
  [
    'a line that lives, whatever the device believes',
    { ...facts, online: false, connection: lineOf({}) },
    'live',
    /^Live/,
    false,
  ],
  [
    'waiting, and the call waits too',
    { ...facts, connection: lineOf({ state: 'reconnecting', attempt: 2, retryAt: 4_200, waitsUntil: 241_000 }) },
    'waiting',
    /The call waits until \d{1,2}:\d{2}.*Next try in 4 s\.$/,
    true,
  ],
  [
    'somebody else is waited for',
    { ...facts, connection: lineOf({}), outage, lost: ['Anna'] },
    'waiting',
    /^Waiting until \d{1,2}:\d{2}.* \(4 min\): \u2068Anna\u2069 lost the connection\.$/,
    false,
  ],
  [
    'several are waited for, nobody knows how long',
    { ...facts, connection: lineOf({}), outage: { ...outage, until: null }, lost: ['Anna', 'Ben', 'Cy'] },
    'waiting',
    /^Waiting \u2068Anna\u2069, \u2068Ben\u2069 and \u2068Cy\u2069 lost the connection\.$/,
    false,
  ],
  [
    'more are lost than the strip has room for, and of one the name is long',
    { ...facts, connection: lineOf({}), lost: ['x'.repeat(99), 'Ben', 'Cy', 'Di', 'Eve'] },
    'live',
    /^Live \u2068x{24}…\u2069, \u2068Ben\u2069, \u2068Cy\u2069 and 2 others lost the connection\.$/,
    false,
  ],
  [
    'the wait is over, and its event has not come yet',
    { ...facts, now: 300_000, connection: lineOf({}), outage, lost: ['Anna'] },
    'waiting',
    /as long as the call may/,
    false,
  ],
  ['somebody is gone for a moment', { ...facts, connection: lineOf({}), lost: ['Ben'] }, 'live', /^Live \u2068Ben\u2069 lost/, false],
  ['the server is about to restart', { ...facts, connection: lineOf({ closesAt: 9_000 }) }, 'waiting', /^Restarting soon/, false],
  ['used elsewhere', { ...facts, connection: lineOf({ state: 'closed', reason: 'resume_token_reused' }) }, 'over', /another place/, false],
  ['given up', { ...facts, connection: lineOf({ state: 'closed', reason: 'gave_up' }) }, 'broken', /restored/, false],
  ['elsewhere', { ...facts, connection: lineOf({ state: 'closed', reason: 'superseded' }) }, 'over', /Open elsewhere/, false],
  ['left', { ...facts, connection: lineOf({ state: 'closed', reason: 'left' }) }, 'over', /You left/, false],
  [
    'ended, however the line is',
    {
      ...facts,
      connection: lineOf({ state: 'reconnecting' }),
      end: { outcome: 'ended', at: '', reason: 'completed', message: null, fix: null },
    },
    'over',
    /ended/,
    false,
  ],
  [
    'failed',
    { ...facts, connection: lineOf({}), end: { outcome: 'failed', at: '', reason: 'x', message: null, fix: null } },
    'broken',
    /failed/,
    false,
  ],
];
for (const [name, given, tone, says, tryNow] of connections) {
  test(`connection in words: ${name}`, () => {
    const words = lineWords(given);
    assert.equal(words.tone, tone);
    assert.match(`${words.title} ${words.detail}`, says);
    assert.equal(words.canTryNow, tryNow);
  });
}

test('every code that the page has words for exists, in the contract or in the SDK', () => {
  const errors = JSON.parse(readFileSync(`${root}/schema/v1/errors.json`, 'utf8')) as { reasons: Record<string, unknown> };
  const listed = Array.isArray(errors.reasons)
    ? errors.reasons.map((one: { reason: string }) => one.reason)
    : Object.keys(errors.reasons);
  const sdk = readdirSync(`${root}/sdk/src`).map((file) => readFileSync(`${root}/sdk/src/${file}`, 'utf8')).join('\n');
  for (const code of KNOWN_CODES) {
    assert.ok(listed.includes(code) || sdk.includes(`'${code}'`), `${code} is nobody's word`);
  }
});

test('where there is too much of something, the server’s words say of what', () => {
  const refused = (message: string) => problemOf(new LifelineError({ code: 'limit_exceeded', message, status: 409 }));
  const { title, advice, explained } = refused('this call has had all its 256 invites: share one that still works');
  assert.equal(title, 'There are too many of these already.');
  assert.equal(advice, 'This call has had all its 256 invites: share one that still works.');
  assert.ok(explained);
  assert.match(refused('a\u202Eb').advice, /^A⟨U\+202E⟩b\.$/);
});

test('a problem without words of ours keeps the server’s', () => {
  const thrown = new LifelineError({ code: 'brand_new', message: 'The moon is full', fix: 'Wait a night', requestId: 'req_1' });
  assert.deepEqual(problemOf(thrown), {
    title: 'The moon is full.',
    advice: 'Wait a night.',
    code: 'brand_new',
    requestId: 'req_1',
    explained: true,
  });
  assert.equal(problemOf(new TypeError('x is undefined')).title, 'Something went wrong on this page.');
});

test('a closed line says why, with the server’s word where it has a page about it', () => {
  const error = new LifelineError({ code: 'brand_new', message: 'The moon is full', fix: 'Wait', requestId: 'req_1' });
  const cases: [Parameters<typeof lineOf>[0], string, boolean, string | null][] = [
    [{ reason: 'removed', code: 4004 }, 'You were removed from this call.', true, null],
    [{ reason: 'gave_up' }, 'The line could not be restored.', false, null],
    [{ reason: 'brand_new', code: 4042, error }, 'The moon is full.', true, 'req_1'],
    [{ reason: 'something' }, 'The line is closed.', false, null],
  ];
  for (const [change, title, explained, requestId] of cases) {
    const problem = problemOfClosing(lineOf({ state: 'closed', ...change }));
    assert.deepEqual([problem.title, problem.explained, problem.requestId], [title, explained, requestId]);
  }
});

test('every reason that the contract ends a call with has words', () => {
  const words = JSON.parse(readFileSync(`${root}/schema/v1/words.json`, 'utf8')) as {
    $defs: { endReason: { enum: string[] } };
  };
  for (const reason of words.$defs.endReason.enum) {
    const { title } = endingWords({ outcome: 'ended', at: '', reason, message: null, fix: null });
    assert.notEqual(title, 'The call has ended.', reason);
  }
});

test('a call that broke off for a reason that we have no words for says what the server advises', () => {
  const end = { outcome: 'failed', at: '', reason: 'x', message: 'The bridge fell.', fix: 'Swim.' } as const;
  assert.deepEqual(endingWords(end), { title: 'The call broke off. The bridge fell.', detail: 'Swim.' });
  assert.match(endingWords({ ...end, fix: null }).detail, /You can start a new call/);
  assert.match(endingWords({ ...end, reason: 'reconnect_window_expired' }).detail, /can carry on from it/);
});

const participant = (change: Partial<Participant>): Participant => ({
  participantId: 'usr_ben',
  role: 'user',
  displayName: 'Ben',
  present: true,
  connected: true,
  speaking: false,
  ...change,
});
const circumstances = { ownId: 'usr_anna', scripted: 'Echo', over: false };
const people: [name: string, given: Partial<Participant>, over: boolean, label: string, presence: string][] = [
  ['somebody', {}, false, '', 'here'],
  ['oneself', { participantId: 'usr_anna' }, false, 'you', 'here'],
  ['a scripted agent', { role: 'agent', displayName: 'Echo' }, false, 'scripted agent', 'here'],
  ['an agent that says so itself', { role: 'agent', displayName: 'Bo (scripted)' }, false, 'scripted agent', 'here'],
  ['another agent', { role: 'agent', displayName: 'Mira' }, false, 'agent', 'here'],
  ['somebody named like the agent is no agent', { displayName: 'Echo' }, false, '', 'here'],
  ['a viewer', { role: 'viewer' }, false, 'viewer, reads only', 'here'],
  ['a lost line', { connected: false }, false, 'line lost', 'away'],
  ['who left', { present: false, connected: false }, false, 'left', 'left'],
  ['anybody after the end', {}, true, '', 'left'],
];
for (const [name, given, over, label, presence] of people) {
  test(`who is here: ${name}`, () => {
    const person = personOf(participant(given), { ...circumstances, over });
    assert.deepEqual([person.label, person.presence], [label, presence]);
  });
}

const utterance = (change: Partial<Utterance>): Utterance => ({
  utteranceId: 'utt_1',
  speaker: 'user',
  participantId: 'usr_ben',
  turnId: null,
  text: 'Hello',
  generatedText: null,
  state: 'final',
  rev: 0,
  startMs: 0,
  endMs: 0,
  source: 'typed',
  firstSeq: 5,
  ...change,
});

test('the transcript: what is kept in the call’s order, then what is on its way', () => {
  const sending = { utteranceId: 'utt_own', text: 'And me', state: 'sending', problem: null } as const;
  const own = { id: 'usr_anna', connected: true, over: false };
  const known = new Map([['usr_ben', personOf(participant({}), circumstances)]]);
  const before = [utterance({}), utterance({ utteranceId: 'utt_own', state: 'started', text: '', firstSeq: 6 })];
  const lines = transcriptLines(before, [sending], known, own);
  assert.deepEqual(lines.map(({ text, state, seq, name }) => [text, state, seq, name]), [
    ['Hello', 'kept', 5, 'Ben'],
    ['And me', 'sending', null, 'You'],
  ]);
  // The instant its event is seen it stands once, in its place, whether or not the promise has settled.
  const after = [utterance({}), utterance({ utteranceId: 'utt_own', text: 'And me', firstSeq: 6 })];
  assert.deepEqual(transcriptLines(after, [sending], known, own).map(({ state, seq }) => [state, seq]), [
    ['kept', 5],
    ['kept', 6],
  ]);
  const offline = transcriptLines([], [sending], known, { ...own, connected: false });
  assert.match(offline[0]!.note, /Waiting for the line/);
});

const notes: [Partial<Utterance>, boolean, RegExp][] = [
  [{ state: 'truncated', text: 'I under' }, false, /^Cut off here/],
  [{ state: 'truncated', text: 'I under', generatedText: 'I understood.' }, false, /Not heard: “stood\.”/],
  [{ state: 'truncated', text: '' }, false, /before a word/],
  [{ state: 'failed', text: '' }, false, /could not be understood/],
  [{ state: 'partial' }, false, /Still speaking/],
  [{ state: 'partial' }, true, /Not finished/],
];
for (const [given, over, says] of notes) {
  test(`the transcript says of ${JSON.stringify(given)}${over ? ' after the end' : ''}: ${says.source}`, () => {
    const [line] = transcriptLines([utterance(given)], [], new Map(), { id: '', connected: true, over });
    assert.match(line!.note, says);
  });
}
