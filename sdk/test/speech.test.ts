import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSpeechOpen, LifelineError, speechTerms, uploadSpeech } from '../src/lifeline.js';
import { settle } from './virtual.js';
import { world, type Route } from './world.js';

const address = 'POST /v1/call/sessions/sess_1/speech';
const recording = new Blob(['said'], { type: 'audio/webm;codecs=opus' });
const heard = { utteranceId: 'utt_1', text: 'Hello.', seq: 4 };
const refusal = (status: number, code: string, more: object = {}) => ({
  status,
  body: { code, detail: code, ...more },
});

/** Answers one after the other; null is a line that breaks. */
function answers(...all: (ReturnType<Route> | 'lost')[]): Route {
  return () => {
    const next = all.shift();
    return next === 'lost' || next === undefined ? null : next;
  };
}

test('a recording goes as it is, with what is known of it', async () => {
  const { options, requests } = world({ [address]: answers({ status: 201, body: heard }) });
  const about = { durationMs: 1_500.4, language: 'en-GB' };
  assert.deepEqual(
    await uploadSpeech({ ...options, sessionId: 'sess_1', recording, ...about }),
    heard,
  );
  const [request] = requests;
  assert.equal(request?.route, `${address}?durationMs=1500&language=en-GB`);
  assert.equal(request?.type, 'audio/webm;codecs=opus');
  assert.equal(request?.body, recording);
  assert.equal(request?.token, 'Bearer tok');
  assert.match(request?.key ?? '', /^idem_/);
});

test('what the server offers is asked, not guessed', async () => {
  const terms = { upload: true, bytesMax: 1_048_576, durationMsMax: 120_000 };
  const { options } = world({ 'GET /v1/speech': () => ({ body: terms }) });
  assert.deepEqual(await speechTerms(options), terms);
});

test('however often it is sent, it has one key; and who waits is told', async () => {
  const busy = refusal(503, 'speech_busy', { retryAfterMs: 2_000 });
  const { clock, options, requests } = world({
    [address]: answers('lost', busy, { status: 201, body: heard }),
  });
  const told: [code: string, inMs: number][] = [];
  const said = uploadSpeech({
    ...options,
    sessionId: 'sess_1',
    recording,
    onRetry: ({ code }, inMs) => told.push([code, inMs]),
  });
  await clock.advance(30_000);
  assert.deepEqual(await said, heard);
  assert.deepEqual(
    told.map(([code]) => code),
    ['unreachable', 'speech_busy'],
  );
  assert.ok(told[1]![1] >= 2_000, 'not before the server asked for it');
  assert.equal(new Set(requests.map(({ key }) => key)).size, 1);
  assert.equal(requests.length, 3);
});

test('an answer that was lost is no second utterance', async () => {
  const closed = refusal(409, 'utterance_closed');
  const { clock, options } = world({ [address]: answers('lost', closed) });
  const said = uploadSpeech({ ...options, sessionId: 'sess_1', recording });
  await clock.advance(30_000);
  assert.equal(await said, null);
});

// What the call has recorded as not understood is over, whatever its status looks like.
for (const [status, code] of [
  [502, 'speech_unavailable'],
  [422, 'speech_refused'],
  [422, 'speech_silent'],
  [501, 'speech_not_configured'],
  [413, 'body_too_large'],
  [409, 'session_over'],
] as const) {
  test(`${code} is not tried again`, async () => {
    const { options, requests } = world({ [address]: () => refusal(status, code) });
    const said = uploadSpeech({ ...options, sessionId: 'sess_1', recording });
    const error = await said.then(
      () => null,
      (thrown: LifelineError) => thrown,
    );
    assert.equal(error?.code, code);
    assert.equal(isSpeechOpen(error!), false);
    assert.equal(requests.length, 1);
  });
}

test('it gives up in the end, and the same key goes on later', async () => {
  const { clock, options, requests } = world({ [address]: () => null });
  const said = uploadSpeech({
    ...options,
    sessionId: 'sess_1',
    recording,
    idempotencyKey: 'k1',
  }).catch((thrown: unknown) => thrown);
  await clock.advance(120_000);
  const error = (await said) as LifelineError;
  assert.equal(error.code, 'unreachable');
  assert.equal(isSpeechOpen(error), true);
  assert.ok(requests.length > 3);
  assert.deepEqual([...new Set(requests.map(({ key }) => key))], ['k1']);
});

test('whoever gives it up waits no longer', async () => {
  const { clock, options, requests } = world({ [address]: () => null });
  const stop = new AbortController();
  const said = uploadSpeech({ ...options, sessionId: 'sess_1', recording, signal: stop.signal });
  const failed = assert.rejects(said, { code: 'aborted' });
  await settle();
  stop.abort();
  await failed;
  assert.equal(requests.length, 1);
  assert.equal(clock.pending, 0, 'nothing is left running');
});
