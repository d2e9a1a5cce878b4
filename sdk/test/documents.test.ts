import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createCall,
  createDocument,
  editDocument,
  getDocument,
  listDocuments,
  shareDocument,
  unshareDocument,
  type Call,
  type EditRejection,
  type LifelineError,
  type LiveDocument,
  type PatchOperation,
} from '../src/lifeline.js';
import { DocumentServer } from './document_server.js';
import { settle } from './virtual.js';
import { session, world } from './world.js';

const set = (path: string, value: unknown): PatchOperation => ({ op: 'replace', path, value });

async function open(initial: object = { name: 'Ada', jobs: ['a', 'b'] }) {
  const snapshot = { epoch: 'epoch-2', seq: 0, state: { ...session, participants: [] } };
  const around = world({ 'GET /v1/call/sessions/sess_1/snapshot': () => ({ body: snapshot }) });
  const there = new DocumentServer('doc_1', initial as { name: string });
  there.serve(around.server, 'usr_me');
  const call = await createCall(around.options);
  const document = call.openDocument('doc_1');
  const rejections: EditRejection[] = [];
  document.onRejected((one) => void rejections.push(one));
  await settle();
  return { ...around, there, call, document, rejections };
}

const requests = ({ server }: { server: { sockets: { sent: Record<string, unknown>[] }[] } }) =>
  server.sockets.map((socket) =>
    socket.sent.flatMap((frame) => {
      if (frame['op'] !== 'publish') return frame['op'] === 'subscribe' ? ['subscribe'] : [];
      const event = frame['event'] as { payload: { baseRev: number; patch: PatchOperation[] } };
      const { baseRev, patch } = event.payload;
      return [`${baseRev}: ${patch.map((one) => `${one.path}=${String(one.value)}`).join(' ')}`];
    }),
  );

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: LifelineError) => error.code,
  );

const words = ({ code, by, paths, patch }: EditRejection) =>
  `${code} ${by} ${paths.join(' ')} wanted ${patch.map((one) => JSON.stringify(one.value)).join(' ')}`;

test('a document loads, follows, and is closed', async () => {
  const { there, document, server } = await open();
  assert.deepEqual([document.state, document.kind, document.title], ['live', 'cv', 'A title']);
  assert.deepEqual([document.rev, document.content], [0, { name: 'Ada', jobs: ['a', 'b'] }]);
  const seen: string[] = [];
  document.onEdited(({ by, rev, own }) => void seen.push(`${by} ${rev} ${own}`));
  there.edit('usr_ben', [set('/name', 'Eva')]);
  assert.deepEqual([document.content['name'], document.rev], ['Eva', 1]);
  assert.deepEqual(seen, ['usr_ben 1 false']);
  assert.equal(document.view.value.lastEdit?.by, 'usr_ben');
  document.close();
  assert.equal(there.followers.size, 0);
  there.edit('usr_ben', [set('/name', 'Ina')]);
  assert.equal(document.content['name'], 'Eva');
  assert.equal(await codeOf(document.edit([set('/name', 'x')])), 'document_closed');
  assert.deepEqual(requests({ server }), [['subscribe']]);
});

test('before it was read it cannot be edited; an edit that cannot be made is refused at once', async () => {
  const { options, server } = world();
  const call = await createCall(options);
  const document = call.openDocument('doc_1');
  assert.equal(await codeOf(document.edit([set('/name', 'x')])), 'document_loading');
  new DocumentServer('doc_1', { name: 'Ada' }).serve(server, 'usr_me');
  await settle();
  assert.equal(await codeOf(document.edit([set('/nothing', 'x')])), 'patch_failed');
  assert.equal(await codeOf(document.edit([set('name', 'x')])), 'patch_invalid');
  const long = 'x'.repeat(70_000);
  assert.equal(await codeOf(document.edit([set('/name', long)])), 'event_too_large');
  assert.equal(document.content['name'], 'Ada');
});

test('own edits show at once; one is under way, and later ones are folded into the next', async () => {
  const { there, document, server } = await open();
  there.slow = true;
  const first = document.edit([set('/name', 'E')]);
  const typed = 'Eva'.split('').map((_, i) => document.edit([set('/name', 'Eva'.slice(0, i + 1))]));
  const added = document.edit([{ op: 'add', path: '/jobs/-', value: 'c' }]);
  assert.deepEqual(document.content, { name: 'Eva', jobs: ['a', 'b', 'c'] });
  assert.deepEqual([document.rev, document.view.value.unsaved], [0, 3]);
  there.answer();
  assert.deepEqual(await first, { rev: 1 });
  assert.equal(document.view.value.unsaved, 2);
  there.answer();
  assert.deepEqual(await Promise.all([...typed, added]), Array(4).fill({ rev: 2 }));
  assert.deepEqual(requests({ server }), [['subscribe', '0: /name=E', '1: /name=Eva /jobs/-=c']]);
  assert.deepEqual(there.content, { name: 'Eva', jobs: ['a', 'b', 'c'] });
  assert.deepEqual([document.rev, document.view.value.unsaved], [2, 0]);
});

test('own edits are carried over the others’', async () => {
  const { there, document } = await open();
  there.slow = true;
  const mine = document.edit([set('/jobs/1', 'mine')]);
  const next = document.edit([set('/jobs/0', 'next')]);
  there.edit('usr_ben', [{ op: 'add', path: '/jobs/0', value: 'ben' }]);
  assert.deepEqual(document.content['jobs'], ['ben', 'next', 'mine']);
  there.answer();
  there.answer();
  assert.deepEqual([await mine, await next], [{ rev: 2 }, { rev: 3 }]);
  assert.deepEqual(there.content['jobs'], ['ben', 'next', 'mine']);
  assert.deepEqual(document.content, there.content);
});

test('an edit that crosses another’s is taken back, and told by whose and where', async () => {
  const { there, document, rejections } = await open();
  there.slow = true;
  const mine = codeOf(document.edit([set('/name', 'mine')]));
  const waiting = codeOf(document.edit([set('/jobs/0', 'kept')]));
  const typing = codeOf(document.edit([set('/name', 'mine too')]));
  there.edit('usr_ben', [set('/name', 'Ben')]);
  // What others see is what is here, at once; only who has it is left to the server.
  assert.deepEqual(document.content, { name: 'Ben', jobs: ['kept', 'b'] });
  assert.deepEqual(rejections.map(words), ['edit_conflict usr_ben /name wanted "mine too"']);
  there.answer();
  there.answer();
  assert.deepEqual(await Promise.all([mine, waiting, typing]), [
    'edit_conflict',
    'done',
    'edit_conflict',
  ]);
  assert.deepEqual(rejections.slice(1).map(words), ['edit_conflict usr_ben /name wanted "mine"']);
  assert.deepEqual(there.content, { name: 'Ben', jobs: ['kept', 'b'] });
  assert.deepEqual(document.content, there.content);
});

test('of several edits in one request only those that cross are lost', async () => {
  const { there, document, rejections } = await open();
  there.slow = true;
  const first = document.edit([set('/jobs/1', 'first')]);
  const crossing = codeOf(document.edit([set('/name', 'mine')]));
  const other = document.edit([set('/jobs/0', 'other')]);
  there.answer();
  await first; // The two have gone out now, as one request.
  there.edit('usr_ben', [set('/name', 'Ben')]);
  there.answer();
  there.answer();
  assert.deepEqual([await crossing, await other], ['edit_conflict', { rev: 3 }]);
  assert.deepEqual(there.content, { name: 'Ben', jobs: ['other', 'first'] });
  assert.deepEqual(document.content, there.content);
  assert.equal(rejections.length, 1);
});

test('what was built on an edit that is taken back goes with it', async () => {
  const { there, document, rejections } = await open({ o: { x: 1 }, list: ['a'] });
  there.slow = true;
  const lost = codeOf(
    document.edit([set('/o', { x: 2, list: [] }), { op: 'add', path: '/list/0', value: 'n' }]),
  );
  const built = codeOf(document.edit([{ op: 'add', path: '/o/list/-', value: 'in it' }]));
  const apart = codeOf(document.edit([set('/list/1', 'A')]));
  there.edit('usr_ben', [set('/o/x', 9)]);
  assert.deepEqual(document.content, { o: { x: 9 }, list: ['A'] });
  there.answer();
  there.answer();
  assert.deepEqual(await Promise.all([lost, built, apart]), [
    'edit_conflict',
    'edit_conflict',
    'done',
  ]);
  assert.deepEqual(there.content, { o: { x: 9 }, list: ['A'] });
  assert.equal(rejections.length, 2);
});

test('a lost line: the document is stale, can be edited, and catches up; an edit is made once', async () => {
  const { clock, there, document, server } = await open();
  there.slow = true;
  const mine = document.edit([set('/jobs/1', 'mine')]);
  server.socket.cut();
  there.answer(); // It had arrived; only the answer is lost.
  await settle();
  assert.equal(document.state, 'stale');
  const offline = document.edit([set('/jobs/0', 'offline')]);
  there.edit('usr_ben', [set('/name', 'Ben')]);
  there.slow = false;
  await clock.advance(2_000);
  assert.equal(document.state, 'live');
  assert.deepEqual(await Promise.all([mine, offline]), [{ rev: 1 }, { rev: 3 }]);
  assert.deepEqual(there.content, { name: 'Ben', jobs: ['offline', 'mine'] });
  assert.deepEqual(document.content, there.content);
  assert.deepEqual(requests({ server }), [
    ['subscribe', '0: /jobs/1=mine'],
    ['subscribe', '2: /jobs/0=offline'],
  ]);
});

test('a request that was lost with the line goes again under the same eventId', async () => {
  const { clock, there, document, server } = await open();
  server.socket.framesLeft = 0;
  const mine = document.edit([set('/name', 'mine')]);
  await clock.advance(2_000);
  assert.deepEqual(await mine, { rev: 1 });
  assert.equal(there.content['name'], 'mine');
});

test('who may not see it any more is told, and what was not confirmed is given back', async () => {
  const { there, document, rejections } = await open();
  there.slow = true;
  const mine = codeOf(document.edit([set('/name', 'mine')]));
  const said = { op: 'error', code: 'document_not_found', message: 'No.', outcome: 'refused' };
  there.say({ ...said, stream: 'doc_1' });
  assert.equal(document.state, 'gone');
  assert.equal(await mine, 'document_not_found');
  assert.deepEqual(document.content['name'], 'Ada');
  assert.equal(rejections[0]?.by, null);
  assert.equal(await codeOf(document.edit([set('/name', 'x')])), 'document_not_found');
});

test('a refusal takes the edit back; what may pass is tried again', async () => {
  // prettier-ignore
  const cases: [refusal: object, then: string, name: string][] = [
    [{ code: 'document_too_large' }, 'document_too_large', 'Ada'],
    [{ code: 'forbidden' }, 'forbidden', 'Ada'],
    [{ code: 'rate_limited', retryAfterMs: 700 }, 'done', 'mine'],
    [{ code: 'commit_failed', outcome: 'unknown' }, 'done', 'mine'],
    [{ code: 'not_subscribed' }, 'done', 'mine'],
  ];
  for (const [refusal, then, name] of cases) {
    const { clock, there, document } = await open();
    there.refusals.push(refusal);
    const mine = codeOf(document.edit([set('/name', 'mine')]));
    await clock.advance(1_500);
    assert.equal(await mine, then);
    assert.deepEqual([there.content['name'], document.content['name']], [name, name]);
  }
});

test('another history: it is read from its beginning, and what was not confirmed is given back', async () => {
  const { clock, there, server, document, rejections } = await open();
  there.edit('usr_ben', [set('/name', 'Ben')]);
  server.socket.cut();
  void document.edit([set('/name', 'mine')]);
  server.epoch = there.epoch = 'epoch-2';
  there.journal.splice(1);
  there.edits.splice(0);
  there.content = { name: 'Ada', jobs: ['a', 'b'] };
  await clock.advance(5_000);
  assert.deepEqual([document.state, document.rev, document.content['name']], ['live', 0, 'Ada']);
  assert.deepEqual(
    rejections.map((one) => one.code),
    ['epoch_changed'],
  );
});

test('it begins with what REST says, not with all of its history', async () => {
  const record = {
    documentId: 'doc_1', kind: 'cv', title: 'My CV', ownerId: 'usr_1', accountId: 'acct_1',
    rev: 2, seq: 5, epoch: 'epoch-1', content: { name: 'Ben' }, shares: [],
  }; // prettier-ignore
  const { options, server } = world({ 'GET /v1/documents/doc_1': () => ({ body: record }) });
  const there = new DocumentServer('doc_1', { name: 'Ada' }).serve(server, 'usr_me');
  there.edit('usr_ben', [set('/name', 'Bea')]);
  there.edit('usr_ben', [set('/name', 'Ben')]);
  const call = await createCall(options);
  const document = call.openDocument('doc_1');
  await settle();
  assert.deepEqual([document.state, document.rev, document.content['name']], ['live', 2, 'Ben']);
  assert.deepEqual(server.socket.sent[0], {
    op: 'subscribe', stream: 'doc_1', after: 5, epoch: 'epoch-1',
  }); // prettier-ignore
  assert.deepEqual(await document.edit([set('/name', 'Cy')]), { rev: 3 });

  const none = world({
    'GET /v1/documents/doc_1': () => ({ status: 404, body: { code: 'document_not_found' } }),
  });
  const other = (await createCall(none.options)).openDocument('doc_1');
  await settle();
  assert.equal(other.state, 'gone');
});

test('closed before it was read, it is not followed', async () => {
  const { options, server } = world({
    'GET /v1/documents/doc_1': () => ({ status: 503, body: {} }),
  });
  new DocumentServer('doc_1', { name: 'Ada' }).serve(server, 'usr_me');
  const call = await createCall(options);
  await settle();
  call.openDocument('doc_1').close();
  await settle();
  assert.deepEqual(
    server.socket.sent.map(({ op }) => op),
    ['unsubscribe'],
  );
});

test('what was erased counts as received', async () => {
  const { there, document, server } = await open();
  const [created] = there.journal;
  there.journal.push(created!); // Its place is taken by nothing that can be read.
  for (const socket of there.followers.keys()) there.followers.set(socket, 2);
  there.say({ op: 'skipped', fromSeq: 2, toSeq: 2, reason: 'erased', stream: 'doc_1' });
  there.edit('usr_ben', [set('/name', 'Ben')]);
  assert.equal(document.content['name'], 'Ben');
  assert.deepEqual(requests({ server }), [['subscribe']]);
});

test('the call says which documents there are', async () => {
  const { server, call, document } = await open();
  const told = (more: object) =>
    server.append('orchestration.deliverable.updated', {
      documentId: 'doc_1',
      kind: 'cv',
      rev: 0,
      by: 'usr_1',
      ...more,
    });
  const list = ({ documents }: Call) =>
    documents.value.map(
      ({ documentId, kind, title, rev }) => `${documentId} ${kind} ${title} ${rev}`,
    );
  told({ title: 'My CV' });
  assert.deepEqual(list(call), ['doc_1 cv My CV 0']);
  told({ rev: 3 });
  told({ rev: 2 });
  assert.deepEqual(list(call), ['doc_1 cv My CV 3']);
  told({ rev: 3, unshared: true });
  assert.deepEqual(list(call), []);
  assert.equal(document.state, 'live'); // Its own stream says when it is over.
});

test('opened twice it is one, and is closed when both are', async () => {
  const { call, document, there } = await open();
  const again: LiveDocument = call.openDocument('doc_1');
  assert.equal(again, document);
  again.close();
  assert.equal(there.followers.size, 1);
  document.close();
  assert.equal(there.followers.size, 0);
  const anew = call.openDocument('doc_1');
  await settle();
  assert.equal(anew.state, 'live');
  call.leave();
  assert.deepEqual([anew.state, anew.view.value.error?.code], ['stale', 'left']);
});

test('documents over REST', async () => {
  const record = { documentId: 'doc_1', rev: 0 };
  const { options, requests: asked } = world({
    'POST /v1/documents': () => ({ status: 201, body: { document: record } }),
    'GET /v1/documents/doc_1': () => ({ body: record }),
    'GET /v1/documents': () => ({ body: { documents: [record], next: 'c2' } }),
    'POST /v1/documents/doc_1/edits': () => ({ body: { rev: 1, seq: 3, rebased: false } }),
    'POST /v1/documents/doc_1/shares': () => ({ status: 201, body: {} }),
    'DELETE /v1/documents/doc_1/shares/usr_2': () => ({ status: 204 }),
  });
  const of = { ...options, documentId: 'doc_1' };
  const made = await createDocument({
    ...options,
    kind: 'cv',
    title: 'My CV',
    sessionId: 'sess_1',
  });
  assert.equal(made.documentId, 'doc_1');
  await getDocument(of);
  assert.equal((await listDocuments({ ...options, kind: 'cv', limit: 5 })).next, 'c2');
  assert.equal((await editDocument({ ...of, baseRev: 0, patch: [set('/name', 1)] })).rev, 1);
  await shareDocument({ ...of, with: 'usr_2', role: 'viewer' });
  await unshareDocument({ ...of, with: 'usr_2' });
  assert.deepEqual(
    asked.map(({ route, key, body }) =>
      `${route} ${key ? 'keyed ' : ''}${JSON.stringify(body) ?? ''}`.trim(),
    ),
    [
      'POST /v1/documents keyed {"kind":"cv","title":"My CV","sessionId":"sess_1"}',
      'GET /v1/documents/doc_1',
      'GET /v1/documents?kind=cv&limit=5',
      'POST /v1/documents/doc_1/edits keyed {"baseRev":0,"patch":[{"op":"replace","path":"/name","value":1}]}',
      'POST /v1/documents/doc_1/shares keyed {"with":"usr_2","role":"viewer"}',
      'DELETE /v1/documents/doc_1/shares/usr_2',
    ],
  );
});
