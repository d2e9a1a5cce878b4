import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LifelineError, type KillSwitchRecord } from '@lifeline/client';

import { Stops, type StopsDoor } from '../src/act/stops';
import { Console } from '../src/oversight/console';
import { readPass, takePass } from '../src/place/pass_link';
import { changeWords, stoppedWords, stopProblem } from '../src/words/stops';

const record: KillSwitchRecord = { scope: 'action_type', actionType: 'send', by: 'usr_op', reason: 'drill' };
const forbidden = new LifelineError({ code: 'forbidden', message: 'no', status: 403 });

/** A server that answers what the test says, and remembers what it was asked. */
function door(answer: { list?: readonly KillSwitchRecord[]; fails?: Error }) {
  const asked: unknown[] = [];
  const reply = async () => {
    if (answer.fails) throw answer.fails;
    return answer.list ?? [];
  };
  const one: StopsDoor = {
    list: reply,
    set: (stop, enabled, reason) => (asked.push({ ...stop, enabled, reason }), reply()),
    types: async () => ['send', 'book', 'send'],
  };
  return { one, asked, answer };
}

test('what is stopped is what the server said last, and when', async () => {
  const { one, answer } = door({ list: [record] });
  const stops = new Stops(one, () => 7);
  assert.equal(stops.state.value.switches, null, 'nothing is claimed before it was asked');
  await stops.read();
  assert.deepEqual([stops.state.value.switches, stops.state.value.readAt], [[record], 7]);
  answer.fails = new LifelineError({ code: 'unreachable', message: 'gone', retryable: true });
  await stops.read();
  assert.deepEqual(stops.state.value.switches, [record], 'what is known stays');
  assert.equal(stops.state.value.problem?.code, 'unreachable');
  assert.equal(stops.state.value.refused, false);
});

test('a change shows what is stopped then; a refused one changes nothing', async () => {
  const { one, asked, answer } = door({ list: [record] });
  const stops = new Stops(one, () => 7);
  await stops.set({ scope: 'action_type', actionType: 'send' }, true, 'drill');
  assert.deepEqual(asked, [{ scope: 'action_type', actionType: 'send', enabled: true, reason: 'drill' }]);
  assert.deepEqual(stops.state.value.switches, [record]);
  answer.fails = forbidden;
  await assert.rejects(stops.set({ scope: 'instance' }, true, 'all of it'), forbidden);
  assert.deepEqual(stops.state.value.switches, [record]);
});

test('where the answer to a change was lost, what is stopped is read again', async () => {
  const { one } = door({ list: [record] });
  const lost = new LifelineError({ code: 'unreachable', message: 'gone', retryable: true });
  const stops = new Stops({ ...one, set: () => Promise.reject(lost) });
  await assert.rejects(stops.set({ scope: 'action_type', actionType: 'send' }, true, 'drill'), lost);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(stops.state.value.switches, [record]);
});

test('what was asked before a change does not undo it, however late the answer comes', async () => {
  let late: (switches: readonly KillSwitchRecord[]) => void = () => {};
  const stops = new Stops({ ...door({ list: [record] }).one, list: () => new Promise((resolve) => (late = resolve)) });
  const reading = stops.read();
  await stops.set({ scope: 'action_type', actionType: 'send' }, true, 'drill');
  late([]);
  await reading;
  assert.deepEqual(stops.state.value.switches, [record]);
});

test('a pass for one call is told so, and not asked about again as a failure', async () => {
  for (const code of ['forbidden', 'session_not_found']) {
    const stops = new Stops(door({ fails: new LifelineError({ code, message: 'no', status: 404 }) }).one);
    await stops.read();
    assert.equal(stops.state.value.refused, true);
    assert.match(stops.state.value.problem!.advice, /one call/);
  }
});

test('types to choose from, each once', async () => {
  const stops = new Stops(door({}).one);
  await stops.read_types();
  assert.deepEqual(stops.state.value.types, ['book', 'send']);
});

test('the words name what stands still', () => {
  const cases = [
    [{ scope: 'instance' }, 'All actions on this server'],
    [{ scope: 'account', accountId: 'acct_1' }, 'All actions in the account acct_1'],
    [{ scope: 'account' }, 'All actions in your account'],
    [{ scope: 'action_type', actionType: 'send' }, 'The action send'],
    [{ scope: 'action_type', actionType: 'send', accountId: 'acct_1' }, 'The action send in the account acct_1'],
  ] as const;
  for (const [stop, words] of cases) assert.equal(stoppedWords(stop), words);
  assert.doesNotMatch(stoppedWords({ scope: 'action_type', actionType: 'a\u202eb' }), /\u202e/);
});

test('much wants a word more, and letting go does not', () => {
  assert.equal(changeWords({ scope: 'instance' }, true).word, 'stop');
  assert.equal(changeWords({ scope: 'account' }, true).word, 'stop');
  assert.equal(changeWords({ scope: 'action_type', actionType: 'send' }, true).word, null);
  assert.equal(changeWords({ scope: 'instance' }, false).word, null);
  assert.match(changeWords({ scope: 'instance' }, true).effect, /every account/);
});

test('a refusal here is not one of the call', () => {
  assert.match(stopProblem(forbidden).title, /not for this/);
});

test('a pass leaves the address, and what is none is none', () => {
  const shown: string[] = [];
  const address = { hash: '#token=abc.def-1&x=1', pathname: '/killswitch', search: '' };
  assert.equal(takePass(address, (url) => shown.push(url)), 'abc.def-1');
  assert.deepEqual(shown, ['/killswitch#x=1']);
  assert.equal(takePass({ ...address, hash: '' }, () => assert.fail()), null);
  assert.equal(readPass('  abc \n'), 'abc');
  for (const text of ['', 'two words', '"abc"']) assert.equal(readPass(text), null);
});

test('who signs in is shown the board, or why not', async () => {
  const asked: string[] = [];
  const oversee = (answer: Parameters<typeof door>[0]) =>
    new Console(
      async () => 'https://calls.example',
      (baseUrl, token) => (asked.push(`${baseUrl} ${token}`), door(answer).one),
    );
  const good = oversee({ list: [record] });
  await good.sign_in(' tok ');
  assert.equal(good.stage.value.kind, 'board');
  good.sign_out();
  assert.equal(good.stage.value.kind, 'sign_in');
  const bad = oversee({ fails: forbidden });
  await bad.sign_in('tok');
  const { value } = bad.stage;
  assert.ok(value.kind === 'sign_in' && !value.busy && value.problem?.code === 'forbidden');
  await bad.sign_in('no pass at all');
  assert.deepEqual(asked, ['https://calls.example tok', 'https://calls.example tok']);
});
