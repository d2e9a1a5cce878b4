import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifelineError, type Envelope, type EventRecord } from '../src/lifeline.js';
import { eventOf, house, live, published, sentOf, type House } from './client.js';
import { policy } from './fake_server.js';
import { settle } from './virtual.js';

test('opens with the subprotocol, the token and the cursor, and none of it in the URL', async () => {
  const h = await live();
  h.server.append('x.test', {});
  h.server.resumeToken = 'r1';
  h.server.socket.cut();
  await h.clock.advance(100);
  h.server.socket.cut();
  await h.clock.advance(100);
  const [first, second, third] = h.server.sockets;
  assert.deepEqual(first?.protocols, ['lifeline.v1', 'auth.t1']);
  assert.equal(first?.url.href, 'wss://calls.example/ws?after=0');
  assert.deepEqual(second?.protocols, ['lifeline.v1', 'auth.t2']);
  assert.equal(second?.url.href, 'wss://calls.example/ws?after=1&epoch=epoch-1');
  assert.deepEqual(third?.protocols, ['lifeline.v1', 'auth.t3', 'resume.r1']);
});

test('is replaying until the server says that the replay is complete', async () => {
  const h = house();
  h.server.auto = false;
  h.server.append('x.test', {});
  h.connection.start({ url: 'ws://calls.example/ws', token: 'given' });
  await settle();
  assert.equal(h.status(), 'connecting');
  assert.equal(h.server.tickets, 0, 'the ticket from the creation is used first');
  h.server.hello(h.server.socket);
  assert.equal(h.status(), 'replaying');
  const early = h.publish('mine');
  assert.deepEqual(published(h.server), [[]], 'nothing is published into a replay');
  h.server.socket.say({ op: 'event', ...h.server.journal[0] });
  h.server.socket.say({ op: 'replay.complete', seq: 1 });
  assert.equal(h.status(), 'live');
  assert.deepEqual(await early, { eventId: 'mine', seq: 2 });
  assert.deepEqual(h.seen, [1, 2]);
});

test('a publish resolves when its event comes by', async () => {
  const h = await live();
  assert.deepEqual(await h.publish('a'), { eventId: 'a', seq: 1 });
  assert.deepEqual(await h.publish('b'), { eventId: 'b', seq: 2 });
});

test('at most 32 publishes wait for their answers; the rest follow in order', async () => {
  const h = await live();
  h.server.answering = false;
  const ids = Array.from({ length: 40 }, (_, i) => `evt_${i}`);
  const all = ids.map((id) => h.publish(id));
  assert.equal(published(h.server)[0]?.length, 32);
  h.server.answering = true;
  h.server.socket.cut();
  await h.clock.advance(100);
  await Promise.all(all);
  assert.deepEqual(h.server.ids, ids);
});

test('what was sent and not seen is sent again after the resume, under the same eventId', async () => {
  const h = await live();
  h.server.answering = false;
  const lost = h.publish('lost');
  const stored = h.publish('stored');
  h.server.socket.cut();
  h.server.publish(h.server.socket, eventOf('stored')); // It had arrived; its answer had not.
  h.server.answering = true;
  await h.clock.advance(100);
  assert.deepEqual(await stored, { eventId: 'stored', seq: 1 });
  assert.deepEqual(await lost, { eventId: 'lost', seq: 2 });
  assert.deepEqual(
    published(h.server),
    [['lost', 'stored'], ['lost']],
    'the replay was answer enough',
  );
});

test('nothing is sent again by a timer while the connection lives', async () => {
  const h = await live();
  h.server.answering = false;
  void h.publish('slow').catch(() => undefined);
  await h.clock.advance(9_000);
  assert.deepEqual(published(h.server), [['slow']]);
});

test('an answer that is overdue makes the line prove itself', async () => {
  const h = house();
  h.server.heartbeatMs = 60_000;
  h.connection.start(null);
  await settle();
  await h.publish('quick');
  await h.clock.advance(9_000);
  assert.equal(sentOf(h.server, 'ping')[0]?.length, 0, 'nobody waits for anything');
  h.server.answering = false;
  const slow = h.publish('slow');
  await h.clock.advance(2_999);
  assert.equal(sentOf(h.server, 'ping')[0]?.length, 0);
  await h.clock.advance(1);
  assert.equal(sentOf(h.server, 'ping')[0]?.length, 1);
  assert.equal(h.status(), 'live', 'the pong came: the server is only slow');
  h.server.socket.onSent = () => undefined; // From here on nothing arrives any more.
  h.server.answering = true;
  await h.clock.advance(7_500);
  assert.equal(h.server.sockets[0]?.closedWith, 4201, 'found out long before the heartbeat would');
  assert.deepEqual(await slow, { eventId: 'slow', seq: 2 });
});

test('accepted answers a publish whose event is not shown', async () => {
  const h = await live();
  h.server.answering = false;
  const skipped = h.publish('skipped');
  h.server.socket.say({ op: 'accepted', eventId: 'skipped', seq: 7, duplicate: false });
  assert.deepEqual(await skipped, { eventId: 'skipped', seq: 7 });
});

test('error frames: refused rejects, unknown and retryable are published again in time', async () => {
  const h = await live();
  h.server.answering = false;
  const refused = h.publish('bad');
  const unknown = h.publish('unknown');
  const limited = h.publish('limited');
  const say = (eventId: string, more: object) =>
    h.server.socket.say({ op: 'error', eventId, code: 'c', message: 'm', ...more });
  say('bad', { outcome: 'refused', pointer: '/payload/x' });
  say('unknown', { outcome: 'unknown' });
  say('limited', { outcome: 'refused', retryAfterMs: 3_000 });
  await assert.rejects(refused, {
    code: 'c',
    message: 'm',
    pointer: '/payload/x',
    retryable: false,
  });
  h.server.answering = true;
  await h.clock.advance(999);
  assert.deepEqual(published(h.server), [['bad', 'unknown', 'limited']]);
  await h.clock.advance(1);
  assert.deepEqual(await unknown, { eventId: 'unknown', seq: 1 });
  await h.clock.advance(1_999);
  assert.equal(h.server.journal.length, 1);
  await h.clock.advance(1);
  assert.deepEqual(await limited, { eventId: 'limited', seq: 2 });
});

test('every refusal of the moment is tried again, every other is one for good', async () => {
  // prettier-ignore
  const cases = [
    ['stale_head', true], ['storage_busy', true], ['overloaded', true], ['draining', true],
    ['type_not_allowed', false], ['id_conflict', false], ['document_conflict', false],
  ] as const;
  for (const [code, again] of cases) {
    const h = await live();
    h.server.answering = false;
    const answer = h.publish('mine');
    h.server.answering = true;
    h.server.socket.say({ op: 'error', eventId: 'mine', code, message: 'm', outcome: 'refused' });
    if (!again) await assert.rejects(answer, { code, retryable: false }, code);
    await h.clock.advance(1_000);
    if (again) assert.deepEqual(await answer, { eventId: 'mine', seq: 1 }, code);
    h.connection.leave();
  }
});

test('what the server would not take is refused at once', async () => {
  const h = await live();
  const event = { ...eventOf('big'), payload: { text: 'ü'.repeat(33_000) } };
  await assert.rejects(h.connection.publish(event), { code: 'event_too_large', retryable: false });
  h.server.answering = false;
  const waiting = Array.from({ length: 1_000 }, (_, i) =>
    h.publish(`evt_${i}`).catch(() => undefined),
  );
  await assert.rejects(h.publish('one more'), { code: 'outbox_full', retryable: true });
  h.connection.leave();
  await Promise.all(waiting);
});

test('an event is what it was when it was published, however its object changes', async () => {
  const h = await live();
  h.server.answering = false;
  const payload = { text: 'first' };
  const event = { ...eventOf('mine'), payload };
  const waiting = h.connection.publish(event);
  payload.text = 'second';
  h.server.socket.cut();
  h.server.answering = true;
  await h.clock.advance(100);
  await waiting;
  const texts = sentOf(h.server, 'publish').map(
    ([frame]) => (frame?.['event'] as Envelope<'x.test'>).payload['text'],
  );
  assert.deepEqual(texts, ['first', 'first'], 'one eventId, one meaning');
});

test('what is no JSON is refused, never thrown', async () => {
  const h = await live();
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  for (const payload of [{ n: 1n }, circle]) {
    const refused = h.connection.publish({ ...eventOf('odd'), payload });
    await assert.rejects(refused, { name: 'LifelineError', code: 'json_invalid' });
  }
  assert.deepEqual(published(h.server), [[]]);
});

test('an error that names no event is told to the application', async () => {
  const h = await live();
  h.server.socket.say({ op: 'error', code: 'json_invalid', message: 'm', outcome: 'refused' });
  assert.deepEqual(
    h.errors.map((error) => error.code),
    ['json_invalid'],
  );
  assert.equal(h.status(), 'live');
});

test('a repeated seq is dropped, a missing one ends the connection and is fetched', async () => {
  const h = await live();
  h.server.append('x.test', {});
  h.server.socket.say({ op: 'event', ...h.server.journal[0] });
  assert.deepEqual(h.seen, [1]);
  const [broken] = h.server.sockets;
  h.server.append('x.test', {});
  h.server.append('x.test', {});
  broken?.say({ op: 'event', ...h.server.journal[0], seq: 9 });
  assert.equal(broken?.closedWith, 4005);
  await settle();
  assert.equal(h.status(), 'reconnecting gap');
  await h.clock.advance(100);
  assert.equal(h.server.socket.url.searchParams.get('after'), '3');
  assert.deepEqual(h.seen, [1, 2, 3]);
});

test('skipped events count as received', async () => {
  const h = await live();
  h.server.socket.say({ op: 'skipped', fromSeq: 1, toSeq: 4, reason: 'superseded' });
  h.server.socket.say({ op: 'skipped', fromSeq: 2, toSeq: 3, reason: 'superseded' });
  h.server.socket.say({ op: 'event', ...recordAt(5) });
  assert.deepEqual(h.seen, [5]);
  h.server.socket.say({ op: 'skipped', fromSeq: 8, toSeq: 9, reason: 'erased' });
  assert.equal(h.server.socket.closedWith, 4005, 'a gap before what was skipped is a gap');
});

function recordAt(seq: number): EventRecord {
  return {
    seq,
    event: eventOf(`evt_${seq}`),
    meta: { actor: { kind: 'user', id: 'usr_other' }, recordedAt: '2026-02-16T10:00:00.000Z' },
  };
}

test('the first frame is hello or bye, and every frame is JSON with an op', async () => {
  // prettier-ignore
  const cases: { name: string; say: (h: House) => void; then: string }[] = [
    { name: 'event first', say: (h) => h.server.socket.say({ op: 'event', ...recordAt(1) }), then: 'connecting protocol_error' },
    { name: 'no JSON', say: (h) => h.server.socket.say('{"op":'), then: 'connecting protocol_error' },
    { name: 'no op', say: (h) => h.server.socket.say('[]'), then: 'connecting protocol_error' },
    { name: 'no frame at all', say: () => undefined, then: 'connecting handshake_timeout' },
  ];
  for (const { name, say, then } of cases) {
    const h = house(() => 0.5);
    h.server.auto = false;
    h.connection.start(null);
    await settle();
    say(h);
    await h.clock.advance(name === 'no frame at all' ? 10_000 : 0);
    assert.equal(h.status(), then, name);
    assert.ok(h.server.socket.closed, name);
  }
});

test('an op of a later version is ignored, and so is another stream', async () => {
  const h = await live();
  h.server.socket.say({ op: 'weather', sunny: true });
  h.server.socket.say({ op: 'event', stream: 'doc_1', ...recordAt(7) });
  assert.equal(h.status(), 'live');
});

test('what follows a close or a bye', async () => {
  const now = 100; // floorMs: with random() = 0 there is no jitter
  // prettier-ignore
  const cases: {
    readonly name: string;
    readonly close?: number;
    readonly bye?: { code: number; reconnect: boolean; resume: boolean; retryAfterMs?: number };
    readonly then: string;
    readonly afterMs?: number;
  }[] = [
    { name: 'a cut line', close: 1006, then: 'reconnecting connection_lost', afterMs: now },
    { name: 'an orderly close means nothing for the call', close: 1000, then: 'reconnecting connection_lost', afterMs: now },
    { name: 'we broke a rule of WebSocket', close: 1009, then: 'closed connection_lost' },
    { name: 'ended', close: 4000, then: 'closed session_ended' },
    { name: 'superseded', close: 4002, then: 'closed superseded' },
    { name: 'a code of the stop range that we do not know', close: 4077, then: 'closed connection_lost' },
    { name: 'overloaded', close: 4101, then: 'reconnecting overloaded', afterMs: now },
    { name: 'draining', close: 4200, then: 'reconnecting draining', afterMs: now },
    { name: 'token expired', close: 4300, then: 'reconnecting token_expired', afterMs: now },
    { name: 'epoch changed', close: 4301, then: 'reconnecting epoch_changed', afterMs: now },
    { name: 'bye only: stop', bye: { code: 4004, reconnect: false, resume: false }, then: 'closed told' },
    { name: 'bye only: later', bye: { code: 4100, reconnect: true, resume: true, retryAfterMs: 7_000 }, then: 'reconnecting told', afterMs: 7_000 + now },
    { name: 'bye overrules the range', bye: { code: 4077, reconnect: true, resume: true }, then: 'reconnecting told', afterMs: now },
    { name: 'bye overrules the range the other way', bye: { code: 4200, reconnect: false, resume: false }, then: 'closed told' },
  ];
  for (const { name, close, bye, then, afterMs } of cases) {
    const h = await live();
    if (close !== undefined) h.server.socket.cut(close);
    else h.server.socket.say({ op: 'bye', reason: 'told', message: 'm', ...bye });
    await settle();
    assert.equal(h.status(), then, name);
    assert.equal(
      h.connection.status.value.code,
      close === 1006 ? null : (close ?? bye?.code),
      name,
    );
    const { retryAt } = h.connection.status.value;
    assert.equal(retryAt === null ? undefined : retryAt - h.clock.now, afterMs, name);
    await h.clock.advance(60_000);
    assert.equal(h.status(), afterMs === undefined ? then : 'live', name);
    assert.equal(h.server.sockets.length, afterMs === undefined ? 1 : 2, name);
  }
});

test('bye as the first frame of an upgrade that would have been refused', async () => {
  const h = house();
  h.server.auto = false;
  h.connection.start(null);
  await settle();
  h.server.socket.say({
    op: 'bye',
    code: 4007,
    reason: 'session_not_found',
    message: 'm',
    reconnect: false,
    resume: false,
  });
  await settle();
  assert.equal(h.status(), 'closed session_not_found');
});

test('a refused cursor is told once and the stream goes on from the snapshot', async () => {
  for (const code of [4301, 4302, 4303]) {
    const h = await live();
    for (let i = 0; i < 3; i++) h.server.append('x.test', {});
    h.server.epoch = 'epoch-2';
    h.server.journal.splice(0);
    for (let i = 0; i < 2; i++) h.server.append('x.test', {}); // unseen: numbers of a new life
    h.seen.splice(0);
    h.server.socket.cut(code);
    await h.clock.advance(100);
    assert.equal(h.server.socket.url.search, '?after=2&epoch=epoch-2', String(code));
    h.server.append('x.test', {});
    assert.deepEqual(h.seen, [3], String(code));
  }
});

test('a hello of another epoch is a refused cursor, whatever the server thinks', async () => {
  const h = await live();
  h.server.append('x.test', {});
  h.server.epoch = 'epoch-2';
  h.server.socket.cut();
  await h.clock.advance(200);
  assert.equal(h.server.sockets.length, 3);
  assert.equal(h.server.socket.url.searchParams.get('epoch'), 'epoch-2');
  assert.equal(h.status(), 'live');
});

test('delays grow with full jitter, and start anew only after a stable connection', async () => {
  const h = await live(() => 0.5);
  const waits: number[] = [];
  const cutAndWait = async () => {
    h.server.socket.cut();
    await settle();
    const wait = (h.connection.status.value.retryAt ?? 0) - h.clock.now;
    waits.push(wait);
    await h.clock.advance(wait);
    assert.equal(h.status(), 'live');
  };
  for (let i = 0; i < 6; i++) await cutAndWait();
  assert.deepEqual(waits, [350, 600, 1100, 2100, 4100, 4100]);
  await h.clock.advance(h.server.heartbeatMs * 2); // silence, ping, pong
  assert.equal(h.connection.status.value.attempt, 0);
  await cutAndWait();
  assert.equal(waits[6], 350);
});

test('gives up when the outage has lasted longer than the server allows, and can be woken', async () => {
  const h = await live(() => 0.5);
  const promise = h.publish('last');
  await promise;
  h.server.auto = false;
  h.server.socket.cut();
  await h.clock.advance(0);
  const waiting = h.publish('waiting');
  const rejected = assert.rejects(waiting, { code: 'gave_up', retryable: true });
  for (let i = 0; i < 40 && h.status() !== 'closed gave_up'; i++) {
    await h.clock.advance(4_100);
    if (!h.server.socket.closed) h.server.socket.cut();
  }
  await rejected;
  assert.equal(h.status(), 'closed gave_up');
  await assert.rejects(h.publish('too late'), { code: 'gave_up' });
  h.server.auto = true;
  h.platform.hint();
  await settle();
  assert.equal(h.status(), 'live');
});

test('those whom the server asks to wait alike do not come back alike', async () => {
  const waits = [];
  for (const chance of [0, 0.25, 0.9]) {
    const h = await live(() => chance);
    const bye = { code: 4101, reconnect: true, resume: true, retryAfterMs: 7_000 };
    h.server.socket.say({ op: 'bye', reason: 'overloaded', message: 'm', ...bye });
    await settle();
    waits.push((h.connection.status.value.retryAt ?? 0) - h.clock.now);
  }
  assert.deepEqual(waits, [7_100, 7_225, 7_550], 'never sooner than asked');
});

test('a sleeping machine does not give up', async () => {
  const h = await live(() => 0.5);
  h.server.auto = false;
  h.server.socket.cut();
  await settle();
  h.clock.sleep(3_600_000);
  await h.clock.advance(0);
  assert.equal(h.server.sockets.length, 2);
  h.server.socket.cut();
  await settle();
  assert.equal(h.status(), 'reconnecting connection_lost');
});

test('a refusal of the ticket stops, an unreachable server or a proxy does not', async () => {
  // prettier-ignore
  const cases = [
    { error: { code: 'session_not_found', message: 'm', status: 404 }, then: 'closed session_not_found', sockets: 1 },
    { error: { code: 'unreachable', message: 'm', retryable: true }, then: 'live', sockets: 2 },
    { error: { code: 'http_404', message: 'm', status: 404 }, then: 'live', sockets: 2 },
    { error: { code: 'rate_limited', message: 'm', retryable: true, retryAfterMs: 20_000 }, then: 'reconnecting rate_limited', sockets: 1 },
  ];
  for (const { error, then, sockets } of cases) {
    const h = await live();
    h.server.refusals.push(new LifelineError(error));
    h.server.socket.cut();
    await h.clock.advance(15_000);
    assert.equal(h.status(), then);
    assert.equal(h.server.sockets.length, sockets);
  }
});

test('a call that ended meanwhile is read to its end', async () => {
  const h = await live();
  h.server.append('x.test', {});
  h.server.socket.cut();
  for (let i = 0; i < 6; i++) h.server.append('x.test', {});
  h.server.append('call.ended', {});
  h.server.refusals.push(new LifelineError({ code: 'session_over', message: 'm', status: 409 }));
  await h.clock.advance(100);
  assert.equal(h.status(), 'closed session_over');
  assert.deepEqual(h.seen, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('what was erased of a call that ended meanwhile counts as received', async () => {
  const h = await live();
  h.server.socket.cut();
  for (let i = 0; i < 6; i++) h.server.append('x.test', {});
  h.server.append('call.ended', {});
  for (const seq of [1, 4, 5, 6]) h.server.erased.add(seq);
  h.server.refusals.push(new LifelineError({ code: 'session_over', message: 'm', status: 409 }));
  await h.clock.advance(100);
  assert.equal(h.status(), 'closed session_over');
  assert.deepEqual(h.seen, [2, 3, 7]);
});

test('a call that was restored and has ended meanwhile is read from the snapshot', async () => {
  const h = await live();
  for (let i = 0; i < 5; i++) h.server.append('x.seen', {});
  h.server.socket.cut();
  // A backup that has three of the five, and another end than would have come.
  h.server.journal.splice(3);
  h.server.epoch = 'epoch-2';
  for (let i = 0; i < 6; i++) h.server.append('x.after', {});
  h.server.append('call.ended', {});
  h.server.snapshotAt = 8;
  h.server.refusals.push(new LifelineError({ code: 'session_over', message: 'm', status: 409 }));
  await h.clock.advance(100);
  assert.equal(h.status(), 'closed session_over');
  assert.deepEqual(h.seen, [1, 2, 3, 4, 5, 9, 10], 'none of the other history behind those seen');
  assert.deepEqual(h.server.resets, ['epoch_changed']);
});

test('silence is answered by a ping, and an unanswered ping is a dead line', async () => {
  const h = await live();
  await h.clock.advance(10_000);
  assert.equal(sentOf(h.server, 'ping')[0]?.length, 1);
  assert.equal(h.status(), 'live', 'the pong came');
  h.server.socket.onSent = () => undefined; // From here on nothing arrives any more.
  await h.clock.advance(20_000);
  assert.equal(h.server.sockets[0]?.closedWith, 4201);
  await h.clock.advance(100);
  assert.equal(h.server.sockets.length, 2);
  assert.equal(h.status(), 'live');
});

test('a page that slept asks before it believes that the line is dead', async () => {
  const h = await live();
  h.clock.sleep(3_600_000);
  await h.clock.advance(1_000);
  assert.equal(h.server.sockets.length, 1);
  assert.equal(sentOf(h.server, 'ping')[0]?.length, 1);
  assert.equal(h.status(), 'live');
});

test('received events are acknowledged at most once a second', async () => {
  const h = await live();
  for (let i = 0; i < 5; i++) h.server.append('x.test', {});
  await h.clock.advance(900);
  for (let i = 0; i < 5; i++) h.server.append('x.test', {});
  await h.clock.advance(5_000);
  assert.deepEqual(sentOf(h.server, 'ack')[0], [{ op: 'ack', seq: 10 }]);
  h.server.append('x.test', {});
  h.connection.leave();
  assert.deepEqual(
    sentOf(h.server, 'ack')[0]?.slice(1),
    [{ op: 'ack', seq: 11 }],
    'and on leaving',
  );
});

test('a hint ends the pause, or probes the line that looks alive', async () => {
  const h = await live(() => 0.5);
  h.platform.hint();
  assert.equal(sentOf(h.server, 'ping')[0]?.length, 1);
  h.server.socket.onSent = () => undefined;
  h.platform.hint();
  await h.clock.advance(4_000);
  assert.equal(h.server.sockets[0]?.closedWith, 4201, 'dead within seconds, not heartbeats');
  h.server.auto = true;
  h.server.socket.cut();
  await settle();
  const before = h.server.sockets.length;
  h.platform.hint();
  await settle();
  assert.equal(h.server.sockets.length, before + 1);
});

const goaway = {
  op: 'goaway',
  reason: 'draining',
  deadlineMs: 9_000,
  reconnect: { afterMs: 1_000, jitterMs: 2_000 },
  resume: true,
};

test('goaway: moves at a moment of its own within the bounds, and says when', async () => {
  // prettier-ignore
  const cases = [
    { name: 'spread', say: {}, chance: 0.5, inMs: 2_000 },
    { name: 'spread to the end', say: {}, chance: 0.9, inMs: 2_800 },
    { name: 'not after it will be closed', say: { deadlineMs: 1_500 }, chance: 0.9, inMs: 1_500 },
    { name: 'from a new beginning', say: { resume: false }, chance: 0.5, inMs: 2_000 },
  ];
  for (const { name, say, chance, inMs } of cases) {
    const h = await live(() => chance);
    h.server.append('x.test', {});
    h.server.socket.say({ ...goaway, ...say });
    assert.equal(h.connection.status.value.closesAt, h.clock.now + inMs, name);
    await h.clock.advance(inMs - 1);
    assert.equal(h.status(), 'live', name);
    await h.publish('meanwhile');
    h.server.snapshotAt = 0;
    await h.clock.advance(1);
    assert.equal(h.status(), 'reconnecting draining', name);
    assert.equal(h.connection.status.value.closesAt, null, name);
    await h.clock.advance(600);
    assert.equal(h.status(), 'live', name);
    const after = h.server.socket.url.searchParams.get('after');
    assert.equal(after, name === 'from a new beginning' ? '0' : '2', name);
  }
});

test('token.expiring is answered with a fresh token on the open socket', async () => {
  const h = await live();
  h.server.socket.say({ op: 'token.expiring', expiresAt: '2026-02-16T10:01:00.000Z' });
  await settle();
  assert.deepEqual(sentOf(h.server, 'refresh')[0], [{ op: 'refresh', token: 'fresh' }]);
});

test('leave() stops everything, whatever is going on', async () => {
  // prettier-ignore
  const moments: { name: string; before: (h: House) => Promise<void> }[] = [
    { name: 'live', before: async () => undefined },
    { name: 'waiting', before: async (h) => { h.server.socket.cut(); await settle(); } },
    { name: 'handshake', before: async (h) => { h.server.auto = false; h.server.socket.cut(); await h.clock.advance(100); } },
  ];
  for (const { name, before } of moments) {
    const h = await live();
    await before(h);
    h.server.answering = false;
    const waiting = assert.rejects(h.publish('x'), { code: 'left' });
    h.connection.leave();
    await waiting;
    assert.equal(h.status(), 'closed left', name);
    const sockets = h.server.sockets.length;
    await h.clock.advance(policy.giveUpMs * 2);
    assert.equal(h.server.sockets.length, sockets, name);
    assert.equal(h.clock.pending, 0, `${name}: no timer is left behind`);
  }
});

test('an old socket is not heard any more', async () => {
  const h = await live();
  const [old] = h.server.sockets;
  const heard = old?.onmessage as unknown as (event: { data: string }) => void;
  h.server.socket.cut();
  await h.clock.advance(100);
  heard({
    data: JSON.stringify({
      op: 'bye',
      code: 4002,
      reason: 'superseded',
      message: 'm',
      reconnect: false,
      resume: false,
    }),
  });
  assert.equal(h.status(), 'live');
});
