// Lifeline behind the proxies that people have, each with the recipe of deploy/proxies: a call over it
// stays up, streams arrive as they come, clients are told apart, and nothing is lost when it restarts.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import test from 'node:test';
import { WebSocket } from 'ws';
import { createCall } from '../../sdk/dist/lifeline.js';
import { idleSeconds, kinds, Proxy } from './support/proxy.mjs';
import { Server } from './support/server.mjs';

const server = new Server('trusted_proxies = ["127.0.0.1"]\nheartbeat_ms = 2000\n');
test.before(() => server.start());
test.after(() => server.close());

/** A request over the proxy, from another address of this machine. */
function ask(proxy, path, { from = '127.0.0.1', method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(proxy.url + path, { localAddress: from, method, headers, agent: false });
    asked.once('error', reject);
    asked.once('response', async (reply) => {
      let text = '';
      for await (const bytes of reply) text += bytes;
      resolve({ status: reply.statusCode, json: JSON.parse(text) });
    });
    asked.end(body);
  });
}

/** Resolves when `done` is true of what `subscribe` tells. */
const until = (subscribe, done) =>
  new Promise((resolve) => {
    const check = (value) => done(value) && resolve(value);
    subscribe(check);
  });

const callOver = (proxy, user, token) =>
  createCall({ baseUrl: proxy.url, getToken: async () => token, WebSocket });

/** Ends a call, and stays until its line has heard of it: without the proxy it would try again for as long as a call waits. */
async function ended(call) {
  const closed = until((check) => call.connection.subscribe(check), ({ state }) => state === 'closed');
  await call.end();
  await closed;
}

for (const name of Object.keys(kinds)) {
  test(name, { timeout: 120_000 }, async (t) => {
    const proxy = new Proxy(name, server.port);
    t.after(() => proxy.close());
    await proxy.start();
    const token = server.token(`usr_${name}`);

    await t.test('says how this server is called', async () => {
      const { status, json } = await ask(proxy, '/v1/call/sessions', {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: '{}',
      });
      assert.equal(status, 201, JSON.stringify(json));
      assert.ok(json.connect.url.startsWith(`${proxy.url.replace('http', 'ws')}/v1/`), json.connect.url);
    });

    await t.test('tells clients apart, and none can be another', async () => {
      const forged = { 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9' };
      for (const from of ['127.0.0.2', '127.0.0.3']) {
        const before = server.log.length;
        assert.equal((await ask(proxy, '/nothing', { from, headers: forged })).status, 404);
        const told = await server.logged('/nothing refused', before);
        assert.equal(/client=(\S+)/.exec(told)[1], from);
      }
    });

    await t.test('keeps a call that is quiet for longer than its idle timeout', async () => {
      const call = await callOver(proxy, name, token);
      const states = new Set();
      call.connection.subscribe(({ state }) => states.add(state));
      await call.say('before');
      const { json } = await ask(proxy, `/v1/call/sessions/${call.sessionId}/connect`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: '{}',
      });
      // A second line says nothing at all; the server's heartbeats are what keeps it.
      const quiet = new WebSocket(json.connect.url, ['lifeline.v1', `auth.${json.connect.token}`]);
      await new Promise((resolve, reject) => {
        let pings = 0;
        quiet.on('ping', () => ++pings === idleSeconds && resolve());
        quiet.once('close', (code) => reject(new Error(`closed ${code} after ${pings} pings`)));
        quiet.once('error', reject);
      });
      quiet.removeAllListeners('close');
      quiet.terminate();
      await call.say('after');
      assert.ok(!states.has('reconnecting'), [...states].join());
      await ended(call);
    });

    await t.test('lets a followed answer through as it comes', async () => {
      const call = await callOver(proxy, name, token);
      const reply = await fetch(
        `${proxy.url}/v1/call/sessions/${call.sessionId}/events?after=0&follow=1`,
        { headers: { Authorization: `Bearer ${token}`, Accept: 'application/x-ndjson' } },
      );
      assert.equal(reply.status, 200);
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      let heard = '';
      // Each is waited for before the next is said: a proxy that gathers would wait for ever.
      for (const text of ['one', 'two', 'three']) {
        await call.say(text);
        while (!heard.includes(`"text":"${text}"`)) heard += (await reader.read()).value;
      }
      await reader.cancel();
      await ended(call);
    });

    await t.test('loses nothing when it is reloaded, nor when it is killed', async () => {
      const call = await callOver(proxy, name, token);
      const heard = [];
      call.on('transcript.final', ({ payload }) => heard.push(payload.text));
      const said = [];
      const say = (text) => (said.push(text), call.say(text));
      await say('before');
      proxy.reload();
      await Promise.all(Array.from({ length: 20 }, (_, n) => say(`reloaded ${n}`)));
      const broken = until((check) => call.connection.subscribe(check), ({ state }) => state === 'reconnecting');
      await proxy.stop('SIGKILL');
      await broken;
      const answers = Array.from({ length: 20 }, (_, n) => say(`killed ${n}`));
      await proxy.start();
      await Promise.all(answers);
      assert.deepEqual(heard.toSorted?.() ?? [...heard].sort(), [...said].sort());
      await ended(call);
    });
  });
}

for (const [name, kind] of Object.entries(kinds).filter(([, { withTls }]) => withTls)) {
  test(`${name} with the recipe's lines for TLS`, { timeout: 60_000 }, async (t) => {
    const proxy = new Proxy(name, server.port, { tls: true });
    t.after(() => proxy.close());
    await proxy.start();
    const { ca } = proxy;
    const token = server.token(`usr_tls_${name}`);
    const created = await new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const asked = requestTls(`${proxy.url}/v1/call/sessions`, { method: 'POST', headers, ca });
      asked.once('error', reject);
      asked.once('response', async (reply) => {
        let text = '';
        for await (const bytes of reply) text += bytes;
        resolve(JSON.parse(text));
      });
      asked.end('{}');
    });
    const { url, token: ticket } = created.connect;
    assert.ok(url.startsWith(`${proxy.url.replace('https', 'wss')}/v1/`), `${kind.recipe}: ${url}`);
    const socket = new WebSocket(url, ['lifeline.v1', `auth.${ticket}`], { ca });
    t.after(() => socket.terminate());
    const hello = await new Promise((resolve, reject) => {
      socket.once('message', (bytes) => resolve(JSON.parse(String(bytes))));
      socket.once('error', reject);
      socket.once('close', (code) => reject(new Error(`closed ${code}`)));
    });
    assert.equal(hello.op, 'hello');
    assert.equal(hello.session.id, created.session.sessionId);
  });
}
