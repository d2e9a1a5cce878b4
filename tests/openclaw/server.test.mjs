// An agent of OpenClaw in a call of the real server, against a gateway that misbehaves.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FakeGateway } from './openclaw_fake.mjs';

process.env.LIFELINE_BINARY ??= '../../build/asan/src/app/lifeline';
const { Call, Server } = await import('../agent/support/house.mjs');

async function house(t, how) {
  const gateway = await new FakeGateway(how).start();
  t.after(() => gateway.close());
  const server = new Server((folder) => {
    writeFileSync(join(folder, 'token'), 'secret', { mode: 0o600 });
    return `[agents.claw]\ndriver = "openclaw"\ngateway = "127.0.0.1:${gateway.port}"\n` +
      `key_file = "${join(folder, 'token')}"\npersona = "You help."\ndebounce_ms = 50\n`;
  });
  t.after(() => server.close());
  await server.start();
  const call = await Call.make(server, 'agt_claw');
  return { gateway, server, call };
}
const runs = ({ runs: all }) => [...all.keys()];

test('it answers, and what it cost is on record', { timeout: 60_000 }, async (t) => {
  const { gateway, call } = await house(t, {});
  await call.say('Hello there');
  assert.equal((await call.until('orchestration.turn.completed')).text, 'Good morning.');
  assert.equal((await call.until('orchestration.turn.started')).orchestrator, 'openclaw');
  const used = await call.until('billing.usage.reported');
  assert.deepEqual([used.quantity, used.provider, used.model], ['18', 'openclaw', 'fake-1']);
  const { message } = gateway.runs.get(runs(gateway)[0]);
  for (const part of ['You help.', call.id, 'Hello there']) assert.ok(message.includes(part), message);
});

test('who talks over it stops the run there, and it is told what was heard', { timeout: 60_000 }, async (t) => {
  const { gateway, call } = await house(t, { hang: true });
  await call.say('Tell me everything');
  await call.until('orchestration.turn.delta');
  gateway.how.hang = false;
  await call.say('Stop that');
  assert.equal((await call.until('orchestration.turn.completed')).text, 'Good morning.');
  const [first, second] = runs(gateway);
  assert.deepEqual(gateway.aborts, [[gateway.sessions[0], first]]);
  const { message } = gateway.runs.get(second);
  // The session there remembers all that the agent wrote.
  assert.match(message, /\[Note of the server: you were interrupted\. .* "Good "\.\]\nStop that\n$/);
});

test('after kill -9 the dead run is called off before the next begins', { timeout: 60_000 }, async (t) => {
  const { gateway, server, call } = await house(t, { hang: true });
  await call.say('Tell me everything');
  await call.until('orchestration.turn.delta');
  await server.kill();
  gateway.how.hang = false;
  gateway.requests.length = 0;
  await server.start();
  assert.equal((await call.until('orchestration.turn.completed')).text, 'Good morning.');
  const [dead, next] = runs(gateway);
  assert.notEqual(dead, next);
  assert.deepEqual(gateway.aborts, [[gateway.sessions[0], dead]]);
  assert.deepEqual(gateway.requests.slice(0, 3), ['connect', 'chat.abort', 'agent']);
  const measured = (await call.events('billing.usage.reported')).map(({ quantity }) => quantity);
  assert.deepEqual(measured, [null, '18']);
});

test('a gateway that turns it away costs nothing', { timeout: 60_000 }, async (t) => {
  const { call } = await house(t, { protocol: 3 });
  await call.say('Hello there');
  assert.equal((await call.until('orchestration.turn.failed')).code, 'gateway_refused');
  assert.deepEqual(await call.events('billing.usage.reported'), []);
});
