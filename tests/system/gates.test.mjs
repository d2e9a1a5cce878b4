// What stands between an agent's wish and the world beside a policy's plain rules: counts of a day, an
// external engine, a spoken yes, grants; and what an operator can find out about all that beforehand.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { callWithAgent, Desk } from './support/agent_call.mjs';
import { PolicyEngine } from './support/policy_engine.mjs';
import { binary } from './support/server.mjs';

/** Configuration with this policy, and more. */
const withPolicy = (policy, more = '') => (folder) => {
  writeFileSync(join(folder, 'policy.toml'), `id = "test"\nversion = "1"\n${policy}`);
  return `[safety]\npolicy_file = "${join(folder, 'policy.toml')}"\n${more}`;
};

/** The last event of a type that names this action. */
async function last({ server, id, ada }, type, actionId) {
  const events = await server.events(id, ada);
  const about = ({ payload }) => payload.actionId === actionId || payload.subject?.id === actionId;
  return events.map(({ event }) => event).findLast((event) => event.type === type && about(event));
}

function lifeline(...words) {
  return new Promise((resolve) =>
    execFile(binary, words, (error, out, err) => resolve({ status: error?.code ?? 0, out, err })),
  );
}

test('a day is counted over all calls, exactly, and over a restart', { timeout: 120_000 }, async (t) => {
  const most = 5;
  const policy = `[[rules]]\nname = "daily"\nthen = "deny"\n[rules.when]\naction = "note"\nday_count_over = ${most}\n`;
  const call = await callWithAgent(t, withPolicy(policy));
  const { server, ada } = call;
  const desks = [new Desk(call)];
  for (let i = 0; i < 3; i += 1) {
    const participants = [{ userId: 'usr_bot', role: 'agent' }];
    const { json } = await server.rest('POST', '/v1/call/sessions', ada, { participants, channel: 'text' });
    desks.push(new Desk({ ...call, id: json.session.sessionId }));
  }
  // Many at once, in calls of several loops: no two of them are both the last one allowed.
  const asked = [];
  for (let i = 0; i < 12; i += 1) asked.push([desks[i % desks.length], `act_${i}`]);
  await Promise.all(asked.map(([desk, id]) => desk.ask(id, 'note', {})));
  const outcomes = await Promise.all(asked.map(async ([desk, id]) => (await desk.until(id, 'over')).outcome));
  assert.equal(outcomes.filter((outcome) => outcome === 'succeeded').length, most, outcomes.join());
  assert.equal(outcomes.filter((outcome) => outcome === 'blocked').length, asked.length - most);
  assert.equal(call.tools.calls.length, most);
  await server.kill();
  await server.start();
  await desks[0].ask('again', 'note', {});
  assert.equal((await desks[0].until('again', 'over')).outcome, 'blocked');
  const evaluated = await last(call, 'safety.evaluated', 'again');
  assert.deepEqual(evaluated.payload.counts, { owner: 13, account: 13 });
  assert.deepEqual(evaluated.payload.rules, ['daily']);
  // Another type is not counted, and waits for nothing.
  await desks[0].ask('look', 'look', {});
  assert.equal((await desks[0].until('look', 'over')).outcome, 'succeeded');
  assert.equal(await last(call, 'safety.evaluation.requested', 'look'), undefined);
});

test('an external engine makes it stricter, and its silence is a no', { timeout: 120_000 }, async (t) => {
  const engine = await new PolicyEngine().start();
  t.after(() => engine.close());
  const call = await callWithAgent(t, (folder) => {
    writeFileSync(join(folder, 'token'), 'opa-token\n', { mode: 0o600 });
    return `[safety.engine]\nurl = "${engine.url}"\ntoken_file = "${join(folder, 'token')}"\ntimeout_ms = 1000\n`;
  });
  const desk = new Desk(call);
  const outcomeOf = async (actionId, type, answer, args = {}) => {
    engine.answer = answer;
    await desk.ask(actionId, type, args);
    const action = await desk.until(actionId, 'over', 'awaiting_confirmation');
    return action.outcome ?? action.state;
  };
  const says = (body) => () => ({ body });
  assert.equal(await outcomeOf('allow', 'note', says({ result: { allow: true } })), 'succeeded');
  assert.equal(engine.asked[0].authorization, 'Bearer opa-token');
  assert.equal(engine.asked[0].path, '/v1/data/lifeline/action');
  assert.equal(engine.asked[0].input.actionType, 'note');
  assert.equal(engine.asked[0].input.requester.role, 'agent');
  assert.equal(await outcomeOf('laxer', 'send', says({ result: true }), { to: 'a' }), 'awaiting_confirmation');
  assert.equal(await outcomeOf('asks', 'note', says({ result: { outcome: 'confirm' } })), 'awaiting_confirmation');
  assert.equal(await outcomeOf('denies', 'note', says({ result: { outcome: 'deny', rule: 'no', message: 'Never.' } })), 'blocked');
  const denied = await last(call, 'safety.blocked', 'denies');
  assert.equal(denied.payload.userMessage, 'Never.');
  assert.deepEqual((await last(call, 'safety.evaluated', 'denies')).payload.rules.at(-1), 'engine:no');
  for (const [name, answer] of [
    ['undefined', says({})],
    ['nonsense', () => ({ text: '<html>' })],
    ['other_words', says({ result: { outcome: 'perhaps' } })],
    ['error', () => ({ status: 500, body: { result: true } })],
    ['stall', () => null],
  ]) {
    assert.equal(await outcomeOf(name, 'note', answer), 'blocked', name);
    assert.equal((await last(call, 'safety.blocked', name)).payload.reason, 'policy_engine_unavailable', name);
  }
  // What is approved by a person is judged once, and edited arguments anew.
  engine.answer = says({ result: true });
  const before = engine.asked.length;
  await desk.answer((await desk.action('asks')).confirmation, 'edit', { args: { to: 'b' } });
  const second = (await desk.until('asks', 'awaiting_confirmation')).confirmation;
  assert.equal(engine.asked.length, before + 1);
  assert.deepEqual(engine.asked.at(-1).input.args, { to: 'b' });
  await desk.answer(second, 'approve');
  assert.equal((await desk.until('asks', 'over')).outcome, 'succeeded');
  // A judgement that nobody finished is a no for the process that comes after.
  engine.answer = () => null;
  await desk.ask('killed', 'note', {});
  assert.equal((await desk.action('killed')).state, 'evaluating');
  await call.server.kill();
  await call.server.start();
  assert.equal((await desk.until('killed', 'over')).outcome, 'blocked');
  assert.deepEqual([...call.tools.executions().keys()].sort(), ['allow', 'asks']);
});

test('a spoken yes counts where the rule says so, to what was read back', { timeout: 60_000 }, async (t) => {
  const policy = '[[rules]]\nname = "ask"\nthen = "confirm"\nchannel = "both"\n[rules.when]\naction = "send"\n';
  const call = await callWithAgent(t, withPolicy(policy));
  const desk = new Desk(call);
  let said = 0;
  const publish = async (token, type, payload) => {
    const body = { eventId: `say_${(said += 1)}`, sessionId: call.id, ts: '2026-02-16T10:00:00.000Z', type, payload, schemaVersion: '1.0' };
    const { status, json } = await call.server.rest('POST', `${desk.path}/events`, token, body);
    assert.equal(status, 201, JSON.stringify(json));
  };
  const readBack = (confirmationId) =>
    publish(call.bot, 'transcript.final', {
      utteranceId: `back_${said}`, speaker: 'agent', text: 'Shall I send it?', startMs: 0, endMs: 0, confirmationId,
    });
  const say = async (text) => {
    const utterance = { utteranceId: `utt_${said}`, speaker: 'user', startMs: 0 };
    await publish(call.ada, 'transcript.utterance.started', { ...utterance, participantId: 'usr_ada' });
    await publish(call.ada, 'transcript.final', { ...utterance, text, endMs: 0, source: 'stt' });
  };
  await desk.ask('act_1', 'send', { to: 'hr@example.com' });
  const { confirmation } = await desk.action('act_1');
  assert.equal(confirmation.channel, 'both');
  await say('Yes.');
  await readBack(confirmation.confirmationId);
  await say('Yes, but to the other one.');
  assert.equal((await desk.action('act_1')).state, 'awaiting_confirmation');
  await say('Yes, please.');
  assert.equal((await desk.until('act_1', 'over')).outcome, 'succeeded');
  assert.equal(call.tools.calls.length, 1);
  const events = await call.server.events(call.id, call.ada);
  const resolved = events.findLast(({ event }) => event.type === 'safety.confirmation.resolved').event.payload;
  assert.equal(resolved.via, 'voice');
  assert.equal(resolved.by.id, 'usr_ada');
  assert.match(resolved.utteranceId, /^utt_/);
  await desk.ask('act_2', 'send', { to: 'hr@example.com' });
  await readBack((await desk.action('act_2')).confirmation.confirmationId);
  await say('No.');
  assert.equal((await desk.action('act_2')).outcome, 'cancelled');
});

test('a grant takes the place of the question, within its bounds', { timeout: 60_000 }, async (t) => {
  const policy = '[default]\nlow_risk_write = "confirm"\n';
  const call = await callWithAgent(t, withPolicy(policy));
  const desk = new Desk(call);
  const { server, ada, bot } = call;
  const grants = `${desk.path}/grants`;
  const wish = { actionType: 'note', constraint: { '/book': 'diary' }, maxUses: 1, ttlMs: 60_000 };
  assert.equal((await server.rest('POST', grants, bot, wish)).json.code, 'forbidden');
  assert.equal((await server.rest('POST', grants, ada, { ...wish, actionType: 'send' })).json.code, 'grant_forbidden');
  const made = await server.rest('POST', grants, ada, wish);
  assert.equal(made.status, 201);
  await desk.ask('other', 'note', { book: 'ledger' });
  assert.equal((await desk.action('other')).state, 'awaiting_confirmation');
  await desk.ask('first', 'note', { book: 'diary' });
  assert.equal((await desk.until('first', 'over')).outcome, 'succeeded');
  assert.ok((await last(call, 'safety.evaluated', 'first')).payload.rules.includes(`grant:${made.json.grantId}`));
  await desk.ask('second', 'note', { book: 'diary' });
  assert.equal((await desk.action('second')).state, 'awaiting_confirmation');
  assert.equal((await server.rest('DELETE', `${grants}/${made.json.grantId}`, ada)).status, 204);
  const listed = (await server.rest('GET', grants, ada)).json.grants;
  assert.deepEqual(listed.map(({ uses, revoked }) => [uses, revoked]), [[1, true]]);
});

test('a tool is called by hand, and doctor flies its canary', { timeout: 60_000 }, async (t) => {
  const loose = '[[rules]]\nname = "anything"\nthen = "allow"\nacknowledge_risk = true\n';
  const call = await callWithAgent(t, withPolicy('[[rules]]\nname = "never"\nthen = "deny"\n[rules.when]\naction = "look"\n'));
  const { server, tools } = call;
  const tool = (...words) => lifeline('tools', 'call', ...words, '--config', server.config);
  tools.answer = ({ body }) => ({ body: { result: { got: body.args } } });
  const noted = await tool('note', '--args', '{"a":1}', '--json');
  assert.equal(noted.status, 0, noted.err);
  assert.deepEqual(JSON.parse(noted.out).result, { got: { a: 1 } });
  const unasked = await tool('send', '--args', '{"to":"hr@example.com"}');
  assert.equal(unasked.status, 1);
  assert.match(unasked.err, /hr@example\.com/);
  assert.equal(tools.calls.length, 1);
  assert.equal((await tool('send', '--args', '{"to":"hr@example.com"}', '--yes')).status, 0);
  assert.equal(tools.calls.length, 2);
  for (const words of [['look'], ['look', '--yes'], ['nothing'], ['send', '--args', '{}', '--yes'], ['note', '--args', '[']])
    assert.notEqual((await tool(...words)).status, 0, words.join(' '));
  assert.equal(tools.calls.length, 2);

  const doctor = async () => {
    const { out } = await lifeline('doctor', '--config', server.config, '--data', server.data, '--json');
    return Object.fromEntries(JSON.parse(out).checks.map((check) => [check.name, check]));
  };
  const well = await doctor();
  assert.equal(well.canary.result, 'ok');
  assert.equal(well['tool send'].result, 'ok');
  assert.equal(well.policy.result, 'ok');
  writeFileSync(join(server.folder, 'policy.toml'), `id = "test"\nversion = "2"\n${loose}`);
  writeFileSync(join(server.folder, 'policy_cases.toml'),
    '[[cases]]\nname = "mail is asked about"\naction = "send"\nexpect = "confirm"\n');
  await tools.close();
  const ill = await doctor();
  assert.equal(ill.canary.result, 'fail');
  assert.match(ill.canary.found, /anything/);
  assert.match(ill.policy.found, /mail is asked about/);
  assert.equal(ill['tool send'].result, 'fail');
});
