// Whose a call is, over REST: guests who were removed, keys that were used before, lost answers.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { Server } from './support/server.mjs';

const sessions = '/v1/call/sessions';

/** A server with a call of usr_owner's. */
async function begin(t, body = {}) {
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  const owner = server.token('usr_owner');
  const ask = async (method, path, token, sent, key) => {
    const reply = await fetch(server.url + path, {
      method,
      headers: {
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(key ? { 'Idempotency-Key': key } : {}),
        ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : JSON.stringify(sent) }),
    });
    const json = await reply.json().catch(() => null);
    return { status: reply.status, json, code: json?.code ?? reply.status };
  };
  const { json } = await ask('POST', sessions, owner, body);
  const path = `${sessions}/${json.session.sessionId}`;
  return { server, owner, ask, path, session: json.session };
}

test('a guest has the rights of the invite until they are removed', async (t) => {
  const { server, owner, ask, path } = await begin(t);
  const service = server.token('key_1', 'service');
  const invite = await ask('POST', `${path}/invites`, service, { role: 'operator' });
  const { secret } = invite.json;
  const { json: guest } = await ask('POST', '/v1/call/invites/redeem', null, { secret });
  assert.equal((await ask('POST', `${path}/invites`, guest.token, {})).status, 201);
  assert.equal((await ask('DELETE', `${path}/participants/${guest.userId}`, owner)).status, 204);
  for (const [method, where, sent] of [
    ['GET', path],
    ['GET', `${path}/events`],
    ['POST', `${path}/connect`, {}],
    ['POST', `${path}/invites`, {}],
    ['POST', `${path}/participants`, { userId: guest.userId, role: 'operator' }],
    ['POST', `${path}/state`, { status: 'ended' }],
  ])
    assert.equal((await ask(method, where, guest.token, sent)).code, 'session_not_found', where);
});

test('a participant who manages nothing changes nothing', async (t) => {
  const participants = [
    { userId: 'usr_ben', role: 'user' },
    { userId: 'usr_bot', role: 'agent' },
  ];
  const { server, ask, path } = await begin(t, { participants });
  const ben = server.token('usr_ben');
  for (const [method, where, sent] of [
    ['POST', `${path}/state`, { status: 'active', providerRoomId: 'r' }],
    ['POST', `${path}/state`, { status: 'failed', reason: 'reconnect_window_expired' }],
    ['POST', `${path}/participants`, { userId: 'usr_eve', role: 'user' }],
    ['POST', `${path}/invites`, {}],
    ['DELETE', `${path}/participants/usr_bot`],
  ])
    assert.equal((await ask(method, where, ben, sent)).code, 'forbidden', where);
});

test('a key asks for one call', async (t) => {
  const { owner, ask } = await begin(t);
  const key = randomUUID();
  const body = { metadata: { a: 1, b: { c: 2, d: 3 } }, config: { voice: 'x' }, connectTimeoutMs: 7000 };
  const held = await ask('POST', sessions, owner, { ...body, provider: 'livekit' });
  assert.deepEqual([held.status, held.code], [403, 'forbidden'], 'it would never be given up');
  const first = await ask('POST', sessions, owner, body, key);
  assert.equal(first.status, 201);
  const { session } = first.json;
  assert.equal(session.connectTimeoutMs, 7000);
  assert.deepEqual(session.config, { voice: 'x' });
  const turned =
    '{"connectTimeoutMs":7000, "config":{"voice":"x"},"metadata":{"b":{"d":3,"c":2},"a":1}}';
  const again = await ask('POST', sessions, owner, turned, key);
  assert.equal(again.status, 201);
  assert.equal(again.json.session.sessionId, session.sessionId);
  for (const change of [{ provider: 'livekit' }, { config: {} }, { connectTimeoutMs: 8000 }])
    assert.equal((await ask('POST', sessions, owner, { ...body, ...change }, key)).code, 'id_conflict');
});

test('a key asks for one invite', async (t) => {
  const { owner, ask, path } = await begin(t);
  const key = randomUUID();
  const first = await ask('POST', `${path}/invites`, owner, { ttlMs: 60_000 }, key);
  const again = await ask('POST', `${path}/invites`, owner, { ttlMs: 60_000 }, key);
  assert.deepEqual(again.json, first.json);
  for (const other of [{ ttlMs: 90_000 }, { ttlMs: 60_000, uses: 2 }, { ttlMs: 60_000, role: 'viewer' }])
    assert.equal((await ask('POST', `${path}/invites`, owner, other, key)).code, 'id_conflict');
});

test('a lost answer does not burn an invite', async (t) => {
  const { owner, ask, path } = await begin(t);
  const invite = await ask('POST', `${path}/invites`, owner, {});
  const body = { secret: invite.json.secret, displayName: 'Gus' };
  const redeem = (sent, key) => ask('POST', '/v1/call/invites/redeem', null, sent, key);
  const key = randomUUID();
  const lost = await redeem(body, key);
  const found = await redeem(body, key);
  assert.equal(found.status, 201);
  assert.equal(found.json.userId, lost.json.userId);
  assert.equal((await ask('GET', path, found.json.token)).status, 200);
  assert.equal((await redeem({ ...body, displayName: 'Eve' }, key)).code, 'id_conflict');
  assert.equal((await redeem(body, randomUUID())).code, 'invite_invalid');
  assert.equal((await redeem(body)).code, 'invite_invalid');
});
