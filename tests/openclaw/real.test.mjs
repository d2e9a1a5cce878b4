// OpenClaw itself, from npm: a turn through the driver, in which a model acts in a call of a real
// Lifeline by the plugin and the MCP door, and a person says yes. Half a gigabyte and a minute, so
// only when LIFELINE_OPENCLAW=1 asks for it; it is kept in build/openclaw.

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { FakeModel } from './fake_model.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const probe = process.env.LIFELINE_OPENCLAW_PROBE ?? join(root, 'build/asan/tests/openclaw/openclaw_probe');
const binary = process.env.LIFELINE_BINARY ?? join(root, 'build/asan/src/app/lifeline');
const cache = join(root, 'build/openclaw');

function install(name, spec) {
  const folder = join(cache, name);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{"private":true}');
  if (!existsSync(join(folder, 'node_modules', spec.split('@')[0])))
    execFileSync('npm', ['install', '--no-audit', '--no-fund', spec], { cwd: folder, env: env(), stdio: 'ignore', timeout: 300_000 });
  return join(folder, 'node_modules');
}
const bin = join(cache, 'node/node_modules/node/bin');
const env = (more = {}) => ({ ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, ...more });

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

function whyNot() {
  if (process.env.LIFELINE_OPENCLAW !== '1') return 'LIFELINE_OPENCLAW=1 asks for it';
  if (!existsSync(probe)) return `no ${probe}`;
  try {
    install('node', 'node@24.21.0');
    install('app', 'openclaw@2026.9.6');
  } catch (error) {
    return `not installable: ${error.message.split('\n')[0]}`;
  }
  return false;
}

test('a model acts through OpenClaw, the plugin and the MCP door', { skip: whyNot(), timeout: 600_000 }, async (t) => {
  const { Server } = await import('../system/support/server.mjs');
  const model = await new FakeModel().start();
  t.after(() => model.close());
  const server = new Server('[tools."lifeline.echo"]\nkind = "builtin"\nrisk = "high_risk_external_send"\n');
  t.after(() => server.close());
  await server.start();
  const ada = server.token('usr_ada');
  const participants = [{ userId: 'usr_bot', role: 'agent' }];
  // The probe plays the driver in this very call.
  const sessionId = 'sess_Probe';
  await server.rest('POST', '/v1/call/sessions', ada, { sessionId, participants, channel: 'text' });

  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'lifeline-openclaw-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const model1 = { id: 'fake-1', name: 'Fake 1', reasoning: false, input: ['text'], contextWindow: 128_000, maxTokens: 4096 };
  writeFileSync(
    join(folder, 'openclaw.json'),
    JSON.stringify({
      gateway: { mode: 'local', bind: 'loopback', port, auth: { mode: 'token', token: 'secret' }, controlUi: { enabled: false } },
      update: { checkOnStart: false },
      discovery: { mdns: { mode: 'off' } },
      cron: { enabled: false },
      models: {
        mode: 'replace',
        providers: {
          fake: {
            baseUrl: model.url,
            apiKey: 'fake-key',
            api: 'openai-completions',
            models: [{ ...model1, cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 } }],
          },
        },
      },
      agents: { defaults: { workspace: join(folder, 'workspace'), skipBootstrap: true, model: { primary: 'fake/fake-1' } } },
      tools: { profile: 'minimal', alsoAllow: ['bundle-mcp'], deny: ['gateway'], toolSearch: false },
      mcp: {
        servers: {
          lifeline: {
            url: `${server.url}/mcp`,
            transport: 'streamable-http',
            headers: { Authorization: `Bearer ${server.token('usr_bot', 'agent')}` },
            connectionTimeoutMs: 60_000,
            requestTimeoutMs: 60_000,
          },
        },
      },
      plugins: {
        allow: ['lifeline-gate'],
        load: { paths: [join(root, 'integrations/openclaw/lifeline-gate')] },
        entries: { 'lifeline-gate': { enabled: true, config: { server: 'lifeline' } } },
      },
    }),
  );
  const gateway = spawn(join(bin, 'node'), [join(cache, 'app/node_modules/openclaw/openclaw.mjs'), 'gateway'], {
    cwd: folder,
    stdio: 'ignore',
    env: env({
      HOME: folder,
      OPENCLAW_STATE_DIR: join(folder, 'state'),
      OPENCLAW_CONFIG_PATH: join(folder, 'openclaw.json'),
      OPENCLAW_DISABLE_BONJOUR: '1',
      OPENCLAW_NO_RESPAWN: '1',
      OPENCLAW_SKIP_CHANNELS: '1',
      OPENCLAW_EXEC_SHELL_SNAPSHOT: '0',
      OPENCLAW_NO_AUTO_UPDATE: '1',
    }),
  });
  const gone = new Promise((resolve) => gateway.once('exit', resolve));
  t.after(async () => {
    gateway.kill();
    await gone;
  });

  // The driver waits for a gateway that is starting.
  const turn = new Promise((resolve, reject) => {
    execFile(probe, [`${port}`, 'secret', 'turn-real', 'please act now'], { env: { ...process.env, PROBE_TIMEOUT_MS: '300000' } },
      (error, stdout) => (error ? reject(error) : resolve(stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)))));
  });
  const told = await turn;
  assert.equal(told.map(({ text }) => text ?? '').join(''), 'It is asked.');
  assert.ok(told.some(({ ended }) => ended === 'end_turn'), JSON.stringify(told));

  const path = `/v1/call/sessions/${sessionId}`;
  const { actions } = (await server.rest('GET', `${path}/actions`, ada)).json;
  assert.deepEqual(actions.map(({ actionType, state, requestedBy }) => [actionType, state, requestedBy]), [
    ['lifeline.echo', 'awaiting_confirmation', 'usr_bot'],
  ]);
  const { confirmationId } = actions[0].confirmation;
  const body = { decision: 'approve', argsHash: actions[0].argsHash };
  assert.equal((await server.rest('POST', `${path}/confirmations/${confirmationId}`, ada, body)).status, 200);
  let action;
  do action = (await server.rest('GET', `${path}/actions/${actions[0].actionId}`, ada)).json;
  while (action.state !== 'over');
  assert.equal(action.outcome, 'succeeded');

  // What it could do past the gates is asked of it, too: nothing, in the recipe's configuration.
  writeFileSync(join(folder, 'token'), 'secret', { mode: 0o600 });
  const config = join(folder, 'lifeline.toml');
  writeFileSync(config, `[agents.claw]\ndriver = "openclaw"\ngateway = "127.0.0.1:${port}"\nkey_file = "${join(folder, 'token')}"\n`);
  const out = await new Promise((resolve) =>
    execFile(binary, ['agent', 'probe', 'claw', '--json', '--session', sessionId, '--config', config], { timeout: 120_000 }, (_, answer, why) => resolve(answer || why)));
  const { passed, seesLifeline, tools } = JSON.parse(out);
  assert.deepEqual([passed, seesLifeline], [true, true], out);
  assert.ok(tools.some(({ reach }) => reach === 'gated'), out);
});
