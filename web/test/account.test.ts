import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Billing, LifelineError, type Finding, type UsageRecord } from '@lifeline/client';

import { AccountConsole } from '../src/account/console';
import { openFindings, settledFindings } from '../src/account/findings';
import { hourUtc, monthsBack, rangeOf, startOf, stepsOf } from '../src/account/hours';
import { heightsOf, largestOf, measuredOf, seriesOf, uncharged } from '../src/account/series';
import { accountProblem, becauseWords, budgetWords, classWords, isOpen, KNOWN_CLASSES, lettersWords, quantityWords, rightsOf, standingOf, whoseOf } from '../src/words/account';
import { minorWords, moneyWords, percentOf, signedMoney, sumOf } from '../src/words/money';
import { stepWords } from '../src/views/account/finding_steps';

const bare = (text: string) => text.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-');

test('money is exact, with the digits of its currency', () => {
  const cases = [
    ['0', 'EUR', '0.00 EUR'],
    ['104000000', 'EUR', '0.104 EUR'],
    ['-104000000', 'EUR', '-0.104 EUR'],
    ['1', 'EUR', '0.000000001 EUR'],
    ['3440000000', 'EUR', '3.44 EUR'],
    ['5000000000', 'JPY', '5 JPY'],
    ['5000000000', 'KWD', '5.000 KWD'],
    ['99999999999999999999999999999999999999', 'EUR', '99,999,999,999,999,999,999,999,999,999.999999999 EUR'],
    ['9007199254740993000000001', 'EUR', '9,007,199,254,740,993.000000001 EUR'],
    ['1000000000', 'no currency', '1.00 no currency'],
  ] as const;
  for (const [nano, currency, words] of cases) assert.equal(bare(moneyWords(nano, currency)), words);
  assert.equal(bare(signedMoney('20000000', 'EUR')), '+0.02 EUR');
  assert.equal(bare(signedMoney('0', 'EUR')), '0.00 EUR');
  assert.equal(bare(minorWords('344', 'EUR')), '3.44 EUR');
  assert.equal(bare(minorWords('-5', 'EUR')), '-0.05 EUR');
  assert.equal(bare(minorWords('344', 'JPY')), '344 JPY');
});

test('sums say when a part is not known, and percents never round up', () => {
  assert.equal(sumOf(['9007199254740993', '1']), 9007199254740994n);
  assert.equal(sumOf(['1', undefined]), null);
  assert.equal(sumOf([]), 0n);
  for (const [used, limit, percent] of [['0', '5', 0], ['999', '1000', 99], ['3', '2', 150], ['1', '0', 100]] as const) assert.equal(percentOf(used, limit), percent);
});

test('ranges begin and end at hours of UTC', () => {
  const now = Date.parse('2026-02-16T14:20:00Z');
  assert.deepEqual(rangeOf('today', now), { from: '2026-02-16T00:00Z', to: '2026-02-16T15:00Z', step: 'hour' });
  assert.deepEqual(rangeOf('week', now), { from: '2026-02-10T00:00Z', to: '2026-02-16T15:00Z', step: 'day' });
  assert.deepEqual(rangeOf('month', now), { from: '2026-02-01T00:00Z', to: '2026-02-16T15:00Z', step: 'day' });
  assert.equal(stepsOf(rangeOf('today', now)).length, 15);
  assert.equal(stepsOf(rangeOf('month', now)).at(-1), '2026-02-16T00:00Z');
  assert.deepEqual(monthsBack(Date.parse('2026-01-31T23:59:00Z'), 3), ['2026-01', '2025-12', '2025-11']);
  assert.equal(hourUtc('2026-02-16T10:00Z'), '2026-02-16 10:00 UTC');
  for (const name of ['', '2026-02-16', '2026-02-16T10:30Z', '2026-99-16T10:00Z']) assert.equal(startOf(name), null);
});

test('steps of a chart add up what is known, and say what is not', () => {
  const range = { from: '2026-02-16T00:00Z', to: '2026-02-18T00:00Z', step: 'day' } as const;
  const item = (window: string, income: string, cost?: string) => ({ item: 'minutes', window, quantity: '10', income, ...(cost !== undefined && { cost }) });
  const items = [item('2026-02-16T01:00Z', '9007199254740993', '1'), item('2026-02-16T02:00Z', '1', '2'), item('2026-02-17T02:00Z', '5', '9'), item('2026-02-19T02:00Z', '77', '9')];
  const [first, second] = seriesOf(range, items, [{ window: '2026-02-16T09:00Z' }, {}]);
  assert.deepEqual([first!.income, first!.cost, first!.margin, first!.mismatches], [9007199254740994n, 3n, 9007199254740991n, 1]);
  assert.deepEqual([second!.margin, second!.mismatches, second!.quantities.get('minutes')], [-4n, 0, 10n]);
  const [unknown] = seriesOf(range, [item('2026-02-16T01:00Z', '4', '1'), item('2026-02-16T02:00Z', '4')], []);
  assert.deepEqual([unknown!.income, unknown!.cost, unknown!.margin], [8n, null, null]);
  assert.equal(largestOf([[1n, null], [-7n]]), 7n);
  assert.deepEqual(heightsOf([7n, null, -7n, 0n], 7n), [1, 0, -1, 0]);
  assert.deepEqual(heightsOf([0n], 0n), [0]);
  assert.deepEqual(heightsOf([1n, -1n, 10n ** 18n], 10n ** 18n), [0.0001, -0.0001, 1], 'the least that there is, is something');
});

test('what nobody has priced is still used', () => {
  const record = (window: string, quantityRaw: string | null) => ({ record: { meter: 'transcript.chars', unit: 'char', window, quantityRaw }, seq: 1, position: 1 }) as UsageRecord;
  const { items, units } = measuredOf([record('2026-02-16T01:00Z', '12'), record('2026-02-16T01:00Z', null), record('2026-02-16T02:00Z', '5')]);
  const steps = seriesOf({ from: '2026-02-16T01:00Z', to: '2026-02-16T03:00Z', step: 'hour' }, items, []);
  assert.deepEqual(steps.map(({ quantities }) => quantities.get('transcript.chars')), [12n, 5n]);
  assert.equal(units.get('transcript.chars'), 'char');
});

test('the hour that goes on begins behind the last that is charged', () => {
  const charged = (...windows: string[]) => windows.map((window) => ({ item: 'minutes', window, quantity: '1', income: '1' }));
  assert.equal(uncharged('2026-02-16T00:00Z', charged('2026-02-16T09:00Z', '2026-02-16T13:00Z', '2026-02-16T12:00Z')), '2026-02-16T14:00Z');
  assert.equal(uncharged('2026-02-01T00:00Z', charged('2026-02-16T23:00Z')), '2026-02-17T00:00Z');
  assert.equal(uncharged('2026-02-16T00:00Z', []), '2026-02-16T00:00Z');
});

test('each class and each reason of the contract has words of its own', () => {
  const { $defs } = JSON.parse(readFileSync(new URL('../../schema/v1/replies.json', import.meta.url), 'utf8')) as { $defs: Record<string, { properties: Record<string, { enum: string[] }> }> };
  assert.deepEqual([...KNOWN_CLASSES].sort(), [...$defs.finding!.properties.class!.enum].sort());
  for (const because of $defs.dead_letter!.properties.because!.enum) assert.notEqual(becauseWords(because).title, because);
  assert.equal(classWords('__proto__').title, classWords('new_one').title);
  assert.equal(becauseWords('\u202Ex').title, '⟨U+202E⟩x');
  for (const state of ['open', 'retrying', 'acknowledged', 'disputed'] as const) assert.ok(isOpen({ state }));
  for (const state of ['adjusted', 'written_off', 'closed'] as const) assert.ok(!isOpen({ state }));
});

test('where money moves the amount is said, and a word is typed', () => {
  const finding: Finding = { findingId: 'f', accountId: 'a', class: 'under_charge', state: 'open', amountDelta: '20000000', currency: 'EUR' };
  for (const [to, word] of [['acknowledged', null], ['disputed', null], ['adjusted', 'book'], ['written_off', 'book']] as const) {
    const said = stepWords(finding, to);
    assert.equal(said.word, word);
    if (word !== null) assert.match(bare(said.effect), /\+0\.02 EUR/);
  }
});

test('how things stand, from what was found', () => {
  const quiet = { findings: [], moreFindings: false, deadLetters: 0, moreLetters: false, budgets: [], balance: { accountId: 'a', entries: [], debits: '0', credits: '0' } };
  const budget = { budgetId: 'b', scope: 'account', period: 'month', limit: '100', warnAt: [80] } as const;
  const cases = [
    ['nothing', quiet, 'fine'],
    ['an open finding', { ...quiet, findings: [{ state: 'open' }] }, 'needs'],
    ['a settled one', { ...quiet, findings: [{ state: 'adjusted' }] }, 'fine'],
    ['one that is looked at', { ...quiet, findings: [{ state: 'acknowledged' }] }, 'waiting'],
    ['a dead letter', { ...quiet, deadLetters: 1 }, 'needs'],
    ['a budget that is nearly used', { ...quiet, budgets: [{ ...budget, used: '80' }] }, 'waiting'],
    ['a budget that is not', { ...quiet, budgets: [{ ...budget, used: '79' }] }, 'fine'],
    ['a budget that is used up', { ...quiet, budgets: [{ ...budget, used: '100', reached: true }] }, 'needs'],
    ['no credit left', { ...quiet, balance: { accountId: 'a', entries: [], debits: '0', credits: '0', available: '0' } }, 'needs'],
    ['something that could not be read', { ...quiet, deadLetters: null }, 'waiting'],
  ] as const;
  for (const [name, looked, kind] of cases) assert.equal(standingOf(looked).kind, kind, name);
  const unread = standingOf({ ...quiet, balance: null });
  assert.deepEqual([unread.kind, unread.title, unread.why], ['waiting', 'Not everything could be looked at.', ['Not known just now: credit.']], 'credit may be used up where nobody could look');
  assert.equal(standingOf({ ...quiet, deadLetters: 1000, moreLetters: true }).why[0], 'At least 1,000 charges wait for a person before they are sent.');
  assert.equal(lettersWords(200, false), '200 charges wait');
  const both = standingOf({ ...quiet, budgets: null, findings: [{ state: 'open' }] });
  assert.deepEqual(both.why, ['One finding needs somebody.', 'Not known just now: budgets.']);
});

test('quantities and budgets as people read them', () => {
  assert.equal(quantityWords('312000', 'ms'), '5 min 12 s');
  assert.equal(quantityWords('1830', 'token'), '1,830 tokens');
  assert.equal(quantityWords(9007199254740993n, undefined), '9,007,199,254,740,993');
  const said = budgetWords({ budgetId: 'b', scope: 'account', period: 'month', limit: '50000000000', used: '1000000000', hard: true }, 'EUR');
  assert.equal(bare(said.amount), '1.00 EUR of 50.00 EUR');
  assert.match(said.note, /end/);
});

const pass = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;

test('a pass says whose it is; what is none says nothing', () => {
  assert.deepEqual(whoseOf(pass({ account: 'acct_1', role: 'auditor' })), { accountId: 'acct_1', role: 'auditor', oversees: true });
  for (const text of ['', 'llk_abc', 'a.b.c', pass({ account: 7 })]) assert.equal(whoseOf(text).accountId, null);
  for (const [role, settle, runs] of [['operator', true, false], ['admin', true, true], ['auditor', false, false], ['service', false, false], [null, true, true]] as const) {
    assert.deepEqual([rightsOf(role).settle, rightsOf(role).runs], [settle, runs], String(role));
  }
});

test('who may not, or has no pass, stays outside and is told why', async () => {
  const answer = (status: number, code: string) => async () => new Response(JSON.stringify({ code, detail: '' }), { status });
  const enter = async (fetch: typeof globalThis.fetch, token = pass({ account: 'acct_1', role: 'operator' }), account = '') => {
    const desk = new AccountConsole(async () => 'https://calls.example', (baseUrl, getToken, accountId) => new Billing({ baseUrl, getToken: () => getToken, accountId, fetch }));
    await desk.sign_in(token, account);
    return desk.stage.value;
  };
  const refused = await enter(answer(403, 'forbidden'));
  assert.equal(refused.kind === 'sign_in' && refused.problem?.title, 'Your pass is not for this.');
  const none = await enter(answer(200, ''), 'no pass at all');
  assert.equal(none.kind === 'sign_in' && none.problem?.title, 'That is no pass.');
  const key = await enter(answer(200, ''), 'llk_abc');
  assert.ok(key.kind === 'sign_in' && key.needsAccount);
  const named = await enter(async () => new Response('{"entries":[]}'), 'llk_abc', 'acct_9');
  assert.ok(named.kind === 'desk' && named.desk.billing.accountId === 'acct_9' && named.desk.role === null);
});

test('refusals are said in words of this page', () => {
  for (const [code, title] of [['not_ready', 'This is not ready yet.'], ['forbidden', 'Your pass is not for this.'], ['card_not_found', 'There is no card to price this by.'], ['route_not_found', 'This server does not have this.']] as const) {
    assert.equal(accountProblem(new LifelineError({ code, message: '' })).title, title);
  }
});

test('what is open is found behind any number of newer ones that are settled', async () => {
  // As the server has them, the newest first: 2,500 that are settled, then two pages that are not, and one more.
  const of = (state: Finding['state'], count: number, day: string) =>
    Array.from({ length: count }, (_, i) => ({ findingId: `${state}_${i}`, accountId: 'acct_1', class: 'missing', state, openedAt: `2026-02-${day}T10:00:00.000Z` }) as Finding);
  const all = [...of('closed', 2500, '20'), ...of('open', 1500, '10'), ...of('disputed', 1, '11'), ...of('written_off', 300, '09')];
  const asked: string[] = [];
  const findings: Billing['findings'] = async ({ state, limit = 100, cursor = '0' } = {}) => {
    asked.push(`${state} ${cursor}`);
    const fitting = all.filter((one) => state === undefined || one.state === state);
    const end = Number(cursor) + limit;
    return { findings: fitting.slice(Number(cursor), end), ...(end <= fitting.length && { next: String(end) }) };
  };
  const { list, more } = await openFindings({ findings });
  assert.deepEqual([list.length, list[0]?.findingId, more], [1501, 'disputed_0', false]);
  assert.ok(list.every(isOpen));
  assert.deepEqual(asked.sort(), ['acknowledged 0', 'disputed 0', 'open 0', 'open 1000', 'retrying 0']);
  assert.equal((await openFindings({ findings }, 1)).more, true, 'and whoever stops early says so');
});

test('what is settled is found behind any number of newer ones that are open', async () => {
  const of = (state: Finding['state'], count: number, day: string) =>
    Array.from({ length: count }, (_, i) => ({ findingId: `${state}_${i}`, accountId: 'acct_1', class: 'missing', state, openedAt: `2026-02-${day}T10:00:00.000Z` }) as Finding);
  const all = [...of('open', 300, '20'), ...of('closed', 2, '10'), ...of('adjusted', 1, '12'), ...of('written_off', 3, '11')];
  const findings: Billing['findings'] = async ({ state, limit = 100 } = {}) => {
    const fitting = all.filter((one) => state === undefined || one.state === state);
    return { findings: fitting.slice(0, limit), ...(fitting.length > limit && { next: 'n' }) };
  };
  const { list, more } = await settledFindings({ findings });
  assert.deepEqual([list.length, list[0]?.findingId, more], [6, 'adjusted_0', false]);
  const some = await settledFindings({ findings }, 2);
  assert.deepEqual([some.list.map(({ state }) => state), some.more], [['adjusted', 'written_off'], true], 'the newest of all of them');
});
