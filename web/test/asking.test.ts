import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LifelineError, type Self } from '@lifeline/client';

import { Asking } from '../src/act/asking';
import { Store } from '../src/talk/store';
import { FakeCall, lineOf } from './fake_call';
import { anna, asked, ben, requested, together } from './gallery/acting';

const hash = (digit: string) => digit.repeat(64);
const tick = () => new Promise((resolve) => setImmediate(resolve));

function world({
  me = { participantId: anna.id, role: 'user' } as Self | null,
  only = undefined as string | undefined,
} = {}) {
  const call = together();
  const self = new Store<Self | null>(me);
  const asking = new Asking(call.call, self, only === undefined ? {} : { only });
  return { call, self, asking };
}

function asks(call: FakeCall, id: string, change = {}): void {
  requested(call, id, 'mail.send', 'Send it.', { to: 'a' });
  asked(call, id, change);
}

/** Answers what is on the screen. */
function answer(
  asking: Asking,
  decision: 'approve' | 'edit' | 'deny',
  more: { args?: Record<string, unknown> } = {},
): void {
  asking.answer(asking.view.value.shown!.confirmation, decision, more);
}

const shown = (asking: Asking) => asking.view.value.shown?.confirmation.confirmationId ?? null;
const resolved = (call: FakeCall, confirmationId: string, decision: 'approve' | 'deny', by = anna) =>
  call.see('safety.confirmation.resolved', { confirmationId, decision, by, via: 'ui', argsHash: hash('1') } as never);

test('the oldest question is shown, with what a yes would allow', () => {
  const { call, asking } = world();
  asks(call, 'one');
  asks(call, 'two');
  assert.equal(shown(asking), 'cnf_one');
  assert.equal(asking.view.value.waiting, 2);
  assert.deepEqual(asking.view.value.shown?.args, { to: 'a' });
});

test('only to whoever may answer it, and once it is known who that is', () => {
  for (const [me, expected] of [
    [null, null],
    [{ participantId: ben.id, role: 'user' }, null],
    [{ participantId: anna.id, role: 'viewer' }, null],
    [{ participantId: anna.id, role: 'user' }, 'cnf_one'],
  ] as const) {
    const { call, asking } = world({ me });
    asks(call, 'one');
    assert.equal(shown(asking), expected, JSON.stringify(me));
  }
  const { call, self, asking } = world({ me: null });
  asks(call, 'one');
  self.set({ participantId: anna.id, role: 'user' });
  assert.equal(shown(asking), 'cnf_one');
});

test('nothing pops up while the past is read', () => {
  const { call, asking } = world();
  call.connection.set(lineOf({ state: 'replaying' }));
  asks(call, 'one');
  assert.equal(shown(asking), null);
  call.connection.set(lineOf());
  assert.equal(shown(asking), 'cnf_one');
});

test('an answer is given once, and counts when its event came back', async () => {
  const { call, asking } = world();
  asks(call, 'one');
  asks(call, 'two');
  answer(asking, 'approve');
  answer(asking, 'approve');
  answer(asking, 'deny');
  assert.equal(call.published.length, 1, 'however often it is pressed');
  assert.deepEqual(call.published[0]?.payload, { confirmationId: 'cnf_one', decision: 'approve', argsHash: hash('1') });
  assert.equal(asking.view.value.shown?.sending, 'approve');
  assert.equal(asking.view.value.shown?.confirmation.state, 'open', 'nothing is claimed yet');
  resolved(call, 'cnf_one', 'approve');
  call.published[0]?.seen();
  await tick();
  assert.equal(shown(asking), 'cnf_two', 'the next one comes by itself');
});

test('a refusal is shown, and the answer can be given again', async () => {
  const { call, asking } = world();
  asks(call, 'one');
  answer(asking, 'approve');
  call.published[0]?.refuse(new LifelineError({ code: 'args_changed', message: 'It is another.' }));
  await tick();
  assert.equal(asking.view.value.shown?.refusal?.code, 'args_changed');
  assert.equal(asking.view.value.shown?.sending, null);
  answer(asking, 'deny');
  assert.equal(call.published.length, 2);
});

test('not now puts it aside: it stays open and can be taken up', () => {
  const { call, asking } = world();
  asks(call, 'one');
  asks(call, 'two');
  asking.put_aside();
  assert.equal(shown(asking), 'cnf_two');
  asking.put_aside();
  assert.equal(shown(asking), null);
  assert.deepEqual(
    asking.view.value.aside.map((one) => one.confirmationId),
    ['cnf_one', 'cnf_two'],
  );
  assert.equal(call.published.length, 0, 'which is no answer');
  asking.take_up('cnf_one');
  assert.equal(shown(asking), 'cnf_one');
  assert.equal(asking.view.value.aside.length, 1);
});

test('what ends while it is on the screen stays there until it is read', () => {
  const ends: [name: string, end: (call: FakeCall) => void, state: string][] = [
    ['another device', (call) => resolved(call, 'cnf_one', 'approve'), 'approved'],
    ['somebody else', (call) => resolved(call, 'cnf_one', 'deny', ben), 'denied'],
    [
      'time',
      (call) => call.see('safety.confirmation.expired', { confirmationId: 'cnf_one', cause: 'timeout' }),
      'expired',
    ],
    [
      'the action',
      (call) => call.see('safety.confirmation.cancelled', { confirmationId: 'cnf_one', cause: 'user' }),
      'cancelled',
    ],
  ];
  for (const [name, end, state] of ends) {
    const { call, asking } = world();
    asks(call, 'one');
    end(call);
    assert.equal(asking.view.value.shown?.confirmation.state, state, name);
    assert.equal(asking.view.value.waiting, 0, name);
    answer(asking, 'approve');
    assert.equal(call.published.length, 0, `${name}: nothing to answer`);
    asking.done();
    assert.equal(shown(asking), null, name);
  }
});

test('an edit by anybody shows the question that took its place', async () => {
  const { call, asking } = world();
  asks(call, 'one');
  answer(asking, 'edit', { args: { to: 'b' } });
  assert.deepEqual(call.published[0]?.payload.args, { to: 'b' });
  call.see('orchestration.action.args.replaced', {
    actionId: 'one',
    args: { to: 'b' },
    argsHash: hash('3'),
    by: anna.id,
  });
  call.see('safety.confirmation.superseded', {
    confirmationId: 'cnf_one',
    cause: 'edited',
    byConfirmationId: 'cnf_new',
  });
  asked(call, 'one', { confirmationId: 'cnf_new', argsHash: hash('3') });
  call.published[0]?.seen();
  await tick();
  const question = asking.view.value.shown;
  assert.equal(question?.confirmation.confirmationId, 'cnf_new');
  assert.deepEqual(question?.args, { to: 'b' });
  assert.equal(question?.changed, true);
  assert.equal(question?.sending, null);
});

test('a press that was meant for the question before answers nothing', () => {
  const { call, asking } = world();
  asks(call, 'one');
  const seen = asking.view.value.shown!.confirmation;
  call.see('safety.confirmation.superseded', {
    confirmationId: 'cnf_one',
    cause: 'edited',
    byConfirmationId: 'cnf_new',
  });
  asked(call, 'one', { confirmationId: 'cnf_new', argsHash: hash('3') });
  assert.equal(shown(asking), 'cnf_new');
  asking.answer(seen, 'approve');
  assert.equal(call.published.length, 0);
});

test('arguments that are no longer those of the question are not shown as if they were', () => {
  const { call, asking } = world();
  asks(call, 'one');
  call.see('orchestration.action.args.replaced', {
    actionId: 'one',
    args: { to: 'evil' },
    argsHash: hash('3'),
    by: ben.id,
  });
  assert.equal(asking.view.value.shown?.args, null);
});

test('a page for one question keeps to it, from before it is asked until after its answer', async () => {
  const { call, asking } = world({ only: 'cnf_two' });
  asks(call, 'one');
  assert.equal(shown(asking), null);
  asks(call, 'two');
  assert.equal(shown(asking), 'cnf_two');
  asking.put_aside();
  assert.equal(shown(asking), 'cnf_two');
  answer(asking, 'deny');
  resolved(call, 'cnf_two', 'deny');
  call.published[0]?.seen();
  await tick();
  assert.equal(asking.view.value.shown?.confirmation.state, 'denied');
  assert.equal(asking.view.value.shown?.answered, 'deny', 'given here');
});
