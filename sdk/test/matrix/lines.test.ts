// Who holds a line: two sockets of one, ghosts, tokens that are used twice, forged or left over.
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

test(
  'the same line opened twice: the newest wins, the older one stops and says so',
  options,
  async (t) => {
    const house = await House.open(t);
    const before = await house.create('usr_mia');
    await live(before);
    const resumeToken = before.resumeToken ?? '';
    assert.notEqual(resumeToken, '', 'the server gives resume tokens');
    const after = await house.join('usr_mia', before.sessionId, { resumeToken });
    await live(after);
    await closed(before);
    assert.equal(before.connection.value.reason, 'superseded');
    assert.equal(before.connection.value.code, 4002);
    await after.publish('x.late', {});

    before.reconnectNow(); // "Use it here": beside the other, as a line of its own.
    await live(before);
    await after.publish('x.both', {});
    assert.equal(after.connection.value.state, 'live');
    await until(before, 'both see it', () => before.state.value.seq === after.state.value.seq);
  },
);

test('two tabs of one person are two lines, and both live', options, async (t) => {
  const house = await House.open(t);
  const one = await house.create('usr_mia');
  const two = await house.join('usr_mia', one.sessionId);
  await Promise.all([live(one), live(two)]);
  const { seq } = await one.publish('x.from_one', {});
  await until(two, 'two sees it', () => two.state.value.seq >= seq);
  await two.publish('x.from_two', {});
  assert.deepEqual(
    [one, two].map((call) => call.connection.value.state),
    ['live', 'live'],
  );
});

test('a ghost of our own that wins the race takes nothing from us', options, async (t) => {
  for (const order of ['before', 'after'] as const) {
    const house = await House.open(t);
    const mia = await house.create('usr_mia');
    await live(mia);
    const seen = record(mia);
    const first = mia.state.value.seq;
    const doubled = house.proxy.add([
      { do: 'rst', when: { connection: 1, direction: 'down', op: 'hello' } },
      { do: 'duplicate', order, when: { connection: 2 } },
    ]);
    house.proxy.apply({ do: 'rst' });
    await doubled;
    await live(mia);
    const { seq } = await mia.publish('x.after', {});
    await until(mia, 'seen', () => mia.state.value.seq >= seq);
    assertWhole(seen, first);
    assert.notEqual(mia.connection.value.state, 'closed', order);
  }
});

test(
  'a token that was used already is refused, and the call can be used here all the same',
  options,
  async (t) => {
    const house = await House.open(t);
    const mia = await house.create('usr_mia');
    await live(mia);
    const resumeToken = mia.resumeToken ?? '';
    const second = await house.join('usr_mia', mia.sessionId, { resumeToken });
    await live(second);
    await second.publish('x.heard', {});
    const third = await house.join('usr_mia', mia.sessionId, { resumeToken });
    await closed(third);
    assert.equal(third.connection.value.reason, 'resume_token_reused');
    assert.equal(second.connection.value.state, 'live');
    third.reconnectNow();
    await live(third);
  },
);

test(
  'a forged token, and one of another call or person, is left out and nobody is hurt',
  options,
  async (t) => {
    const house = await House.open(t);
    const mia = await house.create('usr_mia', {
      participants: [{ userId: 'usr_tom', role: 'user' }],
    });
    const other = await house.create('usr_mia');
    await Promise.all([live(mia), live(other)]);
    for (const [user, resumeToken] of [
      ['usr_mia', `${mia.resumeToken}x`],
      ['usr_mia', 'nonsense'],
      ['usr_mia', other.resumeToken],
      ['usr_tom', mia.resumeToken],
    ] as const) {
      const { Socket, frames } = listening();
      const again = await house.join(user, mia.sessionId, {
        resumeToken: resumeToken ?? '',
        WebSocket: Socket,
      });
      await live(again);
      const byes = frames.filter(({ op }) => op === 'bye').map(({ reason }) => reason);
      assert.deepEqual(byes, ['resume_token_invalid'], `${user} ${resumeToken}`);
      again.leave();
    }
    assert.deepEqual(
      [mia, other].map((call) => call.connection.value.state),
      ['live', 'live'],
    );
  },
);

test(
  'a page that is loaded again takes its own place, and reads all there is',
  options,
  async (t) => {
    const house = await House.open(t);
    const participants = [{ userId: 'usr_tom', role: 'user' }] as const;
    const mia = await house.create('usr_mia', { participants });
    const tom = await house.join('usr_tom', mia.sessionId);
    await Promise.all([live(mia), live(tom)]);
    await mia.say('Before the reload.');
    const resumeToken = mia.resumeToken ?? '';
    house.proxy.apply({ do: 'half_open' }); // The page is gone, and the server does not know.
    mia.leave();
    const again = await house.join('usr_mia', mia.sessionId, { resumeToken });
    await live(again);
    assert.deepEqual(
      again.transcript.value.map((one) => one.text),
      ['Before the reload.'],
    );
    const { seq } = await again.say('After it.');
    tom.reconnectNow();
    await until(tom, 'Tom hears it', () => tom.state.value.seq >= seq);
    const here = again.participants.value.filter((one) => one.participantId === 'usr_mia');
    assert.equal(here.length, 1);
  },
);
