// Each provider's own refusals, and `lifeline agent check` against each.

import assert from 'node:assert/strict';
import { spawnSync, spawn } from 'node:child_process';
import { test } from 'node:test';

import { Call, Server, openai, tools } from './support/house.mjs';
import { ModelServer, results } from './support/model_server.mjs';

const binary = process.env.LIFELINE_BINARY;
process.env.LIFELINE_TEST_KEY = 'secret-key';

const check = (config) =>
  new Promise((resolve) => {
    const child = spawn(binary, ['agent', 'check', '--config', config, '--json']);
    let out = '';
    let err = '';
    child.stdout.on('data', (bytes) => (out += bytes));
    child.stderr.on('data', (bytes) => (err += bytes));
    child.on('exit', (code) => resolve({ code, err, json: out ? JSON.parse(out) : null }));
  });

for (const profile of ['generic', 'openai', 'kimi', 'opencode', 'ollama'])
  test(`${profile}: a turn with a tool is nothing that it refuses, over turns`, async () => {
    const model = await new ModelServer(profile, profile === 'ollama' ? '' : 'secret-key').start();
    const key = profile === 'ollama' ? '' : 'key_env = "LIFELINE_TEST_KEY"';
    const server = new Server(
      `${tools}
[agents.helper]
driver = "openai"
profile = "${profile}"
base_url = "${model.url}"
model = "first"
debounce_ms = 50
${key}`,
    );
    model.answer = ({ body }) =>
      results(body).length > 0
        ? { text: ['Done.'] }
        : { thought: 'Hm.', calls: [{ name: 'lifeline_echo', args: { a: 1 } }, { name: 'lifeline_echo', args: { a: 2 } }] };
    await server.start();
    const call = await Call.make(server);
    for (const count of [1, 2]) {
      await call.say('Go');
      assert.equal((await call.until('orchestration.turn.completed', count)).text, 'Done.');
    }
    assert.equal((await call.events('orchestration.turn.failed')).length, 0);
    if (profile === 'kimi') {
      // Within a turn; of earlier ones no thoughts are kept.
      const [acted] = model.requests[1].messages.filter((one) => one.tool_calls);
      assert.equal(acted.reasoning_content, 'Hm.', 'its thoughts come back to it');
    }
    const [used] = await call.events('billing.usage.reported');
    assert.equal(used.quantity, '120');
    await server.close();
    await model.close();
  });

test('agent check: what works, how fast, and what to do when it does not', async () => {
  const model = await new ModelServer().start();
  const server = new Server(openai(model));
  model.answer = ({ body }) =>
    body.tools ? { calls: [{ name: 'lifeline_check', args: { word: 'ready' } }] } : { text: ['Good ', 'day.'] };
  const good = await check(server.config);
  assert.equal(good.code, 0, good.err);
  assert.equal(good.json.passed, true);
  assert.equal(good.json.sentence.text, 'Good day.');
  assert.equal(good.json.sentence.inputTokens, 100);
  assert.equal(good.json.toolCalled, true);
  assert.equal(good.json.sentence.costNano, null, 'without prices nobody knows what it cost');
  const priced = new Server(openai(model, 'prices = { input = 1000000, output = 2000000 }'));
  assert.equal((await check(priced.config)).json.sentence.costNano, 140);
  await priced.close();

  model.answer = () => ({ text: ['I cannot.'] });
  const mute = await check(server.config);
  assert.equal(mute.code, 1);
  assert.match(mute.json.advice, /can talk but not act/);

  process.env.LIFELINE_TEST_KEY = 'wrong-key';
  const refused = await check(server.config);
  process.env.LIFELINE_TEST_KEY = 'secret-key';
  assert.equal(refused.json.sentence.reason, 'model_refused');
  assert.match(refused.json.advice, /key_file/);
  assert.doesNotMatch(JSON.stringify(refused), /wrong-key/);

  await model.close();
  const away = await check(server.config);
  assert.equal(away.json.sentence.reason, 'model_unreachable');
  const missing = spawnSync(binary, ['agent', 'check', 'nobody', '--config', server.config], { encoding: 'utf8' });
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /no \[agents\.nobody\]/);
  await server.close();
});
