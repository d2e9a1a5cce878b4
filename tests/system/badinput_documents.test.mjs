// Bad edits, bad patches, bad subscriptions: each refused by name, and none of them written.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Line } from './support/line.mjs';
import { Server } from './support/server.mjs';

const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);

test('bad input to documents is refused by name and leaves no trace', { timeout: 120_000 }, async (t) => {
  const server = new Server('[limits]\nevents_per_second = 100000\nevents_burst = 100000\nchanges_burst = 100000\n');
  t.after(() => server.close());
  await server.start();
  const ada = server.token('usr_ada');
  const ask = async (method, path, body, token = ada) => {
    const reply = await fetch(server.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const json = await reply.json().catch(() => null);
    return { status: reply.status, json, code: json?.code ?? reply.status };
  };
  const { json: made } = await ask('POST', '/v1/call/sessions', { channel: 'text' });
  const id = made.session.sessionId;
  const initial = { a: { b: [1, 2] } };
  const { json } = await ask('POST', '/v1/documents', { kind: 'cv', title: 'CV', initial, sessionId: id });
  const { documentId } = json.document;
  const path = `/v1/documents/${documentId}`;
  const before = (await ask('GET', path)).json.seq;
  const found = [];
  const judge = (name, got, wanted) => {
    if (![wanted].flat().includes(got)) found.push(`${name}: ${got}, not ${wanted}`);
  };

  const bodies = [
    ['no kind', { title: 'x' }, 'missing_field'],
    ['no title', { kind: 'cv', title: '' }, 'out_of_range'],
    ['a title that does not end', { kind: 'cv', title: 'x'.repeat(300) }, 'out_of_range'],
    ['a kind with spaces', { kind: 'a b', title: 'x' }, 'bad_format'],
    ['a list', { kind: 'cv', title: 'x', initial: [] }, 'wrong_type'],
    ['a text', { kind: 'cv', title: 'x', initial: 'y' }, 'wrong_type'],
    ['another stream', { kind: 'cv', title: 'x', documentId: 'sess_1' }, 'bad_format'],
    ['in no call', { kind: 'cv', title: 'x', sessionId: 'sess_none' }, 'session_not_found'],
    ['of somebody else', { kind: 'cv', title: 'x', ownerId: 'usr_b' }, 'forbidden'],
    ['twice', { kind: 'cv', title: 'x', documentId }, 'id_conflict'],
    ['a field too many', { kind: 'cv', title: 'x', rev: 3 }, 'unknown_field'],
    ['larger than an event', { kind: 'cv', title: 'x', initial: { a: 'x'.repeat(70_000) } }, 'event_too_large'],
    ['too deep', `{"kind":"cv","title":"x","initial":{"a":${deep(40)}}}`, 'depth_exceeded'],
    ['a key twice', '{"kind":"cv","title":"x","initial":{"a":1,"a":2}}', 'duplicate_key'],
  ];
  for (const [name, body, wanted] of bodies)
    judge(`create: ${name}`, (await ask('POST', '/v1/documents', body)).code, wanted);

  const one = (operation) => [operation];
  const patches = [
    ['nothing', [], 'out_of_range'],
    ['no list', {}, 'wrong_type'],
    ['257 operations', Array(257).fill({ op: 'remove', path: '/a' }), 'out_of_range'],
    ['no such operation', one({ op: 'swap', path: '/a' }), 'unknown_value'],
    ['no path', one({ op: 'remove' }), 'missing_field'],
    ['no pointer', one({ op: 'remove', path: 'a' }), 'bad_format'],
    ['a bad escape', one({ op: 'remove', path: '/a~2' }), 'bad_format'],
    ['no value', one({ op: 'add', path: '/c' }), 'patch_invalid'],
    ['no source', one({ op: 'move', path: '/c' }), 'patch_invalid'],
    ['into itself', one({ op: 'move', from: '/a', path: '/a/c' }), 'patch_invalid'],
    ['a field too many', one({ op: 'remove', path: '/a', to: '/b' }), 'unknown_field'],
    ['nothing there', one({ op: 'remove', path: '/z' }), 'patch_failed'],
    ['in nothing', one({ op: 'add', path: '/z/y', value: 1 }), 'patch_failed'],
    ['behind the end', one({ op: 'add', path: '/a/b/9', value: 1 }), 'patch_failed'],
    ['01', one({ op: 'replace', path: '/a/b/01', value: 1 }), 'patch_failed'],
    ['-1', one({ op: 'replace', path: '/a/b/-1', value: 1 }), 'patch_failed'],
    ['a huge position', one({ op: 'add', path: `/a/b/${'9'.repeat(40)}`, value: 1 }), 'patch_failed'],
    ['__proto__', one({ op: 'replace', path: '/__proto__/x', value: 1 }), 'patch_failed'],
    ['all of it gone', one({ op: 'remove', path: '' }), 'patch_failed'],
    ['all of it a list', one({ op: 'replace', path: '', value: [] }), 'patch_failed'],
    ['a test that fails', one({ op: 'test', path: '/a', value: 1 }), 'patch_failed'],
    ['the second of two', [{ op: 'remove', path: '/a' }, { op: 'remove', path: '/a' }], 'patch_failed'],
    ['doubling', Array.from({ length: 250 }, (_, i) => ({ op: 'copy', from: '', path: `/x${i}` })), 'document_too_large'],
    ['deeper and deeper', Array(40).fill({ op: 'copy', from: '', path: '/x' }), 'depth_exceeded'],
  ];
  const line = new Line(server, id, { token: ada });
  const { epoch } = await line.frame('hello');
  line.send({ op: 'subscribe', stream: documentId, after: 0, epoch });
  await line.frame((frame) => frame.op === 'replay.complete' && frame.stream === documentId);
  let n = 0;
  for (const [name, patch, wanted] of patches) {
    judge(`edit: ${name}`, (await ask('POST', `${path}/edits`, { baseRev: 0, patch })).code, wanted);
    const eventId = `bad_${(n += 1)}`;
    const event = {
      eventId,
      sessionId: documentId,
      ts: '2026-02-16T10:00:00.000Z',
      type: 'document.edit.requested',
      payload: { baseRev: 0, patch },
      schemaVersion: '1.0',
    };
    line.send({ op: 'publish', event });
    judge(`publish: ${name}`, (await line.frame((frame) => frame.eventId === eventId)).code, wanted);
  }
  const patch = one({ op: 'remove', path: '/a' });
  judge('edit: a revision to come', (await ask('POST', `${path}/edits`, { baseRev: 1, patch })).code, 'revision_ahead');
  judge('edit: before the first', (await ask('POST', `${path}/edits`, { baseRev: -1, patch })).code, 'out_of_range');
  judge('edit: no document', (await ask('POST', '/v1/documents/doc_none/edits', { baseRev: 0, patch })).code, 'document_not_found');
  judge('edit: a call', (await ask('POST', `/v1/documents/${id}/edits`, { baseRev: 0, patch })).code, 'document_not_found');
  for (const where of [id, 'sys_instance', 'acct_test', 'doc_', 'x'])
    judge(`read: ${where}`, (await ask('GET', `/v1/documents/${where}`)).code, 'document_not_found');

  const publish = async (name, changes, wanted) => {
    const eventId = `other_${(n += 1)}`;
    const event = { eventId, sessionId: documentId, ts: '2026-02-16T10:00:00.000Z', schemaVersion: '1.0', ...changes };
    line.send({ op: 'publish', event });
    judge(name, (await line.frame((frame) => frame.eventId === eventId)).code, wanted);
  };
  const edited = { rev: 1, baseRev: 0, patch, by: 'usr_ada' };
  await publish('publish: the outcome itself', { type: 'document.edited', payload: edited }, ['type_not_allowed', 'forbidden']);
  await publish('publish: a signal', { type: 'x.note', payload: {} }, ['forbidden', 'wrong_stream']);
  await publish('publish: a call event', { type: 'call.end.requested', payload: {} }, 'wrong_stream');

  for (const [name, frame, wanted] of [
    ['a call', { stream: id, after: 0, epoch }, 'document_not_found'],
    ['no document', { stream: 'doc_none', after: 0, epoch }, 'document_not_found'],
    ['of another history', { stream: documentId, after: 1, epoch: 'ep_other' }, 'epoch_changed'],
    ['from ahead', { stream: documentId, after: 99, epoch }, 'cursor_ahead'],
  ]) {
    const from = line.frames.length;
    line.send({ op: 'subscribe', ...frame });
    const answer = await line.frame((one) => line.frames.indexOf(one) >= from && one.op === 'error');
    judge(`subscribe: ${name}`, answer.code, wanted);
  }
  line.close();
  assert.deepEqual(found, []);
  const after = (await ask('GET', path)).json;
  assert.deepEqual([after.seq, after.rev, after.content], [before, 0, initial], 'nothing was written');
});
