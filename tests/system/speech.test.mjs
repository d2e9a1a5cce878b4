// What a person said into a recorder becomes their own words in the call, once, in its place.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Recogniser } from './support/recogniser.mjs';
import { Server } from './support/server.mjs';

async function house(t) {
  const ears = await Recogniser.start(t);
  const server = new Server((folder) => {
    writeFileSync(join(folder, 'key'), 'sk-of-a-test\n');
    return `[speech]\nbase_url = "${ears.url}"\nmodel = "m-1"\nkey_file = "${join(folder, 'key')}"\n`;
  });
  t.after(() => server.close());
  await server.start();
  const mia = server.token('usr_mia');
  const participants = [
    { userId: 'usr_ben', role: 'user' },
    { userId: 'usr_eve', role: 'viewer' },
  ];
  const made = await server.rest('POST', '/v1/call/sessions', mia, { participants });
  const call = made.json.session.sessionId;
  const say = async (text, { token = mia, key, type = 'audio/webm;codecs=opus', query = '' } = {}) => {
    const reply = await fetch(`${server.url}/v1/call/sessions/${call}/speech${query}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': type,
        ...(key ? { 'Idempotency-Key': key } : {}),
      },
      body: text,
    });
    return { status: reply.status, json: await reply.json() };
  };
  const transcript = async () =>
    (await server.events(call, mia))
      .map(({ event }) => event)
      .filter(({ type }) => type.startsWith('transcript.'));
  return { ears, server, mia, call, say, transcript };
}

const words = (events) => events.map(({ type, payload }) => `${type.slice(11)} ${payload.text ?? payload.code ?? ''}`.trim());

test('a recording becomes words of whoever spoke', { timeout: 60_000 }, async (t) => {
  const { ears, server, say, transcript } = await house(t);
  const said = await say('Prepare me for Tuesday.', { query: '?durationMs=1500&language=en-GB' });
  assert.equal(said.status, 201, JSON.stringify(said.json));
  assert.equal(said.json.text, 'Prepare me for Tuesday.');
  const [form] = ears.heard;
  assert.equal(form.path, '/v1/audio/transcriptions');
  assert.equal(form.key, 'Bearer sk-of-a-test');
  assert.deepEqual(form.fields, { model: 'm-1', response_format: 'json', language: 'en' });
  assert.deepEqual([form.file.name, form.file.type], ['speech.webm', 'audio/webm']);
  const events = await transcript();
  assert.deepEqual(words(events), ['utterance.started', 'final Prepare me for Tuesday.']);
  const [{ payload: begun }, { payload: final }] = events;
  assert.equal(begun.participantId, 'usr_mia');
  assert.equal(final.utteranceId, said.json.utteranceId);
  assert.equal(final.source, 'stt');
  assert.ok(!server.log.includes('sk-of-a-test'), 'the key is in no log');
});

test('a guest, who has a token for this call only, may ask for the terms and speak', { timeout: 60_000 }, async (t) => {
  const { server, call, mia, say, transcript } = await house(t);
  const invited = await server.rest('POST', `/v1/call/sessions/${call}/invites`, mia, { role: 'user' });
  const { secret } = invited.json;
  const guest = await server.rest('POST', '/v1/call/invites/redeem', null, { secret, displayName: 'Gus' });
  const token = guest.json.token;
  const terms = await server.rest('GET', '/v1/speech', token);
  assert.deepEqual([terms.status, terms.json.upload], [200, true]);
  assert.equal((await server.rest('GET', '/v1/call/sessions', token)).status, 404, 'but no other list');
  assert.equal((await say('I am a guest.', { token })).status, 201);
  assert.equal(words(await transcript()).at(-1), 'final I am a guest.');
});

test('it stands where it arrived, however long the recogniser takes', { timeout: 60_000 }, async (t) => {
  const { ears, server, call, mia, say, transcript } = await house(t);
  ears.mood = 'hold';
  const slow = say('first');
  await ears.holds(1);
  const typed = { utteranceId: 'utt_typed', speaker: 'user', text: 'second', startMs: 1, endMs: 2, source: 'typed' };
  const event = { eventId: 'e1', sessionId: call, ts: new Date().toISOString(), type: 'transcript.final', payload: typed, schemaVersion: '1.0' };
  assert.equal((await server.rest('POST', `/v1/call/sessions/${call}/events`, mia, event)).status, 201);
  ears.release();
  assert.equal((await slow).status, 201);
  assert.deepEqual(words(await transcript()), ['utterance.started', 'final second', 'final first']);
});

test('the same key says it once', { timeout: 60_000 }, async (t) => {
  const { ears, server, say, transcript } = await house(t);
  ears.mood = 'hold';
  const first = assert.rejects(say('once', { key: 'k1' }));
  await ears.holds(1);
  const twin = await say('once', { key: 'k1' });
  assert.deepEqual([twin.status, twin.json.code], [503, 'speech_busy']);
  // The server dies before the words are there: the same request, sent again, brings them.
  await server.kill();
  await first;
  ears.release();
  ears.mood = 'answer';
  await server.start();
  assert.equal((await say('once', { key: 'k1' })).status, 201);
  const after = await say('once', { key: 'k1' });
  assert.deepEqual([after.status, after.json.code], [409, 'utterance_closed']);
  assert.deepEqual(words(await transcript()), ['utterance.started', 'final once']);
});

test('what could not be understood is not missing in silence', { timeout: 60_000 }, async (t) => {
  const { ears, say, transcript } = await house(t);
  const cases = [
    [429, 'speech_unavailable'],
    [500, 'speech_unavailable'],
    [401, 'speech_unavailable'],
    [400, 'speech_refused'],
    ['nonsense', 'speech_unavailable'],
    ['hang up', 'speech_unavailable'],
  ];
  for (const [mood, code] of cases) {
    ears.mood = mood;
    assert.equal((await say('lost')).json.code, code, `${mood}`);
  }
  ears.mood = 'answer';
  assert.equal((await say('   ')).json.code, 'speech_silent');
  const failed = (await transcript()).filter(({ type }) => type === 'transcript.failed');
  assert.deepEqual(
    failed.map(({ payload }) => payload.code),
    [...cases.map(([, code]) => code), 'speech_silent'],
  );
});

test('what is no recording, and who may not speak, writes nothing', { timeout: 60_000 }, async (t) => {
  const { ears, server, mia, call, say, transcript } = await house(t);
  const refused = [
    [await say('x', { type: 'application/json' }), 415, 'content_type_unsupported'],
    [await say(''), 400, 'out_of_range'],
    [await say('x', { query: '?durationMs=-1' }), 400, 'query_invalid'],
    [await say('x', { query: '?language=d%22e' }), 400, 'query_invalid'],
    [await say('x', { key: 'k'.repeat(300) }), 400, 'idempotency_key_invalid'],
    [await say('x', { token: server.token('usr_eve', 'viewer') }), 403, 'forbidden'],
    [await say('x', { token: server.token('usr_stranger') }), 404, 'session_not_found'],
    [await say('x'.repeat(1_100_000)), 413, 'body_too_large'],
  ];
  for (const [{ status, json }, wanted, code] of refused) assert.deepEqual([json.code, status], [code, wanted]);
  assert.deepEqual(await transcript(), []);
  assert.equal(ears.heard.length, 0);
  await server.rest('POST', `/v1/call/sessions/${call}/state`, mia, { status: 'ended', reason: 'completed' });
  assert.equal((await say('too late')).json.code, 'session_over');
});

test('a server without a recogniser says so', { timeout: 60_000 }, async (t) => {
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  const mia = server.token('usr_mia');
  assert.equal((await server.rest('GET', '/v1/speech', mia)).json.upload, false);
  const { json } = await server.rest('POST', '/v1/call/sessions', mia, {});
  const reply = await server.rest('POST', `/v1/call/sessions/${json.session.sessionId}/speech`, mia, {});
  assert.deepEqual([reply.status, reply.json.code], [501, 'speech_not_configured']);
});
