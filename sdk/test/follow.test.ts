import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { followCalls, type CallNotice, type LifelineError } from '../src/lifeline.js';

/** A real HTTP server, because what is tested is how bytes and connections come in pieces. */
async function serve(t: TestContext, answer: (reply: ServerResponse, nth: number) => void) {
  let nth = 0;
  const urls: string[] = [];
  const server = createServer((request, reply) => {
    urls.push(request.url ?? '');
    answer(reply, nth++);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.close();
    server.closeAllConnections?.();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}`, urls };
}

const line = (id: string) =>
  `${JSON.stringify({ sessionId: id, status: 'active', role: 'agent' })}\n`;
/** Retries come at once; a request still has longer than these tests take. */
const quick = {
  random: () => 0,
  after: (ms: number, fn: () => void) => {
    const timer = setTimeout(fn, ms < 1_000 ? 1 : ms);
    return () => clearTimeout(timer);
  },
};

test('gives each call as its line is complete, comes back after a loss, and stops when asked', async (t) => {
  const { baseUrl, urls } = await serve(t, (reply, nth) => {
    if (nth === 1) return void reply.writeHead(503).end('{"code":"draining"}');
    if (nth === 2) return void reply.writeHead(403).end('<h1>Forbidden</h1>'); // A proxy's.
    reply.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    if (nth === 0) {
      reply.write(line('sess_1') + '\n' + line('sess_2').slice(0, 9));
      setTimeout(() => reply.write(line('sess_2').slice(9)), 20);
      setTimeout(() => reply.destroy(), 60);
    } else reply.write(line('sess_3'));
  });
  const retries: string[] = [];
  const seen: CallNotice[] = [];
  const onRetry = (error: LifelineError) => void retries.push(error.code);
  const stopper = new AbortController();
  const { signal } = stopper;
  let asked = 0;
  for await (const notice of followCalls({
    baseUrl,
    getToken: () => `t${++asked}`,
    platform: quick,
    onRetry,
    signal,
  })) {
    seen.push(notice);
    if (notice.sessionId === 'sess_3') stopper.abort();
  }
  assert.deepEqual(
    seen.map((notice) => notice.sessionId),
    ['sess_1', 'sess_2', 'sess_3'],
  );
  assert.deepEqual(retries, ['unreachable', 'draining', 'http_403']);
  assert.equal(asked, 2, 'once to begin, and once for the loss');
  assert.deepEqual(new Set(urls), new Set(['/v1/call/sessions?follow=1&status=open']));
});

test('waits as long as the server asks, and a little longer', async (t) => {
  const { baseUrl } = await serve(t, (reply, nth) => {
    if (nth === 0)
      return void reply.writeHead(503, { 'Retry-After': '20' }).end('{"code":"draining"}');
    reply.writeHead(200).write(line('sess_1'));
  });
  const waits: number[] = [];
  const watched = {
    ...quick,
    after: (ms: number, fn: () => void) => {
      if (ms >= 20_000 && ms < 30_000) waits.push(ms);
      return quick.after(ms >= 20_000 && ms < 30_000 ? 1 : ms, fn);
    },
  };
  const calls = followCalls({ baseUrl, getToken: () => 't', platform: watched });
  assert.equal((await calls.next()).value?.sessionId, 'sess_1');
  assert.deepEqual(waits, [20_100]);
  await calls.return();
});

test('a line that is silent for three heartbeats is dead', async (t) => {
  const { baseUrl } = await serve(t, (reply, nth) => {
    reply.writeHead(200).write(nth === 0 ? '\n' : line('sess_1'));
  });
  const impatient = {
    ...quick,
    after: (ms: number, fn: () => void) => quick.after(ms === 45_000 ? 400 : ms, fn),
  };
  const retries: string[] = [];
  const onRetry = (error: LifelineError) => void retries.push(error.code);
  const calls = followCalls({ baseUrl, getToken: () => 't', platform: impatient, onRetry });
  const { value } = await calls.next();
  assert.equal(value?.sessionId, 'sess_1');
  assert.equal(retries[0], 'unreachable');
  await calls.return();
});

test('a break of the loop ends the request', async (t) => {
  let closed: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (closed = resolve));
  const { baseUrl } = await serve(t, (reply) => {
    reply.writeHead(200).write(line('sess_1'));
    reply.on('close', closed);
  });
  for await (const _ of followCalls({ baseUrl, getToken: () => 't' })) break;
  await ended;
});

test('a refusal for good is thrown', async (t) => {
  const { baseUrl } = await serve(
    t,
    (reply) => void reply.writeHead(403).end('{"code":"forbidden"}'),
  );
  const first = followCalls({ baseUrl, getToken: () => 't', platform: quick }).next();
  await assert.rejects(first, { code: 'forbidden', status: 403 });
});
