// Kill switches beyond one call: in force in every call when they are answered, and after a restart.

import assert from 'node:assert/strict';
import test from 'node:test';
import { callWithAgent, Desk } from './support/agent_call.mjs';

test('what is stopped for the instance, an account or a type does not happen', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const desk = new Desk(call);
  const { server, tools } = call;
  const admin = server.token('usr_root', 'admin', 'acct_root');
  const operator = server.token('usr_op', 'operator');
  const stranger = server.token('usr_other', 'operator', 'acct_other');
  const change = (token, body) =>
    server.rest('POST', '/v1/safety/killswitch', token, { enabled: true, reason: 'drill', ...body });
  const on = async (token) => (await server.rest('GET', '/v1/safety/killswitch', token)).json.switches;

  // Asked about before the switch, answered after it: approved, and blocked where it would begin.
  await desk.ask('open', 'send', { to: 'a' });
  const open = (await desk.action('open')).confirmation;
  assert.equal((await change(operator, { scope: 'account' })).status, 200);
  await desk.answer(open, 'approve');
  assert.equal((await desk.until('open', 'over')).outcome, 'blocked');
  await desk.ask('stopped', 'note', {});
  assert.equal((await desk.action('stopped')).outcome, 'blocked');
  const [evaluated] = (await server.events(call.id, call.ada)).filter(
    ({ event }) => event.type === 'safety.evaluated' && event.payload.subject.id === 'stopped',
  );
  assert.deepEqual(evaluated.event.payload.rules, ['kill_switch:account']);
  assert.deepEqual(await on(operator), [
    { scope: 'account', accountId: 'acct_test', by: 'usr_op', reason: 'drill' },
  ]);
  assert.deepEqual(await on(stranger), []);

  // Still so for the process that comes after it.
  await server.kill();
  await server.start();
  await desk.ask('after_restart', 'note', {});
  assert.equal((await desk.action('after_restart')).outcome, 'blocked');
  await change(operator, { scope: 'account', enabled: false });
  await desk.ask('allowed', 'note', {});
  assert.equal((await desk.until('allowed', 'over')).outcome, 'succeeded');

  await change(operator, { scope: 'action_type', actionType: 'note' });
  await desk.ask('type', 'note', {});
  assert.equal((await desk.action('type')).outcome, 'blocked');
  await desk.ask('other_type', 'look', {});
  assert.equal((await desk.until('other_type', 'over')).outcome, 'succeeded');
  await change(stranger, { scope: 'action_type', actionType: 'look' });
  await desk.ask('of_another_account', 'look', {});
  assert.equal((await desk.until('of_another_account', 'over')).outcome, 'succeeded');
  await change(admin, { scope: 'instance' });
  await desk.ask('nothing', 'look', {});
  assert.equal((await desk.action('nothing')).outcome, 'blocked');
  assert.equal((await on(admin)).length, 3);
  assert.equal((await on(operator)).length, 2);

  assert.deepEqual([...tools.executions().keys()].sort(), ['allowed', 'of_another_account', 'other_type']);
  const audited = await server.rest('GET', '/v1/safety/decisions?type=safety.killswitch.changed', operator);
  assert.deepEqual(
    audited.json.decisions.map(({ rules, outcome, by }) => [rules, outcome, by.id]),
    [
      ['kill_switch:action_type note', 'on', 'usr_op'],
      ['kill_switch:account', 'off', 'usr_op'],
      ['kill_switch:account', 'on', 'usr_op'],
    ],
  );
});

test('who may stop what', { timeout: 60_000 }, async (t) => {
  const { server, ada, bot } = await callWithAgent(t);
  const operator = server.token('usr_op', 'operator');
  const admin = server.token('usr_root', 'admin', 'acct_root');
  const auditor = server.token('usr_aud', 'auditor');
  for (const [who, body, code] of [
    [ada, { scope: 'account' }, 'forbidden'],
    [bot, { scope: 'action_type', actionType: 'send' }, 'forbidden'],
    [auditor, { scope: 'account' }, 'forbidden'],
    [operator, { scope: 'instance' }, 'forbidden'],
    [operator, { scope: 'account', accountId: 'acct_other' }, 'forbidden'],
    [operator, { scope: 'action_type' }, 'missing_field'],
    [operator, { scope: 'account', actionType: 'send' }, 'unknown_field'],
    [admin, { scope: 'account' }, 'missing_field'],
    [admin, { scope: 'instance', accountId: 'acct_test' }, 'unknown_field'],
    [admin, { scope: 'session' }, 'unknown_value'],
  ]) {
    const answer = await server.rest('POST', '/v1/safety/killswitch', who, { enabled: true, reason: 'x', ...body });
    assert.equal(answer.json.code, code, JSON.stringify(body));
  }
  assert.deepEqual((await server.rest('GET', '/v1/safety/killswitch', auditor)).json, { switches: [] });
  assert.equal((await server.rest('GET', '/v1/safety/killswitch', ada)).json.code, 'forbidden');
});
