// Servers that are killed, restarted, restored, drained, or come under the weight of everybody at once.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { assertWhole, cannotRun, House, live, PageSocket, record, until } from '../server/house.js';

const options = { skip: cannotRun, timeout: 180_000 };
const participants = [{ userId: 'usr_tom', role: 'user' }] as const;

test(
  'killed at the very frame that would have told: nothing acknowledged is lost',
  options,
  async (t) => {
    // prettier-ignore
    const moments = [
    { name: 'before it heard', when: { direction: 'up', type: 'x.n', frame: 5 } },
    { name: 'before it was heard', when: { direction: 'down', type: 'x.n', frame: 5 } },
  ] as const;
    for (const { name, when } of moments) {
      const house = await House.open(t);
      const mia = await house.create('usr_mia', { participants });
      const tom = await house.join('usr_tom', mia.sessionId);
      await Promise.all([live(mia), live(tom)]);
      const [seen, first] = [record(tom), tom.state.value.seq];
      const killed = house.proxy.add({ do: 'kill', when });
      const all = Array.from({ length: 20 }, (_, i) => mia.publish('x.n', { i }));
      await killed;
      await until(tom, 'the loss is noticed', () => tom.connection.value.state === 'reconnecting');
      await house.start();
      const published = await Promise.all(all);
      const last = published.at(-1)!.seq;
      await until(tom, 'all is there', () => tom.state.value.seq >= last);
      assertWhole(seen, first);
      const numbers = seen.flatMap((event) => (event.type === 'x.n' ? [event.payload['i']] : []));
      assert.deepEqual(numbers, [...Array(20).keys()], `${name}: each once, in order`);
    }
  },
);

test(
  'restored from a backup: the cursor is refused, and the call goes on from what there is',
  options,
  async (t) => {
    const house = await House.open(t);
    const mia = await house.create('usr_mia');
    await live(mia);
    await mia.say('Before the backup.');
    const backup = join(house.folder, 'backup');
    house.command('backup', house.data, backup);
    await mia.say('After the backup.');
    await house.kill();
    house.command('restore', backup, house.data);
    const reset = new Promise<string>((resolve) =>
      mia.on('reset', ({ reason }) => resolve(reason)),
    );
    await house.start();
    assert.equal(await reset, 'epoch_changed');
    await live(mia);
    const said = () => mia.transcript.value.map((one) => one.text);
    assert.deepEqual(
      said(),
      ['Before the backup.'],
      'what the backup does not have is gone, and said to be',
    );
    await mia.say('After the restore.');
    assert.deepEqual(said(), ['Before the backup.', 'After the restore.']);
  },
);

test('history that is no longer kept: the snapshot, and on from there', options, async (t) => {
  // The server keeps all of it, so here it is the proxy that says so.
  const house = await House.open(t);
  const mia = await house.create('usr_mia');
  await live(mia);
  await mia.say('Long ago.');
  const reset = new Promise<string>((resolve) => mia.on('reset', ({ reason }) => resolve(reason)));
  const bye = {
    op: 'bye',
    code: 4302,
    reason: 'trimmed',
    message: 'm',
    reconnect: true,
    resume: false,
  };
  house.proxy.apply({ do: 'say', frame: bye });
  assert.equal(await reset, 'trimmed');
  await live(mia);
  await mia.say('And on.');
  assert.deepEqual(
    mia.transcript.value.map((one) => one.text),
    ['Long ago.', 'And on.'],
  );
});

test('a cursor ahead of the head is an error, in words, and never silence', options, async (t) => {
  const house = await House.open(t);
  const mia = await house.create('usr_mia');
  await live(mia);
  const token = house.token('usr_mia');
  const url = `${house.baseUrl.replace('http', 'ws')}/v1/call/sessions/${mia.sessionId}/ws`;
  const [asked] = house.proxy.asked();
  assert.ok(asked);
  const first = new PageSocket(url, ['lifeline.v1', `auth.${token}`]);
  const epoch = await new Promise<string>((resolve) =>
    first.once('message', (text) => resolve((JSON.parse(String(text)) as { epoch: string }).epoch)),
  );
  first.terminate();
  const ahead: WebSocket = new PageSocket(`${url}?after=999999&epoch=${epoch}`, [
    'lifeline.v1',
    `auth.${token}`,
  ]);
  const bye = await new Promise<{ op: string; reason: string; code: number }>((resolve) =>
    ahead.once('message', (text) => resolve(JSON.parse(String(text)) as never)),
  );
  assert.deepEqual([bye.op, bye.code, bye.reason], ['bye', 4303, 'cursor_ahead']);
});

test(
  'stopped in good order and started again: told before, back after, nothing lost',
  options,
  async (t) => {
    const house = await House.open(t);
    const mia = await house.create('usr_mia', { participants });
    const tom = await house.join('usr_tom', mia.sessionId);
    await Promise.all([live(mia), live(tom)]);
    const [seen, first] = [record(tom), tom.state.value.seq];
    const reasons: (string | null)[] = [];
    mia.connection.subscribe(
      ({ state, reason }) => state === 'reconnecting' && reasons.push(reason),
    );
    const said = Array.from({ length: 10 }, (_, i) => mia.publish('x.n', { i }));
    await house.kill('SIGTERM');
    await until(mia, 'told', () => mia.connection.value.state === 'reconnecting');
    assert.equal(reasons[0], 'draining', 'and told why');
    const during = mia.publish('x.n', { i: 10 });
    await house.start();
    const last = (await during).seq;
    await Promise.all(said);
    await until(tom, 'all is there', () => tom.state.value.seq >= last);
    assertWhole(seen, first);
  },
);

test(
  'everybody cut off at once: everybody is back, each with all of it once',
  options,
  async (t) => {
    const house = await House.open(t);
    const people = Array.from({ length: 40 }, (_, i) => `usr_${i}`);
    const rest = people.slice(1).map((userId) => ({ userId, role: 'viewer' }) as const);
    const owner = await house.create('usr_0', { participants: rest });
    await live(owner);
    const others = await Promise.all(
      people.slice(1).map((user) => house.join(user, owner.sessionId, { role: 'user' })),
    );
    await Promise.all(others.map(live));
    const watched = others.map((call) => ({
      call,
      seen: record(call),
      first: call.state.value.seq,
    }));
    house.proxy.apply({ do: 'rst' }, 'any');
    const said = Array.from({ length: 100 }, (_, i) => owner.publish('x.n', { i }));
    const last = (await Promise.all(said)).at(-1)!.seq;
    for (const { call, seen, first } of watched) {
      await until(call, 'all is there', () => call.state.value.seq >= last);
      assertWhole(seen, first);
    }
  },
);
