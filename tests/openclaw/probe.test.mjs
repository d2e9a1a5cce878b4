// `lifeline agent probe` and `lifeline doctor` against a gateway whose agent has hands of its own, or none.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { FakeGateway } from './openclaw_fake.mjs';

const binary = process.env.LIFELINE_BINARY ?? '../../build/asan/src/app/lifeline';

const core = (...ids) => ({ id: 'core', label: 'Core', source: 'core', tools: ids.map((id) => ({ id, label: id, source: 'core' })) });
const mcp = (...ids) => ({ id: 'mcp', label: 'MCP', source: 'mcp', tools: ids.map((id) => ({ id, label: id, source: 'mcp' })) });

async function house(t, how, token = 'secret') {
  const gateway = await new FakeGateway(how).start();
  t.after(() => gateway.close());
  const folder = mkdtempSync(join(tmpdir(), 'lifeline-probe-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'lifeline.toml');
  writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
  writeFileSync(config,
    `[agents.claw]\ndriver = "openclaw"\ngateway = "127.0.0.1:${gateway.port}"\n` +
      `gateway_agent = "support"\nkey_file = "${join(folder, 'token')}"\n[agents.echo]\ndriver = "scripted"\n`);
  const run = (...words) =>
    new Promise((resolve) =>
      execFile(binary, [...words, '--config', config], { timeout: 60_000 }, (error, out, err) =>
        resolve({ status: error ? error.code : 0, out, err })),
    );
  return { gateway, run, doctor: () => run('doctor', '--data', join(folder, 'data')) };
}

test('tools that act past the gates are named, with what to do', async (t) => {
  const tools = [core('exec', 'session_status', 'write', 'message', 'gateway', 'teleport'), mcp('lifeline__send_email', 'mailer__send')];
  const { gateway, run, doctor } = await house(t, { tools });
  const { status, out, err } = await run('agent', 'probe', 'claw');
  assert.equal(status, 1, err);
  assert.match(out, /6 of its 8 tools lead past the gates/);
  for (const [id, reach] of Object.entries({ exec: 'executes', write: 'writes', message: 'sends', gateway: 'configures', teleport: 'unknown', mailer__send: 'unknown' }))
    assert.match(out, new RegExp(`${id} +${reach} `));
  assert.match(out, /"deny": \["exec", "write", "message", "gateway", "teleport", "mailer__send"\]/);
  assert.doesNotMatch(out, /lifeline__send_email|session_status/);
  const json = JSON.parse((await run('agent', 'probe', 'claw', '--json')).out);
  assert.deepEqual([json.passed, json.seesLifeline, json.tools.length], [false, true, 8]);
  assert.deepEqual(json.tools[0], { id: 'exec', source: 'core', reach: 'executes' });
  // Asked without a turn: no model was asked, and nothing was done.
  assert.equal(gateway.runs.size, 0);
  assert.equal(gateway.made[0][0], 'support');
  assert.match(gateway.made[0][1], /^agent:support:lifeline:/);

  assert.match((await doctor()).out, /agent claw[^\n]*6 of its own tools lead past the gates/);
});

test('an agent that answers is ready, and what it cost nobody knows', async (t) => {
  const { run } = await house(t, {});
  const ready = await run('agent', 'check', 'claw');
  assert.equal(ready.status, 0, ready.out + ready.err);
  assert.match(ready.out, /^claw \(openclaw[^\n]*\): ready$/m);
  assert.match(ready.out, /cost unknown$/m);
  assert.match(ready.out, /lifeline agent probe/);
  const { passed, sentence, tool } = JSON.parse((await run('agent', 'check', 'claw', '--json')).out);
  assert.deepEqual([passed, sentence.text, sentence.costNano, tool], [true, 'Good morning.', null, undefined]);
  const { run: stranger } = await house(t, {}, 'wrong');
  const refused = await stranger('agent', 'check', 'claw');
  assert.equal(refused.status, 1);
  assert.match(refused.out, /turned it away\. Check agents\.claw\.key_file/);
});

test('an agent without hands of its own passes', async (t) => {
  const { run } = await house(t, { tools: [core('session_status'), mcp('lifeline__send_email')] });
  const { status, out, err } = await run('agent', 'probe');
  assert.equal(status, 0, err);
  assert.match(out, /claw \(openclaw\): none of its 2 tools leads past the gates/);
  assert.match(out, /echo \(scripted\): has no tools but those that Lifeline gives it/);
  const { run: bare } = await house(t, { tools: [core('session_status')] });
  assert.match((await bare('agent', 'probe', 'claw')).out, /does not see Lifeline's tools/);
});

test('what its MCP servers have is not known before a turn, and nobody says that it passes', async (t) => {
  const tools = [core('session_status'), mcp('lifeline__send_email', 'mailer__send')];
  const { gateway, run, doctor } = await house(t, { tools, cold: true, warm: 'agent:support:lifeline:sess_1' });
  const cold = await run('agent', 'probe', 'claw');
  assert.equal(cold.status, 1);
  assert.match(cold.out, /none of the 1 tools that it lists so far.*\n.*--session/);
  assert.match((await doctor()).out, /^warn +agent claw[^\n]*not listed before a turn/m);
  const warm = await run('agent', 'probe', 'claw', '--session', 'sess_1', '--json');
  assert.equal(warm.status, 1);
  const { complete, passed, tools: found } = JSON.parse(warm.out);
  assert.deepEqual([complete, passed, found.at(-1).id], [true, false, 'mailer__send']);
  // A call of which the agent knows nothing is not made there.
  assert.match((await run('agent', 'probe', 'claw', '--session', 'sess_2')).err, /unknown session key/);
  assert.equal(gateway.made.length, 1);
});

test('a gateway that does not say is no gateway that passes', async (t) => {
  for (const [how, token, why] of [
    [{ createRefused: true }, 'secret', /FORBIDDEN/],
    [{}, 'wrong', /UNAUTHORIZED/],
    [{ protocol: 3 }, 'secret', /PROTOCOL_MISMATCH/],
  ]) {
    const { run } = await house(t, how, token);
    const { status, err } = await run('agent', 'probe', 'claw');
    assert.equal(status, 1);
    assert.match(err, why);
  }
  const { gateway, run, doctor } = await house(t, {});
  await gateway.close();
  const { status, err } = await run('agent', 'probe', 'claw');
  assert.equal(status, 1);
  assert.notEqual(err, '');
  assert.match((await doctor()).out, /agent claw[^\n]*does not say which tools it has/);
});
