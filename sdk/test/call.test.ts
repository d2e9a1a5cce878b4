import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import {
  createCall,
  joinCall,
  redeemInvite,
  type Call,
  type CallEvent,
  type Envelope,
  type EventRecord,
  type EventType,
  type Reset,
  type WebSocketConstructor,
} from '../src/lifeline.js';
import type { FakeServer } from './fake_server.js';
import { settle } from './virtual.js';
import { connect, session, world, type Route } from './world.js';

async function liveCall(): Promise<{ call: Call } & ReturnType<typeof world>> {
  const it = world();
  const call = await createCall(it.options);
  await settle();
  assert.equal(call.connection.value.state, 'live');
  return { call, ...it };
}

const types = (server: FakeServer) => server.journal.map((record) => record.event.type);
const payloads = (server: FakeServer) => server.journal.map((record) => record.event.payload);

test('createCall posts the body once under one key and uses the connect token it is given', async () => {
  const { requests, server, options } = world();
  const call = await createCall({ ...options, channel: 'text', metadata: { room: 7 } });
  await settle();
  assert.equal(call.sessionId, 'sess_1');
  assert.equal(requests.length, 1);
  assert.deepEqual(requests[0]?.body, { channel: 'text', metadata: { room: 7 } });
  assert.equal(requests[0]?.token, 'Bearer tok');
  assert.match(requests[0]?.key ?? '', /^idem_[0-9A-Z]{26}$/);
  assert.deepEqual(server.socket.protocols, ['lifeline.v1', 'auth.ct']);
});

test('createCall refuses at once what cannot be written as JSON', async () => {
  const circle: Record<string, unknown> = {};
  circle['itself'] = circle;
  for (const metadata of [{ amount: 12n }, circle]) {
    let asked = 0;
    const { requests, options } = world();
    const getToken = () => `tok-${++asked}`;
    await assert.rejects(createCall({ ...options, getToken, metadata }), {
      name: 'LifelineError',
      code: 'json_invalid',
      retryable: false,
      message: /cannot be written as JSON: /,
    });
    assert.equal(requests.length, 0);
    assert.equal(asked, 0, 'nor is anybody asked for a token');
  }
});

test('createCall tries again with the same key where that can help, and only there', async () => {
  const problem = (status: number, code: string) => ({
    status,
    body: { code, detail: 'd', fix: 'f', requestId: 'r' },
  });
  // prettier-ignore
  const cases: { name: string; replies: ReturnType<Route>[]; tries: number; code?: string }[] = [
    { name: 'lost on the way', replies: [null, null], tries: 3 },
    { name: 'never reached', replies: [null, null, null], tries: 3, code: 'unreachable' },
    { name: 'draining', replies: [problem(503, 'draining')], tries: 2 },
    { name: 'a body it does not like', replies: [problem(422, 'unknown_field')], tries: 1, code: 'unknown_field' },
    { name: 'a proxy without words', replies: [{ status: 403 }], tries: 1, code: 'http_403' },
  ];
  for (const { name, replies, tries, code } of cases) {
    const left = [...replies];
    const { requests, clock, options } = world({
      'POST /v1/call/sessions': () =>
        left.length > 0 ? left.shift()! : { status: 201, body: { session, connect } },
    });
    const made = createCall(options);
    const checked =
      code === undefined ? made : assert.rejects(made, { name: 'LifelineError', code });
    await clock.advance(10_000);
    await checked;
    assert.equal(requests.length, tries, name);
    assert.equal(new Set(requests.map((request) => request.key)).size, 1, name);
  }
});

test('a refusal carries what the server says about it', async () => {
  const { options } = world({
    'POST /v1/call/sessions': () => ({
      status: 400,
      headers: { 'Request-Id': 'req_9' },
      body: {
        code: 'unknown_field',
        detail: 'No field "foo".',
        fix: 'Remove it.',
        pointer: '/foo',
      },
    }),
  });
  await assert.rejects(createCall(options), {
    code: 'unknown_field',
    message: 'No field "foo".',
    fix: 'Remove it.',
    pointer: '/foo',
    requestId: 'req_9',
    status: 400,
    retryable: false,
  });
});

test('a refused token is replaced once; the same one again is not tried', async () => {
  // prettier-ignore
  const cases = [
    { name: 'renewed', tokens: ['old', 'new'], then: 'ok', asked: [null, 'old'], sent: ['old', 'new'] },
    { name: 'the same again', tokens: ['old', 'old'], then: 'token_expired', asked: [null, 'old'], sent: ['old'] },
    { name: 'another bad one', tokens: ['old', 'bad'], then: 'token_expired', asked: [null, 'old'], sent: ['old', 'bad'] },
  ];
  for (const { name, tokens, then, asked, sent } of cases) {
    const { requests, options } = world({
      'POST /v1/call/sessions': ({ token }) =>
        token === 'Bearer new'
          ? { status: 201, body: { session, connect } }
          : { status: 401, body: { code: 'token_expired' } },
    });
    const left = [...tokens];
    const questions: (string | null)[] = [];
    const getToken = ({ refused }: { refused: string | null }) => {
      questions.push(refused);
      return left.shift()!;
    };
    const made = createCall({ ...options, getToken });
    if (then === 'ok') await made;
    else await assert.rejects(made, { code: then }, name);
    assert.deepEqual(questions, asked, name);
    assert.deepEqual(
      requests.map((request) => request.token),
      sent.map((token) => `Bearer ${token}`),
      name,
    );
  }
});

test('baseUrl is asked again on every reconnect, and the socket goes where the answer came from', async () => {
  const { options, server, clock, requests } = world();
  let asked = 0;
  const call = await createCall({
    ...options,
    baseUrl: async () => `https://tunnel-${++asked}.example`,
  });
  await settle();
  server.socket.cut();
  await clock.advance(100);
  assert.equal(call.connection.value.state, 'live');
  assert.equal(asked, 2);
  assert.deepEqual(
    server.sockets.map((socket) => socket.url.host),
    ['tunnel-1.example', 'tunnel-2.example'],
  );
  assert.equal(requests[1]?.route, 'POST /v1/call/sessions/sess_1/connect');
});

/** A JWT as far as anybody here reads it. */
const jwtUntil = (at: number, id: string) => `h.${btoa(JSON.stringify({ exp: at / 1_000 }))}.${id}`;

test('the application is asked for a token once in an outage, however often that is tried', async () => {
  let down = false;
  let says = { status: 503, body: { code: 'draining' } };
  const { options, server, clock, requests } = world({
    'POST /v1/call/sessions/sess_1/connect': () => (down ? says : { body: { session, connect } }),
  });
  let lives = 24 * 3_600_000;
  const asked: (string | null)[] = [];
  const getToken = ({ refused }: { refused: string | null }) =>
    Promise.resolve(jwtUntil(clock.now + lives, `${asked.push(refused)}`));
  const call = await createCall({ ...options, getToken });
  await settle();
  const tokens = () => requests.map(({ token }) => token?.split('.')[2]);
  assert.equal(asked.length, 1);

  for (const outage of [1, 2]) {
    down = true;
    const before = requests.length;
    server.socket.cut();
    for (let s = 0; s < 40; s++) await clock.advance(1_000);
    down = false;
    const tries = requests.length - before;
    assert.ok(tries >= 5, `${tries} tries`);
    await clock.advance(10_000);
    assert.equal(call.connection.value.state, 'live');
    assert.equal(asked.length, 1 + outage, `outage ${outage}`);
    assert.deepEqual([...new Set(tokens().slice(before))], [`${1 + outage}`]);
  }

  // One that runs out meanwhile is asked for again before it does, and the server is not asked in vain.
  asked.length = 0;
  down = true;
  lives = 40_000;
  server.socket.cut();
  for (let s = 0; s < 14; s++) await clock.advance(1_000);
  assert.equal(asked.length, 2);
  assert.equal(asked.at(1)?.split('.')[2], '1', 'with the one that will be refused soon');

  // And one that the server refuses.
  says = { status: 401, body: { code: 'token_expired' } };
  await clock.advance(10_000);
  assert.equal(call.connection.value.reason, 'token_expired', 'the next one was refused as well');
  assert.equal(asked.length, 3);
});

test('a token that gives no time, a wrong one, or the same again is kept until the server refuses it', async () => {
  for (const make of [
    () => 'opaque',
    () => 'a.b.c',
    () => `h.${btoa('7')}.s`,
    () => `h.${btoa('{"exp":"soon"}')}.s`,
    (now: number) => jwtUntil(now - 3_600_000, 'a clock that is an hour ahead'),
    () => jwtUntil(Date.parse('2026-02-16T10:00:50Z'), 'always the same'),
  ]) {
    let down = false;
    const { options, server, clock, requests } = world({
      'POST /v1/call/sessions/sess_1/connect': () => (down ? null : { body: { session, connect } }),
    });
    let asked = 0;
    const token = make(clock.now);
    const call = await createCall({ ...options, getToken: () => ((asked += 1), token) });
    await settle();
    asked = 0;
    down = true;
    const before = requests.length;
    server.socket.cut();
    for (let s = 0; s < 40; s++) await clock.advance(1_000);
    assert.ok(requests.length - before >= 5);
    assert.ok(asked <= 2, `${token}: ${asked}`);
    down = false;
    await clock.advance(20_000);
    assert.equal(call.connection.value.state, 'live', token);
  }
});

test('a proxy that refuses in words of its own does not end the call', async () => {
  let inTheWay = 0;
  const { options, server, clock } = world({
    'POST /v1/call/sessions/sess_1/connect': () =>
      inTheWay-- > 0 ? { status: 404, body: 'no such backend' } : { body: { session, connect } },
  });
  const call = await createCall(options);
  await settle();
  inTheWay = 3;
  server.socket.cut();
  await settle();
  await clock.advance(50);
  assert.equal(call.connection.value.state, 'reconnecting');
  await clock.advance(1_000);
  assert.equal(call.connection.value.state, 'live');
});

test('say is one utterance of the right speaker, typed, and resolves with its final', async () => {
  for (const [role, speaker] of [
    ['user', 'user'],
    ['agent', 'agent'],
    ['operator', 'operator'],
  ]) {
    const { options, server } = world();
    server.auto = false;
    const call = await createCall(options);
    const said = call.say('Hello'); // Before the first hello: nobody knows yet who we are.
    await settle();
    server.hello(server.socket, { session: { status: 'active', role, participantId: 'usr_me' } });
    const { seq } = await said;
    assert.equal(seq, 2);
    assert.deepEqual(types(server), ['transcript.utterance.started', 'transcript.final']);
    const [started, final] = payloads(server) as [Record<string, unknown>, Record<string, unknown>];
    assert.deepEqual(started, {
      utteranceId: final['utteranceId'],
      speaker,
      participantId: 'usr_me',
      startMs: 0,
    });
    assert.deepEqual(
      { ...final, utteranceId: null },
      { utteranceId: null, speaker, text: 'Hello', startMs: 0, endMs: 0, source: 'typed' },
    );
    assert.deepEqual(
      call.transcript.value.map(({ text, state }) => [text, state]),
      [['Hello', 'final']],
    );
  }
});

test("times count from the moment the call connected, by the server's clock", async () => {
  const { call, server, clock } = await liveCall();
  server.append('call.connected', { callId: 'sess_1', connectedAt: '2026-02-16T10:00:00.000Z' });
  await clock.advance(2_500);
  await call.say('x');
  assert.equal((payloads(server)[1] as { startMs: number }).startMs, 2_500);
});

test('partials are thinned out, and the final has the last word', async () => {
  const { call, server, clock } = await liveCall();
  const writer = call.utterance({ source: 'stt', turnId: 'turn_1' });
  for (let i = 1; i <= 30; i++) {
    writer.partial('word '.repeat(i));
    await clock.advance(10);
  }
  writer.partial('never seen');
  const final = writer.final('the end');
  writer.partial('too late');
  await clock.advance(1_000);
  await final;
  const revs = server.journal
    .filter((record) => record.event.type === 'transcript.partial')
    .map((record) => (record.event.payload as { rev: number }).rev);
  assert.deepEqual(revs, [1, 2, 3, 4], '300 ms of typing: one at once, then one every 80 ms');
  assert.equal(types(server).at(-1), 'transcript.final');
  assert.equal((payloads(server)[0] as { turnId: string }).turnId, 'turn_1');
});

test('while the line is down an utterance waits with one partial, not with all of them', async () => {
  const { call, server, clock } = await liveCall();
  server.auto = false;
  server.socket.cut();
  const writer = call.utterance();
  for (let i = 0; i < 50; i++) {
    writer.partial(`text ${i}`);
    await clock.advance(20);
  }
  server.auto = true;
  server.accept(server.socket);
  await clock.advance(200);
  const texts = server.journal
    .filter((record) => record.event.type === 'transcript.partial')
    .map((record) => (record.event.payload as { text: string }).text);
  assert.deepEqual(texts, ['text 0', 'text 49']);
});

test('an utterance can be truncated, once spoken or while it is', async () => {
  const { call, server } = await liveCall();
  const writer = call.utterance({ source: 'llm' });
  await writer.truncate({ heardText: 'Hel', playedMs: 200, generatedText: 'Hello' });
  assert.deepEqual(types(server), ['transcript.utterance.started', 'transcript.truncated']);
  assert.equal((payloads(server)[1] as { cause: string }).cause, 'barge_in');
});

test('a refused announcement is the refusal of the utterance', async () => {
  const { call, server } = await liveCall();
  server.answering = false;
  const said = assert.rejects(call.say('x'), { code: 'type_not_allowed' });
  await settle();
  for (const { event } of server.socket.sent as unknown as { event: Envelope<EventType> }[]) {
    server.socket.say({
      op: 'error',
      eventId: event.eventId,
      code: 'type_not_allowed',
      message: 'm',
      outcome: 'refused',
    });
  }
  await said;
});

test('listeners hear their type, the star hears all, and one that throws harms nobody', async (t) => {
  const { call, server } = await liveCall();
  const heard: string[] = [];
  const thrown: unknown[] = [];
  const { reportError } = globalThis;
  globalThis.reportError = (error) => void thrown.push(error);
  t.after(() => (globalThis.reportError = reportError));
  const stop = call.on('x.a', () => void heard.push('a'));
  call.on('*', () => {
    throw new Error('a bug of the application');
  });
  call.on('*', (event) => void heard.push(`* ${event.type}`));
  server.append('x.a', {});
  server.append('x.b', {});
  stop();
  server.append('x.a', {});
  await settle();
  assert.deepEqual(heard, ['a', '* x.a', '* x.b', '* x.a']);
  assert.equal(thrown.length, 3, 'and is reported');
  assert.equal(call.state.value.seq, 3);
});

test('events() gives each event in order and ends with the connection', async () => {
  const { call, server } = await liveCall();
  const seen: number[] = [];
  const reading = (async () => {
    for await (const event of call.events()) seen.push(event.seq);
  })();
  server.append('x.a', {});
  server.append('x.b', {});
  await settle();
  server.append('x.c', {});
  call.leave();
  await reading;
  assert.deepEqual(seen, [1, 2, 3]);
  for await (const _ of call.events()) assert.fail('nothing comes after the end');
});

test('a call that was given up is whole again when the network returns', async () => {
  for (const wake of ['hint', 'reconnectNow'] as const) {
    const it = world();
    const { server, clock, options } = it;
    const call = await createCall(options);
    await settle();
    const before = call.events();
    server.auto = false;
    for (let i = 0; i < 100 && call.connection.value.reason !== 'gave_up'; i++) {
      server.socket.cut();
      await clock.advance(20_000);
    }
    assert.equal(call.connection.value.state, 'closed');
    assert.equal((await before.next()).done, true, 'whoever read is told');
    await assert.rejects(call.say('x'), { code: 'gave_up' });
    server.auto = true;
    if (wake === 'hint') options.platform.hint();
    else call.reconnectNow();
    const after = call.events(); // At once: before there is a line.
    const said = call.say('Here again');
    await settle();
    assert.equal(call.connection.value.state, 'live', wake);
    assert.equal((await said).seq, 2);
    assert.equal((await call.self).participantId, 'usr_me');
    assert.equal((await after.next()).value?.type, 'transcript.utterance.started');
    call.leave();
  }
});

test('a reader who does not read is told so, others are not held up', async () => {
  const { call, server } = await liveCall();
  const lazy = call.events();
  const brisk: CallEvent[] = [];
  call.on('*', (event) => void brisk.push(event));
  for (let i = 0; i < 10_001; i++) server.append('x.a', {});
  await assert.rejects(lazy.next(), { code: 'reader_too_slow' });
  assert.equal(brisk.length, 10_001);
});

test('views are updated at once when live, and at most every 100 ms during a replay', async () => {
  const { options, server, clock } = world();
  for (let i = 0; i < 50; i++) server.append('x.a', {});
  server.auto = false;
  const call = await createCall(options);
  await settle();
  const versions: number[] = [];
  call.state.subscribe((state) => void versions.push(state.seq));
  server.hello(server.socket);
  for (const record of server.journal.slice(0, 20)) server.socket.say({ op: 'event', ...record });
  await clock.advance(100);
  for (const record of server.journal.slice(20)) server.socket.say({ op: 'event', ...record });
  server.socket.say({ op: 'replay.complete', seq: 50 });
  assert.deepEqual(versions, [20, 50]);
  server.append('x.a', {});
  server.append('x.a', {});
  assert.deepEqual(versions, [20, 50, 51, 52]);
});

test('whoever is told of one view finds the others at the same moment', async () => {
  const { call, server } = await liveCall();
  const moments: string[] = [];
  const look = () => {
    const { seq, utterances, participants } = call.state.value;
    assert.equal(call.transcript.value, utterances);
    assert.equal(call.participants.value, participants);
    moments.push(`${seq} ${utterances.length} ${participants.length}`);
  };
  call.participants.subscribe(look);
  call.transcript.subscribe(look);
  call.state.subscribe(look);
  const said = { utteranceId: 'u', speaker: 'user', text: 'Hi', startMs: 0, endMs: 0 };
  server.append('transcript.final', said);
  server.append('call.participant.joined', { callId: 's', participantId: 'p', role: 'user' });
  server.append('x.a', {});
  assert.deepEqual(moments, ['1 1 0', '1 1 0', '2 1 1', '2 1 1', '3 1 1'], 'and only of a change');
});

test('a refused cursor: state from the snapshot, and the application is told', async () => {
  const people = [
    { participantId: 'a', role: 'user', displayName: 'Al', joined: true, connected: false },
    { participantId: 'b', role: 'user', joined: false, connected: false },
  ];
  const state = { ...session, status: 'active', phase: 'held', participants: people };
  const events: EventRecord[] = [];
  const { options, server, clock } = world({
    'GET /v1/call/sessions/sess_1/snapshot': () => ({ body: { epoch: 'epoch-2', seq: 40, state } }),
    'GET /v1/call/sessions/sess_1/events': ({ route }) => {
      const after = Number(/after=(\d+)/.exec(route)?.[1]);
      return { body: { events: events.slice(after, after + 7) } };
    },
  });
  const call = await createCall(options);
  await settle();
  const resets: Reset[] = [];
  call.on('reset', (reset) => void resets.push(reset));
  server.append('x.a', {});
  server.journal.splice(0);
  for (let i = 1; i <= 42; i++) {
    const said = { utteranceId: `u${i}`, speaker: 'user', text: `${i}`, startMs: 0, endMs: 0 };
    events.push(i % 20 === 0 ? server.append('transcript.final', said) : server.append('x.a', {}));
  }
  server.epoch = 'epoch-2';
  server.socket.cut(4302);
  await clock.advance(100);
  assert.deepEqual(resets, [{ type: 'reset', reason: 'trimmed', seq: 40 }]);
  assert.equal(call.state.value.phase, 'held');
  assert.deepEqual(
    call.participants.value.map((one) => one.displayName),
    ['Al'],
  );
  assert.deepEqual(
    call.transcript.value.map((one) => one.text),
    ['20', '40'],
  );
  assert.equal(server.socket.url.search, '?after=40&epoch=epoch-2');
  assert.equal(call.state.value.seq, 42);
});

test('end is a request; leaving is not an end', async () => {
  const { call, server } = await liveCall();
  await call.end('user_hangup');
  assert.deepEqual(payloads(server), [{ reason: 'user_hangup' }]);
  call.leave();
  await settle();
  assert.deepEqual(types(server), ['call.end.requested']);
  assert.equal(call.connection.value.reason, 'left');
});

test('leaving as soon as the line is up is the last that anybody hears', async () => {
  const { options } = world();
  const call = await createCall(options);
  const heard: string[] = [];
  call.connection.subscribe(({ state }) => state === 'live' && call.leave());
  call.connection.subscribe(({ state }) => void heard.push(state));
  await settle();
  assert.equal(heard.at(-1), 'closed');
  assert.equal(call.connection.value.state, 'closed');
});

test('who waits to speak when the connection closes is told', async () => {
  const { options, server } = world();
  server.auto = false;
  const call = await createCall(options);
  const said = assert.rejects(call.say('x'), { code: 'left' });
  await settle();
  call.leave();
  await said;
});

test('joinCall takes a ticket of its own', async () => {
  const { options, requests } = world({
    'POST /v1/call/sessions/no%2Fsuch/connect': () => ({
      status: 404,
      body: { code: 'session_not_found' },
    }),
  });
  const call = await joinCall({ ...options, sessionId: 'sess_1' });
  await settle();
  assert.equal(call.connection.value.state, 'live');
  assert.equal(requests[0]?.route, 'POST /v1/call/sessions/sess_1/connect');
  const stranger = joinCall({ ...options, sessionId: 'no/such' });
  await assert.rejects(stranger, { code: 'session_not_found', status: 404 });
});

test('joining a call that is over gives its whole record', async () => {
  const over = { status: 409, body: { code: 'session_over', detail: 'It has ended.' } };
  const it = world({
    'POST /v1/call/sessions/sess_1/connect': () => over,
    'GET /v1/call/sessions/sess_1': () => ({ body: { ...session, status: 'ended' } }),
    'GET /v1/call/sessions/sess_1/events': ({ route }) => {
      const after = Number(new URL(route.slice(4), 'http://x').searchParams.get('after'));
      return { body: { events: it.server.journal.slice(after, after + 2) } };
    },
  });
  it.server.append('call.connected', { callId: 'sess_1', connectedAt: 't' });
  it.server.append('transcript.final', {
    utteranceId: 'u',
    speaker: 'user',
    text: 'Hi',
    startMs: 0,
    endMs: 0,
  });
  it.server.append('call.ended', {
    callId: 'sess_1',
    endedAt: 't',
    durationSeconds: 1,
    endReason: 'completed',
  });
  const call = await joinCall({ ...it.options, sessionId: 'sess_1' });
  await it.clock.advance(100);
  assert.equal(call.connection.value.state, 'closed');
  assert.equal(call.state.value.end?.reason, 'completed');
  assert.deepEqual(
    call.transcript.value.map((one) => one.text),
    ['Hi'],
  );
  assert.equal(it.server.sockets.length, 0);
});

test('redeemInvite sends the secret of the fragment, in the body', async () => {
  const { requests, options } = world({
    'POST /v1/call/invites/redeem': () => ({ body: { session, token: 'guest' } }),
  });
  const { fetch } = options.platform;
  const link = 'https://calls.example/join#invite=s3cr3t-0123456789';
  const invite = await redeemInvite(link, { displayName: 'Tom', fetch });
  assert.deepEqual(requests[0]?.body, { secret: 's3cr3t-0123456789', displayName: 'Tom' });
  assert.equal(requests[0]?.token, null);
  const call = await joinCall({ ...invite, platform: options.platform });
  await settle();
  assert.equal(requests[1]?.token, 'Bearer guest');
  assert.equal(call.sessionId, 'sess_1');
  await assert.rejects(redeemInvite('https://calls.example/join', { fetch }), {
    code: 'invite_malformed',
  });
});

test('redeemInvite asks again under one key when the answer is lost', async () => {
  const link = 'https://calls.example/join#invite=s3cr3t-0123456789';
  for (const idempotencyKey of [undefined, 'idem_given']) {
    let lost = 2;
    const { requests, clock, options } = world({
      'POST /v1/call/invites/redeem': () =>
        lost-- > 0 ? null : { body: { session, token: 'guest' } },
    });
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const redeeming = redeemInvite(link, { ...key, platform: options.platform });
    await clock.advance(10_000);
    assert.equal((await redeeming).sessionId, 'sess_1');
    assert.equal(requests.length, 3);
    const keys = new Set(requests.map((request) => request.key));
    assert.equal(keys.size, 1);
    assert.match([...keys][0] ?? '', idempotencyKey ? /^idem_given$/ : /^idem_[0-9A-Z]{26}$/);
  }
});

test('an invite that is refused is not tried again', async () => {
  const { requests, options } = world({
    'POST /v1/call/invites/redeem': () => ({ status: 410, body: { code: 'invite_invalid' } }),
  });
  const link = 'https://calls.example/join#invite=s3cr3t-0123456789';
  await assert.rejects(redeemInvite(link, { platform: options.platform }), {
    code: 'invite_invalid',
  });
  assert.equal(requests.length, 1);
});

test('whoever wants a call back as soon as it closes has one that speaks', async () => {
  const { call, server } = await liveCall();
  let again = 0;
  call.connection.subscribe(({ state }) => {
    if (state === 'closed' && again++ === 0) call.reconnectNow();
  });
  server.socket.say({
    op: 'bye',
    code: 4002,
    reason: 'superseded',
    message: 'm',
    reconnect: false,
    resume: false,
  });
  server.socket.close();
  await settle();
  assert.equal(call.connection.value.state, 'live');
  await call.say('hello');
  assert.ok(types(server).includes('transcript.final'));
  call.leave();
});

test('a WebSocket class can be given', async () => {
  const { options, server } = world();
  const { openSocket: _, ...platform } = options.platform;
  class Given {
    constructor(url: string, protocols: string[]) {
      return server.open(url, protocols);
    }
  }
  const call = await createCall({ ...options, platform, WebSocket: Given as WebSocketConstructor });
  await settle();
  assert.equal(call.connection.value.state, 'live');
});

test('a runtime without WebSocket is told what to do, before a call is made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeline-sdk-')); // Where no node_modules is found.
  const bundle = join(folder, 'lifeline.mjs');
  await build({ entryPoints: ['src/lifeline.ts'], outfile: bundle, bundle: true, format: 'esm' });
  const script = `
    delete globalThis.WebSocket;
    const { createCall } = await import(${JSON.stringify(pathToFileURL(bundle).href)});
    await createCall({ baseUrl: 'http://127.0.0.1:9', getToken: () => 't' }).catch((error) => {
      console.log(error.code, error.fix);
    });`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.match(stdout, /^websocket_missing .*npm install ws/);
});
