import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifelineError } from '../src/lifeline.js';
import { house, live, sentOf, type House } from './client.js';
import { settle } from './virtual.js';

const offered = (h: House) =>
  h.server.sockets.map(
    ({ protocols }) => protocols.find((one) => one.startsWith('resume.'))?.slice(7) ?? null,
  );

const bye = (h: House, code: number, reason: string, more: object = {}) =>
  h.server.socket.say({
    op: 'bye',
    code,
    reason,
    message: 'So it is.',
    reconnect: false,
    resume: false,
    ...more,
  });

test('each connection offers the newest token, and takes the place of the one before', async () => {
  const h = await live(undefined, true);
  h.server.socket.cut();
  await h.clock.advance(100);
  h.server.socket.say({
    op: 'token',
    resumeToken: 'line_1.2b',
    expiresAt: '2026-02-16T11:00:00.000Z',
  });
  assert.deepEqual(offered(h), [null, 'line_1.1']);
  assert.equal(h.connection.resumeToken, 'line_1.2b', 'a rotated token is the newest');
});

test('a client that was loaded again is the same line if it kept its token', async () => {
  const before = await live(undefined, true);
  const after = house(undefined, before.connection.resumeToken, before.server);
  after.connection.start(null);
  await settle();
  assert.deepEqual(offered(after), [null, 'line_1.1']);
  assert.equal(after.status(), 'live');
  assert.equal(before.status(), 'closed superseded');

  const beside = house(undefined, null, before.server);
  beside.connection.start(null);
  await settle();
  assert.equal(after.status(), 'live', 'another tab of the same person is a line of its own');
});

test('an attempt that was given up and wins all the same takes the line from nobody else', async () => {
  const h = await live(undefined, true);
  h.server.auto = false;
  h.server.socket.cut();
  await h.clock.advance(100);
  const ghost = h.server.socket; // Opened, and never answered in time.
  await h.clock.advance(10_000);
  assert.equal(h.status(), 'reconnecting handshake_timeout');
  h.server.auto = true;
  await h.clock.advance(500);
  assert.equal(h.status(), 'live');
  const winner = h.server.sockets.length;
  h.server.accept(ghost); // Only now does the server get to it: its generation is newer.
  await h.clock.advance(100);
  assert.equal(h.status(), 'live', 'we had taken it from ourselves');
  assert.equal(h.server.sockets.length, winner + 1);
  assert.deepEqual(offered(h).slice(-2), ['line_1.1', null], 'its token was never heard');
});

test('superseded by a connection that we opened ourselves is no reason to stop', async () => {
  const h = await live(undefined, true);
  h.server.socket.cut();
  await h.clock.advance(100);
  bye(h, 4002, 'superseded', { generation: '1' });
  await h.clock.advance(100);
  assert.equal(h.status(), 'live');
});

test('superseded by somebody else stops, and is said; whoever wants it here is a line of their own', async () => {
  const h = await live(undefined, true);
  bye(h, 4002, 'superseded', { generation: '77' });
  await settle();
  assert.equal(h.status(), 'closed superseded');
  await h.clock.advance(600_000);
  h.platform.hint();
  assert.equal(h.server.sockets.length, 1, 'the network’s return is no reason to take it back');
  h.connection.reconnectNow();
  await settle();
  assert.equal(h.status(), 'live');
  assert.deepEqual(offered(h), [null, null]);
});

test('a token that somebody has used already stops, until it is wanted here', async () => {
  const h = await live(undefined, true);
  const other = h.server.open('wss://calls.example/ws?after=0', [
    'lifeline.v1',
    'auth.x',
    `resume.${h.connection.resumeToken}`,
  ]);
  h.server.sockets[0]?.cut();
  await settle();
  other.sent.push({ op: 'ack', seq: 0 });
  await h.clock.advance(100);
  assert.equal(h.status(), 'closed resume_token_reused');
  assert.equal(h.connection.status.value.error?.message, 'The server says resume_token_reused.');
  h.connection.reconnectNow();
  await settle();
  assert.equal(h.status(), 'live');
  assert.equal(offered(h).at(-1), null);
});

test('a token that is refused is forgotten, and tried once without', async () => {
  const h = house(undefined, 'forged');
  h.server.fencing = true;
  h.connection.start(null);
  await h.clock.advance(200);
  assert.deepEqual(offered(h), ['forged', null]);
  assert.equal(h.status(), 'live');
  bye(h, 4003, 'token_invalid');
  await h.clock.advance(1_000);
  assert.equal(h.status(), 'closed token_invalid', 'the access token itself is another matter');

  const without = house();
  without.server.auto = false;
  without.connection.start(null);
  await settle();
  bye(without, 4003, 'resume_token_invalid');
  await without.clock.advance(1_000);
  assert.equal(without.status(), 'closed resume_token_invalid', 'there was none to forget');
});

test('an expired token costs nothing', async () => {
  const h = house(undefined, 'expired');
  h.server.fencing = true;
  h.connection.start(null);
  await settle();
  assert.equal(h.status(), 'live');
});

test('where refusals cannot be read, a token that never gets anywhere is left out', async () => {
  const h = await live(undefined, true);
  h.server.auto = false;
  for (let i = 0; i < 3; i++) {
    h.server.socket.cut();
    await h.clock.advance(100);
  }
  h.server.auto = true;
  h.server.socket.cut();
  await h.clock.advance(100);
  assert.deepEqual(offered(h), [null, 'line_1.1', 'line_1.1', null, null]);
  assert.equal(h.status(), 'live');
});

test('only what has caught up and then given a sign of life ends an outage', async () => {
  const h = await live(() => 0.5);
  const attempt = () => h.connection.status.value.attempt;
  h.server.auto = false;
  h.server.socket.cut();
  h.server.append('x.test', {});
  await h.clock.advance(350);
  h.server.hello(h.server.socket);
  assert.equal(h.status(), 'replaying connection_lost');
  await h.clock.advance(25_000); // Pings and pongs, and the replay does not end.
  assert.equal(attempt(), 1);
  h.server.socket.say({ op: 'event', ...h.server.journal[0] });
  h.server.socket.say({ op: 'replay.complete', seq: 1 });
  assert.equal(h.status(), 'live');
  assert.equal(attempt(), 1, 'caught up, and perhaps gone again at once');
  h.connection.reconnectNow(); // Asks for a sign of life, and gets it.
  assert.equal(attempt(), 0);
});

test('gives up when the call has, not before, and asks once more at the end', async () => {
  for (const [windowMs, giveUpMs] of [
    [0, 60_000],
    [900_000, 930_000], // And three heartbeats, within which the server notices.
  ] as const) {
    const h = house(() => 0.5);
    h.server.resumeWindowMs = windowMs;
    h.connection.start(null);
    await settle();
    h.server.socket.cut();
    const lostAt = h.clock.now;
    await settle();
    const { waitsUntil } = h.connection.status.value;
    assert.equal(waitsUntil, windowMs === 0 ? null : lostAt + windowMs);
    h.server.refusals.push(
      ...Array.from(
        { length: 1_000 },
        () => new LifelineError({ code: 'unreachable', message: 'm', retryable: true }),
      ),
    );
    let lastAt = 0;
    let tickets = h.server.tickets;
    while (h.connection.status.value.state !== 'closed') {
      await h.clock.advance(100);
      if (h.server.tickets > tickets) lastAt = h.clock.now - lostAt;
      tickets = h.server.tickets;
    }
    assert.equal(h.status(), 'closed gave_up');
    assert.equal(lastAt, giveUpMs);
  }
});

test('a line that comes and goes is not given up while it comes', async () => {
  const h = await live(() => 0.5);
  for (let i = 0; i < 30; i++) {
    await h.clock.advance(5_000); // Never long enough to be stable.
    h.server.socket.cut();
    await h.clock.advance(5_000);
    assert.equal(h.status(), 'live', `time ${i}`);
  }
});

test('an expired access token: another is asked for, and the cursor stays', async () => {
  const h = await live();
  h.server.append('x.test', {});
  bye(h, 4300, 'token_expired', { reconnect: true, resume: true });
  await h.clock.advance(100);
  assert.equal(h.server.expiredTokens, 1);
  assert.equal(h.status(), 'live');
  assert.equal(h.server.socket.url.search, '?after=1&epoch=epoch-1');
});

test('a refused or missing fresh token is asked for again, on this connection only', async () => {
  const h = await live();
  const given: (string | Error | null)[] = [new Error('login is down'), 'stale', 'good', null];
  let asked = 0;
  const backend = h.server.backend as { renewToken: () => Promise<string | null> };
  backend.renewToken = async () => {
    const next = given[asked++];
    if (next instanceof Error) throw next;
    return next ?? null;
  };
  const refreshes = () =>
    sentOf(h.server, 'refresh')
      .flat()
      .map((frame) => frame['token']);
  h.server.socket.say({ op: 'token.expiring', expiresAt: '2026-02-16T10:01:00.000Z' });
  await settle();
  assert.deepEqual(
    h.errors.map(({ code, retryable }) => [code, retryable]),
    [['token_unavailable', true]],
  );
  await h.clock.advance(5_000);
  assert.deepEqual(refreshes(), ['stale']);
  h.server.socket.say({ op: 'error', code: 'token_expired', message: 'm', outcome: 'refused' });
  assert.equal(h.errors[1]?.code, 'token_expired', 'and the application hears of it');
  await h.clock.advance(5_000);
  assert.deepEqual(refreshes(), ['stale', 'good']);
  h.server.socket.say({ op: 'error', code: 'rate_limited', message: 'm', outcome: 'refused' });
  await h.clock.advance(10_000);
  assert.equal(asked, 3, 'not every refusal is about the token');

  h.server.socket.say({ op: 'error', code: 'token_invalid', message: 'm', outcome: 'refused' });
  h.server.socket.cut();
  await h.clock.advance(20_000);
  assert.equal(asked, 3, 'the connection that wanted it is gone');
  assert.equal(h.status(), 'live');
});

test('the moment of going away is the last one to tell how far it was read', async () => {
  const h = await live();
  h.server.append('x.test', {});
  h.server.append('x.test', {});
  h.platform.hide();
  assert.deepEqual(sentOf(h.server, 'ack')[0], [{ op: 'ack', seq: 2 }]);
  h.platform.hide();
  assert.equal(sentOf(h.server, 'ack')[0]?.length, 1, 'once is enough');
});

test('why it ended is known in full: code, words, what to do, and the request to be quoted', async () => {
  const h = await live();
  bye(h, 4004, 'removed', { requestId: 'req_7' });
  await settle();
  const { error, reason } = h.connection.status.value;
  assert.ok(error instanceof LifelineError);
  const { code, message, fix, requestId } = error;
  assert.deepEqual(
    { code, message, requestId },
    { code: 'removed', message: 'So it is.', requestId: 'req_7' },
  );
  assert.equal(reason, 'removed');
  assert.match(fix, /errors\/removed/);
  await assert.rejects(h.publish('late'), { code: 'removed', requestId: 'req_7' });
});
