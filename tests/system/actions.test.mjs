// What an agent asks for, and what then happens out in the world: once, after the right person said
// yes to that very thing, whatever is killed when.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { callWithAgent, Desk } from './support/agent_call.mjs';

const rounds = Number(process.env.LIFELINE_ACTION_ROUNDS ?? 6);
const terminal = [
  'orchestration.action.succeeded',
  'orchestration.action.failed',
  'orchestration.action.timed_out',
  'orchestration.action.cancelled',
  'orchestration.action.resolved',
  'safety.blocked',
];

test('a message is sent once, as the owner edited and approved it', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const desk = new Desk(call);
  await desk.ask('act_1', 'send', { to: 'hr@example.com', text: 'Dear all' });
  const first = (await desk.action('act_1')).confirmation;
  assert.equal(first.title, 'Send this message?');
  assert.equal(first.scope.target, 'hr@example.com');
  assert.equal(first.preview, 'Dear all');
  assert.equal(call.tools.calls.length, 0);
  const edited = await desk.answer(first, 'edit', { args: { to: 'ceo@example.com', text: 'Dear Eve' } });
  assert.equal(edited.json.state, 'awaiting_confirmation');
  assert.equal((await desk.answer(first, 'approve')).json.code, 'stale');
  const second = edited.json.confirmation;
  assert.equal(second.preview, 'Dear Eve');
  assert.equal((await desk.answer(second, 'approve')).status, 200);
  assert.equal((await desk.until('act_1', 'over')).outcome, 'succeeded');
  assert.equal(call.tools.calls.length, 1);
  const [sent] = call.tools.calls;
  assert.deepEqual(sent.body.args, { to: 'ceo@example.com', text: 'Dear Eve' });
  assert.ok(call.tools.isSigned(sent));
  assert.ok(sent.headers['idempotency-key'].length > 0);
  assert.deepEqual(await desk.types('act_1'), [
    'orchestration.action.requested',
    'orchestration.action.accepted',
    'safety.confirmation.requested',
    'orchestration.action.awaiting_confirmation',
    'orchestration.action.args.replaced',
    'safety.confirmation.superseded',
    'safety.confirmation.requested',
    'orchestration.action.awaiting_confirmation',
    'safety.confirmation.resolved',
    'safety.approved',
    'orchestration.action.approved',
    'orchestration.action.started',
    'orchestration.action.succeeded',
  ]);
});

test('what is not sent', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const desk = new Desk(call);
  await desk.ask('denied', 'send', { to: 'a' });
  await desk.answer((await desk.action('denied')).confirmation, 'deny');
  assert.equal((await desk.action('denied')).outcome, 'cancelled');
  await desk.ask('bad_args', 'send', { text: 'to nobody' });
  assert.equal((await desk.action('bad_args')).outcome, 'rejected');
  await desk.ask('unknown', 'fly', {});
  assert.equal((await desk.action('unknown')).outcome, 'rejected');
  await desk.ask('stopped', 'send', { to: 'a' });
  await call.server.rest('POST', `${desk.path}/actions/stopped/cancel`, call.ada, {});
  assert.equal((await desk.action('stopped')).outcome, 'cancelled');
  await desk.ask('open', 'send', { to: 'a' });
  const asked = (await desk.action('open')).confirmation;
  const forged = await call.server.rest('POST', `${desk.path}/confirmations/${asked.confirmationId}`, call.bot, {
    decision: 'approve',
    argsHash: asked.argsHash,
  });
  assert.equal(forged.json.code, 'confirmation_forbidden');
  await call.server.rest('POST', `${desk.path}/state`, call.ada, { status: 'ended' });
  assert.equal((await desk.action('open')).outcome, 'cancelled');
  assert.equal(call.tools.calls.length, 0);
});

test('a read is tried again, a write is not', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const desk = new Desk(call);
  call.tools.answer = ({ body }) => (body.attempt === 1 ? { status: 503 } : { body: { summary: 'found' } });
  await desk.ask('read', 'look', {});
  assert.equal((await desk.until('read', 'over')).outcome, 'succeeded');
  assert.equal(call.tools.executions().get('read'), 2);
  call.tools.answer = () => null;
  await desk.ask('write', 'note', {});
  await desk.until('write', 'unknown');
  assert.equal(call.tools.executions().get('write'), 1);
});

/** `pay`, which can be asked what came of it. */
const payment = (folder, { url }) =>
  `[tools.pay]\nkind = "http"\nurl = "${url}/pay"\nprobe_url = "${url}/asked"\ntimeout_ms = 1000\n` +
  `risk = "low_risk_write"\nsecret_file = "${join(folder, 'secret')}"\n`;
const asked = ({ tools }) => tools.calls.filter(({ path }) => path === '/asked');
const paid = ({ tools }) => tools.calls.filter(({ path }) => path === '/pay');

async function resolution({ server, id, ada }, actionId) {
  const events = await server.events(id, ada);
  return events.map(({ event }) => event).find(({ type, payload }) =>
    type === 'orchestration.action.resolved' && payload.actionId === actionId)?.payload;
}

test('what nobody knows, the tool is asked about', { timeout: 120_000 }, async (t) => {
  const call = await callWithAgent(t, payment);
  const desk = new Desk(call);
  const answers = {
    done: [{ body: { status: 'done', summary: 'paid', effectId: 'tx_1', result: { id: 'tx_1' } } }],
    not_done: [{ body: { status: 'not_done', message: 'no such key' } }],
    later: [{ status: 500 }, { body: { status: 'done' } }],
  };
  const fresh = structuredClone(answers);
  // What was asked for may have been done or not: it hangs up, or does not answer in time.
  call.tools.answer = ({ path, body }) => {
    if (path === '/asked') return fresh[body.actionId]?.shift() ?? { body: { status: 'unknown' } };
    return body.actionId === 'not_done' ? new Promise(() => {}) : null;
  };
  for (const id of ['done', 'not_done', 'later']) await desk.ask(id, 'pay', { sum: 1 });
  for (const id of ['done', 'not_done', 'later'])
    assert.equal((await desk.until(id, 'over')).outcome, 'resolved', id);
  assert.deepEqual(await resolution(call, 'done'), {
    actionId: 'done', resolution: 'succeeded', by: 'probe', evidence: 'paid', result: { id: 'tx_1' }, effectId: 'tx_1',
  });
  assert.deepEqual(await resolution(call, 'not_done'), {
    actionId: 'not_done', resolution: 'not_executed', by: 'probe', evidence: 'no such key',
  });
  assert.equal((await resolution(call, 'later')).resolution, 'succeeded');
  assert.equal(asked(call).filter(({ body }) => body.actionId === 'later').length, 2);
  // Asked with the key that it was called with, signed, and never called again.
  for (const question of asked(call)) {
    const [request, ...more] = paid(call).filter(({ body }) => body.actionId === question.body.actionId);
    assert.equal(more.length, 0);
    assert.equal(question.headers['idempotency-key'], request.headers['idempotency-key']);
    assert.notEqual(question.headers['webhook-id'], request.headers['webhook-id']);
    assert.ok(call.tools.isSigned(question));
    assert.equal(question.body.args, undefined);
  }
  const unknown = (await call.server.events(call.id, call.ada)).map(({ event }) => event)
    .find(({ type, payload }) => type === 'orchestration.action.outcome_unknown' && payload.actionId === 'done');
  assert.ok(Date.parse(unknown.payload.probeAt) > Date.parse(unknown.ts));

  // A person who knows is believed, and the tool is asked no more.
  await desk.ask('by_hand', 'pay', { sum: 1 });
  await desk.until('by_hand', 'unknown');
  const said = await call.server.rest('POST', `${desk.path}/actions/by_hand/resolve`, call.ada,
    { resolution: 'failed', evidence: 'The bank says so.' });
  assert.equal(said.json.outcome, 'resolved');
  assert.equal((await resolution(call, 'by_hand')).by, 'usr_ada');
  // One without a probe waits for a person.
  await desk.ask('no_probe', 'note', {});
  assert.equal((await desk.until('no_probe', 'unknown')).state, 'unknown');
});

test('killed in the middle of it, the tool is asked what it did, and does it no second time', { timeout: 120_000 }, async (t) => {
  const call = await callWithAgent(t, payment);
  const desk = new Desk(call);
  const done = new Set();
  let arrived;
  const arrival = new Promise((resolve) => (arrived = resolve));
  call.tools.answer = ({ path, body }) => {
    if (path === '/asked') return { body: { status: done.has(body.actionId) ? 'done' : 'not_done' } };
    if (body.actionId === 'kept') done.add('kept');
    if (paid(call).length === 2) arrived();
    return new Promise(() => {});
  };
  await desk.ask('kept', 'pay', { sum: 1 });
  await desk.ask('dropped', 'pay', { sum: 2 });
  await arrival;
  await call.server.kill();
  await call.server.start();
  assert.equal((await desk.until('kept', 'over')).outcome, 'resolved');
  assert.equal((await desk.until('dropped', 'over')).outcome, 'resolved');
  assert.equal((await resolution(call, 'kept')).resolution, 'succeeded');
  assert.equal((await resolution(call, 'dropped')).resolution, 'not_executed');
  assert.equal(paid(call).length, 2);
});

test('killed at any moment, nothing is done twice or without a yes', { timeout: 180_000 }, async (t) => {
  const call = await callWithAgent(t);
  const desk = new Desk(call);
  const approved = new Set();
  // Long enough for a kill to fall before, into and after it.
  call.tools.answer = async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    return { body: { summary: 'done' } };
  };
  const asked = [];
  for (let round = 0; round < rounds; round += 1) {
    const work = (async () => {
      for (let i = 0; i < 8; i += 1) {
        const id = `act_${round}_${i}`;
        const type = ['send', 'send', 'look', 'note'][i % 4];
        asked.push([id, type]);
        await desk.ask(id, type, { to: `${id}@example.com` }).catch(() => {});
        if (type !== 'send') continue;
        const action = await desk.action(id).catch(() => null);
        if (!action?.confirmation) continue;
        if (i % 2 === 0) {
          approved.add(id);
          await desk.answer(action.confirmation, 'approve').catch(() => {});
        }
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 120));
    await call.server.kill();
    await work;
    await call.server.start();
  }
  const executions = call.tools.executions();
  for (const [id, type] of asked) {
    const times = executions.get(id) ?? 0;
    if (type !== 'look') assert.ok(times <= 1, `${id} ${type}: ${times} times`);
    if (type === 'send' && times > 0) assert.ok(approved.has(id), `${id}: nobody approved it`);
  }
  // The end of the call cancels what waits; what runs comes to its end by itself.
  await call.server.rest('POST', `${desk.path}/state`, call.ada, { status: 'ended' });
  const { json } = await call.server.rest('GET', `${desk.path}/actions`, call.ada);
  for (const { actionId } of json.actions) await desk.until(actionId, 'over', 'unknown');
  const events = await call.server.events(call.id, call.ada);
  const outcomes = new Map();
  for (const { event } of events)
    if (terminal.includes(event.type) || event.type === 'orchestration.action.outcome_unknown')
      outcomes.set(event.payload.actionId, (outcomes.get(event.payload.actionId) ?? 0) + 1);
  for (const { actionId } of json.actions)
    assert.equal(outcomes.get(actionId), 1, `${actionId}: ${await desk.types(actionId)}`);
  await call.server.kill('SIGTERM');
  assert.equal(call.server.verify().ok, true);
  t.diagnostic(JSON.stringify({ asked: asked.length, done: executions.size, kills: rounds }));
});
