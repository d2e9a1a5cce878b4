// Tokens that run out and rights that are taken away, in the middle of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cannotRun,
  closed,
  House,
  listening,
  live,
  record,
  assertWhole,
  until,
} from '../server/house.js';

const options = { skip: cannotRun, timeout: 120_000 };
const participants = [{ userId: 'usr_tom', role: 'user' }] as const;

test(
  'a token that expired during the outage: one question, and the same cursor',
  options,
  async (t) => {
    const house = await House.open(t);
    const tokens = [house.token('usr_mia'), house.token('usr_mia')] as const;
    const asked: (string | null)[] = [];
    const getToken = ({ refused }: { readonly refused: string | null }) => {
      asked.push(refused);
      return refused === null ? tokens[0] : tokens[1];
    };
    const mia = await house.create('usr_mia', { getToken });
    await live(mia);
    const seen = record(mia);
    const first = mia.state.value.seq;
    asked.length = 0;
    const refused = house.proxy.add({ do: 'expire_token', when: { connection: 1 } });
    house.proxy.apply({ do: 'rst' });
    await refused;
    await until(mia, 'lost', () => mia.connection.value.reason === 'token_expired');
    await live(mia);
    assert.deepEqual(asked, [null, tokens[0]], 'asked as always, and then once for another');
    await mia.publish('x.after', {});
    assertWhole(seen, first);
  },
);

test(
  'a token that has run out over REST: replaced once, and refused for good if it comes again',
  options,
  async (t) => {
    const house = await House.open(t);
    const asked: (string | null)[] = [];
    const token = house.token('usr_mia');
    const getToken = ({ refused }: { readonly refused: string | null }) => {
      asked.push(refused);
      return refused === null ? 'old' : token;
    };
    const http = { kind: 'http' } as const;
    void house.proxy.add({ do: 'expire_token', when: { ...http, connection: 1 } });
    const mia = await house.create('usr_mia', { getToken });
    await live(mia);
    assert.deepEqual(asked, [null, 'old']);

    void house.proxy.add({ do: 'expire_token', when: http, times: 0 });
    house.proxy.apply({ do: 'rst' }, 'any');
    await closed(mia);
    assert.equal(mia.connection.value.reason, 'token_expired', 'and no endless trying');
    const frozen = house.create('usr_mia', { getToken: () => token });
    await assert.rejects(frozen, { code: 'token_expired', status: 401 });
  },
);

test('a token that is about to run out is replaced on the open connection', options, async (t) => {
  const house = await House.open(t);
  const who = ['--user', 'usr_mia', '--account', 'acct_test', '--name', 'usr_mia'];
  const short = house.command('token', '--data', house.data, ...who, '--minutes', '1');
  const long = house.token('usr_mia');
  const asked: (string | null)[] = [];
  const getToken = ({ refused }: { readonly refused: string | null }) => {
    asked.push(refused);
    return refused === null ? short : long;
  };
  const { Socket, frames } = listening();
  const errors: string[] = [];
  const mia = await house.create('usr_mia', { getToken, WebSocket: Socket });
  mia.on('error', ({ code }) => errors.push(code));
  await live(mia);
  await until(mia, 'asked', () => asked.length === 2);
  await mia.publish('x.after', {}); // Whatever was to be said of the new token was said before this.
  assert.deepEqual(asked, [null, short]);
  assert.ok(frames.some(({ op }) => op === 'token.expiring'));
  assert.deepEqual(errors, []);
  assert.equal(house.proxy.asked().length, 1, 'on the same connection');
});

test('who is removed is cut off at once, and does not come back', options, async (t) => {
  const house = await House.open(t);
  const mia = await house.create('usr_mia', { participants });
  const tom = await house.join('usr_tom', mia.sessionId);
  await Promise.all([live(mia), live(tom)]);
  const path = `/v1/call/sessions/${mia.sessionId}/participants/usr_tom`;
  const reply = await house.rest('DELETE', path, house.token('usr_mia'));
  const answered = performance.now();
  assert.ok(reply.ok, String(reply.status));
  await closed(tom);
  assert.ok(performance.now() - answered < 1_000, 'within a second');
  assert.equal(tom.connection.value.code, 4004);
  assert.equal(tom.connection.value.reason, 'removed');
  tom.reconnectNow();
  assert.equal(tom.connection.value.state, 'closed');
  await assert.rejects(house.join('usr_tom', mia.sessionId), { code: 'session_not_found' });
  assert.equal(mia.connection.value.state, 'live');
});
