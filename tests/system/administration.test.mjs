// Accounts, users and keys of a running server, over REST: what is decided counts from the next request
// on, stands in the instance's stream as the commands write it, and a key's secret stands nowhere.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Line } from './support/line.mjs';
import { binary, Server } from './support/server.mjs';

/** A running server, and who asks it: an admin, with what must come of it. */
async function house(t, config) {
  const server = new Server(config);
  t.after(() => server.close());
  await server.start();
  const root = server.token('usr_root', 'admin', 'acct_root');
  const done = async (method, path, body) => {
    const { status, json } = await server.rest(method, path, root, body);
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  };
  /** Why a token opens nothing, or ''. */
  const code = async (token) => (await server.rest('GET', '/v1/call/sessions', token)).json.code ?? '';
  return { server, done, code };
}

/** A followed answer: the events of a call, or without one the calls there are. */
async function feed(server, call, token) {
  const controller = new AbortController();
  const path = call ? `/${call}/events?after=0&follow=1` : '?follow=1';
  const reply = await fetch(`${server.url}/v1/call/sessions${path}`, {
    headers: { Authorization: `Bearer ${token}` },
    signal: controller.signal,
  });
  assert.equal(reply.status, 200);
  const seen = { open: true, abort: () => controller.abort() };
  seen.over = (async () => {
    try {
      for await (const _ of reply.body);
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
    }
    seen.open = false;
  })();
  return seen;
}

test('a key is good at once, and refused at once when it is revoked', async (t) => {
  const { server, done, code } = await house(t);
  await done('POST', '/v1/accounts', { accountId: 'acct_a', name: 'Žofie & Co' });
  const made = await done('POST', '/v1/keys', { accountId: 'acct_a', name: 'backend' });
  assert.equal(await code(made.key), '');
  await done('DELETE', `/v1/keys/${made.keyId}`);
  await done('DELETE', `/v1/keys/${made.keyId}`);
  assert.equal(await code(made.key), 'key_revoked');

  const stream = server.stored('sys_instance').map(({ event }) => event);
  assert.deepEqual(
    stream.map(({ type, payload }) => [type, payload.keyId ?? payload.accountId, payload.by]),
    [
      ['identity.account.created', 'acct_a', undefined],
      ['identity.key.created', made.keyId, 'usr_root'],
      ['identity.key.revoked', made.keyId, 'usr_root'],
    ],
  );
  const secret = made.key.slice(`llk_${made.keyId}_`.length);
  assert.ok(!server.log.includes(secret));
  for (const name of readdirSync(server.data, { recursive: true, withFileTypes: true }))
    if (name.isFile()) assert.ok(!readFileSync(join(name.path, name.name)).includes(secret), name.name);

  await server.kill('SIGKILL');
  await server.start();
  assert.equal(await code(made.key), 'key_revoked');
});

test('what is taken away closes what is open, within a second, and nothing else', async (t) => {
  const { server, done } = await house(t);
  await done('POST', '/v1/accounts', { accountId: 'acct_a' });
  const key = await done('POST', '/v1/keys', { accountId: 'acct_a', name: 'backend', role: 'service' });
  const ada = server.token('usr_ada', 'user', 'acct_a');
  const bob = server.token('usr_bob', 'user', 'acct_b');
  const callOf = async (token) =>
    (await server.rest('POST', '/v1/call/sessions', token, {})).json.session.sessionId;
  const calls = { ada: await callOf(ada), bob: await callOf(bob), key: await callOf(key.key) };
  const open = async (who, token) => {
    const line = new Line(server, calls[who], { token });
    await line.frame('hello');
    return line;
  };
  const lines = {
    bob: await open('bob', bob),
    ada: await open('ada', ada),
    // A connect token carries the key it was made with.
    key: await open(
      'key',
      (await server.rest('POST', `/v1/call/sessions/${calls.key}/connect`, key.key)).json.connect.token,
    ),
  };
  const feeds = {
    bob: await feed(server, calls.bob, bob),
    ada: await feed(server, calls.ada, ada),
    key: await feed(server, calls.key, key.key),
    keysCalls: await feed(server, null, server.token('usr_x', 'agent', 'acct_a')),
  };
  const closesFor = async (who, reason, code, take) => {
    const begun = performance.now();
    await take();
    assert.equal((await lines[who].frame('bye')).reason, reason);
    assert.equal((await lines[who].over).code, code);
    await feeds[who].over;
    assert.ok(performance.now() - begun < 1_000);
  };
  await closesFor('key', 'key_revoked', 4003, () => done('DELETE', `/v1/keys/${key.keyId}`));
  assert.equal(lines.ada.socket.readyState, 1, 'the account has other tokens');
  assert.ok(feeds.ada.open);
  await closesFor('ada', 'account_disabled', 4004, () =>
    done('POST', '/v1/accounts/acct_a/state', { state: 'disabled' }),
  );
  await feeds.keysCalls.over;
  assert.equal(lines.bob.socket.readyState, 1);
  assert.ok(feeds.bob.open);
  // Who is removed from a call hears no more of it, either.
  const guest = server.token('usr_guest', 'user', 'acct_b');
  await server.rest('POST', `/v1/call/sessions/${calls.bob}/participants`, bob, { userId: 'usr_guest', role: 'user' });
  const guests = await feed(server, calls.bob, guest);
  const begun = performance.now();
  await server.rest('DELETE', `/v1/call/sessions/${calls.bob}/participants/usr_guest`, bob);
  await guests.over;
  assert.ok(performance.now() - begun < 1_000);
  assert.ok(feeds.bob.open);
  feeds.bob.abort();
  lines.bob.close();
});

test('an account is disabled and comes back', async (t) => {
  const { server, done, code } = await house(t);
  await done('POST', '/v1/accounts', { accountId: 'acct_a' });
  const { key } = await done('POST', '/v1/keys', { accountId: 'acct_a', name: 'n', role: 'agent' });
  const own = server.token('usr_1', 'user', 'acct_a');
  for (const [state, expected] of [['disabled', 'account_disabled'], ['enabled', '']]) {
    const now = await done('POST', '/v1/accounts/acct_a/state', { state });
    assert.deepEqual(now, { accountId: 'acct_a', name: 'acct_a', state });
    assert.deepEqual([await code(key), await code(own)], [expected, expected]);
  }
});

test('of many who want the same id at once, one gets it', async (t) => {
  const { server, done } = await house(t);
  const root = server.token('usr_root', 'admin', 'acct_root');
  const names = Array.from({ length: 20 }, (_, i) => `name ${i}`);
  const replies = await Promise.all(
    names.map((name) => server.rest('POST', '/v1/accounts', root, { accountId: 'acct_a', name })),
  );
  const made = replies.filter(({ status }) => status === 201);
  assert.equal(made.length, 1);
  assert.ok(replies.every(({ status, json }) => status === 201 || json.code === 'id_conflict'));
  assert.deepEqual((await done('GET', '/v1/accounts')).accounts, [made[0].json]);
});

test('the commands tell a running server', async (t) => {
  const { server, code } = await house(t);
  const env = { ...process.env, LIFELINE_TOKEN: server.token('usr_root', 'admin', 'acct_root') };
  const run = (...words) => {
    const { status, stdout, stderr } = spawnSync(binary, [...words, '--server', `${server.url}/`, '--json'], { encoding: 'utf8', env });
    return { status, out: stdout.trim(), err: stderr.trim() };
  };
  const done = (...words) => {
    const { status, out, err } = run(...words);
    assert.equal(status, 0, err);
    return JSON.parse(out);
  };
  const refused = (reason, ...words) => {
    const { status, err } = run(...words);
    assert.equal(status, 1);
    assert.match(err, new RegExp(`^lifeline: ${reason}: `));
  };
  done('account', 'create', 'acct_a', '--name', 'A');
  const made = done('key', 'create', '--account', 'acct_a', '--name', 'backend', '--days', '1');
  assert.equal(await code(made.key), '');
  const { key: _, ...shown } = made;
  assert.deepEqual(done('key', 'list').keys, [{ ...shown, state: 'good' }]);
  assert.deepEqual(done('account', 'disable', 'acct_a'), { accountId: 'acct_a', state: 'disabled' });
  assert.equal(await code(made.key), 'account_disabled');
  assert.deepEqual(done('account', 'list').accounts, [{ accountId: 'acct_a', state: 'disabled', name: 'A' }]);
  done('account', 'enable', 'acct_a');
  done('key', 'revoke', made.keyId);
  assert.equal(await code(made.key), 'key_revoked');

  const who = (subject) => ['--issuer', 'https://login.example.com', '--subject', subject];
  const { userId } = done('user', 'create', '--account', 'acct_a', ...who('auth0|ada'));
  done('user', 'link', '--user', userId, ...who('google|ada & co'));
  done('user', 'unlink', '--user', userId, ...who('google|ada & co'));
  refused('user_not_found', 'user', 'unlink', '--user', userId, ...who('google|ada & co'));
  refused('missing_field', 'user', 'unlink', ...who('auth0|ada'));
  refused('account_not_found', 'account', 'disable', 'acct_none');
  env.LIFELINE_TOKEN = server.token('usr_1', 'user', 'acct_a');
  refused('forbidden', 'account', 'list');
  env.LIFELINE_TOKEN = 'no.token.atall';
  refused('token_invalid', 'account', 'list');
  server.port = 1;
  refused('peer_unavailable', 'account', 'list');
});
