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
    const used = await call.until('billing.usage.reported');
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
    assert.equal((await call.events('billing.usage.reported')).length, 2);
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
    const [first] = await call.events('billing.usage.reported');
    assert.equal(first.quantity, null);
    assert.equal(first.source, 'estimated');
  });

  test('goes to the next model when the first is busy', async () => {
    forget(({ body }) =>
      body.model === 'first' ? { status: 429, headers: { 'Retry-After': '60' } } : { text: ['Here.'] },
    );
    const call = await Call.make(server);
    await call.say('Hello');
    assert.equal((await call.until('orchestration.turn.completed')).text, 'Here.');
    assert.equal((await call.until('billing.usage.reported')).model, 'second');
  });

  for (const [what, does, used] of [
    ['fails', { status: 503 }, ['first', 'second']],
    ['breaks off before a word', { cut: true }, ['first', 'second']],
    ['refuses', { status: 400 }, ['second']],
  ])
    test(`goes to the next model when the first ${what}, and counts what may have cost something`, async () => {
      forget(({ body }) => (body.model === 'first' ? does : { text: ['Here.'] }));
      const call = await Call.make(server);
      await call.say('Hello');
      assert.equal((await call.until('orchestration.turn.completed')).text, 'Here.');
      const records = await call.events('billing.usage.reported');
      assert.deepEqual(records.map(({ model, quantity }) => [model, quantity]), used.map((model) => [model, model === 'second' ? '120' : null]));
    });

  test('is talked over after it has said it all, and knows what was heard', async () => {
    forget(() => ({ text: ['One two three four five.'] }));
    const call = await Call.make(server, 'agt_helper', { channel: 'voice' });
    await call.say('Count');
    const { turnId } = await call.until('orchestration.turn.completed');
    const heard = { callId: call.id, turnId, by: 'ada', atMs: 900, generatedChars: 24, playedMs: 600 };
    await call.publish('call.turn.interrupted', heard);
    assert.equal((await call.until('transcript.truncated')).heardText, 'One two');
    await call.say('And?');
    await call.until('orchestration.turn.completed', 2);
    const { messages } = model.requests.at(-1);
    assert.deepEqual(messages.slice(-3).map(({ role }) => role), ['assistant', 'user', 'user']);
    assert.equal(messages.at(-3).content, 'One two');
    assert.match(messages.at(-2).content, /^\[Note of the server: .*"One two"/);
  });

  test('begins with the last of the call that this one continues', async () => {
    forget(() => ({ text: ['Noted.'] }));
    const first = await Call.make(server);
    await first.say('My name is Ada');
    await first.until('orchestration.turn.completed');
    await server.rest('POST', `/v1/call/sessions/${first.id}/state`, first.token, { status: 'ended' });
    const second = await Call.make(server, 'agt_helper', { continues: first.id });
    await second.say('Who am I?');
    await second.until('orchestration.turn.completed');
    const words = model.requests.at(-1).messages.map(({ content }) => content);
    assert.deepEqual(words.slice(1), [
      '[From the call before, which this one continues:]',
      'My name is Ada',
      'Noted.',
      '[A new call begins here.]',
      'Who am I?',
    ]);
  });

  test('leaves on record what it cost and said when they hang up on it, and when it is sent away', async () => {
    const talk = () => ({ text: Array(200).fill('word '), pause: 30 });
    const leaves = {
      hangup: (call) => server.rest('POST', `/v1/call/sessions/${call.id}/state`, call.token, { status: 'ended' }),
      removed: (call) => server.rest('DELETE', `/v1/call/sessions/${call.id}/participants/agt_helper`, call.token),
    };
    for (const [why, leave] of Object.entries(leaves)) {
      forget(talk);
      const call = await Call.make(server);
      await call.say('Talk');
      await call.until('orchestration.turn.delta', 3);
      await leave(call);
      const used = await call.until('billing.usage.reported');
      assert.deepEqual([used.quantity, used.source], [null, 'estimated']);
      const cut = await call.until('transcript.truncated');
      assert.equal(cut.cause, 'hangup');
      assert.equal(cut.heardText, (await call.events('orchestration.turn.delta')).map((one) => one.deltaText).join(''));
      assert.equal((await call.until('orchestration.turn.cancelled')).cause, why === 'hangup' ? 'session_end' : 'removed');
    }
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
    // Of the call that died nobody knows what it cost; that it cost something is on record.
    const measured = (await call.events('billing.usage.reported')).map(({ turnId, quantity }) => [turnId, quantity]);
    assert.ok(measured.some(([turnId, quantity]) => turnId === failed.turnId && quantity === null), JSON.stringify(measured));
  });

  test('says its last words when the server is stopped, and answers when it is there again', async () => {
    forget(({ count }) => (count > 1 ? { text: ['Here.'] } : { text: Array(200).fill('x '), pause: 30 }));
    const call = await Call.make(server);
    await call.say('Talk');
    await call.until('orchestration.turn.delta', 2);
    await server.kill('SIGTERM');
    await server.start();
    assert.equal((await call.until('orchestration.turn.completed')).text, 'Here.');
    assert.equal((await call.events('orchestration.turn.failed')).length, 1);
    assert.deepEqual((await call.events('billing.usage.reported')).map(({ quantity }) => quantity), [null, '120']);
  });
});

test('of two agents in a call the one that is addressed answers', async () => {
  const model = await new ModelServer().start();
  model.answer = ({ body }) => ({ text: [body.messages[0].content.startsWith('You coach.') ? 'The coach.' : 'The helper.'] });
  const coach = openai(model).replace('agents.helper', 'agents.coach').replace('You help.', 'You coach.');
  const server = new Server(openai(model, 'name = "Helper"') + coach + 'name = "Coach"');
  await server.start();
  const call = await Call.make(server, null, {
    participants: ['helper', 'coach'].map((name) => ({ userId: `agt_${name}`, role: 'agent' })),
  });
  const words = { 'Hello?': 'The helper.', '@agt_coach and you?': 'The coach.', 'Really?': 'The coach.' };
  for (const [index, [said, answer]] of Object.entries(words).entries()) {
    await call.say(said);
    assert.equal((await call.until('orchestration.turn.completed', index + 1)).text, answer);
  }
  assert.equal((await call.events('orchestration.turn.started')).length, 3);
  // Each sees the other's words as another's.
  assert.match(model.requests.at(-1).messages.map(({ content }) => content).join('\n'), /another agent\] The helper\./);
  await server.close();
  await model.close();
});

describe('caps', () => {
  test('of costs stop it like those of tokens', async () => {
    const model = await new ModelServer().start();
    const prices = 'prices = { input = 1000000000, output = 2000000000 }\n';
    const server = new Server(openai(model, `${prices}caps = { call_cost = 200000 }`));
    await server.start();
    const call = await Call.make(server);
    for (const count of [1, 2, 3]) {
      await call.say('Hello');
      await call.until('orchestration.turn.completed', count);
    }
    assert.equal(model.requests.length, 2);
    const denied = await call.until('billing.quota.denied');
    assert.deepEqual([denied.quota, denied.limit, denied.current], ['agent.call.cost', 200000, 280000]);
    await server.close();
    await model.close();
  });

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
