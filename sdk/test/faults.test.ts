import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { control, FaultProxy, readRules, type ProxyOptions, type Rule } from '../faults/faults.js';
import { FrameReader, nameOf, serverFrame } from '../faults/frames.js';
import { settle, VirtualClock } from './virtual.js';

/** A server that says what it hears back, behind a proxy; and what its end of each socket is. */
async function house(t: TestContext, options: Partial<ProxyOptions> = {}) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const accepted: WebSocket[] = [];
  server.on('connection', (socket) => {
    accepted.push(socket);
    socket.on('message', (data) => socket.send(String(data)));
    socket.on('error', () => undefined);
  });
  const { port } = server.address() as AddressInfo;
  const proxy = await FaultProxy.open({ target: port, ...options });
  t.after(async () => {
    await proxy.close();
    server.close();
  });
  return { server, accepted, proxy };
}

/** A client's socket, and what it heard. */
class Client {
  readonly socket: WebSocket;
  readonly heard: string[] = [];
  readonly closed: Promise<number>;
  #tell = (): void => undefined;

  constructor(proxy: FaultProxy, protocols: string[] = ['lifeline.v1'], origin?: string) {
    const options = origin === undefined ? {} : { origin };
    this.socket = new WebSocket(proxy.url.replace('http', 'ws'), protocols, options);
    this.socket.on('message', (data) => {
      this.heard.push(String(data));
      this.#tell();
    });
    this.socket.on('error', () => undefined);
    this.closed = once(this.socket, 'close').then(([code]) => code as number);
  }

  async open(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  async hears(count: number): Promise<string[]> {
    while (this.heard.length < count) await new Promise<void>((tell) => (this.#tell = tell));
    return this.heard;
  }
}

const frame = (op: string, more: object = {}) => JSON.stringify({ op, ...more });
const publish = (type: string) => frame('publish', { event: { type } });

test('without rules everything passes as it is', async (t) => {
  const { proxy, accepted } = await house(t);
  const client = await new Client(proxy).open();
  const long = 'ä'.repeat(70_000);
  client.socket.send('short');
  client.socket.send(long);
  assert.deepEqual(await client.hears(2), ['short', long]);
  accepted[0]?.close(4000, 'over');
  assert.equal(await client.closed, 4000);
  await proxy.until(({ log }) => log.some(({ what }) => what === 'ended'));
});

test('frames are counted however the bytes are cut, masked or not', () => {
  const whole = Buffer.concat([
    serverFrame(1, Buffer.from(publish('x.a'))),
    serverFrame(9, Buffer.alloc(0)),
    serverFrame(1, Buffer.alloc(70_000 % 65_536, 'x')),
    Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2]),
  ]);
  for (const size of [1, 2, 7, 1_000, whole.length]) {
    const reader = new FrameReader();
    const frames = [];
    for (let at = 0; at < whole.length; at += size) {
      frames.push(...reader.push(whole.subarray(at, at + size)));
    }
    assert.deepEqual(
      frames.map(({ opcode, payload }) => [opcode, payload.length]),
      [
        [1, publish('x.a').length],
        [9, 0],
        [1, 4_464],
        [1, 2],
      ],
    );
    assert.deepEqual(nameOf(frames[0]!), { op: 'publish', type: 'x.a' });
    assert.equal(frames[3]?.payload.toString(), 'hi');
    assert.deepEqual(Buffer.concat(frames.map(({ raw }) => raw)), whole);
  }
});

test('a rule applies to the frame that it names, in the direction that it names, once', async (t) => {
  // prettier-ignore
  const cases: { name: string; when: Rule['when']; heard: string[] }[] = [
    { name: 'the second of any kind', when: { direction: 'up', frame: 2 }, heard: ['a', 'p:x.2', 'p:x.1'] },
    { name: 'by op', when: { direction: 'down', op: 'publish' }, heard: ['a', 'b', 'p:x.1'] },
    { name: 'by the type of its event', when: { type: 'x.1' }, heard: ['a', 'b', 'p:x.2'] },
    { name: 'the second of that op', when: { direction: 'up', op: 'publish', frame: 2 }, heard: ['a', 'b', 'p:x.2'] },
    { name: 'of another connection', when: { direction: 'up', frame: 1, connection: 2 }, heard: ['a', 'b', 'p:x.2', 'p:x.1'] },
  ];
  for (const { name, when, heard } of cases) {
    const { proxy } = await house(t);
    void proxy.add({ do: 'drop', ...(when ? { when } : {}) });
    const client = await new Client(proxy).open();
    for (const text of [frame('a'), frame('b'), publish('x.2'), publish('x.1')]) {
      client.socket.send(text);
    }
    const names = (await client.hears(heard.length)).map((text) => {
      const { op, event } = JSON.parse(text) as { op: string; event?: { type: string } };
      return event ? `p:${event.type}` : op;
    });
    assert.deepEqual(names, heard, name);
  }
});

test('rst: both ends learn of it, and neither was said goodbye', async (t) => {
  const { proxy, accepted } = await house(t);
  const fired = proxy.add({ do: 'rst', name: 'cut', when: { direction: 'up', op: 'b' } });
  const client = await new Client(proxy).open();
  const gone = once(accepted[0]!, 'close');
  client.socket.send(frame('a'));
  await client.hears(1);
  client.socket.send(frame('b'));
  await fired;
  assert.equal(await client.closed, 1006);
  assert.equal((await gone)[0], 1006);
  assert.deepEqual(
    proxy.log
      .filter(({ rule }) => rule)
      .map(({ what, rule, connection }) => [what, rule, connection]),
    [['rst', 'cut', 1]],
  );
  assert.equal((await new Client(proxy).open()).socket.readyState, WebSocket.OPEN, 'once');
});

test('half open: nothing passes, and neither end is told of the other', async (t) => {
  const { proxy, accepted } = await house(t);
  const client = await new Client(proxy).open();
  proxy.apply({ do: 'half_open' });
  client.socket.send(frame('lost'));
  accepted[0]?.send(frame('lost too'));
  client.socket.terminate();
  await client.closed;
  await settle();
  assert.deepEqual(client.heard, []);
  assert.equal(accepted[0]?.readyState, WebSocket.OPEN, 'the server still believes in it');
});

test('stall: what waited comes in order when it flows again', async (t) => {
  const clock = new VirtualClock();
  const { proxy } = await house(t, { clock: { now: () => clock.now, after: clock.after } });
  const client = await new Client(proxy).open();
  const fired = proxy.add({ do: 'stall', ms: 5_000, when: { direction: 'down', op: 'b' } });
  for (const op of ['a', 'b', 'c']) client.socket.send(frame(op));
  await fired;
  assert.deepEqual(await client.hears(1), [frame('a')]);
  await clock.advance(4_999);
  assert.equal(client.heard.length, 1);
  await clock.advance(1);
  assert.deepEqual(await client.hears(3), [frame('a'), frame('b'), frame('c')]);
});

test('delay: everything comes, in order, and not before its time', async (t) => {
  const clock = new VirtualClock();
  const { proxy } = await house(t, { clock: { now: () => clock.now, after: clock.after } });
  const client = await new Client(proxy).open();
  proxy.apply({ do: 'delay', ms: 300 });
  client.socket.send(frame('a'));
  const waits = () => clock.pending;
  while (waits() === 0) await settle(); // Until it is on its way up.
  await clock.advance(299);
  assert.equal(waits(), 1);
  await clock.advance(1);
  while (waits() === 0) await settle(); // And on its way down.
  assert.equal(client.heard.length, 0);
  await clock.advance(300);
  assert.deepEqual(await client.hears(1), [frame('a')]);
});

test('split: bytewise, and still the same', async (t) => {
  const { proxy } = await house(t);
  void proxy.add({ do: 'split' });
  const client = await new Client(proxy).open();
  client.socket.send(frame('a', { text: 'Grüße 👋' }));
  assert.deepEqual(await client.hears(1), [frame('a', { text: 'Grüße 👋' })]);
});

test('duplicate: the server is asked twice, with the same tokens, and the ghost may be first', async (t) => {
  for (const order of ['before', 'after'] as const) {
    const { proxy, server, accepted } = await house(t);
    const asked: (string | undefined)[] = [];
    server.on('connection', (_, request) => asked.push(request.headers['sec-websocket-protocol']));
    void proxy.add({ do: 'duplicate', order });
    const both = new Promise<void>((resolve) =>
      server.on('connection', () => accepted.length === 2 && resolve()),
    );
    const client = await new Client(proxy, ['lifeline.v1', 'auth.t1']).open();
    await both;
    assert.deepEqual(asked, ['lifeline.v1,auth.t1', 'lifeline.v1,auth.t1'], order);
    client.socket.send(frame('a'));
    assert.deepEqual(await client.hears(1), [frame('a')], 'the real one works');
  }
});

test('kill: the frame is lost with the server, or arrives just before', async (t) => {
  for (const pass of [false, true]) {
    let heardAtDeath: string[] | null = null;
    const reached: string[] = [];
    const { proxy, server } = await house(t, {
      kill: () => void (heardAtDeath = [...reached]),
    });
    server.on('connection', (socket) => socket.on('message', (data) => reached.push(String(data))));
    const fired = proxy.add({ do: 'kill', pass, when: { direction: 'up', op: 'last' } });
    const client = await new Client(proxy).open();
    client.socket.send(frame('first'));
    await client.hears(1);
    client.socket.send(frame('last'));
    await fired;
    await settle();
    assert.deepEqual(heardAtDeath?.[0], frame('first'));
    client.socket.send(frame('later'));
    await client.hears(pass ? 3 : 2);
    assert.equal(reached.includes(frame('last')), pass);
  }
});

test('expire_token: a page is told on the socket, others by their status, the server not at all', async (t) => {
  const { proxy, accepted } = await house(t);
  void proxy.add({ do: 'expire_token', times: 2 });
  const page = new Client(proxy, ['lifeline.v1', 'auth.t1'], 'http://page.example');
  assert.equal(JSON.parse((await page.hears(1))[0]!).reason, 'token_expired');
  assert.equal(await page.closed, 4300);
  const program = new Client(proxy);
  const [, reply] = (await once(program.socket, 'unexpected-response')) as [
    unknown,
    { statusCode: number },
  ];
  assert.equal(reply.statusCode, 401);
  assert.equal(accepted.length, 0);
  await new Client(proxy).open();
});

test('say: the client hears what the server never said', async (t) => {
  const { proxy } = await house(t);
  const client = await new Client(proxy).open();
  proxy.apply({ do: 'say', frame: { op: 'goaway' } });
  assert.deepEqual(await client.hears(1), [frame('goaway')]);
});

test('afterMs counts from the connection, or from the frame', async (t) => {
  const clock = new VirtualClock();
  const { proxy } = await house(t, { clock: { now: () => clock.now, after: clock.after } });
  const first = proxy.add({ do: 'rst', when: { connection: 1, afterMs: 2_000 } });
  const client = await new Client(proxy).open();
  await clock.advance(1_999);
  assert.equal(client.socket.readyState, WebSocket.OPEN);
  await clock.advance(1);
  await first;
  assert.equal(await client.closed, 1006);
  const second = proxy.add({ do: 'rst', when: { op: 'a', direction: 'up', afterMs: 50 } });
  const other = await new Client(proxy).open();
  other.socket.send(frame('a'));
  await other.hears(1);
  await clock.advance(50);
  await second;
  assert.equal(await other.closed, 1006);
});

test('rules that make no sense are refused, with their place', () => {
  // prettier-ignore
  const cases: [unknown, RegExp][] = [
    [null, /rule: an object/],
    [[{ do: 'rst' }, { do: 'explode' }], /rule\[1\]\.do: one of rst/],
    [{ do: 'delay' }, /rule\.ms: delay needs it/],
    [{ do: 'delay', ms: -1 }, /rule\.ms: -1 is not possible/],
    [{ do: 'rst', ms: 1 }, /rule\.ms: nothing is known/],
    [{ do: 'rst', when: { frame: '2' } }, /rule\.when\.frame: "2"/],
    [{ do: 'rst', when: { conection: 2 } }, /rule\.when\.conection: nothing is known/],
    [{ do: 'split', bytes: 0 }, /rule\.bytes: 0 is not possible/],
    [{ do: 'say', frame: 'x' }, /rule\.frame: "x"/],
    [{ do: 'rst', times: 0.5 }, /rule\.times/],
  ];
  for (const [rule, says] of cases) assert.throws(() => readRules(rule), says);
  const rules = [{ do: 'rst', name: 'n', times: 0, when: { kind: 'any', connection: 1 } }];
  assert.deepEqual(readRules(JSON.parse(JSON.stringify(rules))), rules);
});

test('over HTTP the same can be done, by programs and not by pages, and no token is told', async (t) => {
  const { proxy } = await house(t);
  const server: Server = await control(proxy);
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ask = (method: string, path: string, body?: unknown, headers = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  assert.equal((await ask('POST', '/rules', { do: 'drop', when: { op: 'a' } })).status, 201);
  assert.equal((await ask('POST', '/rules', { do: 'what' })).status, 400);
  assert.equal(
    (await ask('POST', '/rules', { do: 'rst' }, { Origin: 'https://evil.example' })).status,
    403,
  );
  assert.equal((await ask('POST', '/now', { do: 'kill' })).status, 400);
  assert.equal((await ask('GET', '/nothing')).status, 404);
  assert.equal(((await (await ask('GET', '/rules')).json()) as unknown[]).length, 1);
  const client = await new Client(proxy, ['lifeline.v1', 'auth.secret', 'resume.secret']).open();
  client.socket.send(frame('a'));
  client.socket.send(frame('b'));
  assert.deepEqual(await client.hears(1), [frame('b')]);
  assert.equal((await ask('POST', '/now', { do: 'rst' })).status, 204);
  assert.equal(await client.closed, 1006);
  const log = await (await ask('GET', '/log')).text();
  assert.match(log, /auth\.\*\*\*/);
  assert.match(log, /resume\.\*\*\*/);
  assert.doesNotMatch(log, /secret/);
});
