// The listener of a real server: TLS with a certificate made for the occasion, what SIGHUP changes and
// what it does not, and a peer that says that it speaks for others.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import test from 'node:test';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { makeCertificate } from './support/certificate.mjs';
import { Server } from './support/server.mjs';

/** A certificate for this machine in the folder, under the names that the configuration has. */
function certify(folder, commonName, key = 'key.pem') {
  makeCertificate(join(folder, 'certificate.pem'), join(folder, key), commonName);
}

const page = 'https://app.example';
const configured = (folder, rest = '') => `${rest}
[tls]
certificate = "${folder}/certificate.pem"
key = "${folder}/key.pem"
`;

async function serve(t, config) {
  const server = new Server(config);
  t.after(() => server.close());
  await server.start();
  return server;
}

const reload = async (server, config) => {
  const from = server.log.length;
  writeFileSync(server.config, config);
  server.signal('SIGHUP');
  return server.logged('reloaded', from);
};

/** An answer over TLS; the certificate in the folder has to be the server's. */
function ask(server, path, { method = 'GET', headers = {}, body } = {}) {
  const ca = readFileSync(join(server.folder, 'certificate.pem'));
  return new Promise((resolve, reject) => {
    const asked = request(server.url + path, { ca, method, headers, agent: false });
    asked.once('error', reject);
    asked.once('response', async (reply) => {
      let text = '';
      for await (const bytes of reply) text += bytes;
      resolve({ status: reply.statusCode, headers: reply.headers, json: JSON.parse(text) });
    });
    asked.end(body);
  });
}

const shownBy = (server) =>
  new Promise((resolve, reject) => {
    const socket = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
  });

const create = (server, token) =>
  ask(server, '/v1/call/sessions', {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: '{}',
  });

test('a call over TLS: REST, and a socket that moved to the loop of its call', async (t) => {
  const server = await serve(t, (folder) => {
    certify(folder, 'first');
    return configured(folder, 'loops = 4');
  });
  assert.equal(server.scheme, 'https');
  const token = server.token('usr_tls');
  const ca = readFileSync(join(server.folder, 'certificate.pem'));
  for (let call = 0; call < 8; call++) {
    const { status, json } = await create(server, token);
    assert.equal(status, 201);
    assert.ok(json.connect.url.startsWith(`wss://127.0.0.1:${server.port}/`), json.connect.url);
    const socket = new WebSocket(json.connect.url, ['lifeline.v1', `auth.${json.connect.token}`], { ca });
    const [first] = await new Promise((resolve, reject) => {
      socket.once('message', (...message) => resolve(message));
      socket.once('error', reject);
    });
    assert.equal(JSON.parse(first).op, 'hello');
    socket.terminate();
  }
  assert.equal(await fetch(`http://127.0.0.1:${server.port}/healthz`).catch(() => 'refused'), 'refused');
});

test('SIGHUP: a new certificate, and one that is no pair changes nothing', async (t) => {
  const server = await serve(t, (folder) => {
    certify(folder, 'first');
    return configured(folder);
  });
  assert.equal(await shownBy(server), 'first');
  certify(server.folder, 'second');
  await reload(server, configured(server.folder));
  assert.equal(await shownBy(server), 'second');
  certify(server.folder, 'third', 'key_elsewhere.pem');
  assert.match(
    await reload(server, configured(server.folder, `origins = ["${page}"]`)),
    /not reloaded, nothing has changed: key .*key\.pem/,
  );
  assert.equal(await shownBy(server), 'second');
});

test('SIGHUP: what may change is changed, the rest is named, a bad file changes nothing', async (t) => {
  const server = await serve(t, '');
  const mayRead = async () =>
    (await fetch(`${server.url}/healthz`, { headers: { Origin: page } })).headers.get(
      'access-control-allow-origin',
    );
  assert.equal(await mayRead(), null);
  const said = await reload(
    server,
    `origins = ["${page}"]\nloops = 7\npublic_url = "https://calls.example"\n[limits]\nin_flight = 3\n`,
  );
  assert.match(said, /changed=limits\.in_flight,origins,public_url needs_restart=loops\n/);
  assert.equal(await mayRead(), page);
  const token = server.token('usr_hup');
  const { json } = await server.rest('POST', '/v1/call/sessions', token, {});
  assert.ok(json.connect.url.startsWith('wss://calls.example/v1/'), json.connect.url);
  assert.match(await reload(server, 'orgins = []\n'), /nothing has changed: .*orgins is no setting/);
  assert.equal(await mayRead(), page);
  await reload(server, '');
  assert.equal(await mayRead(), null);
});

test('SIGHUP: an agent speaks otherwise from its next turn on, another one waits for a restart', async (t) => {
  const rules = (words) => `otherwise = "${words}"\n`;
  const agent = (name, more = '') => `[agents.${name}]\ndriver = "scripted"\njoin = "all"\n${more}`;
  const server = new Server('');
  t.after(() => server.close());
  const file = join(server.folder, 'rules.toml');
  const coach = agent('coach', `rules_file = "${file}"\ndebounce_ms = 10\n`);
  writeFileSync(file, rules('Before.'));
  writeFileSync(server.config, coach);
  await server.start();
  const ada = server.token('usr_ada');
  const { json } = await server.rest('POST', '/v1/call/sessions', ada, { channel: 'text' });
  const says = async () => {
    const path = `/v1/call/sessions/${json.session.sessionId}/turns`;
    const reply = await fetch(server.url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${ada}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ text: 'Hello' }),
    });
    const lines = (await reply.text()).trim().split('\n').map((line) => JSON.parse(line).event);
    return lines.find(({ type }) => type === 'orchestration.turn.completed').payload.text;
  };
  assert.equal(await says(), 'Before.');
  writeFileSync(file, rules('After.'));
  assert.match(await reload(server, coach + agent('other')), /changed=agents\.coach needs_restart=agents\.other\n/);
  assert.equal(await says(), 'After.');
});

test('only a trusted proxy speaks for others, in the headers that it writes', async (t) => {
  const server = await serve(t, '');
  const as = async (headers) => {
    const from = server.log.length;
    const reply = await fetch(`${server.url}/nothing`, { headers });
    assert.equal(reply.status, 404);
    const told = await server.logged('/nothing refused', from);
    return /client=(\S+)/.exec(told)[1];
  };
  const forwarded = { 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=198.51.100.1' };
  assert.equal(await as(forwarded), '127.0.0.1');
  await reload(server, 'trusted_proxies = ["127.0.0.0/8"]\n');
  assert.equal(await as(forwarded), '203.0.113.9');
  await reload(server, 'trusted_proxies = ["127.0.0.0/8"]\nproxy_headers = "forwarded"\n');
  assert.equal(await as(forwarded), '198.51.100.1');
});

test('clients behind a trusted proxy have limits of their own', async (t) => {
  const server = await serve(
    t,
    'trusted_proxies = ["127.0.0.1"]\n[limits]\naccepts_per_second = 1\naccepts_burst = 2\n',
  );
  const knock = (client) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/call/sessions/sess_x/ws`, {
        headers: { 'X-Forwarded-For': client },
      });
      socket.once('unexpected-response', (_, reply) => {
        resolve([reply.statusCode, reply.headers['retry-after'] !== undefined]);
        reply.destroy();
      });
      socket.once('error', reject);
    });
  assert.notEqual((await knock('203.0.113.1'))[0], 429);
  assert.notEqual((await knock('203.0.113.1'))[0], 429);
  assert.deepEqual(await knock('203.0.113.1'), [429, true]);
  assert.notEqual((await knock('203.0.113.2'))[0], 429);
});
