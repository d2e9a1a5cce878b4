// What strangers, broken clients and attackers send: each is refused with its own reason, and none
// of it leaves a trace in the journal.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import test from 'node:test';
import { WebSocket } from 'ws';
import { frameCases, requestCases, upgradeCases, upgradeOf } from './support/bad_input.mjs';
import { endedCases, placeCases, tokenCases } from './support/bad_places.mjs';
import { writeEvidence } from './support/evidence.mjs';
import { Issuer } from './support/issuer.mjs';
import { Server } from './support/server.mjs';

const page = 'https://app.example';
const config = `origins = ["${page}"]
[limits]
events_per_second = 100000
events_burst = 100000
changes_burst = 100000
`;

/** A socket that asks one thing at a time and gives the next answer. */
class Asker {
  #queue = [];
  #waiting = [];

  static open(url, token) {
    const asker = new Asker();
    asker.socket = new WebSocket(url, ['lifeline.v1', `auth.${token}`]);
    asker.socket.on('message', (text) => {
      const frame = JSON.parse(String(text));
      if (frame.op !== 'error' && frame.op !== 'bye' && frame.op !== 'accepted') return;
      const next = asker.#waiting.shift();
      if (next) next(frame);
      else asker.#queue.push(frame);
    });
    return new Promise((resolve, reject) => {
      asker.socket.on('error', reject);
      asker.socket.on('open', () => resolve(asker));
    });
  }

  ask(text) {
    this.socket.send(text);
    if (this.#queue.length > 0) return Promise.resolve(this.#queue.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

const inProblem = (got) => /"code":"([a-z_]+)"/.exec(got)?.[1] ?? (/^HTTP\/1\.1 101/.test(got) && 'upgraded');
/** A page cannot read the answer to an upgrade: it gets its socket, and the reason on it. */
const inBye = (got) => /"op":"bye","code":\d+,"reason":"([a-z_]+)"/.exec(got)?.[1] ?? (/"op":"hello"/.test(got) && 'let in');

/** An HTTP request byte by byte as written, for what fetch would never send; what `found` sees in the answer. */
function raw(port, text, found = inProblem) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.setEncoding('latin1');
    socket.setTimeout(5000, () => socket.destroy(new Error(`no answer to ${text.slice(0, 80)}`)));
    socket.on('data', (bytes) => {
      got += bytes;
      const reason = found(got);
      if (reason) {
        socket.destroy();
        resolve(reason);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => resolve('closed'));
  });
}

/** A call that has been and is over. */
async function endedCall(server, owner) {
  const { json } = await server.rest('POST', '/v1/call/sessions', owner, {});
  const path = `/v1/call/sessions/${json.session.sessionId}`;
  const { status } = await server.rest('POST', `${path}/state`, owner, { status: 'ended' });
  assert.equal(status, 200);
  return { path };
}

test('bad input is refused by name and leaves no trace', { timeout: 120_000 }, async (t) => {
  const begun = performance.now();
  const issuer = new Issuer();
  const server = new Server((folder) => config + issuer.settings(folder));
  t.after(() => server.close());
  await server.start();
  const owner = server.token('usr_owner');
  const { json } = await server.rest('POST', '/v1/call/sessions', owner, {});
  const sessionId = json.session.sessionId;
  const socketUrl = `${server.url.replace('http', 'ws')}/v1/call/sessions/${sessionId}/ws`;
  const asker = await Asker.open(socketUrl, owner);
  // One good event first, so that ids can be used twice and everything has begun.
  const world = { server, sessionId, owner, stranger: server.token('usr_stranger', 'user', 'acct_x') };
  world.good = {
    eventId: 'good-1',
    sessionId,
    ts: '2026-02-16T10:00:00.000Z',
    type: 'x.good',
    payload: {},
    schemaVersion: '1.0',
  };
  asker.socket.send(JSON.stringify({ op: 'publish', event: world.good }));
  const again = await asker.ask(JSON.stringify({ op: 'publish', event: world.good }));
  assert.equal(again.op, 'accepted');
  const ended = await endedCall(server, owner);
  // Whoever has a part in what follows has been here before: a user's first visit is on record too.
  const visitors = [
    world.stranger,
    server.token('agt', 'agent'),
    server.token('aud', 'auditor'),
    server.token('key_media', 'service'),
    issuer.token('usr_guest'),
  ];
  for (const token of visitors) {
    const { status } = await server.rest('GET', '/v1/call/sessions', token);
    assert.equal(status, 200, 'the token of a visitor is good');
  }
  const before = server.verify();
  assert.equal(before.ok, true);

  const found = [];
  let cases = 0;
  const judge = (name, got, wanted) => {
    cases++;
    if (![wanted].flat().includes(got)) found.push(`${name}: ${got} instead of ${wanted}`);
  };
  for (const [name, text, wanted] of frameCases(world)) {
    judge(name, (await asker.ask(text)).code, wanted);
  }
  for (const [name, text, wanted] of examples(world)) {
    judge(name, (await asker.ask(text)).code, wanted);
  }
  for (const [name, token, wanted] of tokenCases(issuer)) {
    const { json: problem } = await server.rest('GET', `/v1/call/sessions/${sessionId}`, token);
    judge(`token: ${name}, over REST`, problem.code, wanted);
    judge(`token: ${name}, over the socket`, await raw(server.port, upgradeOf(world, { token })), wanted);
    judge(`token: ${name}, from a page`, await raw(server.port, upgradeOf(world, { token, origin: page }), inBye), wanted);
  }
  const { path } = ended;
  const json_of_owner = { Authorization: `Bearer ${owner}`, 'Content-Type': 'application/json' };
  const requests = [
    ...requestCases(world),
    ...endedCases({ path, json: json_of_owner }),
    ...placeCases({ owner, json: json_of_owner }),
  ];
  for (const [name, request, wanted] of requests) {
    const reply = await fetch(server.url + request.path, {
      method: request.method ?? 'GET',
      headers: request.headers ?? {},
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const problem = await reply.json().catch(() => ({}));
    judge(name, problem.code, wanted);
    if (reply.status < 400) found.push(`${name}: was let in with ${reply.status}`);
  }
  for (const [name, head, wanted] of upgradeCases(world)) {
    judge(name, await raw(server.port, head), wanted);
  }

  for (const target of [`${path}/ws`, '/v1/call/sessions/sys_instance/ws', '/v1/call/sessions/doc_1/ws']) {
    const wanted = target.startsWith(path) ? 'session_over' : 'session_not_found';
    judge(`upgrade: ${target}`, await raw(server.port, upgradeOf(world, { target })), wanted);
    judge(`upgrade: ${target}, from a page`, await raw(server.port, upgradeOf(world, { target, origin: page }), inBye), wanted);
  }

  const after = server.verify();
  assert.equal(after.ok, true);
  const facts = ({ events, streams, head }) => ({ events, streams, head });
  assert.deepEqual(facts(after), facts(before), 'nothing was written, in any stream');
  assert.ok(cases >= 200, `${cases} cases`);
  const counts = { cases, asExpected: cases - found.length };
  t.diagnostic(JSON.stringify(counts));
  writeEvidence('badinput', (performance.now() - begun) / 1000, counts, found);
  assert.deepEqual(found, []);
});

/** The schema's own examples of what is not valid, for every type. */
function* examples(world) {
  const folder = new URL('../../schema/v1/events/', import.meta.url);
  let n = 0;
  for (const file of readdirSync(folder)) {
    const schema = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    const marks = schema['x-lifeline'];
    // Only what can stand in a call's stream reaches the payload's check.
    if (!marks.streams.includes('call')) continue;
    for (const { payload, reason } of marks.invalidExamples) {
      const fitted =
        typeof payload === 'object' && payload !== null && payload.callId?.startsWith?.('sess_')
          ? { ...payload, callId: world.sessionId }
          : payload;
      const type = schema.title === 'x.*' ? 'x.example' : schema.title;
      const event = { ...world.good, eventId: `example-${++n}`, type, payload: fitted };
      yield [`${schema.title} example ${n}`, JSON.stringify({ op: 'publish', event }), reason];
    }
  }
}
