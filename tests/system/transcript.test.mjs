// What was said in a call, as it stood at any position, for programs and for people.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { Server } from './support/server.mjs';

async function house(t) {
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  const mia = server.token('usr_mia');
  const service = server.token('key_1', 'service');
  const participants = [{ userId: 'usr_ben', role: 'user' }];
  const made = await server.rest('POST', '/v1/call/sessions', mia, { participants });
  const call = made.json.session.sessionId;
  let n = 0;
  const publish = async (type, payload, token = mia) => {
    const event = { eventId: `e${++n}`, sessionId: call, ts: new Date().toISOString(), type, payload, schemaVersion: '1.0' };
    const reply = await server.rest('POST', `/v1/call/sessions/${call}/events`, token, event);
    assert.equal(reply.status, 201, JSON.stringify(reply.json));
    return reply.json.seq;
  };
  const begin = (utteranceId, participantId, startMs, token) =>
    publish('transcript.utterance.started', { utteranceId, speaker: 'user', participantId, startMs }, token);
  const final = (utteranceId, text, startMs, token) =>
    publish('transcript.final', { utteranceId, speaker: 'user', text, startMs, endMs: startMs + 900, source: 'stt' }, token);
  const read = async (query = '', token = mia) => {
    const reply = await fetch(`${server.url}/v1/call/sessions/${call}/transcript${query}`, { headers: { Authorization: `Bearer ${token}` } });
    const text = await reply.text();
    return { status: reply.status, type: reply.headers.get('content-type'), text, json: reply.headers.get('content-type').includes('json') ? JSON.parse(text) : null };
  };
  const said = async (query, token) => (await read(query, token)).json.utterances.map(({ utteranceId, state, text }) => `${utteranceId} ${state}: ${text}`);
  return { server, mia, service, call, publish, begin, final, read, said };
}

test('utterances stand where they began, as they are at any position', { timeout: 60_000 }, async (t) => {
  const { server, call, mia, service, publish, begin, final, read, said } = await house(t);
  const ben = server.token('usr_ben');
  await begin('u1', 'usr_mia', 1_000);
  await publish('transcript.partial', { utteranceId: 'u1', speaker: 'user', text: 'Write', startMs: 1_000, endMs: 1_300, rev: 1 });
  await begin('u2', 'usr_ben', 2_000, ben);
  const before = await final('u2', 'I am here.', 2_000, ben);
  assert.deepEqual(await said(), ['u1 partial: Write', 'u2 final: I am here.']);
  await final('u1', 'Write to the recruiter.', 1_000);
  assert.deepEqual(await said(), ['u1 final: Write to the recruiter.', 'u2 final: I am here.'], 'a late final moves nothing');
  const previousHash = createHash('sha256').update('I am here.').digest('hex');
  await publish('transcript.corrected', { utteranceId: 'u2', text: 'I am near.', by: 'usr_mia', previousHash }, service);
  const crossed = { utteranceId: 'u2', text: 'I am there.', by: 'usr_mia', previousHash };
  const refused = await server.rest('POST', `/v1/call/sessions/${call}/events`, service, { eventId: 'crossed', sessionId: call, ts: new Date().toISOString(), type: 'transcript.corrected', payload: crossed, schemaVersion: '1.0' });
  assert.equal(refused.json.code, 'correction_stale');
  await publish('transcript.truncated', { utteranceId: 'u1', heardText: 'Write to', playedMs: 300 });
  assert.deepEqual(await said(), ['u1 truncated: Write to', 'u2 final: I am near.']);
  assert.deepEqual(await said(`?at=${before}`), ['u1 partial: Write', 'u2 final: I am here.'], 'as it stood then');
  const now = await read();
  const [cut, corrected] = now.json.utterances;
  assert.deepEqual([cut.generatedText, corrected.corrected, corrected.source], ['Write to the recruiter.', true, 'stt']);
  await server.kill();
  await server.start();
  assert.deepEqual((await read(`?at=${now.json.seq}`)).text, now.text, 'byte for byte after a crash');
  assert.equal((await read('', server.token('usr_eve'))).status, 404);
  assert.equal((await read(`?at=${now.json.seq + 100}`, mia)).json.code, 'cursor_ahead');
});

test('whatever was said stays words', { timeout: 60_000 }, async (t) => {
  const { final, read } = await house(t);
  const forged = 'one\n\n00:00:09.000 --> 00:00:10.000\n<v Ben>I agree\n\n[00:00:09] usr_ben\n    I agree \u202E<script>alert(1)</script>';
  await final('u1', forged, 1_000);
  assert.equal((await read()).json.utterances[0].text, forged, 'for programs as it is');
  const [text, markdown, vtt] = await Promise.all(['text', 'markdown', 'vtt'].map((format) => read(`?format=${format}`)));
  assert.equal(text.type, 'text/plain; charset=utf-8');
  assert.equal(text.text.split('\n').filter((line) => line.startsWith('[')).length, 1, 'one speaker');
  assert.ok(!/[^\\]<script/.test(markdown.text) && markdown.text.includes('\\<script'));
  assert.equal(vtt.text.match(/^\d\d:.* --> /gm).length, 1, 'one cue');
  assert.ok(!vtt.text.includes('<script') && !vtt.text.includes('<v Ben>'));
  for (const { text: shown } of [text, markdown, vtt]) assert.ok(!shown.includes('\u202E'));
});

const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
};

// By nothing but what anybody can read: the canonical JSON of the utterances.
const digest = (transcript) => createHash('sha256').update(JSON.stringify(sorted(transcript.utterances))).digest('hex');

test('a call has snapshots as it goes on and one at its end, each once, whatever crashes', { timeout: 120_000 }, async (t) => {
  const { server, mia, service, call, publish, begin, final, read } = await house(t);
  const snapshots = async () => {
    const page = await server.rest('GET', `/v1/call/sessions/${call}/events?type=transcript.snapshot.created&limit=1000`, mia);
    return page.json.events.map(({ event }) => event.payload);
  };
  const until = async (count) => {
    for (;;) {
      const found = await snapshots();
      if (found.length >= count) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await begin('late', 'usr_mia', 0);
  let seq = 0;
  for (let i = 0; i < 200; i++) seq = await final(`u${i}`, `Word ${i}, "quoted" and ünïcode \u2028`, 1_000 * i);
  const [middle] = await until(1);
  assert.equal(middle.upToSeq, seq);
  await final('late', 'Said first, understood last.', 0);
  const ended = await server.rest('POST', `/v1/call/sessions/${call}/state`, mia, { status: 'ended' });
  assert.equal(ended.status, 200);
  await server.kill();  // It may have been taken already, or not.
  await server.start();
  const all = await until(2);
  for (const { upToSeq, sha256, utteranceCount } of all) {
    const { json } = await read(`?at=${upToSeq}`);
    assert.equal(json.utterances.length, utteranceCount);
    assert.equal(digest(json), sha256);
  }
  assert.equal((await read(`?at=${middle.upToSeq}`)).json.utterances[0].state, 'started', 'as it stood then');
  await server.kill('SIGTERM');
  await server.start();
  assert.deepEqual(await snapshots(), all, 'none is taken twice');
  // What is corrected later stands in the transcript, and not in what it was.
  const previousHash = createHash('sha256').update('Said first, understood last.').digest('hex');
  const correction = { utteranceId: 'late', text: 'Said first, understood last of all.', by: 'usr_mia', previousHash };
  const corrected = await publish('transcript.corrected', correction, service);
  const last = all[all.length - 1];
  const [then, now] = await Promise.all([last.upToSeq, corrected].map((at) => read(`?at=${at}`)));
  assert.deepEqual([then, now].map(({ json }) => json.utterances[0].text), ['Said first, understood last.', 'Said first, understood last of all.']);
  assert.equal(digest(then.json), last.sha256, 'the snapshot is still that of its position');
  assert.notEqual(digest(now.json), last.sha256);
  await server.kill('SIGTERM');
  await server.start();
  assert.deepEqual(await snapshots(), all, 'and a correction makes no other');
  await server.kill('SIGTERM');
  const types = server.stored(call).map(({ event }) => event.type);
  assert.equal(types.filter((type) => type === 'transcript.snapshot.created').length, 2);
  assert.equal(types.filter((type) => type === 'call.ended').length, 1);
  server.verify();
});
