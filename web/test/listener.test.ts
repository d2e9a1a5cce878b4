import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Listener, type ListenState } from '../src/speech/listener';
import type { Recognition } from '../src/speech/recognition';

/** A recogniser that does what the test says it does. */
class FakeRecognition implements Recognition {
  lang = '';
  continuous = true;
  interimResults = true;
  onstart: (() => void) | null = null;
  onspeechstart: (() => void) | null = null;
  onresult: Recognition['onresult'] = null;
  onerror: Recognition['onerror'] = null;
  onend: (() => void) | null = null;
  started = false;
  start() {
    this.started = true;
  }
  stop() {
    this.started = false;
  }
  abort() {
    this.started = false;
  }
  hear(...results: [text: string, isFinal: boolean][]) {
    const list = results.map(([transcript, isFinal]) => ({ isFinal, 0: { transcript, confidence: 0.9 } }));
    this.onresult?.({ resultIndex: 0, results: list });
  }
}

function listening() {
  const sessions: FakeRecognition[] = [];
  const heard: string[] = [];
  const states: ListenState[] = [];
  let now = 0;
  const make = () => {
    sessions.push(new FakeRecognition());
    return sessions.at(-1)!;
  };
  const events = {
    state: (state: ListenState) => states.push(state),
    partial: (text: string) => heard.push(`${text} …`),
    final: (text: string) => heard.push(text),
  };
  const listener = new Listener(make, events, () => now);
  listener.start();
  return { pass: (ms: number) => (now += ms), listener, sessions, heard, states, session: () => sessions.at(-1)! };
}

test('words prove the recogniser, its mere presence does not', () => {
  const { listener, session } = listening();
  session().onstart?.();
  assert.deepEqual(listener.state, { kind: 'listening', proved: false });
  session().hear(['hel', false]);
  assert.deepEqual(listener.state, { kind: 'listening', proved: true });
});

test('words come as they grow, then for good', () => {
  const { heard, session } = listening();
  session().onstart?.();
  session().hear(['hel', false]);
  session().hear(['hel', false]); // Recognisers repeat themselves.
  session().hear(['hello', false], ['you', false]);
  session().hear(['Hello you.', true], ['how', false]);
  assert.deepEqual(heard, ['hel …', 'hello you …', 'Hello you.', 'how …']);
});

test('words that were never called final are kept when the recogniser gives up', () => {
  const { heard, session, sessions } = listening();
  session().onstart?.();
  session().hear(['the last words', false]);
  session().onend?.();
  assert.deepEqual(heard, ['the last words …', 'the last words']);
  assert.equal(sessions.length, 2, 'and it goes on listening');
});

const failures: [error: string, why: string][] = [
  ['not-allowed', 'blocked'],
  ['service-not-allowed', 'no_service'],
  ['network', 'no_service'],
  ['audio-capture', 'no_microphone'],
  ['language-not-supported', 'no_language'],
];
for (const [error, why] of failures) {
  test(`the recogniser says ${error}: ${why}`, () => {
    const { listener, session, sessions } = listening();
    session().onerror?.({ error });
    session().onend?.();
    assert.deepEqual(listener.state, { kind: 'failed', why });
    assert.equal(sessions.length, 1, 'and it is not tried again by itself');
  });
}

test('silence is no failure', () => {
  const { listener, session, sessions, pass } = listening();
  for (let i = 0; i < 10; i++) {
    session().onstart?.();
    pass(5_000);
    session().onerror?.({ error: 'no-speech' });
    session().onend?.();
  }
  assert.equal(sessions.length, 11);
  assert.equal(listener.state.kind, 'starting');
});

test('speech without words, again and again, is', () => {
  const { listener, session, pass } = listening();
  for (let i = 0; i < 3; i++) {
    session().onstart?.();
    pass(5_000);
    session().onspeechstart?.();
    session().onend?.();
  }
  assert.deepEqual(listener.state, { kind: 'failed', why: 'no_words' });
});

test('a recogniser that never begins is given up', () => {
  const { listener, session } = listening();
  for (let i = 0; i < 3; i++) session().onend?.();
  assert.deepEqual(listener.state, { kind: 'failed', why: 'no_service' });
});

test('a recogniser that begins and ends at once is given up, not begun for ever', () => {
  const { listener, session, sessions } = listening();
  for (let i = 0; i < 3; i++) {
    session().onstart?.();
    session().onend?.();
  }
  assert.deepEqual(listener.state, { kind: 'failed', why: 'no_service' });
  assert.equal(sessions.length, 3);
});

test('words in between are proof enough that it listens', () => {
  const { listener, session } = listening();
  for (let i = 0; i < 10; i++) {
    session().onstart?.();
    if (i % 2 === 1) session().hear(['yes', true]);
    session().onend?.();
  }
  assert.equal(listener.state.kind, 'starting');
});

test('stopping lets the last words come', () => {
  const { listener, session, heard, sessions } = listening();
  session().onstart?.();
  session().hear(['good', false]);
  listener.stop();
  session().hear(['goodbye', true]);
  session().onend?.();
  assert.deepEqual(heard, ['good …', 'goodbye']);
  assert.equal(sessions.length, 1);
  assert.deepEqual(listener.state, { kind: 'off', proved: true });
});

test('without a recogniser nothing is promised', () => {
  const nothing = () => assert.fail('nothing should be heard');
  const listener = new Listener(null, { state: nothing, partial: nothing, final: nothing }, () => 0);
  listener.start();
  assert.deepEqual(listener.state, { kind: 'unsupported' });
});
