// What people and agents write together: they edit at once over real sockets and all see the same,
// whatever is killed when; and who may do what.

import assert from 'node:assert/strict';
import test from 'node:test';
import { apply, same } from './support/json_patch.mjs';
import { Line } from './support/line.mjs';
import { Server } from './support/server.mjs';
import { pause, until } from './support/waiting.mjs';

const rounds = Number(process.env.LIFELINE_DOCUMENT_ROUNDS ?? 4);
const generous = `[limits]
events_per_second = 100000
events_burst = 100000
changes_burst = 100000
connects_per_second = 1000
connects_burst = 1000
`;

/** A server, and a call of Ada's with Ben and an agent in it. */
async function begin(t, more = []) {
  const server = new Server(generous);
  t.after(() => server.close());
  await server.start();
  const tokens = {
    ada: server.token('usr_ada'),
    ben: server.token('usr_ben'),
    bot: server.token('usr_bot', 'agent'),
    eve: server.token('usr_eve'),
  };
  const ask = async (method, path, token, body, key) => {
    const reply = await fetch(server.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(key ? { 'Idempotency-Key': key } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = await reply.json().catch(() => null);
    return { status: reply.status, json, code: json?.code ?? reply.status };
  };
  const participants = [
    { userId: 'usr_ben', role: 'user' },
    { userId: 'usr_bot', role: 'agent' },
    ...more,
  ];
  const { json } = await ask('POST', '/v1/call/sessions', tokens.ada, { participants, channel: 'text' });
  return { server, ask, ...tokens, id: json.session.sessionId };
}

/** Somebody who follows a document in a call and edits it: as an app would, by its events alone. */
class Writer {
  content = null;
  rev = -1;
  seq = 0;
  #sent = 0;
  outcomes = new Map(); // eventId of a request -> type of what became of it
  pending = new Map(); // eventId -> what it wants to do, until that is known
  constructor(world, name, stream) {
    Object.assign(this, { world, name, stream });
  }

  async connect() {
    const { server, id } = this.world;
    this.line = new Line(server, id, { token: this.world[this.name], query: 'after=0' });
    const hello = await this.line.frame('hello');
    this.epoch = hello.epoch;
    this.line.socket.on('message', (text) => this.#take(JSON.parse(String(text))));
    this.line.send({ op: 'subscribe', stream: this.stream, after: this.seq, epoch: this.epoch });
    await this.line.frame((frame) => frame.op === 'replay.complete' && frame.stream === this.stream);
    // What was on its way when the line went is sent again, as it was.
    for (const event of this.pending.values()) this.line.send({ op: 'publish', event });
  }

  #take(frame) {
    if (frame.op !== 'event' || frame.event.sessionId !== this.stream) return;
    assert.equal(frame.seq, (this.seq += 1), 'a gap, or the same again');
    const { type, payload } = frame.event;
    if (type === 'document.created') [this.content, this.rev] = [payload.initial ?? {}, 0];
    if (type === 'document.edited') {
      assert.equal(payload.rev, (this.rev += 1));
      this.content = apply(this.content, payload.patch);
    }
    if (!this.pending.delete(frame.meta.cause)) return;
    this.outcomes.set(frame.meta.cause, type);
  }

  edit(patch) {
    const eventId = `${this.name}_${(this.#sent += 1)}`;
    const event = {
      eventId,
      sessionId: this.stream,
      ts: new Date().toISOString(),
      type: 'document.edit.requested',
      payload: { baseRev: this.rev, patch },
      schemaVersion: '1.0',
    };
    this.pending.set(eventId, event);
    if (this.line.socket.readyState === 1) this.line.send({ op: 'publish', event });
    return eventId;
  }

  async settled() {
    await until(`${this.name} hears what became of all edits`, () => this.pending.size === 0);
  }
}

test('two people and an agent edit at once, are killed, and see the same', { timeout: 300_000 }, async (t) => {
  const world = await begin(t);
  const { server, ask, ada, id } = world;
  const initial = { title: 'CV', jobs: [], people: { ada: 0, ben: 0, bot: 0 } };
  const made = await ask('POST', '/v1/documents', ada, { kind: 'cv', title: 'CV', initial, sessionId: id });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  const stream = made.json.document.documentId;
  const writers = ['ada', 'ben', 'bot'].map((name) => new Writer(world, name, stream));
  for (const writer of writers) await writer.connect();

  let edits = 0;
  for (let round = 0; round < rounds; ++round) {
    for (let i = 0; i < 10; ++i) {
      for (const writer of writers) {
        edits += 1;
        // Each has a place of their own, all of them add to one list.
        if (i % 2 === 0) writer.edit([{ op: 'add', path: '/jobs/-', value: `${writer.name} ${round}.${i}` }]);
        else writer.edit([{ op: 'replace', path: `/people/${writer.name}`, value: round * 100 + i }]);
      }
      await pause(2);
      // The last edits of a round are cut off, wherever they are.
      if (i < 8) await Promise.all(writers.map((writer) => writer.settled()));
    }
    await server.kill();
    await server.start();
    for (const writer of writers) {
      writer.line.close();
      await writer.connect();
    }
    await Promise.all(writers.map((writer) => writer.settled()));
  }

  const { json: document } = await ask('GET', `/v1/documents/${stream}`, ada);
  for (const writer of writers) {
    await until(`${writer.name} has seen it all`, () => writer.seq === document.seq);
    assert.ok(same(writer.content, document.content), `${writer.name} sees something else`);
    assert.equal(writer.rev, document.rev);
  }
  const outcomes = writers.flatMap((writer) => [...writer.outcomes.values()]);
  assert.equal(outcomes.length, edits, 'each edit has one outcome');
  const done = outcomes.filter((type) => type === 'document.edited').length;
  assert.equal(document.rev, done, 'nothing is lost, nothing twice');
  // An own place may cross an own edit that the writer had not seen; a list never does.
  const jobs = document.content.jobs;
  assert.equal(jobs.length, rounds * 5 * writers.length);
  assert.equal(new Set(jobs).size, jobs.length);
  // The call was told of the newest revision, also after the last kill.
  const snapshot = async () => (await ask('GET', `/v1/call/sessions/${id}/snapshot`, ada)).json.documents;
  let told = await snapshot();
  for (const begun = Date.now(); told[0]?.rev !== document.rev && Date.now() - begun < 20_000; told = await snapshot())
    await pause(20);
  assert.deepEqual(told, [{ documentId: stream, kind: 'cv', title: 'CV', rev: document.rev }]);
  for (const writer of writers) writer.line.close();
  await server.kill('SIGTERM');
  assert.equal(server.verify().ok, true);
});

test('an edit with a key is one edit, and what crosses is told by whom', async (t) => {
  const { ask, ada, ben, id } = await begin(t);
  const create = { kind: 'cv', title: 'CV', initial: { a: 1, list: [1, 2] }, sessionId: id };
  const first = await ask('POST', '/v1/documents', ada, create, 'k1');
  assert.deepEqual((await ask('POST', '/v1/documents', ada, create, 'k1')).json, first.json);
  assert.equal((await ask('POST', '/v1/documents', ada, { ...create, title: 'X' }, 'k1')).code, 'id_conflict');
  const path = `/v1/documents/${first.json.document.documentId}`;
  const patch = [{ op: 'add', path: '/list/0', value: 0 }];
  const edit = (token, body, key) => ask('POST', `${path}/edits`, token, body, key);
  const one = await edit(ada, { baseRev: 0, patch }, 'e1');
  assert.deepEqual([one.status, one.json.rev, one.json.rebased], [200, 1, false]);
  assert.deepEqual((await edit(ada, { baseRev: 0, patch }, 'e1')).json, one.json);
  assert.equal((await edit(ada, { baseRev: 1, patch }, 'e1')).code, 'id_conflict');
  const two = await edit(ben, { baseRev: 0, patch: [{ op: 'replace', path: '/list/1', value: 9 }] });
  assert.deepEqual([two.json.rev, two.json.rebased], [2, true]);
  const crossed = await edit(ada, { baseRev: 1, patch: [{ op: 'remove', path: '/list/2' }] });
  assert.equal(crossed.status, 409);
  const { code, currentRev, by, paths } = crossed.json;
  assert.deepEqual([code, currentRev, by, paths], ['edit_conflict', 2, 'usr_ben', ['/list/2']]);
  const { json: document } = await ask('GET', path, ben);
  assert.deepEqual(document.content, { a: 1, list: [0, 1, 9] });
  let listed = [];
  for (const begun = Date.now(); listed[0]?.rev !== 2 && Date.now() - begun < 20_000; await pause(20))
    listed = (await ask('GET', '/v1/documents?kind=cv', ada)).json.documents;
  assert.deepEqual(listed.map(({ title, rev }) => [title, rev]), [['CV', 2]]);
  assert.deepEqual((await ask('GET', '/v1/documents', ben)).json.documents, []);
});

test('who may read and edit, and that it ends', async (t) => {
  const viewers = [{ userId: 'usr_vic', role: 'viewer' }];
  const world = await begin(t, viewers);
  const { server, ask, ada, ben, bot, eve, id } = world;
  const vic = server.token('usr_vic');
  const made = await ask('POST', '/v1/documents', ada, { kind: 'cv', title: 'CV' });
  const { documentId } = made.json.document;
  const path = `/v1/documents/${documentId}`;
  const body = { baseRev: 0, patch: [{ op: 'add', path: '/x', value: 1 }] };
  for (const token of [ben, bot, vic, eve]) {
    assert.equal((await ask('GET', path, token)).code, 'document_not_found');
    assert.equal((await ask('POST', `${path}/edits`, token, body)).code, 'document_not_found');
  }
  const share = { with: id, role: 'editor' };
  assert.equal((await ask('POST', `${path}/shares`, ben, share)).code, 'document_not_found');
  assert.equal((await ask('POST', `${path}/shares`, ada, { ...share, with: 'sess_none' })).code, 'session_not_found');
  assert.equal((await ask('POST', `${path}/shares`, ada, share)).status, 201);
  assert.equal((await ask('POST', `${path}/shares`, ben, share)).code, 'forbidden');
  assert.equal((await ask('GET', path, vic)).status, 200);
  assert.equal((await ask('POST', `${path}/edits`, vic, body)).code, 'forbidden');
  assert.equal((await ask('POST', `${path}/edits`, bot, body)).status, 200);
  assert.equal((await ask('GET', path, eve)).code, 'document_not_found');
  assert.equal((await ask('GET', `${path}/events`, eve)).code, 'document_not_found');

  const line = new Line(server, id, { token: ben });
  const { epoch } = await line.frame('hello');
  const refused = (stream) => line.frame((frame) => frame.op === 'error' && frame.stream === stream);
  line.send({ op: 'subscribe', stream: 'doc_none', after: 0, epoch });
  assert.equal((await refused('doc_none')).code, 'document_not_found');
  const event = (eventId) => ({
    eventId,
    sessionId: documentId,
    ts: '2026-02-16T10:00:00.000Z',
    type: 'document.edit.requested',
    payload: { baseRev: 1, patch: [{ op: 'add', path: '/y', value: 1 }] },
    schemaVersion: '1.0',
  });
  line.send({ op: 'publish', event: event('early') });
  assert.equal((await line.frame((frame) => frame.eventId === 'early')).code, 'not_subscribed');
  line.send({ op: 'subscribe', stream: documentId, after: 0, epoch });
  await line.frame((frame) => frame.op === 'replay.complete' && frame.stream === documentId);
  line.send({ op: 'publish', event: event('mine') });
  const answer = await line.frame(({ meta }) => meta?.cause === 'mine');
  assert.deepEqual([answer.event.type, answer.event.payload.by], ['document.edited', 'usr_ben']);
  assert.equal((await line.event('orchestration.deliverable.updated')).event.payload.documentId, documentId);

  assert.equal((await ask('DELETE', `${path}/shares/${id}`, ada)).status, 204);
  assert.equal((await refused(documentId)).code, 'document_not_found');
  assert.equal((await ask('GET', path, ben)).code, 'document_not_found');
  const gone = await line.frame((frame) => frame.event?.payload.unshared === true);
  assert.equal(gone.event.payload.documentId, documentId);

  await ask('POST', `${path}/shares`, ada, share);
  assert.equal((await ask('GET', path, ben)).status, 200);
  await ask('DELETE', `/v1/call/sessions/${id}/participants/usr_ben`, ada);
  await line.over;
  assert.equal((await ask('GET', path, ben)).code, 'document_not_found');
  assert.equal((await ask('POST', '/v1/documents', bot, { kind: 'cv', title: 'CV' })).code, 'forbidden');
});

test('an agent writes by its built-in tools, once', async (t) => {
  const { ask, ada, bot, id } = await begin(t);
  const call = `/v1/call/sessions/${id}`;
  let asked = 0;
  const act = async (actionId, actionType, args) => {
    const event = {
      eventId: `ask_${(asked += 1)}`,
      sessionId: id,
      ts: '2026-02-16T10:00:00.000Z',
      type: 'orchestration.action.requested',
      payload: { actionId, actionType, summary: 's', args },
      schemaVersion: '1.0',
    };
    assert.equal((await ask('POST', `${call}/events`, bot, event)).status, 201);
    for (const begun = Date.now(); Date.now() - begun < 20_000; await pause(10)) {
      const { json } = await ask('GET', `${call}/actions/${actionId}`, ada);
      if (json.state === 'over') return json;
    }
    throw new Error(`${actionId} has no outcome`);
  };
  const result = async (actionId) => {
    const { json } = await ask('GET', `${call}/events?limit=1000`, ada);
    const { event } = json.events.find(
      ({ event: { type, payload } }) => payload.actionId === actionId && type === 'orchestration.action.succeeded',
    );
    return event.payload.result;
  };
  await act('a1', 'document.create', { kind: 'cv', title: 'CV', content: { jobs: [] } });
  const { documentId, rev } = await result('a1');
  assert.equal(rev, 0);
  await act('a2', 'document.edit', { documentId, baseRev: 0, patch: [{ op: 'add', path: '/jobs/-', value: 'a' }] });
  assert.deepEqual(await result('a2'), { documentId, rev: 1 });
  const { json: document } = await ask('GET', `/v1/documents/${documentId}`, ada);
  assert.deepEqual(document.content, { jobs: ['a'] });
  assert.equal(document.ownerId, 'usr_ada');

  // A person edits; the agent reads that, and edits what it read. What is not of this call is not there.
  const edits = `/v1/documents/${documentId}/edits`;
  const patch = [{ op: 'add', path: '/name', value: 'Ada' }, { op: 'add', path: '/jobs/-', value: 'b' }];
  assert.equal((await ask('POST', edits, ada, { baseRev: 1, patch }, 'k1')).status, 200);
  await act('r1', 'document.read', { documentId });
  const seen = await result('r1');
  assert.deepEqual(seen, { documentId, kind: 'cv', title: 'CV', rev: 2, content: { jobs: ['a', 'b'], name: 'Ada' } });
  await act('r2', 'document.read', { documentId, path: '/jobs/1' });
  assert.deepEqual([(await result('r2')).content, (await result('r2')).path], ['b', '/jobs/1']);
  const found = seen.content.jobs.indexOf('b');
  await act('e1', 'document.edit', { documentId, baseRev: seen.rev, patch: [{ op: 'replace', path: `/jobs/${found}`, value: 'B' }] });
  assert.deepEqual((await ask('GET', `/v1/documents/${documentId}`, ada)).json.content, { jobs: ['a', 'B'], name: 'Ada' });
  const { json: mine } = await ask('POST', '/v1/documents', ada, { kind: 'diary', title: 'Mine' }, 'k2');
  for (const [actionId, named] of [['r3', mine.document.documentId], ['r4', 'doc_none'], ['r5', 'nonsense']]) {
    const { outcome, code } = await act(actionId, 'document.read', { documentId: named });
    assert.deepEqual([outcome, code], ['failed', 'document_not_found'], actionId);
  }
  assert.equal((await act('r6', 'document.read', { documentId, path: '/none' })).code, 'path_not_found');

  const failed = await act('a3', 'document.edit', { documentId, baseRev: 0, patch: [{ op: 'remove', path: '/jobs' }] });
  assert.equal(failed.outcome, 'failed');
});
