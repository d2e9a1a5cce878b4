import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canAnswer, initialState, isOver, outcomeOf, type Action } from '../src/lifeline.js';
import { argsOf, openConfirmations, type CallState } from '../src/lifeline.js';
import { act, closes, eventOf, eventsOf, fold, hash, moment, type Told } from './events.js';
import { randomOf } from './virtual.js';

const seeds = Number(process.env['LIFELINE_SEEDS'] ?? 100);
const a = act('a');

const actionOf = (told: readonly Told[]) => fold(eventsOf(told)).actions[0]!;

test('an action', () => {
  const ready = [a.requested, a.accepted];
  // prettier-ignore
  const cases: { name: string; given: Told[]; then: string }[] = [
    { name: 'is an idea first', given: [a.proposed], then: 'proposed t' },
    { name: 'is asked for', given: [a.proposed, a.requested], then: 'requested mail.send' },
    { name: 'is accepted', given: ready, then: 'accepted mail.send' },
    { name: 'or rejected, which is the end', given: [a.requested, a.rejected, a.started()], then: 'rejected mail.send over' },
    { name: 'stands for nothing where another one does', given: [a.requested, a.duplicate('b'), a.started()], then: 'accepted mail.send over' },
    { name: 'is blocked', given: [...ready, a.evaluated('d', 'deny'), a.blocked('d'), a.approved()], then: 'blocked mail.send over' },
    { name: 'waits for a person', given: [...ready, a.asks('c'), a.waits('c')], then: 'awaiting_confirmation mail.send' },
    { name: 'also where the question comes after', given: [...ready, a.waits('c'), a.asks('c')], then: 'awaiting_confirmation mail.send' },
    { name: 'is approved', given: [...ready, a.waits('c'), a.approved()], then: 'approved mail.send' },
    { name: 'may be asked about again before it starts', given: [...ready, a.approved(), a.waits('c2')], then: 'awaiting_confirmation mail.send' },
    { name: 'is denied', given: [...ready, a.waits('c'), a.cancelled('denied'), a.approved()], then: 'cancelled mail.send over' },
    { name: 'runs', given: [...ready, a.approved(), a.started()], then: 'running mail.send' },
    { name: 'is not approved again while it runs', given: [...ready, a.approved(), a.started(), a.approved()], then: 'running mail.send' },
    { name: 'is tried again', given: [...ready, a.started(), a.attemptFailed(1)], then: 'retrying mail.send' },
    { name: 'and runs then', given: [...ready, a.started(), a.attemptFailed(1), a.started(2)], then: 'running mail.send' },
    { name: 'takes nothing of an older attempt', given: [...ready, a.started(2), a.attemptFailed(1), a.started(1)], then: 'running mail.send' },
    { name: 'succeeds once', given: [...ready, a.started(), a.succeeded, a.failed, a.cancelled('user')], then: 'succeeded mail.send over' },
    { name: 'fails', given: [...ready, a.started(), a.failed, a.succeeded], then: 'failed mail.send over' },
    { name: 'takes too long', given: [...ready, a.timedOut], then: 'timed_out mail.send over' },
    { name: 'is lost, and not over', given: [...ready, a.started(), a.unknown], then: 'unknown mail.send' },
    { name: 'and found out about', given: [...ready, a.started(), a.unknown, a.resolved('succeeded')], then: 'resolved mail.send over' },
    { name: 'stays what it was when a word is new', given: [...ready, ['orchestration.action.pondered' as 'x.', { actionId: 'a' }]], then: 'accepted mail.send' },
    { name: 'may be met in the middle', given: [a.started()], then: 'running ' },
  ];
  for (const { name, given, then } of cases) {
    const one = actionOf(given);
    const text = `${one.state} ${one.actionType}${isOver(one) ? ' over' : ''}`;
    assert.equal(text, then, name);
  }
});

test('an end of something long forgotten brings nothing back', () => {
  for (const told of [a.succeeded, a.delivered('model'), a.cancelled('user'), a.progress]) {
    assert.deepEqual(fold(eventsOf([told])).actions, [], told[0]);
  }
});

test('what is known of an action', () => {
  const by = { kind: 'user', id: 'usr_a' };
  const told: Told[] = [
    a.requested,
    a.accepted,
    a.evaluated('d1', 'require_confirmation'),
    a.asks('c1'),
    a.waits('c1'),
    a.replaced({ to: 'b' }, hash('2')),
    closes('c1').superseded('c2'),
    a.evaluated('d2', 'require_confirmation'),
    a.asks('c2', hash('2')),
    a.waits('c2'),
  ];
  const waiting = fold(eventsOf(told));
  const [first, second] = waiting.confirmations;
  assert.deepEqual(waiting.actions[0]?.args, { to: 'b' }, 'the arguments as last replaced');
  assert.equal(waiting.actions[0]?.risk, 'high_risk_external_send', 'the word of the server');
  assert.equal(waiting.actions[0]?.confirmationId, 'c2');
  assert.equal(waiting.actions[0]?.askedBecause, 'it goes out');
  assert.equal(first?.state, 'superseded');
  assert.equal(first?.closed?.byConfirmationId, 'c2');
  assert.equal(argsOf(waiting, first!), null, 'those it was about are gone');
  assert.deepEqual(argsOf(waiting, second!), { to: 'b' });
  assert.deepEqual(openConfirmations(waiting), [second]);

  const rest: Told[] = [
    closes('c2').answered('approve'),
    a.allowed('d2', by),
    a.approved(hash('2')),
    a.started(),
    a.progress,
    ['orchestration.action.cancel.requested', { actionId: 'a' }, 'usr_a', 'user'],
    a.succeeded,
    a.delivered('model'),
    a.delivered('model'),
    a.delivered('ui'),
    [
      'orchestration.action.compensated',
      { actionId: 'a', compensationActionId: 'z', result: 'partial' },
    ],
  ];
  const done = actionOf([...told, ...rest]);
  assert.deepEqual(
    done.decisions.map(({ decisionId, outcome, by: who }) => [
      decisionId,
      outcome,
      who?.id ?? null,
    ]),
    [
      ['d1', 'require_confirmation', null],
      ['d2', 'require_confirmation', 'usr_a'],
    ],
  );
  assert.deepEqual(done.result, { id: 1 });
  assert.equal(done.effectId, 'm1');
  assert.equal(done.args, null, 'what is over keeps little');
  assert.equal(done.progress, null);
  assert.equal(done.cancelRequestedBy, 'usr_a');
  assert.equal(done.fence, 14);
  assert.equal(done.requestedAt, moment(1));
  assert.equal(done.endedAt, moment(17));
  assert.deepEqual(done.compensation, { actionId: 'z', result: 'partial' });
  assert.deepEqual(
    done.delivered.map(({ target }) => target),
    ['model', 'ui'],
  );
});

test('an action that repeats another has its outcome', () => {
  const b = act('b');
  const { actions } = fold(
    eventsOf([a.requested, a.started(), b.requested, b.duplicate('a'), a.succeeded]),
  );
  assert.equal(outcomeOf(actions, 'b')?.state, 'succeeded');
  assert.equal(outcomeOf(actions, 'c'), null);
  const loop = [
    { actionId: 'x', duplicateOf: 'y' },
    { actionId: 'y', duplicateOf: 'x' },
  ] as Action[];
  assert.ok(outcomeOf(loop, 'x'), 'two that name each other end all the same');
});

test('a confirmation', () => {
  // prettier-ignore
  const cases: { name: string; given: Told[]; then: string }[] = [
    { name: 'is open', given: [], then: 'open' },
    { name: 'is asked once', given: [a.asks('c', hash('2'))], then: 'open' },
    { name: 'is approved', given: [closes('c').answered('approve')], then: 'approved usr_a' },
    { name: 'is denied', given: [closes('c').answered('deny')], then: 'denied usr_a' },
    { name: 'is edited', given: [closes('c').answered('edit')], then: 'edited usr_a' },
    { name: 'answered in an unknown word is no yes', given: [closes('c').answered('always')], then: 'cancelled usr_a' },
    { name: 'expires', given: [closes('c').expired], then: 'expired timeout' },
    { name: 'falls away', given: [closes('c').cancelled], then: 'cancelled session_end' },
    { name: 'is closed once', given: [closes('c').answered('deny', 'usr_b'), closes('c').answered('approve')], then: 'denied usr_b' },
    { name: 'stays expired', given: [closes('c').expired, closes('c').answered('approve')], then: 'expired timeout' },
  ];
  for (const { name, given, then } of cases) {
    const { confirmations } = fold(eventsOf([a.requested, a.accepted, a.asks('c'), ...given]));
    assert.equal(confirmations.length, 1, name);
    const { state, closed, argsHash } = confirmations[0]!;
    const how = [state, closed?.by?.id ?? closed?.cause].filter(Boolean).join(' ');
    assert.equal(how, then, name);
    assert.equal(argsHash, hash('1'), name);
  }
});

test('who may answer', () => {
  const call: Told[] = [['call.created', { callId: 's', ownerId: 'own' }]];
  const takesPart: Told = [
    'call.participant.added',
    { callId: 's', participantId: 'own', role: 'user' },
  ];
  const state = (answerableBy: string | undefined, channel: string, own: boolean): CallState =>
    fold(
      eventsOf([
        ...call,
        ...(own ? [takesPart] : []),
        a.requested,
        a.asks('c', hash('1'), { channel, ...(answerableBy ? { answerableBy } : {}) }),
      ]),
    );
  // prettier-ignore
  const cases: [answerableBy: string | undefined, channel: string, own: boolean, me: string, role: string, may: boolean][] = [
    ['owner', 'ui', true, 'own', 'user', true],
    ['owner', 'ui', true, 'guest', 'user', false],
    ['owner', 'ui', false, 'guest', 'user', true],
    [undefined, 'both', true, 'own', 'user', true],
    [undefined, 'both', true, 'guest', 'user', false],
    ['user', 'ui', true, 'guest', 'user', true],
    ['user', 'ui', true, 'guest', 'viewer', false],
    ['user', 'ui', true, 'own', 'agent', false],
    ['operator', 'ui', true, 'own', 'user', false],
    ['operator', 'ui', true, 'op', 'operator', true],
    ['user', 'voice', true, 'own', 'user', false],
    ['committee', 'ui', true, 'own', 'user', false],
  ];
  for (const [answerableBy, channel, own, participantId, role, may] of cases) {
    const one = state(answerableBy, channel, own);
    const name = `${answerableBy} ${channel} ${own} ${participantId} ${role}`;
    assert.equal(canAnswer(one, { participantId, role }, one.confirmations[0]!), may, name);
  }
  const closed = fold([eventOf(closes('c').expired, 9)], state('user', 'ui', true));
  const me = { participantId: 'own', role: 'user' };
  assert.equal(canAnswer(closed, me, closed.confirmations[0]!), false, 'closed');
});

test('switches, modes, intents and documents', () => {
  const kill = (scope: string, enabled: boolean, subject?: string): Told => [
    'safety.killswitch.changed',
    { scope, enabled, by: 'op', reason: 'r', ...(subject ? { subject } : {}) },
  ];
  const mode = (name: string, state: string, rev: number, context?: object): Told => [
    'orchestration.mode.changed',
    { mode: name, state, reason: 'r', rev, ...(context ? { context } : {}) },
  ];
  const document = (documentId: string, rev: number): Told => [
    'orchestration.deliverable.updated',
    { documentId, kind: 'cv', rev, by: 'x' },
  ];
  const intent = (turnId: string, confidence: number): Told => [
    'orchestration.intent.detected',
    { turnId, intent: 'i', confidence, evidenceUtteranceIds: [] },
  ];
  const state = fold(
    eventsOf([
      kill('global', true),
      kill('action_type', true, 'mail.send'),
      kill('action_type', true, 'pay'),
      kill('action_type', false, 'mail.send'),
      kill('session', false),
      mode('cv', 'activated', 1, { role: 'chef' }),
      mode('cv', 'updated', 3),
      mode('cv', 'deactivated', 2),
      mode('trip', 'activated', 1),
      mode('trip', 'deactivated', 2),
      document('doc_1', 2),
      document('doc_1', 1),
      document('doc_2', 1),
      intent('t1', 0.1),
      intent('t1', 0.9),
    ]),
  );
  assert.deepEqual(
    state.killSwitches.map(({ scope, subject }) => `${scope} ${subject}`),
    ['global null', 'action_type pay'],
  );
  assert.deepEqual(
    state.modes.map(({ mode: name, active, rev, context }) => [name, active, rev, context]),
    [
      ['cv', true, 3, { role: 'chef' }],
      ['trip', false, 2, null],
    ],
    'an older revision changes nothing',
  );
  assert.deepEqual(
    state.deliverables.map(({ documentId, rev }) => `${documentId} ${rev}`),
    ['doc_1 2', 'doc_2 1'],
  );
  assert.deepEqual(
    state.intents.map(({ confidence }) => confidence),
    [0.9],
  );
});

test('a long call stays small', () => {
  const told: Told[] = [];
  for (let i = 0; i < 1_000; i++) {
    const one = act(`a${i}`);
    told.push(one.requested, one.accepted, one.asks(`c${i}`), one.started());
    if (i !== 3) told.push(closes(`c${i}`).answered('approve'), one.succeeded);
  }
  const { actions, confirmations } = fold(eventsOf(told));
  assert.equal(actions.length, 101, 'the newest hundred that are over, and what is open');
  assert.equal(actions[0]?.actionId, 'a3', 'what is open is not forgotten');
  assert.deepEqual(actions[0]?.args, { to: 'a' });
  assert.equal(actions.filter((one) => one.result !== null).length, 20);
  assert.equal(confirmations.length, 21);
  assert.equal(confirmations[0]?.confirmationId, 'c3');
});

/** Everything that can be said of `id`, in any order and any number. */
function anything(id: string, pick: (n: number) => number): Told {
  const one = act(id);
  const c = `c${id}${pick(2)}`;
  const all: Told[] = [
    one.proposed,
    one.requested,
    one.accepted,
    one.duplicate('a0'),
    one.rejected,
    one.evaluated(`d${pick(3)}`, ['allow', 'deny', 'ask a friend'][pick(3)]!),
    one.allowed(`d${pick(3)}`, { kind: 'user', id: 'usr_a' }),
    one.blocked('d'),
    one.asks(c),
    one.waits(c),
    one.replaced({ n: pick(9) }, hash(String(pick(9)))),
    one.approved(),
    one.started(1 + pick(3), ['http', 'client', 'moon'][pick(3)]),
    one.progress,
    one.attemptFailed(1 + pick(3)),
    one.succeeded,
    one.failed,
    one.timedOut,
    one.cancelled(['denied', 'agent', 'a new cause'][pick(3)]!),
    one.unknown,
    one.resolved(['succeeded', 'failed', 'half'][pick(3)]!),
    one.delivered(['model', 'ui', 'smell'][pick(3)]!),
    closes(c).answered(['approve', 'deny', 'edit', 'hmm'][pick(4)]!),
    closes(c).expired,
    closes(c).superseded('c9'),
  ];
  return all[pick(all.length)]!;
}

test(`${seeds} seeds: whatever comes, ends stay ends and every reader sees the same`, () => {
  for (let seed = 1; seed <= seeds; seed++) {
    const random = randomOf(seed);
    const pick = (n: number) => Math.floor(random() * n);
    const ids = ['a0', 'a1', 'a2'];
    const told = Array.from({ length: 60 }, () => anything(ids[pick(3)]!, pick));
    const events = eventsOf(told);
    const whole = fold(events);

    // Live, replayed from anywhere, and with every event twice: the same.
    const cut = pick(events.length);
    assert.deepEqual(fold(events.slice(cut), fold(events.slice(0, cut))), whole, `seed ${seed}`);
    assert.deepEqual(fold(events.flatMap((one) => [one, one])), whole, `seed ${seed}`);

    // An end is never left, and no answer is given twice.
    let before = initialState;
    for (const event of events) {
      const after = fold([event], before);
      for (const one of before.actions.filter(isOver)) {
        const now = after.actions.find((other) => other.actionId === one.actionId);
        assert.equal(now?.state, one.state, `seed ${seed}: ${event.type}`);
        assert.equal(now?.endedAt, one.endedAt, `seed ${seed}: ${event.type}`);
      }
      for (const one of before.confirmations.filter(({ state }) => state !== 'open')) {
        const now = after.confirmations.find((c) => c.confirmationId === one.confirmationId);
        assert.equal(now, one, `seed ${seed}: ${event.type}`);
      }
      before = after;
    }

    // What is said of one action does nothing to another: alone it comes to the same.
    for (const id of ids) {
      const own = events.filter((_, i) => JSON.stringify(told[i]).includes(`"${id}"`));
      const alone = fold(own).actions.find((one) => one.actionId === id);
      assert.deepEqual(
        whole.actions.find((one) => one.actionId === id),
        alone,
        `seed ${seed}: ${id} alone`,
      );
    }
  }
});
