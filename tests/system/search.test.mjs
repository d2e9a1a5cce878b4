// What was said is found by its words, by whoever may see it and by nobody else.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Server } from './support/server.mjs';

async function house(t) {
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  let n = 0;
  const call = async (token, participants = []) =>
    (await server.rest('POST', '/v1/call/sessions', token, { participants })).json.session.sessionId;
  const say = async (session, token, utteranceId, text) => {
    const payload = { utteranceId, speaker: 'user', text, startMs: 0, endMs: 900, source: 'typed' };
    const event = { eventId: `e${++n}`, sessionId: session, ts: new Date().toISOString(), type: 'transcript.final', payload, schemaVersion: '1.0' };
    const reply = await server.rest('POST', `/v1/call/sessions/${session}/events`, token, event);
    assert.equal(reply.status, 201, JSON.stringify(reply.json));
  };
  const ask = (query, token) => server.rest('GET', `/v1/search?${new URLSearchParams(query)}`, token);
  // The view is a moment behind the calls.
  const found = async (query, token, count) => {
    for (const begun = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const { json } = await ask(query, token);
      if (json.found?.length === count || Date.now() - begun > 10_000) return json.found;
    }
  };
  return { server, call, say, ask, found };
}

test('by whoever takes part, and their operators', { timeout: 60_000 }, async (t) => {
  const { server, call, say, ask, found } = await house(t);
  const [mia, ben, eve] = ['usr_mia', 'usr_ben', 'usr_eve'].map((id) => server.token(id));
  const shared = await call(mia, [{ userId: 'usr_ben', role: 'user' }]);
  const alone = await call(mia);
  await say(shared, mia, 'u1', 'Write to the recruiter in Zürich.');
  await say(shared, ben, 'u2', 'The recruiter is on holiday.');
  await say(alone, mia, 'u3', 'I do not trust that recruiter.');
  const ids = (rows) => rows.map(({ sessionId, id }) => `${sessionId} ${id}`).sort();
  assert.deepEqual(ids(await found({ q: 'recruiter' }, mia, 3)), [`${alone} u3`, `${shared} u1`, `${shared} u2`].sort());
  assert.deepEqual(ids(await found({ q: 'recruiter' }, ben, 2)), [`${shared} u1`, `${shared} u2`]);
  assert.deepEqual((await ask({ q: 'recruiter' }, eve)).json, { found: [] });
  assert.deepEqual((await ask({ q: 'recruiter', session: alone }, ben)).json.found, []);
  assert.equal((await found({ q: 'recruiter' }, server.token('usr_olga', 'operator'), 3)).length, 3);

  const [one] = (await ask({ q: 'zurich write', participant: 'usr_mia' }, ben)).json.found;
  assert.deepEqual(one.snippet.filter(({ hit }) => hit).map(({ text }) => text), ['Write', 'Zürich']);
  assert.deepEqual(ids((await ask({ q: '"the recruiter" holi*' }, ben)).json.found), [`${shared} u2`]);
  const page = (await ask({ q: 'recruiter', limit: 2 }, mia)).json;
  const rest = (await ask({ q: 'recruiter', limit: 2, cursor: page.next }, mia)).json;
  assert.equal(new Set(ids([...page.found, ...rest.found])).size, 3);
  assert.equal(rest.next, undefined);
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  assert.deepEqual((await ask({ q: 'recruiter', from: day }, mia)).json.found, []);
  assert.equal((await ask({ q: 'recruiter', until: day }, mia)).json.found.length, 3);

  assert.equal((await server.rest('DELETE', `/v1/call/sessions/${shared}/participants/usr_ben`, mia)).status < 300, true);
  assert.deepEqual(await found({ q: 'recruiter' }, ben, 0), [], 'who was removed finds nothing');

  const before = (await ask({ q: 'recruiter' }, mia)).json;
  await server.kill();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(server.data, `search.db${suffix}`), { force: true });
  await server.start();
  await found({ q: 'recruiter' }, mia, 3);
  assert.deepEqual((await ask({ q: 'recruiter' }, mia)).json, before, 'the same, read anew from the journal');
});

test('a document by what it says now, by whoever may read it', { timeout: 60_000 }, async (t) => {
  const { server, call, ask, found } = await house(t);
  const [mia, ben, eve] = ['usr_mia', 'usr_ben', 'usr_eve'].map((id) => server.token(id));
  const shared = await call(mia, [{ userId: 'usr_ben', role: 'user' }]);
  const make = { kind: 'cv', title: 'Curriculum', initial: { jobs: [{ at: 'Müller & Söhne' }] } };
  const { documentId } = (await server.rest('POST', '/v1/documents', mia, make)).json.document;
  const edit = (baseRev, ...patch) => server.rest('POST', `/v1/documents/${documentId}/edits`, mia, { baseRev, patch });
  const [one] = await found({ q: 'muller' }, mia, 1);
  assert.deepEqual([one.kind, one.id, one.participantId, one.seq, one.sessionId], ['document', documentId, 'usr_mia', 1, undefined]);
  assert.deepEqual(one.snippet.filter(({ hit }) => hit).map(({ text }) => text), ['Müller']);
  assert.equal((await ask({ q: 'curriculum', kind: 'document' }, mia)).json.found.length, 1);
  assert.equal((await ask({ q: 'curriculum', kind: 'utterance' }, mia)).json.found.length, 0);
  for (const token of [ben, eve]) assert.deepEqual((await ask({ q: 'muller' }, token)).json.found, []);

  assert.equal((await edit(0, { op: 'replace', path: '/jobs/0/at', value: 'Bureau' })).status < 300, true);
  await found({ q: 'bureau' }, mia, 1);
  assert.deepEqual((await ask({ q: 'muller' }, mia)).json.found, [], 'what it said before is not what it says');

  const share = (body) => server.rest('POST', `/v1/documents/${documentId}/shares`, mia, body);
  assert.ok((await share({ with: shared, role: 'viewer' })).status < 300);
  await found({ q: 'bureau' }, ben, 1);
  assert.equal((await ask({ q: 'bureau', session: shared }, ben)).json.found.length, 1);
  assert.ok((await server.rest('DELETE', `/v1/call/sessions/${shared}/participants/usr_ben`, mia)).status < 300);
  assert.deepEqual(await found({ q: 'bureau' }, ben, 0), [], 'who was removed from the call reads no further');
  assert.ok((await share({ with: 'usr_eve', role: 'viewer' })).status < 300);
  await found({ q: 'bureau' }, eve, 1);
  assert.ok((await server.rest('DELETE', `/v1/documents/${documentId}/shares/usr_eve`, mia)).status < 300);
  assert.deepEqual(await found({ q: 'bureau' }, eve, 0), []);
  const operator = (account) => server.token('usr_olga', 'operator', account);
  assert.equal((await ask({ q: 'bureau' }, operator('acct_test'))).json.found.length, 1);
  assert.equal((await ask({ q: 'bureau' }, operator('acct_other'))).json.found.length, 0);

  const before = (await ask({ q: 'bureau' }, mia)).json;
  await server.kill();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(server.data, `search.db${suffix}`), { force: true });
  await server.start();
  await found({ q: 'bureau' }, mia, 1);
  assert.deepEqual((await ask({ q: 'bureau' }, mia)).json, before, 'the same, read anew from the journal');
});

test('nothing that is typed is more than words', { timeout: 60_000 }, async (t) => {
  const { server, call, say, ask, found } = await house(t);
  const mia = server.token('usr_mia');
  await say(await call(mia), mia, 'u1', '<script>alert(1)</script> near');
  assert.equal((await found({ q: 'near' }, mia, 1)).length, 1);
  for (const q of ['NEAR(a b)', 'text: x', '-near', "'; drop table calls; --", '{near} : x', 'a AND', '^near', '\u202Enear'])
    assert.equal((await ask({ q }, mia)).status, 200, q);
  const refused = { q: ['', '  ', '"open', '?!', 'w '.repeat(17), 'x'.repeat(513)], from: ['yesterday', '2026-2-1'], kind: ['documents'], limit: ['0', '101', 'x'], cursor: ['-1', '1001'] };
  for (const [name, values] of Object.entries(refused))
    for (const value of values) {
      const { status, json } = await ask({ q: 'near', [name]: value }, mia);
      assert.deepEqual([status, json.code, json.pointer], [400, 'query_invalid', `/${name}`], `${name}=${value}`);
    }
  const [{ snippet }] = (await ask({ q: 'near' }, mia)).json.found;
  assert.equal(snippet.map(({ text }) => text).join(''), '<script>alert(1)</script> near');
});
