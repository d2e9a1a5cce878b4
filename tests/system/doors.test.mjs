// What the doors promise whoever keeps knocking: lists without an end that nobody notices, limits
// that hold by every way in, refusals that a page can read.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { WebSocket } from 'ws';
import { Line } from './support/line.mjs';
import { Server } from './support/server.mjs';

const page = 'https://app.example';
const config = `origins = ["${page}"]
loops = 4
[limits]
events_per_second = 20
events_burst = 40
connects_per_second = 1
connects_burst = 5
changes_per_second = 1
changes_burst = 20
`;
const server = new Server(config);
test.before(() => server.start());
test.after(() => server.close());

async function callOf(token, body = {}) {
  const { status, json } = await server.rest('POST', '/v1/call/sessions', token, body);
  assert.equal(status, 201, JSON.stringify(json));
  return json.session.sessionId;
}

function event(sessionId, eventId, type, payload = {}) {
  return { eventId, sessionId, ts: '2026-02-16T10:00:00.000Z', type, payload, schemaVersion: '1.0' };
}

const publish = (token, what) =>
  fetch(`${server.url}/v1/call/sessions/${what.sessionId}/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(what),
  });

/** Lines of an answer that stays open, until `enough` says so. */
async function linesUntil(path, token, enough) {
  const controller = new AbortController();
  const reply = await fetch(server.url + path, {
    headers: { Authorization: `Bearer ${token}` },
    signal: controller.signal,
  });
  assert.equal(reply.status, 200);
  const lines = [];
  let rest = '';
  for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop();
    for (const line of parts) if (line) lines.push(JSON.parse(line));
    if (enough(lines)) break;
  }
  controller.abort();
  return lines;
}

test('an agent hears of every open call, however many there are', { timeout: 120_000 }, async () => {
  const trusted = server.token('usr_backend', 'service');
  const wanted = new Set();
  const make = async (n) => {
    for (let i = 0; i < n; i++) {
      const participants = [{ userId: 'usr_bot', role: 'agent' }];
      wanted.add(await callOf(trusted, { ownerId: 'usr_many', participants }));
    }
  };
  await Promise.all(Array.from({ length: 20 }, () => make(100)));
  assert.equal(wanted.size, 2_000);
  const bot = server.token('usr_bot', 'agent');
  const heard = new Set();
  const lines = await linesUntil('/v1/call/sessions?follow=1', bot, (all) => {
    for (const { sessionId } of all.slice(heard.size)) heard.add(sessionId);
    return [...wanted].every((id) => heard.has(id));
  });
  assert.ok(lines.length >= 2_000);
});

/** How many of `n` events, sent all at once by `send`, were taken and how many refused for their number. */
async function floods(n, send) {
  const outcomes = await Promise.all(Array.from({ length: n }, (_, i) => send(i)));
  const taken = outcomes.filter((one) => one === 'taken').length;
  const refused = outcomes.filter((one) => one === 'rate_limited').length;
  assert.equal(taken + refused, n, JSON.stringify(outcomes.filter((one) => one !== 'taken').slice(0, 3)));
  return { taken, refused };
}

/** A socket of a user: `send` resolves with what became of an event. */
async function lineOf(sessionId, token) {
  const line = new Line(server, sessionId, { token });
  await line.frame('hello');
  const waiting = new Map();
  line.socket.on('message', (bytes) => {
    const { op, event: shown, eventId = shown?.eventId, code } = JSON.parse(String(bytes));
    if (op === 'event' || op === 'accepted') waiting.get(eventId)?.('taken');
    if (op === 'error') waiting.get(eventId)?.(code);
  });
  const send = (what) =>
    new Promise((resolve) => {
      waiting.set(what.eventId, resolve);
      line.send({ op: 'publish', event: what });
    });
  return { send, close: () => line.close() };
}

const overRest = async (token, what) => {
  const reply = await publish(token, what);
  return reply.status === 201 ? 'taken' : (await reply.json()).code;
};

test('a user publishes over REST as much as over a socket, and no more', async () => {
  const [rest, socket, both] = ['usr_rest', 'usr_socket', 'usr_both'].map((user) => server.token(user));
  const allowed = ({ taken, refused }, began) => {
    const most = 40 + 20 * ((Date.now() - began) / 1_000 + 1);
    assert.ok(taken >= 40 && taken <= most, `${taken} taken, of 40 at once and at most ${most} by now`);
    return refused;
  };
  const first = await callOf(rest);
  let began = Date.now();
  assert.ok(allowed(await floods(200, (i) => overRest(rest, event(first, `r-${i}`, 'x.note'))), began) >= 80);
  const second = await callOf(socket);
  const line = await lineOf(second, socket);
  began = Date.now();
  allowed(await floods(70, (i) => line.send(event(second, `s-${i}`, 'x.note'))), began);
  line.close();
  // It is one limit, not one by each door: what the socket has used, REST does not have.
  const third = await callOf(both);
  const other = await lineOf(third, both);
  began = Date.now();
  const halves = (i) =>
    i % 2 ? other.send(event(third, `b-${i}`, 'x.note')) : overRest(both, event(third, `b-${i}`, 'x.note'));
  allowed(await floods(120, halves), began);
  other.close();

  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, i) => publish(rest, event(first, `w-${i}`, 'x.note'))),
  );
  const refused = replies.filter(({ status }) => status === 429);
  assert.ok(refused.length > 0);
  assert.ok(Number(refused[0].headers.get('retry-after')) >= 1);
  assert.equal((await refused[0].json()).code, 'rate_limited');
});

test('a user publishes no more for being in many calls, on whatever loops these are', async () => {
  const token = server.token('usr_everywhere');
  const calls = await Promise.all(Array.from({ length: 8 }, () => callOf(token)));
  const begun = performance.now();
  const replies = await Promise.all(
    calls.flatMap((sessionId) => Array.from({ length: 40 }, (_, n) => publish(token, event(sessionId, `e-${n}`, 'x.note')))),
  );
  const most = 40 + 20 * Math.ceil((performance.now() - begun) / 1_000);
  const taken = replies.filter(({ status }) => status === 201).length;
  assert.ok(taken >= 40 && taken <= most, `${taken} of at most ${most} were taken`);
});

test('what a user makes over REST is limited before anything is written', async () => {
  const token = server.token('usr_maker');
  const sessionId = await callOf(token);
  const post = (path, body) =>
    fetch(`${server.url}/v1/call/sessions${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const some = (n, asked) => Promise.all(Array.from({ length: n }, (_, i) => asked(i)));
  const [people, calls] = await Promise.all([
    some(60, (n) => post(`/${sessionId}/participants`, { userId: `usr_guest_${n}`, role: 'user' })),
    some(60, () => post('', {})),
  ]);
  const those = (replies, wanted) => replies.filter(({ status }) => status === wanted);
  const added = those(people, 201);
  const refused = those(people, 429);
  const made = those(calls, 201);
  assert.equal(added.length + refused.length, 60);
  assert.equal(made.length + those(calls, 429).length, 60);
  assert.ok(added.length + made.length >= 19, `${added.length} people, ${made.length} calls`);
  assert.ok(refused.length >= 10, `${refused.length} people refused`);
  assert.ok(made.length <= 50, `${made.length} calls made`);
  assert.ok(Number(refused[0].headers.get('retry-after')) >= 1);
  const problem = await refused[0].json();
  assert.equal(problem.code, 'rate_limited');
  assert.ok(problem.retryAfterMs >= 1 && problem.retryAfterMs <= 1_001, `${problem.retryAfterMs} ms`);

  const events = await server.events(sessionId, token);
  const written = events.filter(({ event }) => event.type === 'call.participant.added');
  assert.equal(written.length, added.length + 1, 'and the owner');
  // Events have a limit of their own, and a backend has none.
  assert.equal((await publish(token, event(sessionId, 'n', 'x.note'))).status, 201);
  const trusted = server.token('usr_backend', 'service');
  for (let n = 0; n < 30; n++) await callOf(trusted, { ownerId: 'usr_maker' });
});

// A browser cannot read the answer to an upgrade that is refused: it gets a socket, and a bye on it.
for (const [who, origin] of [['a program', undefined], ['a page', page]]) {
  test(`${who} whose user comes and goes is told to wait`, async () => {
    const token = server.token(`usr_restless_${who.at(-1)}`);
    const sessionId = await callOf(token);
    const attempt = async () => {
      const line = new Line(server, sessionId, { token, origin });
      const first = await Promise.race([line.over, line.frame(({ op }) => op === 'hello' || op === 'bye')]);
      if (first.op !== 'hello') return { ...first, close: first.op === 'bye' ? (await line.over).code : null };
      line.close();
      return 'in';
    };
    const outcomes = await Promise.all(Array.from({ length: 20 }, attempt));
    assert.ok(outcomes.includes('in'));
    const refused = outcomes.filter((one) => one !== 'in');
    assert.ok(refused.length >= 10, JSON.stringify(outcomes));
    for (const one of refused) {
      if (origin === undefined) {
        assert.equal(one.status, 429);
        assert.equal(one.problem.code, 'rate_limited');
        assert.ok(one.problem.retryAfterMs >= 1);
      } else {
        assert.deepEqual([one.op, one.code, one.reason, one.reconnect, one.close], ['bye', 4100, 'rate_limited', true, 4100]);
      }
    }
  });
}

test('a page that comes and goes is told how long to wait, and the log and the figures know of it', async () => {
  const token = server.token('usr_restless_page');
  const sessionId = await callOf(token);
  const lines = Array.from({ length: 12 }, () => new Line(server, sessionId, { token, origin: page }));
  const outcomes = await Promise.all(lines.map((line) => line.frame(({ op }) => op === 'hello' || op === 'bye')));
  const byes = outcomes.filter(({ op }) => op === 'bye');
  assert.ok(byes.length >= 6, `${byes.length} were refused`);
  for (const bye of byes) {
    assert.deepEqual([bye.reason, bye.reconnect], ['rate_limited', true]);
    assert.ok(bye.retryAfterMs > 0 && bye.retryAfterMs <= 1_000, `in ${bye.retryAfterMs} ms there is one more`);
  }
  for (const { requestId } of byes) await server.logged(`request=${requestId} session=${sessionId} upgrade refused reason=rate_limited`);
  assert.ok(!server.log.includes(token), 'and without secrets');
  for (const line of lines) line.close();
});

test('a type is a type, not a text in a payload; pages lead on', async () => {
  const token = server.token('usr_pages');
  const sessionId = await callOf(token);
  const bait = { note: '"type":"call.created"', type: 'call.created' };
  for (let n = 0; n < 5; n++) {
    assert.equal((await publish(token, event(sessionId, `b-${n}`, 'x.note', bait))).status, 201);
  }
  assert.equal((await publish(token, event(sessionId, 'other', 'x.other'))).status, 201);
  const path = `/v1/call/sessions/${sessionId}/events`;
  const types = async (query) => {
    const { json } = await server.rest('GET', `${path}?${query}`, token);
    return { types: json.events.map((one) => one.event.type), next: json.next };
  };
  assert.deepEqual((await types('type=call.created')).types, ['call.created']);
  assert.deepEqual((await types('type=x.other')).types, ['x.other']);
  const first = await types('type=x.note&limit=4');
  assert.equal(first.next, 4);
  assert.ok(first.types.every((type) => type === 'x.note'));

  // The same in lines.
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/x-ndjson' };
  const found = [];
  let next = `${path}?type=x.note&limit=3`;
  let pages = 0;
  while (next) {
    const reply = await fetch(server.url + next, { headers });
    for (const line of (await reply.text()).split('\n')) if (line) found.push(JSON.parse(line));
    next = /^<([^>]+)>; rel="next"$/.exec(reply.headers.get('link') ?? '')?.[1];
    pages++;
  }
  assert.equal(found.length, 5);
  assert.ok(found.every((one) => one.event.type === 'x.note'));
  assert.ok(pages >= 2);
});

test('a snapshot holds what was said, up to its seq', async () => {
  const token = server.token('usr_snapshot');
  const sessionId = await callOf(token);
  const said = { utteranceId: 'u1', speaker: 'user', text: 'Hello', startMs: 0, endMs: 1 };
  assert.equal((await publish(token, event(sessionId, 's', 'transcript.final', said))).status, 201);
  const { json } = await server.rest('GET', `/v1/call/sessions/${sessionId}/snapshot`, token);
  assert.equal(json.seq, (await server.events(sessionId, token)).length);
  assert.deepEqual(json.state.participants.map((one) => one.participantId), ['usr_snapshot']);
  assert.deepEqual(json.transcript, [
    { utteranceId: 'u1', participantId: 'usr_snapshot', speaker: 'user', text: 'Hello', state: 'final' },
  ]);
});

/** A request as written; the answer's head. */
function raw(text) {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.setEncoding('latin1');
    socket.on('data', (bytes) => {
      got += bytes;
      if (!got.includes('\r\n\r\n')) return;
      resolve(got.toLowerCase());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('a page may read why it was refused', async () => {
  const from = `Host: x\r\nOrigin: ${page}\r\n`;
  for (const [name, text, status] of [
    ['broken syntax', `GET / HTTP/1.1\r\n${from}no header\r\n\r\n`, 400],
    ['a body too large', `POST /v1/call/sessions HTTP/1.1\r\n${from}Content-Length: 99999999\r\n\r\n`, 413],
    ['no token', `GET /v1/call/sessions HTTP/1.1\r\n${from}\r\n`, 401],
    ['no upgrade', `GET /v1/call/sessions/sess_1/ws HTTP/1.1\r\n${from}\r\n`, 426],
    ['a preflight of that', `OPTIONS /v1/call/sessions/sess_1/ws HTTP/1.1\r\n${from}\r\n`, 204],
  ]) {
    const head = await raw(text);
    assert.match(head, new RegExp(`^http/1.1 ${status} `), name);
    assert.match(head, /\r\naccess-control-allow-origin: https:\/\/app.example\r\n/, name);
  }
  const foreign = await raw('GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nno header\r\n\r\n');
  assert.doesNotMatch(foreign, /access-control-allow-origin/);
});

test('a wrong method is told the right ones', async () => {
  const reply = await fetch(`${server.url}/v1/call/sessions`, { method: 'DELETE' });
  assert.equal(reply.status, 405);
  assert.equal(reply.headers.get('allow'), 'POST, GET, HEAD');
});

test('the page connects to this server and to no other', async () => {
  const policy = (await fetch(server.url)).headers.get('content-security-policy');
  const host = new URL(server.url).host;
  assert.match(policy, new RegExp(`connect-src 'self' ws://${host} wss://${host};`));
});

test('a server that stops lets nobody in any more', async () => {
  const other = new Server();
  await other.start();
  const token = other.token('usr_last');
  const { json } = await other.rest('POST', '/v1/call/sessions', token, {});
  const { sessionId } = json.session;
  const url = `${other.url.replace('http', 'ws')}/v1/call/sessions/${sessionId}/ws`;
  const code = new Promise((resolve) => {
    const socket = new WebSocket(url, ['lifeline.v1', `auth.${token}`]);
    socket.on('open', () => other.kill('SIGTERM'));
    socket.on('close', resolve);
  });
  assert.equal(await code, 4200);
  await other.close();
});
