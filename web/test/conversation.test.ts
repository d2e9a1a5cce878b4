import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LifelineError } from '@lifeline/client';

import { Speaker, type Heard, type Line } from '../src/speech/speaker';
import type { Recognition } from '../src/speech/recognition';
import { Conversation } from '../src/talk/conversation';
import { EventLog, filterEvents } from '../src/talk/event_log';
import { FakeCall } from './fake_call';

const agent = { kind: 'agent', id: 'usr_agent' };
const callId = 'sess_fake';

/** A voice of which only the queue is real: what is said sounds until it is stopped. */
class SpokenAloud extends Speaker {
  readonly said: Line[] = [];
  constructor() {
    super(null, () => undefined);
  }
  override say(line: Line): void {
    this.said.push(line);
    this.state = { ...this.state, speaking: line };
  }
  override stop(): Heard | null {
    const line = this.state.speaking;
    this.state = { ...this.state, speaking: null };
    return line && { line, playedMs: 300 };
  }
}

function conversation() {
  const call = new FakeCall();
  const speaker = new SpokenAloud();
  let session: Recognition | null = null;
  let now = Date.parse('2026-02-16T10:00:05.000Z');
  const recognition = () => {
    const noop = () => undefined;
    session = { start: noop, stop: noop, abort: noop } as unknown as Recognition;
    return session;
  };
  const talk = new Conversation(call.call, speaker, () => 'usr_anna', { recognition, now: () => now });
  call.see('call.connected', { callId, connectedAt: '2026-02-16T10:00:00.000Z' });
  return {
    call,
    speaker,
    talk,
    pass: (ms: number) => (now += ms),
    hear: (transcript: string, isFinal: boolean) =>
      session!.onresult?.({ resultIndex: 0, results: [{ isFinal, 0: { transcript, confidence: 1 } }] }),
    published: () => call.published.map(({ type, payload }) => [type, payload.text ?? null]),
  };
}

function agentSays(call: FakeCall, text: string, turnId?: string): void {
  const utteranceId = `utt_agent_${call.state.value.seq}`;
  const timing = { startMs: 0, endMs: 0 };
  call.see(
    'transcript.utterance.started',
    { utteranceId, speaker: 'agent', participantId: agent.id, startMs: 0, ...(turnId ? { turnId } : {}) },
    agent,
  );
  call.see('transcript.final', { utteranceId, speaker: 'agent', text, ...timing, source: 'llm' }, agent);
}

test('the agent is read aloud, people are not', () => {
  const { call, speaker } = conversation();
  agentSays(call, 'Hello.');
  call.see(
    'transcript.final',
    { utteranceId: 'utt_ben', speaker: 'user', text: 'Hi.', startMs: 0, endMs: 0, source: 'typed' },
    { kind: 'user', id: 'usr_ben' },
  );
  assert.deepEqual(speaker.said.map(({ text }) => text), ['Hello.']);
});

test('the agent is read in the language in which it speaks', () => {
  const { call, speaker } = conversation();
  const said = { utteranceId: 'utt_de', speaker: 'agent', text: 'Guten Tag.', startMs: 0, endMs: 0 } as const;
  call.see('transcript.final', { ...said, source: 'llm', lang: 'de' }, agent);
  assert.equal(speaker.said[0]?.lang, 'de');
});

test('where the budget ends the call, its sentence is read aloud; other ends are not', () => {
  const ends = (endReason: 'budget_stop' | 'operator_stop', state: 'live' | 'replaying' = 'live') => {
    const { call, speaker } = conversation();
    call.connection.set({ ...call.connection.value, state });
    call.see('call.ended', { callId, endedAt: '2026-02-16T10:01:00.000Z', endReason, endDetail: 'The budget is used up.', durationSeconds: 60 });
    return speaker.said.map(({ text }) => text);
  };
  assert.deepEqual(ends('budget_stop'), ['The budget is used up.']);
  assert.deepEqual(ends('operator_stop'), []);
  assert.deepEqual(ends('budget_stop', 'replaying'), []);
});

test('what a replay brings is not read aloud', () => {
  const { call, speaker } = conversation();
  call.connection.set({ ...call.connection.value, state: 'replaying' });
  agentSays(call, 'This was said an hour ago.');
  assert.equal(speaker.said.length, 0);
});

test('typed words stay "sending" until their event is seen', async () => {
  const { call, talk } = conversation();
  talk.type('Hello');
  assert.deepEqual(talk.outgoing.words.value.map(({ state }) => state), ['sending']);
  call.published[0]!.seen();
  await Promise.resolve();
  assert.deepEqual(talk.outgoing.words.value, []);
});

test('refused words say why, and can be said again or dropped', async () => {
  const { call, talk } = conversation();
  talk.type('Hello');
  call.published[0]!.refuse(new LifelineError({ code: 'event_too_large', message: 'x' }));
  await new Promise(setImmediate);
  const [refused] = talk.outgoing.words.value;
  assert.equal(refused?.state, 'refused');
  assert.equal(refused?.problem?.title, 'That was too long.');
  talk.outgoing.again(refused!.utteranceId);
  const [again] = talk.outgoing.words.value;
  assert.equal(again?.text, 'Hello');
  assert.notEqual(again?.utteranceId, refused?.utteranceId, 'a new utterance: the old id may be taken');
  talk.outgoing.drop(again!.utteranceId);
  assert.deepEqual(talk.outgoing.words.value, []);
});

test('spoken words are published as they grow and for good, as one utterance', () => {
  const { talk, hear, published, call } = conversation();
  talk.set_listening(true);
  hear('hel', false);
  hear('hello', false);
  hear('Hello.', true);
  assert.deepEqual(published(), [
    ['transcript.partial', 'hel'],
    ['transcript.partial', 'hello'],
    ['transcript.final', 'Hello.'],
  ]);
  assert.equal(new Set(call.published.map(({ payload }) => payload.utteranceId)).size, 1);
});

test('speaking interrupts the agent and tells how long it was heard', () => {
  const { call, talk, hear, speaker, published } = conversation();
  talk.set_listening(true);
  agentSays(call, 'Then I will do this.', 'turn_7');
  hear('no', false);
  assert.equal(speaker.state.speaking, null);
  assert.deepEqual(published(), [
    ['call.turn.interrupted', null],
    ['transcript.partial', 'no'],
  ]);
  assert.deepEqual(call.published[0]!.payload, {
    callId,
    turnId: 'turn_7',
    by: 'usr_anna',
    atMs: 5_000,
    generatedChars: 20,
    playedMs: 300,
  });
});

test('typing silences the agent too', () => {
  const { call, talk, published } = conversation();
  agentSays(call, 'Then I will do this.');
  talk.type('Stop');
  assert.deepEqual(published(), [
    ['call.turn.interrupted', null],
    ['transcript.final', 'Stop'],
  ]);
});

test('the agent’s own voice in the microphone interrupts nobody', () => {
  const { call, talk, hear, speaker, published, pass } = conversation();
  talk.set_listening(true);
  agentSays(call, 'Then I will do this.');
  hear('then I will', false);
  hear('then I will do this', true);
  assert.notEqual(speaker.state.speaking, null);
  assert.deepEqual(published(), []);
  assert.equal(talk.ignored.value, 'then I will do this', 'and it is said what was not sent');
  speaker.stop();
  hear('I will do this', true);
  assert.deepEqual(published(), [], 'its last words arrive after it has ended');
  pass(3_000);
  hear('I will do this', true);
  assert.deepEqual(published(), [['transcript.final', 'I will do this']], 'later the same words are the person’s');
  assert.equal(talk.ignored.value, null);
});

test('an answer in the agent’s own words is the person’s', () => {
  const { call, talk, hear, published } = conversation();
  talk.set_listening(true);
  agentSays(call, 'Tuesday or Wednesday?');
  hear('Wednesday', false);
  assert.deepEqual(published(), [], 'it may still become the echo of more');
  hear('Wednesday.', true);
  assert.deepEqual(published(), [
    ['call.turn.interrupted', null],
    ['transcript.final', 'Wednesday.'],
  ]);
});

test('what was begun is finished, whatever it sounds like', () => {
  const { call, talk, hear, published } = conversation();
  talk.set_listening(true);
  hear('then', false);
  agentSays(call, 'Then I will do this.');
  hear('then I will do this', true);
  assert.deepEqual(published(), [
    ['transcript.partial', 'then'],
    ['call.turn.interrupted', null],
    ['transcript.final', 'then I will do this'],
  ]);
});

test('what was taken for an echo can be sent all the same, or discarded', () => {
  const { call, talk, hear, published } = conversation();
  talk.set_listening(true);
  agentSays(call, 'Then I will do this.');
  hear('then I will do this', true);
  talk.forget_ignored();
  talk.say_ignored();
  assert.deepEqual(published(), []);
  hear('then I will do this', true);
  talk.say_ignored();
  assert.deepEqual(published(), [
    ['call.turn.interrupted', null],
    ['transcript.final', 'then I will do this'],
  ]);
  assert.equal(talk.ignored.value, null);
});

test('the log keeps every event and finds them by words', async () => {
  const call = new FakeCall();
  const log = new EventLog(call.call);
  call.see('call.connected', { callId, connectedAt: 'now' });
  agentSays(call, 'A table for two.');
  await new Promise<void>((resolve) => void log.events.watch(resolve));
  assert.deepEqual(log.events.value.map(({ seq }) => seq), [1, 2, 3]);
  assert.deepEqual(filterEvents(log.events.value, 'final TABLE').map(({ seq }) => seq), [3]);
  assert.equal(filterEvents(log.events.value, ' ').length, 3);
  assert.equal(filterEvents(log.events.value, 'nowhere').length, 0);
});
