import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LifelineError } from '@lifeline/client';

import { PushToTalk } from '../src/speech/push_to_talk';
import type { Tape } from '../src/speech/tape';
import { Dictation, type Recorded } from '../src/talk/dictation';
import { dictationWords, makesNoWords, recordedWords } from '../src/words/speech';

const terms = { upload: true, bytesMax: 1_048_576, durationMsMax: 120_000 };
const settle = () => new Promise((resolve) => setImmediate(resolve));

class FakeTape implements Tape {
  grown: (bytes: number) => void = () => undefined;
  ended: (recording: Blob) => void = () => undefined;
  open = true;
  start(grown: (bytes: number) => void, ended: (recording: Blob) => void) {
    this.grown = grown;
    this.ended = ended;
  }
  stop() {
    this.open = false;
    this.ended(new Blob(['said'], { type: 'audio/webm' }));
  }
  discard() {
    this.open = false;
  }
}

interface Sent {
  readonly recorded: Recorded;
  readonly signal: AbortSignal;
  readonly retry: (why: LifelineError, inMs: number) => void;
  readonly heard: () => void;
  readonly refuse: (code: string, retryable?: boolean) => void;
}

/** A microphone and a server that do what the test says. */
function desk(offer: object | null = terms) {
  const tapes: FakeTape[] = [];
  const sent: Sent[] = [];
  const timers: { at: number; run: () => void }[] = [];
  const at = { now: 0, begun: 0, minted: 0 };
  let trouble: string | null = null;
  const dictation = new Dictation({
    open: async () => {
      if (trouble !== null) throw Object.assign(new Error(trouble), { name: trouble });
      tapes.push(new FakeTape());
      return tapes.at(-1)!;
    },
    door: {
      terms: () => (offer === null ? Promise.reject(new Error('older')) : Promise.resolve(offer as typeof terms)),
      say: (recorded, signal, retry) =>
        new Promise<void>((heard, fail) => {
          const refuse = (code: string, retryable = false) => fail(new LifelineError({ code, message: code, retryable }));
          sent.push({ recorded, signal, retry, heard, refuse });
        }),
    },
    now: () => at.now,
    later: (run, ms) => {
      const timer = { at: at.now + ms, run };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    mint: () => `key_${++at.minted}`,
    begins: () => void at.begun++,
  });
  const pass = (ms: number) => {
    at.now += ms;
    for (const timer of timers.filter((one) => one.at <= at.now)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.run();
    }
  };
  const kind = () => dictation.state.value.kind;
  const records = async (ms: number) => {
    await dictation.begin();
    assert.equal(kind(), 'recording');
    pass(ms);
    dictation.finish();
    return sent.at(-1)!;
  };
  return { dictation, tapes, sent, at, pass, kind, records, fails: (name: string) => (trouble = name) };
}

async function offered() {
  const all = desk();
  await all.dictation.offer();
  return all;
}

test('nothing is recorded where the server takes none, or cannot be asked', async () => {
  for (const offer of [{ ...terms, upload: false }, null]) {
    const { dictation, tapes, kind } = desk(offer);
    await dictation.offer();
    await dictation.begin();
    assert.equal(kind(), 'not_offered');
    assert.equal(tapes.length, 0);
  }
});

test('what is said is sent, and was said once it was heard', async () => {
  const { dictation, kind, at, records, tapes } = await offered();
  const sent = await records(1_500);
  assert.equal(at.begun, 1, 'the agent falls silent');
  assert.equal(kind(), 'sending');
  assert.equal(dictation.is_free, false);
  assert.equal(sent.recorded.durationMs, 1_500);
  assert.equal(sent.recorded.bytes.type, 'audio/webm');
  assert.equal(tapes[0]!.open, false);
  sent.heard();
  await settle();
  assert.equal(kind(), 'idle');
});

test('each recording has a key of its own, whatever it takes to send it', async () => {
  const { dictation, kind, records, pass, sent } = await offered();
  const first = await records(1_000);
  first.retry(new LifelineError({ code: 'speech_busy', message: '' }), 2_000);
  assert.equal(kind(), 'waiting');
  pass(2_000);
  assert.equal(kind(), 'sending');
  first.refuse('unreachable', true);
  await settle();
  assert.deepEqual(dictation.state.value, { ...dictation.state.value, kind: 'failed', why: 'not_heard', kept: true });
  await dictation.begin();
  assert.equal(kind(), 'failed', 'what is not sent is not recorded over');
  dictation.again();
  sent[1]!.heard();
  await settle();
  const next = await records(1_000);
  assert.deepEqual([first, sent[1]!, next].map(({ recorded }) => recorded.key), ['key_1', 'key_1', 'key_2']);
});

test('what the call has as not understood is another utterance when it is sent again', async () => {
  const { dictation, records, sent } = await offered();
  (await records(1_000)).refuse('speech_unavailable', true);
  await settle();
  dictation.again();
  assert.deepEqual(sent.map(({ recorded }) => recorded.key), ['key_1', 'key_2']);
  assert.equal(sent[0]!.recorded.bytes, sent[1]!.recorded.bytes);
});

for (const code of ['speech_silent', 'speech_refused', 'session_over']) {
  test(`${code}: sending it again would not help`, async () => {
    const { dictation, records } = await offered();
    (await records(1_000)).refuse(code);
    await settle();
    const { value } = dictation.state;
    assert.ok(value.kind === 'failed' && !value.kept && value.problem !== null);
    assert.equal(dictation.is_free, true);
  });
}

test('the limit sends what there is, in time and in bytes', async () => {
  const { dictation, pass, sent, tapes, kind } = await offered();
  await dictation.begin();
  pass(118_000);
  assert.equal(kind(), 'recording');
  pass(1_000);
  assert.equal(kind(), 'sending');
  assert.ok(sent[0]!.recorded.durationMs <= terms.durationMsMax);
  sent[0]!.heard();
  await settle();
  await dictation.begin();
  pass(1_000);
  tapes[1]!.grown(1_000_000);
  assert.equal(kind(), 'sending');
});

test('a slip of the finger is not sent', async () => {
  const { dictation, sent, pass, kind } = await offered();
  await dictation.begin();
  pass(200);
  dictation.finish();
  assert.deepEqual([sent.length, kind()], [0, 'failed']);
  assert.equal(dictation.is_free, true);
});

test('a microphone that is taken away takes nothing with it', async () => {
  const { dictation, sent, pass, tapes } = await offered();
  await dictation.begin();
  pass(3_000);
  tapes[0]!.ended(new Blob(['half a word']));
  const { value } = dictation.state;
  assert.ok(value.kind === 'failed' && value.why === 'cut_off' && value.kept);
  assert.equal(sent.length, 0, 'nobody said that this was all');
  dictation.again();
  assert.equal(sent.length, 1);
});

for (const [name, why] of [
  ['NotAllowedError', 'blocked'],
  ['NotFoundError', 'no_microphone'],
  ['NotReadableError', 'no_recorder'],
] as const) {
  test(`the microphone says ${name}: ${why}`, async () => {
    const { dictation, fails } = await offered();
    fails(name);
    await dictation.begin();
    assert.deepEqual(dictation.state.value, { kind: 'failed', why, problem: null, kept: false });
  });
}

test('what is discarded is gone, wherever it was', async () => {
  const { dictation, tapes, sent, pass, kind, records } = await offered();
  const opening = dictation.begin();
  dictation.discard();
  await opening;
  assert.equal(tapes[0]!.open, false, 'a microphone that opens too late is closed');
  await dictation.begin();
  pass(1_000);
  dictation.discard();
  assert.equal(tapes[1]!.open, false);
  assert.deepEqual([sent.length, kind()], [0, 'idle']);
  const { signal, refuse } = await records(1_000);
  dictation.discard();
  assert.ok(signal.aborted);
  refuse('aborted');
  await settle();
  assert.equal(kind(), 'idle');
});

function button() {
  const did: string[] = [];
  const at = { now: 1_000, state: 'free' };
  const talking = {
    is_free: () => at.state === 'free',
    is_recording: () => at.state === 'recording',
    begin: () => void (did.push('begin'), (at.state = 'recording')),
    finish: () => void (did.push('finish'), (at.state = 'free')),
  };
  return { push: new PushToTalk(talking, () => at.now), did, at };
}

test('held while one speaks', () => {
  const { push, did, at } = button();
  push.down();
  at.now += 2_000;
  push.up();
  push.click(); // Of the same press.
  assert.deepEqual(did, ['begin', 'finish']);
});

test('pressed to begin and again to send', () => {
  const { push, did, at } = button();
  push.down();
  at.now += 100;
  push.up();
  push.click();
  assert.deepEqual(did, ['begin']);
  at.now += 5_000;
  push.down();
  push.up();
  push.click();
  assert.deepEqual(did, ['begin', 'finish']);
});

test('a click alone is both, for a screen reader', () => {
  const { push, did, at } = button();
  push.click();
  at.now += 3_000;
  push.click();
  assert.deepEqual(did, ['begin', 'finish']);
});

test('let go while the microphone is still opening, it goes on until the next press', () => {
  const { push, did, at } = button();
  push.down();
  at.state = 'opening';
  at.now += 5_000;
  push.up();
  at.state = 'recording';
  assert.deepEqual(did, ['begin']);
  push.down();
  assert.deepEqual(did, ['begin', 'finish']);
});

test('recordings stand in for a recogniser that is missing, not for a microphone', () => {
  assert.ok(makesNoWords({ kind: 'unsupported' }));
  for (const why of ['no_service', 'no_language', 'no_words'] as const) assert.ok(makesNoWords({ kind: 'failed', why }));
  for (const why of ['blocked', 'no_microphone'] as const) assert.ok(!makesNoWords({ kind: 'failed', why }));
  assert.ok(!makesNoWords({ kind: 'listening', proved: false }));
});

test('the words say what is so', () => {
  const listening = { kind: 'failed', why: 'no_service' } as const;
  const recording = { kind: 'recording', since: 1_000, limitMs: 119_000 } as const;
  assert.match(dictationWords({ kind: 'not_offered' }, { kind: 'unsupported' }, 0), /Type instead/);
  assert.match(dictationWords({ kind: 'idle' }, listening, 0), /does not answer.*record.*Hold/);
  assert.match(dictationWords(recording, listening, 60_000), /Let go, or press again/);
  assert.match(dictationWords(recording, listening, 115_000), /few seconds/);
  assert.equal(recordedWords(recording, 8_900), '0:07 of 1:59');
});
