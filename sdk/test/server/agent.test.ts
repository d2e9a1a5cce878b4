import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import type { Call } from '../../src/lifeline.js';
import { cannotRun, closed, House, live, until } from './house.js';

const options = { skip: cannotRun, timeout: 180_000 };

function startAgent(t: TestContext, house: House): ChildProcess {
  const agent = spawn(process.execPath, ['agent/scripted.js'], {
    env: {
      ...process.env,
      LIFELINE_URL: house.baseUrl,
      LIFELINE_TOKEN: house.token('usr_agent', 'agent'),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  t.after(() => agent.kill('SIGKILL'));
  return agent;
}

const participants = [{ userId: 'usr_agent', role: 'agent' }] as const;
const agentSaid = (call: Call) =>
  call.transcript.value
    .filter((one) => one.speaker === 'agent' && one.state === 'final')
    .map((one) => one.text);
const heard = (call: Call, n: number) =>
  until(call, `${n} utterances of the agent`, () => agentSaid(call).length >= n);

test(
  'the scripted agent greets, repeats, survives the server, and ends on goodbye',
  options,
  async (t) => {
    const house = await House.open(t);
    startAgent(t, house);
    const call = await house.create('usr_mia', { participants });
    await live(call);
    await heard(call, 1);
    await call.say('I need a new CV');
    await heard(call, 2);
    await house.kill();
    await house.start();
    await call.say('Still there?');
    await heard(call, 3);
    assert.match(agentSaid(call)[0] ?? '', /^Hello! I am a scripted agent/);
    assert.deepEqual(agentSaid(call).slice(1), [
      'You said: I need a new CV',
      'You said: Still there?',
    ]);
    await call.say('Goodbye');
    await closed(call);
    assert.equal(agentSaid(call).at(-1), 'Goodbye!');
    assert.equal(call.state.value.end?.reason, 'completed');
  },
);

test(
  'it learns of calls that were there before it, and stops talking when interrupted',
  options,
  async (t) => {
    const house = await House.open(t);
    const call = await house.create('usr_mia', { participants });
    await live(call);
    const agent = startAgent(t, house);
    await heard(call, 1);
    await call.say('Tell me about '.concat('everything you know and '.repeat(8)));
    const talking = () => call.transcript.value.find((one) => one.state === 'partial');
    await until(call, 'it talks', () => (talking()?.text.length ?? 0) > 20);
    await call.publish('call.turn.interrupted', {
      callId: call.sessionId,
      turnId: talking()?.turnId ?? '',
      by: 'usr_mia',
      atMs: 0,
      generatedChars: 30,
      playedMs: 800,
    });
    await until(call, 'it stopped', () =>
      call.transcript.value.some((one) => one.state === 'truncated'),
    );
    const cut = call.transcript.value.find((one) => one.state === 'truncated');
    assert.ok(cut && cut.text.length < (cut.generatedText ?? '').length);
    const stopped = new Promise((resolve) => agent.once('exit', resolve));
    agent.kill('SIGTERM');
    assert.equal(await stopped, 0);
  },
);
