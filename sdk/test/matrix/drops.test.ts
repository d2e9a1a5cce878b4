// Connections that are lost: whatever breaks, and wherever, the call is the same for everybody after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertWhole,
  cannotRun,
  closed,
  House,
  listening,
  live,
  record,
  until,
} from '../server/house.js';

const options = { skip: cannotRun, timeout: 120_000 };
const participants = [{ userId: 'usr_tom', role: 'user' }] as const;

test(
  'a drop with something missed: exactly that is replayed, then it is live',
  options,
  async (t) => {
    const house = await House.open(t);
    const mia = await house.create('usr_mia', { participants });
    await live(mia);
    const tom = await house.join('usr_tom', mia.sessionId, { baseUrl: house.directUrl });
    await live(tom);
    const seen = record(mia);
    const first = mia.state.value.seq;
    void house.proxy.add({ do: 'half_open', when: { kind: 'any' }, times: 0 }); // No way back yet.
    house.proxy.apply({ do: 'rst' }, 'any');
    await until(mia, 'lost', () => mia.connection.value.state === 'reconnecting');
    const missed = Array.from({ length: 300 }, (_, i) => tom.publish('x.n', { i }));
    const last = (await Promise.all(missed)).at(-1)!.seq;
    house.proxy.clear();
    house.proxy.apply({ do: 'rst' }, 'any');
    mia.reconnectNow();
    await until(mia, 'all is there', () => mia.state.value.seq >= last);
    await live(mia);
    assertWhole(seen, first);
  },
);

test(
  'a drop in a quiet call: resumed, with nothing but word of the drop itself',
  options,
  async (t) => {
    const house = await House.open(t);
    const { Socket, frames } = listening();
    const mia = await house.create('usr_mia', { participants, WebSocket: Socket });
    await live(mia);
    await until(mia, 'all has begun', () => mia.state.value.phase === 'connected');
    const seen = record(mia);
    const first = mia.state.value.seq;
    house.proxy.apply({ do: 'rst' });
    await until(mia, 'lost', () => mia.connection.value.state === 'reconnecting');
    await live(mia);
    const hellos = frames.filter(({ op }) => op === 'hello');
    assert.deepEqual(
      hellos.map(({ resumed }) => resumed),
      [true, true],
    );
    assertWhole(seen, first);
    for (const { type } of seen) {
      assert.match(type, /^call\.(reconnecting|reconnected|participant\.connection\.changed)$/);
    }
  },
);

test('an answer that is lost with the line: asked again, it is the same', options, async (t) => {
  const house = await House.open(t);
  const mia = await house.create('usr_mia');
  await live(mia);
  const seen = record(mia);
  const first = mia.state.value.seq;
  const again = house.proxy.add([
    { do: 'rst', when: { connection: 1, direction: 'down', op: 'hello' } },
    { do: 'rst', when: { connection: 2, direction: 'down', op: 'hello' } },
  ]);
  house.proxy.apply({ do: 'rst' });
  await again;
  await live(mia);
  await mia.publish('x.after', {});
  assertWhole(seen, first);
  assert.ok(house.proxy.asked().length >= 4);
});

test('a resumed stream that dies before its first event keeps its cursor', options, async (t) => {
  const house = await House.open(t);
  const mia = await house.create('usr_mia', { participants });
  await live(mia);
  const tom = await house.join('usr_tom', mia.sessionId, { baseUrl: house.directUrl });
  await live(tom);
  const { seq } = await tom.publish('x.before', {});
  await until(mia, 'seen', () => mia.state.value.seq >= seq);
  const seen = record(mia);
  const first = mia.state.value.seq;
  const died = house.proxy.add({
    do: 'rst',
    when: { connection: 1, direction: 'down', op: 'event' },
  });
  house.proxy.apply({ do: 'rst' });
  const last = (await tom.publish('x.missed', {})).seq;
  await died;
  await until(mia, 'all is there', () => mia.state.value.seq >= last);
  assertWhole(seen, first);
  const afters = house.proxy
    .asked()
    .map(({ path }) => new URL(path, 'http://x').searchParams.get('after'));
  assert.equal(afters.at(-1), afters.at(-2), 'the same question twice');
});

test('a publish whose answer is lost is sent again, and stands once', options, async (t) => {
  for (const lost of ['up', 'down'] as const) {
    const house = await House.open(t);
    const mia = await house.create('usr_mia');
    await live(mia);
    const seen = record(mia);
    const first = mia.state.value.seq;
    const fired = house.proxy.add({ do: 'rst', when: { direction: lost, type: 'x.once' } });
    const published = await mia.publish('x.once', { n: 1 });
    await fired;
    assertWhole(seen, first);
    const stands = seen.filter(({ type }) => type === 'x.once');
    assert.deepEqual(
      stands.map(({ eventId, seq }) => ({ eventId, seq })),
      [published],
      lost,
    );
  }
});

test('a line of bytes, and a slow one, carry a call all the same', options, async (t) => {
  const house = await House.open(t);
  void house.proxy.add([
    { do: 'split', when: { connection: 1 } },
    { do: 'delay', ms: 40, when: { connection: 2 } },
  ]);
  const mia = await house.create('usr_mia', { participants });
  await live(mia);
  const tom = await house.join('usr_tom', mia.sessionId);
  await live(tom);
  await mia.say('Grüße 👋');
  const { seq } = await tom.say('مرحبا');
  await until(mia, 'Tom is heard', () => mia.state.value.seq >= seq);
  assert.deepEqual(mia.transcript.value, tom.transcript.value);
});

test('a half-open line is noticed, left, and replaced', options, async (t) => {
  const house = await House.open(t);
  const mia = await house.create('usr_mia');
  await live(mia);
  house.proxy.apply({ do: 'half_open' });
  const said = mia.publish('x.into_the_dark', {});
  await until(mia, 'noticed', () => mia.connection.value.reason === 'heartbeat_missed');
  await said;
  await live(mia);
});

test(
  'who was away when the call ended, or gave up waiting, is told how it ended',
  options,
  async (t) => {
    const house = await House.open(t);
    const away = async (reconnectWindowMs: number) => {
      const mia = await house.create('usr_mia', { participants, reconnectWindowMs });
      await live(mia);
      void house.proxy.add({ do: 'half_open', when: { kind: 'any' }, times: 0 });
      house.proxy.apply({ do: 'rst' }, 'any');
      await until(mia, 'lost', () => mia.connection.value.state === 'reconnecting');
      return mia;
    };
    const back = () => {
      house.proxy.clear();
      house.proxy.apply({ do: 'rst' }, 'any');
    };
    const ended = await away(900_000);
    const token = house.token('usr_mia');
    const path = `/v1/call/sessions/${ended.sessionId}/state`;
    assert.equal((await house.rest('POST', path, token, { status: 'ended' })).status, 200);
    back();
    ended.reconnectNow();
    await closed(ended);
    assert.equal(ended.state.value.status, 'ended');

    const failed = await away(300);
    const follow = `/v1/call/sessions/${failed.sessionId}`;
    for (let status = ''; status !== 'failed' && status !== 'ended'; ) {
      status = ((await (await house.rest('GET', follow, token)).json()) as { status: string })
        .status;
    }
    back();
    failed.reconnectNow();
    await closed(failed);
    assert.equal(failed.state.value.end?.reason, 'reconnect_window_expired');
    assert.equal(failed.state.value.status, 'failed');

    const next = await house.create('usr_mia', { continues: failed.sessionId });
    await live(next);
    assert.equal(next.session.continues, failed.sessionId, 'and the next call carries it on');
  },
);

test(
  'a participant longer away than the window loses nothing while the call goes on',
  options,
  async (t) => {
    const house = await House.open(t);
    const mia = await house.create('usr_mia', { participants, reconnectWindowMs: 200 });
    await live(mia);
    // Mia stays, past the proxy; Tom goes, for as long as a call of this window is given up elsewhere.
    const direct = await house.join('usr_mia', mia.sessionId, { baseUrl: house.directUrl });
    await live(direct);
    mia.leave();
    const tom = await house.join('usr_tom', direct.sessionId);
    await live(tom);
    const seen = record(tom);
    const first = tom.state.value.seq;
    const other = await house.create('usr_mia', { reconnectWindowMs: 200 });
    await live(other);
    void house.proxy.add({ do: 'half_open', when: { kind: 'any' }, times: 0 });
    house.proxy.apply({ do: 'rst' }, 'any');
    const token = house.token('usr_mia');
    for (let status = 'active'; status === 'active'; ) {
      const reply = await house.rest('GET', `/v1/call/sessions/${other.sessionId}`, token);
      status = ((await reply.json()) as { status: string }).status;
    }
    const last = (await direct.say('Where is Tom?')).seq;
    house.proxy.clear();
    house.proxy.apply({ do: 'rst' }, 'any');
    tom.reconnectNow();
    await until(tom, 'all is there', () => tom.state.value.seq >= last);
    assertWhole(seen, first);
    assert.equal(tom.state.value.status, 'active');
  },
);
