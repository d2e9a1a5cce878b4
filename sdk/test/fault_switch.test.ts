import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultSwitch } from '../faults/switch.js';
import { createCall } from '../src/lifeline.js';
import { settle } from './virtual.js';
import { world } from './world.js';

/** A live call whose network can be switched. */
async function live() {
  const { clock, server, options, requests } = world();
  const faults = new FaultSwitch(options.platform);
  const platform = { ...options.platform, ...faults.platform };
  const asked: (string | null)[] = [];
  const getToken = ({ refused }: { refused: string | null }) => {
    asked.push(refused);
    return `tok_${asked.length}`;
  };
  const call = await createCall({ ...options, getToken, platform });
  await settle();
  const status = () =>
    `${call.connection.value.state} ${call.connection.value.reason ?? ''}`.trim();
  assert.equal(status(), 'live');
  return { clock, server, requests, faults, call, status, asked };
}

test('cut: the line breaks without a word, and comes back', async () => {
  const h = await live();
  h.faults.cut();
  await settle();
  assert.equal(h.status(), 'reconnecting connection_lost');
  assert.ok(h.server.sockets[0]?.closed);
  await h.clock.advance(100);
  assert.equal(h.status(), 'live');
});

test('stall: nothing passes until it flows again, then everything in order', async () => {
  const h = await live();
  h.faults.stall(true);
  const said = h.call.publish('x.test', {});
  h.server.append('x.other', {});
  await settle();
  assert.equal(h.server.journal.length, 1, 'nothing was sent');
  assert.equal(h.call.state.value.seq, 0, 'and nothing heard');
  h.faults.stall(false);
  assert.equal((await said).seq, 2);
  assert.equal(h.call.state.value.seq, 2);

  h.faults.stall(true);
  await h.clock.advance(25_000);
  assert.match(
    h.status(),
    /^reconnecting (heartbeat_missed|handshake_timeout)/,
    'a dead line is noticed',
  );
  h.faults.stall(false);
  await h.clock.advance(15_000);
  assert.equal(h.status(), 'live');
});

test('offline: no line and no request, until there is a network again', async () => {
  const h = await live();
  h.faults.goOffline(true);
  const requests = h.requests.length;
  await h.clock.advance(5_000);
  assert.equal(h.status(), 'reconnecting unreachable');
  assert.equal(h.requests.length, requests);
  assert.ok(h.faults.offline);
  h.faults.goOffline(false);
  await h.clock.advance(20_000);
  assert.equal(h.status(), 'live');
});

test('expired token: another is asked for, by the name of the one that was refused', async () => {
  const h = await live();
  h.faults.expireToken();
  await h.clock.advance(100);
  assert.equal(h.status(), 'live');
  assert.equal(h.asked.length, 2);
  assert.equal(h.asked[1], 'tok_1');
});
