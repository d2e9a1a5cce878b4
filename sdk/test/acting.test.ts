import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ActionError,
  argsOf,
  canAnswer,
  claimsIn,
  claimsInMemory,
  createCall,
  joinCall,
} from '../src/lifeline.js';
import type { Envelope, EventRecord, EventType, LifelineError } from '../src/lifeline.js';
import { act, closes, hash, moment, type Told } from './events.js';
import type { FakeServer } from './fake_server.js';
import { settle } from './virtual.js';
import { session, world } from './world.js';

const tell = (server: FakeServer, ...told: readonly Told[]) => {
  for (const [type, payload] of told) server.append(type, payload);
};
const request = { actionType: 'mail.send', summary: 'Send it.', args: { to: 'a' } };

async function live(role = 'user', routes: Parameters<typeof world>[0] = {}) {
  const w = world(routes);
  w.server.role = role;
  const call = await createCall(w.options);
  await settle();
  assert.equal(call.connection.value.state, 'live');
  return { ...w, call };
}

/** Events of `type` in the journal. */
const journal = (server: FakeServer, type: EventType) =>
  server.journal.map((record) => record.event).filter((event) => event.type === type);

/** What a promise has come to; `waiting` if it has not. */
async function settled(promise: Promise<unknown>): Promise<string> {
  const outcome = promise.then(
    (value) => `ok ${(value as { state?: string })?.state ?? ''}`.trim(),
    (error: LifelineError) => error.code,
  );
  await settle();
  return Promise.race([outcome, Promise.resolve('waiting')]);
}

test('a request comes to its end, whichever that is', async () => {
  // prettier-ignore
  const cases: [name: string, ends: (a: ReturnType<typeof act>) => Told[], then: string][] = [
    ['succeeds', (a) => [a.accepted, a.approved(), a.started(), a.succeeded], 'ok succeeded'],
    ['goes on', (a) => [a.accepted, a.waits('c'), a.approved(), a.started(), a.attemptFailed(1)], 'waiting'],
    ['is rejected', (a) => [a.rejected], 'schema'],
    ['is blocked', (a) => [a.accepted, a.blocked('d')], 'action_blocked'],
    ['is denied', (a) => [a.accepted, a.waits('c'), a.cancelled('denied')], 'action_cancelled'],
    ['fails', (a) => [a.accepted, a.started(), a.failed], 'refused'],
    ['takes too long', (a) => [a.accepted, a.timedOut], 'action_timed_out'],
    ['is lost', (a) => [a.accepted, a.started(), a.unknown], 'outcome_unknown'],
    ['is found out about at once', (a) => [a.accepted, a.resolved('succeeded')], 'ok resolved'],
    ['and had not happened', (a) => [a.accepted, a.resolved('not_executed')], 'action_not_executed'],
  ];
  for (const [name, ends, then] of cases) {
    const { call, server } = await live('agent');
    const outcome = call.requestAction(request);
    await settle();
    const [asked] = journal(server, 'orchestration.action.requested');
    const { actionId } = asked!.payload as { actionId: string };
    assert.match(actionId, /^act_/, name);
    assert.deepEqual(asked!.payload, { actionId, ...request }, name);
    tell(server, ...ends(act(actionId)));
    assert.equal(await settled(outcome), then, name);
    call.leave();
  }
});

test('a refusal says what became of the action, in words and in data', async () => {
  const { call, server } = await live('agent');
  const outcome = call.requestAction({ ...request, actionId: 'mine' });
  await settle();
  tell(server, act('mine').accepted, act('mine').cancelled('expired'));
  const error = await outcome.then(
    () => assert.fail('it was not sent'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ActionError);
  assert.equal(error.message, 'Nobody answered in time.');
  assert.equal(error.action.cause, 'expired');
  call.leave();
});

test('a lost line changes nothing: asked once, and the end is heard', async () => {
  const { call, server, clock } = await live('agent');
  server.answering = false;
  const outcome = call.requestAction({ ...request, actionId: 'mine' });
  await settle();
  server.socket.cut();
  server.answering = true;
  await clock.advance(10_000);
  assert.equal(journal(server, 'orchestration.action.requested').length, 1);
  server.socket.cut();
  tell(server, act('mine').accepted, act('mine').started(), act('mine').succeeded);
  await clock.advance(10_000);
  assert.equal((await outcome).effectId, 'm1');
  call.leave();
});

test('an action that stands for another has its outcome, come or to come', async () => {
  const { call, server } = await live('agent');
  const one = call.requestAction({ ...request, actionId: 'one' });
  await settle();
  tell(server, act('one').accepted);
  const two = call.requestAction({ ...request, actionId: 'two' });
  await settle();
  tell(server, act('two').duplicate('one'));
  assert.equal(await settled(two), 'waiting');
  tell(server, act('one').started(), act('one').succeeded);
  assert.equal((await two).actionId, 'one');
  assert.equal((await one).actionId, 'one');
  const three = call.requestAction({ ...request, actionId: 'three' });
  await settle();
  tell(server, act('three').duplicate('one'));
  assert.equal((await three).effectId, 'm1');
  call.leave();
});

test('who asks again under the same id, after a restart, asks once and hears the end', async () => {
  const { server, options } = world({
    'GET /v1/call/sessions/sess_1': () => ({ body: session }),
  });
  server.role = 'agent';
  tell(server, act('mine').requested, act('mine').accepted);
  const call = await joinCall({ ...options, sessionId: 'sess_1' });
  await settle();
  const outcome = call.requestAction({ ...request, actionId: 'mine' });
  await settle();
  assert.equal(journal(server, 'orchestration.action.requested').length, 1);
  tell(server, act('mine').started(), act('mine').succeeded);
  assert.equal(await settled(outcome), 'ok succeeded');
  assert.equal(await settled(call.requestAction({ ...request, actionId: 'mine' })), 'ok succeeded');
  call.leave();
});

test('of two who ask under one id both hear the end, and a refusal is of its own request', async () => {
  const { call, server } = await live('agent');
  const sent = () =>
    server.socket.sent.flatMap((frame) =>
      frame['op'] === 'publish' ? [frame['event'] as Envelope<EventType>] : [],
    );
  server.answering = false;
  const asking = [1, 2].map(() => call.requestAction({ ...request, actionId: 'mine' }));
  await settle();
  const [first, second] = sent() as [Envelope<EventType>, Envelope<EventType>];
  const refuse = (eventId: string) =>
    server.socket.say({ op: 'error', code: 'action_exists', message: 'm', eventId });
  refuse(second.eventId); // Which comes before what is durable is shown.
  server.publish(server.socket, first);
  tell(server, act('mine').started(), act('mine').succeeded);
  for (const one of asking) assert.equal(await settled(one), 'ok succeeded');

  const other = call.requestAction({ ...request, actionId: 'theirs' });
  await settle();
  refuse(sent()[2]!.eventId);
  assert.equal(await settled(other), 'action_exists', 'of which nothing is known here');
  call.leave();
});

test('an outcome is told to who waits although the state has forgotten the action', async () => {
  const { call, server } = await live('agent');
  const outcome = call.requestAction({ ...request, actionId: 'old' });
  await settle();
  for (let i = 0; i < 150; i++) tell(server, act(`n${i}`).requested, act(`n${i}`).rejected);
  tell(server, act('old').accepted, act('old').succeeded);
  assert.equal(await settled(outcome), 'ok succeeded');
  call.leave();
});

test('nobody waits for ever: the end of the connection is an answer', async () => {
  const { call } = await live('agent');
  const outcome = call.requestAction(request);
  await settle();
  call.leave();
  assert.equal(await settled(outcome), 'left');
});

/** A call in which `c` is asked. */
async function asked(role = 'user', routes: Parameters<typeof world>[0] = {}) {
  const w = await live(role, routes);
  const a = act('a');
  tell(w.server, a.requested, a.accepted, a.asks('c'), a.waits('c'));
  await settle();
  const [shown] = w.call.state.value.confirmations;
  return { ...w, a, shown: shown! };
}

test('an answer names what was on the screen, and counts when it came back', async () => {
  const { call, server, shown, a } = await asked();
  const answer = call.answerConfirmation(shown, 'approve');
  assert.equal(await settled(answer), 'waiting');
  const [sent] = journal(server, 'safety.confirmation.answered');
  assert.deepEqual(sent?.payload, {
    confirmationId: 'c',
    decision: 'approve',
    argsHash: hash('1'),
  });
  tell(server, closes('c').answered('approve'), a.approved());
  const closed = await answer;
  assert.equal(closed.state, 'approved');
  assert.equal(closed.closed?.by?.id, 'usr_a');
  const again = await call.answerConfirmation(shown, 'deny');
  assert.equal(again.state, 'approved', 'the second gets the first one’s answer');
  assert.equal(journal(server, 'safety.confirmation.answered').length, 1);
  call.leave();
});

test('an edit brings its arguments and ends with another question', async () => {
  const { call, server, shown, a } = await asked();
  const answer = call.answerConfirmation(shown, 'edit', { args: { to: 'b' }, reason: 'wrong' });
  await settle();
  const [sent] = journal(server, 'safety.confirmation.answered');
  const { args, reason } = sent!.payload as { args: unknown; reason: string };
  assert.deepEqual([args, reason], [{ to: 'b' }, 'wrong']);
  tell(
    server,
    a.replaced({ to: 'b' }, hash('2')),
    closes('c').superseded('c2'),
    a.asks('c2', hash('2')),
  );
  assert.equal((await answer).closed?.byConfirmationId, 'c2');
  call.leave();
});

test('somebody was faster: what they said is the answer; where nobody did, the refusal is', async () => {
  const cases: [told: Told, then: string][] = [
    [closes('c').answered('deny', 'usr_b'), 'ok denied'],
    [closes('c').expired, 'confirmation_expired'],
  ];
  for (const [told, then] of cases) {
    const { call, server, shown } = await asked();
    server.answering = false;
    const answer = call.answerConfirmation(shown, 'approve');
    await settle();
    const frame = server.socket.sent.find((one) => one['op'] === 'publish');
    const { eventId } = frame!['event'] as { eventId: string };
    tell(server, told);
    const code = then.startsWith('ok') ? 'stale' : then;
    server.socket.say({ op: 'error', eventId, code, message: 'No.', outcome: 'refused' });
    assert.equal(await settled(answer), then);
    call.leave();
  }
});

test('an answer that was given and not seen again says so', async () => {
  const { call, shown } = await asked();
  const answer = call.answerConfirmation(shown, 'approve');
  await settle();
  call.leave();
  assert.equal(await settled(answer), 'left');
});

test('an answer whose line closes while it is under way is settled, too', async () => {
  const route = 'POST /v1/call/sessions/sess_1/confirmations/c';
  const { call, shown } = await asked('operator', {
    [route]: () => {
      call.leave();
      return { body: {} };
    },
  });
  assert.equal(await settled(call.answerConfirmation(shown, 'deny')), 'left');
});

test('an operator answers by REST', async () => {
  const route = 'POST /v1/call/sessions/sess_1/confirmations/c';
  const { call, server, shown, requests } = await asked('operator', {
    [route]: () => ({ body: {} }),
  });
  const answer = call.answerConfirmation(shown, 'deny', { reason: 'no' });
  await settle();
  const sent = requests.find((one) => one.route === route);
  assert.deepEqual(sent?.body, { decision: 'deny', argsHash: hash('1'), reason: 'no' });
  assert.equal(journal(server, 'safety.confirmation.answered').length, 0);
  tell(server, closes('c').answered('deny', 'op'));
  assert.equal(await settled(answer), 'ok denied');
  call.leave();
});

test('a wish to stop is an event', async () => {
  const { call, server } = await live();
  await call.cancelAction('a', 'wrong firm');
  await call.cancelAction('b');
  const sent = journal(server, 'orchestration.action.cancel.requested').map((one) => one.payload);
  assert.deepEqual(sent, [{ actionId: 'a', reason: 'wrong firm' }, { actionId: 'b' }]);
  call.leave();
});

const reported = (server: FakeServer) =>
  journal(server, 'orchestration.action.outcome.reported').map((one) => one.payload);
const clientTool = (id: string, attempt = 1, leaseUntil?: string): Told[] => [
  act(id).requested,
  act(id).accepted,
  act(id).approved(),
  act(id).started(attempt, 'client', leaseUntil),
];

test('an app’s own tool runs once for each attempt and reports what came of it', async () => {
  const { call, server } = await live();
  const ran: string[] = [];
  call.onAction('mail.send', (action, run) => {
    ran.push(`${action.actionId} ${run.attempt} ${JSON.stringify(action.args)}`);
    return action.actionId === 'none' ? undefined : { sent: true };
  });
  tell(server, ...clientTool('a'));
  await settle();
  tell(server, act('a').progress, act('x').requested);
  await settle();
  assert.deepEqual(ran, ['a 1 {"to":"a"}']);
  assert.deepEqual(reported(server), [
    { actionId: 'a', attempt: 1, fence: 4, result: { sent: true } },
  ]);

  tell(server, act('a').attemptFailed(1), act('a').started(2, 'client'));
  await settle();
  assert.deepEqual(ran, ['a 1 {"to":"a"}', 'a 2 {"to":"a"}']);
  tell(server, ...clientTool('none'));
  await settle();
  assert.deepEqual((reported(server)[2] as { result: object }).result, {});
  call.leave();
});

test('what a tool throws is the failure, in the words of the contract', async () => {
  const { call, server } = await live();
  const thrown: unknown[] = [
    new Error('no paper'),
    Object.assign(new Error(''), { code: 'jam' }),
    'x',
  ];
  call.onAction('mail.send', () => {
    throw thrown.shift();
  });
  for (const id of ['a', 'b', 'c']) {
    tell(server, ...clientTool(id));
    await settle();
  }
  assert.deepEqual(
    reported(server).map((one) => (one as { error: object }).error),
    [
      { code: 'handler_failed', message: 'no paper' },
      { code: 'jam', message: 'jam' },
      { code: 'handler_failed', message: 'x' },
    ],
  );
  call.leave();
});

test('a result that no event can carry is said to be too large', async () => {
  const { call, server } = await live();
  call.onAction('mail.send', () => ({ text: 'x'.repeat(70_000) }));
  tell(server, ...clientTool('a'));
  await settle();
  const { error } = reported(server)[0] as { error: { code: string } };
  assert.equal(error.code, 'result_too_large');
  call.leave();
});

test('only what is this app’s to do now is done', async () => {
  const { call, server, clock } = await live();
  let ran = 0;
  const stop = call.onAction('mail.send', () => void ran++, {
    when: (one) => one.actionId !== 'other',
  });
  assert.throws(() => call.onAction('mail.send', () => undefined), { code: 'handler_exists' });
  const late = new Date(clock.now - 1).toISOString();
  tell(server, act('h').requested, act('h').approved(), act('h').started(1, 'http'));
  tell(server, ...clientTool('late', 1, late), ...clientTool('other'));
  await settle();
  assert.equal(ran, 0, 'another executor, a lease that is over, another place');
  stop();
  tell(server, ...clientTool('a'));
  await settle();
  assert.equal(ran, 0, 'and nothing once it was stopped');
  call.leave();
});

test('a handler is told to stop when the action was, or its time is over', async () => {
  const { call, server, clock } = await live();
  const signals: AbortSignal[] = [];
  call.onAction('mail.send', (_, { signal }) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });
  const soon = new Date(clock.now + 5_000).toISOString();
  tell(server, ...clientTool('a'), ...clientTool('b', 1, soon));
  await settle();
  assert.deepEqual(
    signals.map((one) => one.aborted),
    [false, false],
  );
  tell(server, act('a').cancelled('user'));
  await settle();
  assert.equal(signals[0]?.aborted, true);
  await clock.advance(5_000);
  assert.equal(signals[1]?.aborted, true);
  call.leave();
});

/** What a browser keeps over a reload. */
function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test('after a reload what was begun is not begun again, and what was not is', async () => {
  const { call, server, options } = await live();
  const kept = storage();
  const ran: string[] = [];
  const handler = (by: string) => (action: { actionId: string }) => {
    ran.push(`${by} ${action.actionId}`);
    return by === 'first' ? new Promise(() => undefined) : { by };
  };
  call.onAction('mail.send', handler('first'), { claims: claimsIn(kept) });
  tell(server, ...clientTool('a'));
  await settle();
  call.leave();
  tell(server, ...clientTool('b'), ...clientTool('done'), act('done').succeeded);

  const next = await joinCall({ ...options, sessionId: 'sess_1' });
  next.onAction('mail.send', handler('second'), { claims: claimsIn(kept) });
  assert.deepEqual(ran, ['first a'], 'nothing while the past is read');
  await settle();
  assert.deepEqual(ran, ['first a', 'second b']);
  const newer: Told[] = [act('a').attemptFailed(1), act('a').started(2, 'client')];
  tell(server, ...newer);
  await settle();
  assert.deepEqual(ran, ['first a', 'second b', 'second a'], 'another attempt is another thing');
  next.leave();
});

test('two tabs of one browser do it once', async () => {
  const { call, server, options } = await live();
  const kept = storage();
  const ran: string[] = [];
  const other = await joinCall({ ...options, sessionId: 'sess_1' });
  await settle();
  call.onAction('mail.send', () => void ran.push('one'), { claims: claimsIn(kept) });
  other.onAction('mail.send', () => void ran.push('other'), { claims: claimsIn(kept) });
  tell(server, ...clientTool('a'));
  await settle();
  assert.equal(ran.length, 1);
  assert.equal(reported(server).length, 1);
  call.leave();
  other.leave();
});

test('of all devices of the person whose app it is, one does it, and nobody else’s', async () => {
  const { call, server, options } = await live();
  const other = await joinCall({ ...options, sessionId: 'sess_1' });
  await settle();
  const ran: string[] = [];
  const run = (by: string) => (action: { actionId: string }) =>
    void ran.push(`${by} ${action.actionId}`);
  call.onAction('mail.send', run('phone'), { claims: claimsInMemory() });
  other.onAction('mail.send', run('laptop'), { claims: claimsInMemory() });
  const told = (id: string, runBy: string): Told[] => [
    act(id).requested,
    act(id).accepted,
    act(id).started(1, 'client', moment(900), runBy),
  ];
  tell(server, ...told('mine', 'usr_me'), ...told('hers', 'usr_her'));
  await settle();
  assert.deepEqual(ran, ['phone mine']);
  assert.equal(reported(server).length, 1);
  const begun = journal(server, 'orchestration.action.progress');
  assert.deepEqual(
    begun.map((one) => one.eventId),
    ['begun:3'],
  );
  call.leave();
  other.leave();
});

test('what was refused before it began is not done', async () => {
  const { call, server } = await live();
  const errors: string[] = [];
  call.on('error', (error) => errors.push(error.code));
  let ran = 0;
  call.onAction('mail.send', () => void ran++);
  for (const code of ['action_not_ready', 'forbidden']) {
    server.publish = (socket, { eventId }) =>
      socket.say({ op: 'error', eventId, code, message: 'No.', outcome: 'refused' });
    tell(server, ...clientTool(code));
    await settle();
  }
  assert.equal(ran, 0);
  assert.deepEqual(errors, ['forbidden'], 'that it is over is nothing to be told');
  call.leave();
});

test('through a lost line a tool runs once and its report arrives', async () => {
  const { call, server, clock } = await live();
  let finish = (_: object): void => undefined;
  let ran = 0;
  call.onAction('mail.send', () => {
    ran++;
    return new Promise<object>((resolve) => (finish = resolve));
  });
  tell(server, ...clientTool('a', 1, moment(3_000)));
  await settle();
  server.socket.cut();
  finish({ ok: true });
  await clock.advance(10_000);
  assert.equal(call.connection.value.state, 'live');
  assert.equal(ran, 1);
  assert.equal(reported(server).length, 1);
  call.leave();
});

test('claims are made once, also where nothing can be stored', async () => {
  const broken = {
    getItem: () => {
      throw new Error('forbidden');
    },
    setItem: () => undefined,
  };
  for (const claims of [claimsInMemory(), claimsIn(storage()), claimsIn(broken)]) {
    assert.equal(await claims.claim('k'), true);
    assert.equal(await claims.claim('k'), false);
    assert.equal(await claims.claim('l'), true);
  }
  const kept = storage();
  for (let i = 0; i < 2_000; i++) await claimsIn(kept).claim(`sess_1 act_${i} 4`);
  assert.equal(await claimsIn(kept).claim('sess_1 act_1999 4'), false);
  assert.equal((kept.getItem('lifeline.claims') ?? '').split('\n').length, 500, 'and not for ever');
});

test('after a refused cursor what is not over stands, however long ago it was asked', async () => {
  const a = act('old');
  const told = a.asks('c', hash('1'), { answerableBy: 'user' });
  const events: EventRecord[] = [];
  const actions = [
    {
      actionId: 'old',
      actionType: 'mail.send',
      state: 'awaiting_confirmation',
      risk: 'high_risk_external_send',
      requestedBy: 'usr_agent',
      summary: 'Send it.',
      args: { to: 'a' },
      argsHash: hash('1'),
      confirmation: told[1],
    },
    { actionId: 'new', actionType: 'mail.send', state: 'started', fence: 9, executor: 'client' },
    { actionId: 'client', actionType: 'mail.send', state: 'started', fence: 9, executor: 'client' },
  ];
  const called = { ...session, participants: [] };
  const modes = [{ mode: 'cv', active: true, rev: 4, reason: 'asked' }];
  const snapshot = { epoch: 'epoch-2', seq: 3, state: called, actions, modes, killed: true };
  const { options, server, clock } = world({
    'GET /v1/call/sessions/sess_1/snapshot': () => ({ body: snapshot }),
    'GET /v1/call/sessions/sess_1/events': ({ route }) => ({
      body: { events: events.slice(Number(/after=(\d+)/.exec(route)?.[1])) },
    }),
  });
  const call = await createCall(options);
  let ran = 0;
  call.onAction('mail.send', () => void ran++);
  await settle();
  const fresh = act('new');
  for (const [type, payload] of [fresh.requested, fresh.accepted, fresh.approved()]) {
    events.push(server.append(type, payload));
  }
  server.epoch = 'epoch-2';
  server.socket.cut(4302);
  await clock.advance(100);
  const { state } = call;
  assert.deepEqual(
    state.value.actions.map((one) => `${one.actionId} ${one.state}`),
    ['old awaiting_confirmation', 'client running', 'new approved'],
    'of what the events tell whole, the events are believed',
  );
  const [asked] = state.value.confirmations;
  assert.equal(asked?.confirmationId, 'c');
  assert.deepEqual(argsOf(state.value, asked!), { to: 'a' });
  assert.ok(canAnswer(state.value, { participantId: 'x', role: 'user' }, asked!));
  assert.deepEqual(
    state.value.killSwitches.map((one) => one.scope),
    ['session'],
  );
  assert.deepEqual(state.value.modes, [{ ...modes[0], context: null }]);
  assert.equal(ran, 0, 'what was begun elsewhere is not begun again');
  for (const [type, payload] of [closes('c').answered('approve'), a.approved(), a.succeeded]) {
    server.append(type, payload);
  }
  await settle();
  assert.equal(state.value.actions.find((one) => one.actionId === 'old')?.state, 'succeeded');
  call.leave();
});
