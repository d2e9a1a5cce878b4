// The commands an operator types, through the real binary: what they print, what they refuse, and
// that the server then does what was decided.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { WebSocket } from 'ws';
import { binary, Server } from './support/server.mjs';

const issuer = 'https://login.example.com';
const secret = 'a secret that only this test knows';
const mustExist = `
[[issuers]]
issuer = "${issuer}"
audience = ["lifeline"]
hs256_secret = "${secret}"
account = "acct_of_the_issuer"
users = "must_exist"
`;

function lifeline(...words) {
  const { status, stdout, stderr } = spawnSync(binary, words, { encoding: 'utf8' });
  return { status, out: stdout.trim(), err: stderr.trim() };
}

/** A command on this folder that has to succeed; its JSON. */
function done(server, ...words) {
  const { status, out, err } = lifeline(...words, '--data', server.data, '--json');
  assert.equal(status, 0, err);
  return JSON.parse(out);
}

function refused(reason, ...words) {
  const { status, out, err } = lifeline(...words);
  assert.equal(status, 1, `${words.join(' ')}: ${out}`);
  assert.match(err, new RegExp(`^lifeline: ${reason}: `));
  assert.equal(out, '');
}

function jwt(subject) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: issuer, aud: 'lifeline', sub: subject, exp })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** What comes of opening the call's socket: "hello", or the code of the refusal. */
function knock(server, sessionId, token) {
  return new Promise((resolve, reject) => {
    const url = `${server.url.replace('http', 'ws')}/v1/call/sessions/${sessionId}/ws`;
    const socket = new WebSocket(url, ['lifeline.v1', `auth.${token}`]);
    socket.on('error', reject);
    socket.on('message', (text) => {
      resolve(JSON.parse(String(text)).op);
      socket.terminate();
    });
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (bytes) => (body += bytes));
      response.on('end', () => resolve(JSON.parse(body).code));
    });
  });
}

async function code(server, token) {
  const { status, json } = await server.rest('GET', '/v1/call/sessions', token);
  return status === 200 ? '' : json.code;
}

test('a revoked key is revoked in whatever it was exchanged for', async (t) => {
  const server = new Server();
  t.after(() => server.close());
  done(server, 'account', 'create', 'acct_a');
  const key = done(server, 'key', 'create', '--account', 'acct_a', '--name', 'backend');
  assert.match(key.key, new RegExp(`^llk_${key.keyId}_`));
  await server.start();
  const made = await server.rest('POST', '/v1/call/sessions', key.key, {});
  assert.equal(made.status, 201);
  const id = made.json.session.sessionId;
  const path = `/v1/call/sessions/${id}`;
  const renewed = await server.rest('POST', `${path}/connect`, key.key, { ttlMs: 300_000 });
  const { token } = renewed.json.connect;

  assert.equal(await knock(server, id, token), 'hello');
  for (const route of ['connect', 'invites', 'events']) {
    const reply = await server.rest('POST', `${path}/${route}`, token, {});
    assert.deepEqual([reply.status, reply.json.code], [401, 'token_wrong_kind'], route);
  }
  assert.equal((await server.rest('GET', path, token)).json.code, 'token_wrong_kind');

  await server.kill('SIGTERM');
  assert.deepEqual(done(server, 'key', 'revoke', key.keyId), { keyId: key.keyId, state: 'revoked' });
  assert.match(lifeline('key', 'revoke', key.keyId, '--data', server.data).out, /already/);
  await server.start();
  assert.equal(await code(server, key.key), 'key_revoked');
  assert.equal(await knock(server, id, token), 'key_revoked');
});

test('a disabled account is refused at once, with every kind of token', async (t) => {
  const server = new Server();
  t.after(() => server.close());
  done(server, 'account', 'create', 'acct_a', '--name', 'Žofie & Co');
  const { key } = done(server, 'key', 'create', '--account', 'acct_a', '--name', 'backend');
  await server.start();
  const own = server.token('usr_1', 'user', 'acct_a');
  const { json } = await server.rest('POST', '/v1/call/sessions', own, {});
  const { sessionId } = json.session;
  assert.equal(await code(server, key), '');

  await server.kill('SIGTERM');
  done(server, 'account', 'disable', 'acct_a');
  await server.start();
  assert.equal(await code(server, key), 'account_disabled');
  assert.equal(await code(server, own), 'account_disabled');
  assert.equal(await knock(server, sessionId, json.connect.token), 'account_disabled');
  assert.equal(await code(server, server.token('usr_2', 'user', 'acct_b')), '');
  // Looking needs no stopped server.
  assert.deepEqual(done(server, 'account', 'list').accounts, [
    { accountId: 'acct_a', state: 'disabled', name: 'Žofie & Co' },
  ]);
  assert.equal(done(server, 'key', 'list').keys[0].state, 'account_disabled');
  refused('folder_in_use', 'account', 'enable', 'acct_a', '--data', server.data);

  await server.kill('SIGTERM');
  done(server, 'account', 'enable', 'acct_a');
  await server.start();
  assert.equal(await code(server, key), '');
});

test('where users must exist, an operator makes, links and unlinks them', async (t) => {
  const server = new Server(mustExist);
  t.after(() => server.close());
  const who = (subject) => ['--issuer', issuer, '--subject', subject];
  done(server, 'account', 'create', 'acct_main');
  await server.start();
  assert.equal(await code(server, jwt('auth0|ada')), 'user_unknown');

  await server.kill('SIGTERM');
  const user = done(server, 'user', 'create', '--account', 'acct_main', ...who('auth0|ada'));
  assert.match(user.userId, /^usr_/);
  done(server, 'user', 'link', '--user', user.userId, ...who('google|ada'));
  const row = { userId: user.userId, accountId: 'acct_main', because: 'linked', issuer };
  assert.deepEqual(done(server, 'user', 'list').users, [
    { ...row, subject: 'auth0|ada' },
    { ...row, subject: 'google|ada' },
  ]);
  await server.start();
  for (const subject of ['auth0|ada', 'google|ada']) {
    const { status, json } = await server.rest('POST', '/v1/call/sessions', jwt(subject), {});
    assert.equal(status, 201, JSON.stringify(json));
    assert.equal(json.session.ownerId, user.userId);
  }
  assert.equal(await code(server, jwt('auth0|bob')), 'user_unknown');

  await server.kill('SIGTERM');
  done(server, 'user', 'unlink', ...who('google|ada'));
  await server.start();
  assert.equal(await code(server, jwt('google|ada')), 'user_unknown');
  assert.equal(await code(server, jwt('auth0|ada')), '');
});

test('tables are for people, and what is unknown is refused with a reason', (t) => {
  const server = new Server();
  t.after(() => server.close());
  const data = ['--data', server.data];
  refused('journal_missing', 'account', 'list', ...data);
  refused('journal_missing', 'key', 'create', '--account', 'acct_a', '--name', 'n', ...data);
  assert.ok(!existsSync(server.data), 'a misspelt folder does not become one');

  assert.equal(lifeline('account', 'create', 'acct_a', '--name', 'A', ...data).out, 'created acct_a');
  assert.match(lifeline('account', 'create', 'acct_a', '--name', 'A', ...data).out, /already/);
  lifeline('account', 'create', 'acct_longer', ...data);
  assert.deepEqual(lifeline('account', 'list', ...data).out.split('\n'), [
    'ACCOUNT      STATE    NAME',
    'acct_a       enabled  A',
    'acct_longer  enabled  acct_longer',
  ]);
  assert.equal(lifeline('user', 'list', ...data).out, 'USER  ACCOUNT  BECAUSE  ISSUER  SUBJECT');
  assert.equal(lifeline('key', 'list', ...data).out, 'KEY  ROLE  ACCOUNT  STATE  EXPIRES  NAME');

  const subject = ['--issuer', issuer, '--subject', 'ada'];
  refused('id_conflict', 'account', 'create', 'acct_a', '--name', 'B', ...data);
  refused('bad_format', 'account', 'create', 'a', ...data);
  refused('account_not_found', 'account', 'disable', 'acct_b', ...data);
  refused('account_not_found', 'key', 'create', '--account', 'acct_b', '--name', 'n', ...data);
  refused('unknown_value', 'key', 'create', '--account', 'acct_a', '--name', 'n', '--role', 'boss', ...data);
  refused('unknown_value', 'key', 'create', '--account', 'acct_a', '--name', 'n', '--role', 'server', ...data);
  refused('key_not_found', 'key', 'revoke', 'nothing', ...data);
  refused('account_not_found', 'user', 'create', '--account', 'acct_b', ...subject, ...data);
  refused('user_not_found', 'user', 'link', '--user', 'usr_nobody', ...subject, ...data);
  refused('user_not_found', 'user', 'unlink', ...subject, ...data);
  refused('keys_missing', 'token', '--user', 'usr_1', '--account', 'acct_a', ...data);
  refused('unknown_value', 'token', '--user', 'usr_1', '--account', 'acct_a', '--role', 'boss', ...data);
  refused('bad_format', 'token', '--user', 'usr 1', '--account', 'acct_a', ...data);
  assert.equal(lifeline('account', 'rename', 'acct_a').status, 2, 'wrong use');
  assert.equal(lifeline('--help').status, 0);
});

test('a token says in JSON what it is', async (t) => {
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  const made = done(server, 'token', '--user', 'usr_1', '--account', 'acct_a', '--minutes', '5');
  assert.equal(await code(server, made.token), '');
  assert.deepEqual([made.userId, made.accountId, made.role], ['usr_1', 'acct_a', 'user']);
  assert.ok(Date.parse(made.expiresAt) - Date.now() <= 300_000);
});

test('check-config says what would count, and where it is from', (t) => {
  const server = new Server(`${mustExist}\n`);
  t.after(() => server.close());
  writeFileSync(server.config, `loops = 2\nheartbeat_ms = 20000\n${mustExist}`);
  const words = ['check-config', '--config', server.config, '--listen', '127.0.0.1:1'];
  const { settings, issuers } = JSON.parse(lifeline(...words, '--json').out);
  const found = Object.fromEntries(settings.map(({ name, value, from }) => [name, [value, from]]));
  assert.deepEqual(found.loops, [2, 'file']);
  assert.deepEqual(found.listen, ['127.0.0.1:1', 'flag']);
  assert.deepEqual(found['limits.in_flight'], [32, 'default']);
  assert.deepEqual(found.origins, [[], 'default']);
  assert.deepEqual([issuers[0].issuer, issuers[0].users], [issuer, 'must_exist']);
  const { status, out } = lifeline(...words);
  assert.equal(status, 0);
  assert.match(out, /^heartbeat_ms +20000 +file$/m);
  assert.ok(!out.includes(secret));

  writeFileSync(server.config, '\n[limits]\nevents_per_secnd = 5\n');
  for (const command of [['check-config'], ['serve', '--data', join(server.folder, 'none')]]) {
    refused('config_invalid', ...command, '--config', server.config);
    const { err } = lifeline(...command, '--config', server.config);
    assert.match(err, /lifeline\.toml: line 3: limits\.events_per_secnd is no setting/);
  }
  refused('config_invalid', 'check-config', '--config', join(server.folder, 'no.toml'));
});
