// An agent whose model is asked over the network: answers, acts, is talked over, dies and comes back.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Call, Server, openai, tools } from './support/house.mjs';
import { ModelServer, lastWords, results } from './support/model_server.mjs';

process.env.LIFELINE_TEST_KEY = 'secret-key';

describe('an agent with a model', () => {
  let model;
  let server;

  before(async () => {
    model = await new ModelServer().start();
    server = new Server(
      tools + openai(model, 'fallback_models = ["second"]\nprices = { input = 1000000000, output = 2000000000 }'),
    );
    await server.start();
  });
  after(async () => {
    await server.close();
    await model.close();
  });

  const forget = (answer) => {
    model.requests.length = 0;
    model.answer = answer;
  };

  test('is on the list, without its key', async () => {
    const { json } = await server.rest('GET', '/v1/agents', server.token('ada'));
    assert.deepEqual(json, {
      agents: [{ name: 'helper', userId: 'agt_helper', driver: 'openai', model: 'first', join: 'asked' }],
    });
  });

  test('answers in words that come bit by bit', async () => {
    forget(() => ({ text: ['Of ', 'course, ', 'gladly.'] }));
    const call = await Call.make(server);
    const utterance = await call.say('Can you help?');
    const completed = await call.until('orchestration.turn.completed');
    assert.equal(completed.text, 'Of course, gladly.');
    assert.equal(completed.stopReason, 'end_turn');
    const started = await call.until('orchestration.turn.started');
    assert.deepEqual(started.inputUtteranceIds, [utterance]);
    assert.equal(started.model, 'first');
    const finals = await call.events('transcript.final');
    assert.deepEqual(finals.map((one) => [one.speaker, one.text]), [['user', 'Can you help?'], ['agent', 'Of course, gladly.']]);
    assert.equal((await call.events('orchestration.turn.delta')).map((one) => one.deltaText).join(''), completed.text);
    const used = await call.until('billing.usage.measured');
    assert.equal(used.quantity, '120');
    assert.equal(used.source, 'provider');
    assert.deepEqual(
      [used.dims.inputTokens, used.dims.cachedTokens, used.dims.outputTokens, used.dims.costNano],
      [100, 40, 20, '140000'],
    );
    assert.equal(model.requests[0].messages[0].role, 'system');
    assert.match(model.requests[0].messages[0].content, /^You help\./);
  });

  test('calls a tool, and answers with what came of it', async () => {
    forget(({ body }) =>
      results(body).length > 0
        ? { text: ['It is noted.'] }
        : { text: ['One moment. '], calls: [{ name: 'lifeline_echo', args: { text: 'milk' } }, { name: 'set_mode', args: { mode: 'list' } }] },
    );
    const call = await Call.make(server);
    await call.say('Note milk');
    const completed = await call.until('orchestration.turn.completed');
    assert.match(completed.text, /^One moment\. \n?It is noted\.$/);
    const [asked] = await call.events('orchestration.action.requested');
    assert.deepEqual(asked.args, { text: 'milk' });
    assert.equal(asked.requestedBy.toolCallId, 'call_0');
    const succeeded = await call.until('orchestration.action.succeeded');
    assert.equal(succeeded.actionId, asked.actionId);
    assert.equal((await call.until('orchestration.mode.changed')).mode, 'list');
    assert.equal((await call.until('orchestration.result.delivered')).status, 'completed');
    assert.equal(results(model.requests[1])[0].status, 'succeeded');
    assert.equal((await call.events('billing.usage.measured')).length, 2);
  });

  test('does not wait for a person, and hears their answer', async () => {
    forget(({ body }) => {
      if (/What became/.test(lastWords(body))) return { text: ['Then I leave it.'] };
      return results(body).length > 0
        ? { text: ['Please confirm.'] }
        : { calls: [{ name: 'mail_send', args: { to: 'bob@example.com' } }] };
    });
    const call = await Call.make(server);
    await call.say('Write to Bob');
    assert.equal((await call.until('orchestration.turn.completed')).text, 'Please confirm.');
    assert.equal(results(model.requests[1])[0].status, 'waiting_for_the_person');
    const asked = await call.until('safety.confirmation.requested');
    await server.rest('POST', `/v1/call/sessions/${call.id}/confirmations/${asked.confirmationId}`, call.token, {
      decision: 'deny',
      argsHash: asked.argsHash,
    });
    assert.equal((await call.until('orchestration.turn.completed', 2)).text, 'Then I leave it.');
    assert.match(lastWords(model.requests[2]), /denied/);
    assert.equal((await call.events('orchestration.action.requested')).length, 1);
  });

  test('is silent when it is talked over, and knows what was heard', async () => {
    forget(({ body }) =>
      lastWords(body) === 'Stop' ? { text: ['Fine.'] } : { text: Array(200).fill('word '), pause: 30 },
    );
    const call = await Call.make(server);
    await call.say('Talk');
    await call.until('orchestration.turn.delta', 3);
    await call.say('Stop');
    assert.equal((await call.until('orchestration.turn.cancelled')).cause, 'barge_in');
    assert.equal((await call.until('orchestration.turn.completed')).text, 'Fine.');
    const cut = await call.until('transcript.truncated');
    const shown = (await call.events('orchestration.turn.delta')).filter((one) => one.deltaText.startsWith('word'));
    assert.equal(cut.heardText, shown.map((one) => one.deltaText).join(''));
    const assistant = model.requests.at(-1).messages.find((one) => one.role === 'assistant');
    assert.equal(assistant.content, cut.heardText);
    const [first] = await call.events('billing.usage.measured');
    assert.equal(first.quantity, null);
    assert.equal(first.needsReconciliation, true);
  });

  test('goes to the next model when the first is busy', async () => {
    forget(({ body }) =>
      body.model === 'first' ? { status: 429, headers: { 'Retry-After': '60' } } : { text: ['Here.'] },
    );
    const call = await Call.make(server);
    await call.say('Hello');
    assert.equal((await call.until('orchestration.turn.completed')).text, 'Here.');
    assert.equal((await call.until('billing.usage.measured')).model, 'second');
  });

  for (const [what, does, code] of [
    ['breaks off', { text: ['Half a '], cut: true }, 'model_cut'],
    ['stalls', { text: ['Half a '], stall: true }, 'model_stalled'],
    ['sends nonsense', { text: ['Half a '], nonsense: true }, 'model_malformed'],
    ['says that it failed', { text: ['Half a '], error: 'overloaded' }, 'model_failed'],
  ])
    test(`says so when its model ${what}`, async () => {
      forget(() => does);
      const call = await Call.make(server);
      await call.say('Hello');
      const failed = await call.until('orchestration.turn.failed');
      assert.equal(failed.code, code);
      const said = (await call.events('transcript.final')).filter((one) => one.speaker === 'agent');
      assert.match(said[0].text, /^Half a \n?I could not reach my model/);
      // And once more, without the sentence.
      await call.say('Hello?');
      await call.until('orchestration.turn.failed', 2);
      assert.equal((await call.events('transcript.final')).filter((one) => /could not reach/.test(one.text)).length, 1);
    });

  test('tells the model what is wrong with its calls', async () => {
    forget(({ body }) =>
      results(body).length > 0 ? { text: ['Sorry.'] } : { calls: [{ name: 'lifeline_echo', args: '{"text": ' }, { name: 'rm', args: {} }] },
    );
    const call = await Call.make(server);
    await call.say('Go');
    assert.equal((await call.until('orchestration.turn.completed')).text, 'Sorry.');
    assert.deepEqual(results(model.requests[1]).map((one) => one.status), ['error', 'error']);
    assert.equal((await call.events('orchestration.action.requested')).length, 0);
  });

  test('is asked and answers without a socket', async () => {
    forget(() => ({ text: ['Here I am.'] }));
    const call = await Call.make(server);
    const first = await call.turn('Are you there?', { 'Idempotency-Key': 'k1' });
    assert.equal(first.status, 200);
    assert.equal(first.lines[0].event.type, 'transcript.final');
    assert.equal(first.lines.at(-1).event.type, 'orchestration.turn.completed');
    assert.equal(first.lines.at(-1).event.payload.text, 'Here I am.');
    const again = await call.turn('Are you there?', { 'Idempotency-Key': 'k1' });
    assert.deepEqual(again.lines.map((one) => one.seq), first.lines.map((one) => one.seq));
    assert.equal(model.requests.length, 1);
    const other = await call.turn('Something else', { 'Idempotency-Key': 'k1' });
    assert.equal(other.problem.code, 'id_conflict');
    const alone = await Call.make(server, null);
    assert.equal((await alone.turn('Hello?')).problem.code, 'no_agent');
  });

  test('answers after kill -9 in the middle, once, and asks for nothing twice', async () => {
    forget(({ body, count }) => {
      if (results(body).length > 0) return count > 2 ? { text: ['Please confirm.'] } : { text: Array(100).fill('x '), pause: 50 };
      return { calls: [{ name: 'mail_send', args: { to: 'bob@example.com' } }] };
    });
    const call = await Call.make(server);
    const utterance = await call.say('Write to Bob');
    await call.until('orchestration.turn.delta');
    await server.kill();
    await server.start();
    const completed = await call.until('orchestration.turn.completed');
    assert.equal(completed.text, 'Please confirm.');
    const failed = await call.until('orchestration.turn.failed');
    assert.deepEqual([failed.code, failed.retryable], ['restarted', true]);
    const started = await call.events('orchestration.turn.started');
    assert.deepEqual(started.map((one) => [one.attempt, one.inputUtteranceIds]), [[1, [utterance]], [2, [utterance]]]);
    assert.equal((await call.events('orchestration.action.requested')).length, 1);
    assert.equal((await call.events('orchestration.turn.completed')).length, 1);
  });
});

describe('caps', () => {
  test('stop it, and it says so, also after a restart', async () => {
    const model = await new ModelServer().start();
    const server = new Server(openai(model, 'caps = { user_day_tokens = 200 }'));
    await server.start();
    const call = await Call.make(server);
    for (const count of [1, 2, 3]) {
      await call.say('Hello');
      await call.until('orchestration.turn.completed', count);
    }
    assert.equal(model.requests.length, 2);
    const denied = await call.until('billing.quota.denied');
    assert.deepEqual([denied.quota, denied.limit, denied.current], ['agent.user_day.tokens', 200, 240]);
    assert.match((await call.until('orchestration.turn.completed', 3)).text, /used up/);
    await server.kill();
    await server.start();
    const another = await Call.make(server);
    await another.say('Hello');
    assert.match((await another.until('orchestration.turn.completed')).text, /used up/);
    assert.equal(model.requests.length, 2);
    await server.close();
    await model.close();
  });
});
