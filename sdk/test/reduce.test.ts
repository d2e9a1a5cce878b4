import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { callEventOf, type CallEvent, type EventRecord, type EventType } from '../src/lifeline.js';
import { eventOf, fold, type Told } from './events.js';

type Line = Told;
type ActorKind = CallEvent['actor']['kind'];

/** Who did it where nobody is named: a user, not the server. */
const eventsOf = (lines: readonly Line[]): CallEvent[] =>
  lines.map(([type, payload, who, kind], i) =>
    eventOf([type, payload, who ?? 'usr_a', kind ?? 'user'], i + 1),
  );

const started = (id: string, who = 'usr_a'): Line => [
  'transcript.utterance.started',
  { utteranceId: id, speaker: 'user', participantId: who, startMs: 10 },
  who,
];
const partial = (id: string, rev: number, text: string): Line => [
  'transcript.partial',
  { utteranceId: id, speaker: 'user', text, startMs: 10, endMs: 20, rev },
];
const final = (id: string, text: string): Line => [
  'transcript.final',
  { utteranceId: id, speaker: 'user', text, startMs: 10, endMs: 30, source: 'typed' },
];
const truncated = (id: string, heardText: string, generatedText?: string): Line => [
  'transcript.truncated',
  {
    utteranceId: id,
    heardText,
    playedMs: 5,
    ...(generatedText === undefined ? {} : { generatedText }),
  },
];

const failed = (id: string): Line => [
  'transcript.failed',
  { utteranceId: id, code: 'stt_down', message: 'm' },
];
const by = (who: string, kind: ActorKind, [type, payload]: Line): Line => [
  type,
  payload,
  who,
  kind,
];

test('utterances', () => {
  // prettier-ignore
  const cases: { name: string; given: Line[]; then: string[] }[] = [
    { name: 'grow and settle', given: [started('u1'), partial('u1', 1, 'He'), partial('u1', 2, 'Hello'), final('u1', 'Hello.')], then: ['u1 final 1 Hello.'] },
    { name: 'stand in the order of their first events', given: [started('u1'), started('u2'), final('u2', 'second'), final('u1', 'first')], then: ['u1 final 1 first', 'u2 final 2 second'] },
    { name: 'take no partial of an older rev', given: [partial('u1', 3, 'new'), partial('u1', 2, 'old'), partial('u1', 3, 'same')], then: ['u1 partial 1 new'] },
    { name: 'take no partial after the final', given: [final('u1', 'done'), partial('u1', 9, 'late')], then: ['u1 final 1 done'] },
    { name: 'have one final only', given: [final('u1', 'first'), final('u1', 'other')], then: ['u1 final 1 first'] },
    { name: 'when truncated, hold what was heard', given: [final('u1', 'all of it'), truncated('u1', 'all')], then: ['u1 truncated 1 all | all of it'] },
    { name: 'stay truncated when the final comes later', given: [partial('u1', 1, 'all of'), truncated('u1', 'all', 'all of'), final('u1', 'all of it')], then: ['u1 truncated 1 all | all of it'] },
    { name: 'show their first partial, whose rev may be 0', given: [started('u1'), partial('u1', 0, 'He'), partial('u1', 0, 'again')], then: ['u1 partial 1 He'] },
    { name: 'are not cut short by somebody else', given: [partial('u1', 1, 'all of it'), by('usr_b', 'user', truncated('u1', 'al'))], then: ['u1 partial 1 all of it'] },
    { name: 'nor rewritten once they are final', given: [final('u1', 'all of it'), by('agt', 'agent', truncated('u1', 'al'))], then: ['u1 final 1 all of it'] },
    { name: 'nor failed by somebody else', given: [started('u1'), by('usr_b', 'user', failed('u1'))], then: ['u1 started 1 '] },
    { name: 'are cut short by the service of the line', given: [partial('u1', 1, 'all of it'), by('key_1', 'service', truncated('u1', 'al'))], then: ['u1 truncated 1 al | all of it'] },
    { name: 'are failed by the server', given: [started('u1'), by('lifeline', 'server', failed('u1'))], then: ['u1 failed 1 '] },
    { name: 'can be corrected', given: [final('u1', 'teh'), ['transcript.corrected', { utteranceId: 'u1', text: 'the', by: 'usr_a', previousHash: '0' }]], then: ['u1 final 1 the'] },
    { name: 'can fail', given: [started('u1'), failed('u1')], then: ['u1 failed 1 '] },
    { name: 'do not fail once they are settled', given: [final('u1', 'ok'), failed('u1')], then: ['u1 final 1 ok'] },
    { name: 'show nothing of what was destroyed', given: [final('u1', '🙂 is 4111'), truncated('u1', '🙂 is 41'), ['transcript.redacted', { utteranceId: 'u1', spans: [{ from: 5, to: 9, kind: 'card_number' }], policyId: 'p', by: 'server' }, 'server', 'server']], then: ['u1 truncated 1 🙂 is ██'] },
    { name: 'a failure of no utterance in particular changes none', given: [['transcript.failed', { code: 'c', message: 'm' }]], then: [] },
    { name: 'may come after the end', given: [started('u1'), ['call.ended', { callId: 'sess_1', endedAt: 't', durationSeconds: 1, endReason: 'completed' }], final('u1', 'late')], then: ['u1 final 1 late'] },
  ];
  for (const { name, given, then } of cases) {
    const { utterances } = fold(eventsOf(given));
    assert.deepEqual(
      utterances.map(
        (one) =>
          `${one.utteranceId} ${one.state} ${one.firstSeq} ${one.text}` +
          (one.generatedText === null ? '' : ` | ${one.generatedText}`),
      ),
      then,
      name,
    );
  }
});

test('whose an utterance is', () => {
  const [announced, other] = fold(
    eventsOf([
      started('u1', 'usr_b'),
      [...final('u2', 'x').slice(0, 2), 'usr_c'] as unknown as Line,
    ]),
  ).utterances;
  assert.equal(announced?.participantId, 'usr_b');
  assert.equal(other?.participantId, 'usr_c', 'never announced: whoever published it');
});

test('the call', () => {
  const ended: Line = [
    'call.ended',
    { callId: 's', endedAt: 't', durationSeconds: 1, endReason: 'user_hangup' },
  ];
  const failed: Line = [
    'call.terminal_failure',
    { callId: 's', failedAt: 't', code: 'connect_timeout', message: 'm' },
  ];
  // prettier-ignore
  const cases: { name: string; given: Line[]; then: string }[] = [
    { name: 'is created', given: [], then: 'created null null' },
    { name: 'connects', given: [['call.started', {}], ['call.connecting', {}]], then: 'active connecting null' },
    { name: 'is connected', given: [['call.started', {}], ['call.connected', {}]], then: 'active connected null' },
    { name: 'is held', given: [['call.connected', {}], ['call.hold.changed', { held: true }]], then: 'active held null' },
    { name: 'is resumed', given: [['call.connected', {}], ['call.hold.changed', { held: true }], ['call.hold.changed', { held: false }]], then: 'active connected null' },
    { name: 'is lost', given: [['call.connected', {}], ['call.reconnecting', {}]], then: 'active reconnecting null' },
    { name: 'is about to end', given: [['call.connected', {}], ['call.end.requested', {}]], then: 'active ending null' },
    { name: 'ends', given: [['call.connected', {}], ['call.end.requested', {}], ended], then: 'ended null user_hangup' },
    { name: 'fails', given: [['call.started', {}], failed], then: 'failed null connect_timeout' },
    { name: 'is over once', given: [ended, failed], then: 'ended null user_hangup' },
    { name: 'a late wish to end it changes nothing', given: [ended, ['call.end.requested', {}]], then: 'ended null user_hangup' },
    { name: 'ignores what it does not know', given: [['x.weather', { sunny: true }], ['call.transmogrified' as 'x.', {}]], then: 'created null null' },
  ];
  for (const { name, given, then } of cases) {
    const state = fold(eventsOf(given));
    assert.equal(`${state.status} ${state.phase} ${state.end?.reason ?? null}`, then, name);
    assert.equal(state.seq, given.length, `${name}: seq counts every event`);
  }
});

test('what a person can do after a call that failed is what its last event says', () => {
  const facts = { callId: 's', failedAt: 't', code: 'c', message: 'm' };
  const end = { outcome: 'failed', at: 't', reason: 'c', message: 'm' };
  const given: Line[] = [['call.terminal_failure', { ...facts, lastSeq: 0, fix: 'Start again.' }]];
  assert.deepEqual(fold(eventsOf(given)).end, { ...end, fix: 'Start again.' });
  const older: Line[] = [['call.terminal_failure', facts]];
  assert.deepEqual(fold(eventsOf(older)).end, { ...end, fix: null });
});

test('an outage is known while the call waits, and over with whatever ends the wait', () => {
  const at = '2026-02-16T10:00:00.000Z';
  const resumeDeadline = '2026-02-16T10:15:00.000Z';
  const lost: Line = [
    'call.reconnecting',
    { callId: 's', attempt: 2, at, lossReason: 'server_restart', resumeDeadline },
  ];
  const outage = { attempt: 2, since: at, until: resumeDeadline, reason: 'server_restart' };
  assert.deepEqual(fold(eventsOf([lost])).outage, outage);
  const bare: Line = ['call.reconnecting', { callId: 's', attempt: 1, at }];
  const unknown = { attempt: 1, since: at, until: null, reason: null };
  assert.deepEqual(fold(eventsOf([bare])).outage, unknown);
  const code = 'reconnect_window_expired';
  const ends: Line[] = [
    ['call.reconnected', { callId: 's', attempt: 2, at, outageMs: 5 }],
    ['call.terminal_failure', { callId: 's', failedAt: at, code, message: 'm' }],
  ];
  for (const end of ends) assert.equal(fold(eventsOf([lost, end])).outage, null, end[0]);
});

test('participants', () => {
  const joined = (id: string, displayName?: string): Line => [
    'call.participant.joined',
    {
      callId: 's',
      participantId: id,
      role: 'user',
      ...(displayName ? { identity: { displayName } } : {}),
    },
  ];
  const about = (type: EventType, participantId: string, more: object): Line => [
    type,
    { callId: 's', participantId, ...more },
  ];
  // prettier-ignore
  const cases: { name: string; given: Line[]; then: string[] }[] = [
    { name: 'join in order', given: [joined('b', 'Bea'), joined('a')], then: ['b Bea present connected', 'a null present connected'] },
    { name: 'leave', given: [joined('a'), about('call.participant.left', 'a', { role: 'user', reason: 'removed' })], then: ['a null'] },
    { name: 'come back to their place, under their name', given: [joined('a', 'Al'), joined('b'), about('call.participant.left', 'a', { role: 'user', reason: 'removed' }), joined('a')], then: ['a Al present connected', 'b null present connected'] },
    { name: 'speak', given: [joined('a'), about('call.speech.changed', 'a', { speaking: true, atMs: 1 })], then: ['a null present connected speaking'] },
    { name: 'lose their line, and cannot be speaking then', given: [joined('a'), about('call.speech.changed', 'a', { speaking: true, atMs: 1 }), about('call.participant.connection.changed', 'a', { connected: false, connections: 0 })], then: ['a null present'] },
    { name: 'who never joined is not one', given: [about('call.speech.changed', 'z', { speaking: true, atMs: 1 })], then: [] },
  ];
  for (const { name, given, then } of cases) {
    const { participants } = fold(eventsOf(given));
    assert.deepEqual(
      participants.map((one) =>
        [
          one.participantId,
          one.displayName,
          one.present && 'present',
          one.connected && 'connected',
          one.speaking && 'speaking',
        ]
          .filter((word) => word !== false)
          .map(String)
          .join(' '),
      ),
      then,
      name,
    );
  }
});

test('golden traces give the same state, whole, in two parts, and repeated', () => {
  const folder = join('test', 'golden');
  const traces = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
  assert.ok(traces.length > 0);
  for (const name of traces) {
    const events = readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => callEventOf(JSON.parse(line) as EventRecord));
    const golden: unknown = JSON.parse(
      readFileSync(join(folder, name.replace('.ndjson', '.state.json')), 'utf8'),
    );
    assert.deepEqual(fold(events), golden, name);
    for (let cut = 0; cut <= events.length; cut++) {
      const before = fold(events.slice(0, cut));
      assert.deepEqual(fold(events.slice(cut), before), golden, `${name} cut at ${cut}`);
      assert.equal(fold(events.slice(0, cut), before), before, `${name}: a repeat changes nothing`);
    }
  }
});
