// The openclaw driver, as a program, against a gateway that misbehaves.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { FakeGateway } from './openclaw_fake.mjs';

const probe = process.env.LIFELINE_OPENCLAW_PROBE ?? '../../build/asan/tests/openclaw/openclaw_probe';

async function turn(t, how, { token = 'secret', key = 'turn-1', more = [], env = {} } = {}) {
  const gateway = how instanceof FakeGateway ? how : await new FakeGateway(how).start();
  t.after(() => gateway.close());
  const lines = await new Promise((resolve, reject) => {
    execFile(probe, [`${gateway.port}`, token, key, 'hello', ...more], { env: { ...process.env, ...env }, timeout: 30_000 },
      (error, stdout, stderr) => (error ? reject(new Error(`${error}\n${stderr}`)) : resolve(stdout.trim().split('\n'))));
  });
  const told = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return { gateway, told, text: told.map(({ text }) => text ?? '').join('') };
}
const ends = (told) => told.filter((line) => 'ended' in line || 'failed' in line);

test('a turn, told once though it comes twice, and one end', async (t) => {
  const { gateway, told, text } = await turn(t, {});
  assert.equal(text, 'Good morning.');
  assert.deepEqual(ends(told), [{ ended: 'end_turn' }]);
  assert.deepEqual(told.filter(({ used }) => used), [{ used: '11/7' }]);
  assert.deepEqual(told.filter(({ model }) => model), [{ model: 'fake-1' }]);
  const hex = Buffer.from('sess_Probe').toString('hex');
  assert.deepEqual(gateway.sessions, [`agent:main:lifeline:hex-${hex}`]);
  const { message } = gateway.runs.get('turn-1');
  for (const part of ['You are terse.', '"session": "sess_Probe"', 'hello']) assert.ok(message.includes(part), message);
});

test('a result that never comes costs the usage and not the turn', async (t) => {
  const { told, text } = await turn(t, { noResult: true });
  assert.equal(text, 'Good morning.');
  assert.deepEqual([ends(told), told.some(({ used }) => used)], [[{ ended: 'end_turn' }], false]);
});

for (const finishAfterMs of [5, 400]) {
  test(`a socket that drops in the middle is one run, over after ${finishAfterMs} ms`, async (t) => {
    const { gateway, told, text } = await turn(t, { drop: true, finishAfterMs });
    assert.equal(text, 'Good morning.');
    assert.deepEqual(ends(told), [{ ended: 'end_turn' }]);
    assert.equal(gateway.runs.get('turn-1').starts, 1);
    assert.equal(gateway.connects, 2);
  });
}

test('a gateway that is starting is waited for', async (t) => {
  const { gateway, told, text } = await turn(t, { unavailable: 3 });
  assert.equal(text, 'Good morning.');
  assert.deepEqual(ends(told), [{ ended: 'end_turn' }]);
  assert.equal(gateway.connects, 4);
});

test('the same turn again is answered from what is kept', async (t) => {
  const first = await turn(t, {});
  const again = await turn(t, first.gateway);
  assert.equal(again.text, 'Good morning.');
  assert.equal(first.gateway.runs.get('turn-1').starts, 1);
});

test('what is called off is aborted there and not told any more', async (t) => {
  const { gateway, told } = await turn(t, { hang: true }, { more: ['cancel'] });
  assert.deepEqual(told, [{ text: 'Good ' }, { called_off: '' }]);
  assert.equal(gateway.runs.get('turn-1').aborted, true);
});

test('that it is to stop is said again when the line broke under it', async (t) => {
  const { gateway, told } = await turn(t, { hang: true, breaks: true }, { more: ['cancel'], env: { PROBE_LINGER_MS: '2000' } });
  assert.deepEqual(told, [{ text: 'Good ' }, { called_off: '' }]);
  assert.equal(gateway.connects, 2);
  assert.deepEqual(gateway.aborts, [[gateway.sessions[0], 'turn-1']]);
  assert.equal(gateway.runs.get('turn-1').starts, 1, 'and is not asked for again');
});

test('a run that a dead process left is called off before the next begins', async (t) => {
  const { gateway, text } = await turn(t, {}, { more: ['dead=turn-0'] });
  assert.equal(text, 'Good morning.');
  assert.deepEqual(gateway.aborts, [[gateway.sessions[0], 'turn-0']]);
  assert.deepEqual(gateway.requests.slice(0, 3), ['connect', 'chat.abort', 'agent']);
});

test('a turn that has no more time is called off, too', async (t) => {
  const { gateway, told } = await turn(t, { silent: true }, { env: { PROBE_TIMEOUT_MS: '300' } });
  assert.deepEqual(ends(told), [{ failed: 'model_stalled retryable' }]);
  assert.deepEqual(gateway.aborts.map(([, run]) => run), ['turn-1']);
});

test('another protocol or a wrong token is said, and not tried for ever', async (t) => {
  const refused = async (how, options) => ends((await turn(t, how, options)).told);
  assert.deepEqual(await refused({ protocol: 3 }), [{ failed: 'gateway_refused' }]);
  assert.deepEqual(await refused({ answerProtocol: 5 }), [{ failed: 'gateway_protocol' }]);
  assert.deepEqual(await refused({}, { token: 'wrong' }), [{ failed: 'gateway_refused' }]);
});

test('every wait has an end', async (t) => {
  const env = { PROBE_TIMEOUT_MS: '300' };
  const failed = async (how) => ends((await turn(t, how, { env })).told);
  assert.deepEqual(await failed({ silent: true }), [{ failed: 'model_stalled retryable' }]);
  // It was asked, and may have cost something.
  assert.deepEqual(await failed({ drop: true, away: 1000 }), [{ failed: 'model_cut retryable' }]);
  assert.deepEqual(await failed({ unavailable: 1000 }), [{ failed: 'model_unreachable retryable' }]);
});
