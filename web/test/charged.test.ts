// What a call is charged: its share of its hours, and honest words while there is none.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CallEvent, Margin, MarginCall } from '@lifeline/client';

import { withHours } from '../src/replay/call_hours';
import { askCharged, chargedOf, type Books } from '../src/replay/charged';
import { whoseOf } from '../src/words/account';
import { chargedWords } from '../src/words/charged';

const SOON = Date.parse('2026-02-16T11:05:00Z');
const HOURS = { accountId: 'acct_1', first: '2026-02-16T09:00Z', last: '2026-02-16T10:00Z' };
const item = (window: string) => ({ item: 'seconds', window, quantity: '9', income: '9' });
const share = (sessionId: string, income: string, cost?: string): MarginCall => ({ sessionId, income, ...(cost !== undefined && { cost }) });
const page = (windows: readonly string[], calls: readonly MarginCall[], next?: string): Margin => ({
  ...(windows.length > 0 && { currency: 'EUR' }),
  items: windows.map(item),
  calls,
  ...(next !== undefined && { next }),
});

function books(pages: readonly Margin[], kinds: readonly string[] = ['price']) {
  const asked: unknown[] = [];
  const left = [...pages];
  const door: Books = {
    margin: (query) => Promise.resolve((asked.push(query), left.shift()!)),
    cards: () => Promise.resolve({ cards: kinds.map((kind) => ({ sha256: '', card: { kind } })) }),
  };
  return { door, asked };
}

test('a charge is what its hours give the call, over all pages', async () => {
  const { door, asked } = books([
    page(['2026-02-16T09:00Z'], [share('sess_1', '30000000', '100'), share('sess_2', '7', '7')], 'n'),
    page(['2026-02-16T10:00Z'], [share('sess_1', '4000000', '900')]),
  ]);
  assert.deepEqual(await chargedOf(door, 'sess_1', HOURS, true, SOON), { kind: 'charged', income: 34_000_000n, cost: 1000n, currency: 'EUR', whole: true });
  assert.deepEqual(asked, [
    { from: '2026-02-16T09:00Z', to: '2026-02-16T11:00Z', limit: 1000 },
    { from: '2026-02-16T09:00Z', to: '2026-02-16T11:00Z', limit: 1000, cursor: 'n' },
  ]);
});

test('where there is no charge, or not all of it, it is said why', async () => {
  const first = '2026-02-16T09:00Z';
  const last = '2026-02-16T10:00Z';
  const ours = [share('sess_1', '34000000', '1000')];
  // prettier-ignore
  const cases: { name: string; given: ReturnType<typeof books>; goesOn?: boolean; at?: number; then: string }[] = [
    { name: 'no hour of it is charged', given: books([page([], [])]), then: 'Not priced yet: An hour is charged some minutes after its end.' },
    { name: 'only the first is', given: books([page([first], ours)]), then: '0.034 EUR so far: It cost us 0.000001 EUR: 0.033999 EUR is left. Its last hour is charged some minutes after its end.' },
    { name: 'there is no price', given: books([page([], [])], ['cost']), then: 'Not priced: No price card is in force, so nothing is charged.' },
    { name: 'there is no card at all', given: books([page([], [])], []), then: 'Not priced: No price card is in force, so nothing is charged.' },
    { name: 'an hour later there is still nothing of it', at: SOON + 3_600_000, given: books([page([first], ours)]), then: '0.034 EUR: It cost us 0.000001 EUR: 0.033999 EUR is left.' },
    { name: 'nor of anybody', at: SOON + 3_600_000, given: books([page([], [])]), then: 'Nothing: The hours of this call are charged, and nothing that it used has a price.' },
    { name: 'others were charged', given: books([page([last], [share('sess_2', '7')])]), then: 'Nothing: The hours of this call are charged, and nothing that it used has a price.' },
    { name: 'what it cost is not known', given: books([page([last], [share('sess_1', '34000000')])]), then: '0.034 EUR: What it cost us is not known for all of it.' },
    { name: 'the call goes on', goesOn: true, given: books([page([last], ours)]), then: '0.034 EUR so far: It cost us 0.000001 EUR: 0.033999 EUR is left. Its last hour is charged some minutes after its end.' },
    { name: 'all is known', given: books([page([last], ours)]), then: '0.034 EUR: It cost us 0.000001 EUR: 0.033999 EUR is left.' },
  ];
  for (const { name, given, goesOn = false, at = SOON, then } of cases) {
    const { title, detail } = chargedWords(await chargedOf(given.door, 'sess_1', HOURS, !goesOn, at));
    assert.equal(`${title}: ${detail}`.replaceAll('\u00a0', ' '), then, name);
  }
});

const pass = (claims: object) => `x.${btoa(JSON.stringify(claims))}.x`;

test('nothing is asked with a pass that is not for it', async () => {
  const fetch = () => assert.fail('nobody is asked');
  for (const claims of [{ role: 'user' }, { role: 'operator', call: 'sess_1' }, {}]) {
    const server = { baseUrl: 'http://lifeline.test', getToken: () => pass(claims), fetch };
    assert.deepEqual(await askCharged(server, 'sess_1', HOURS, true), { kind: 'hidden' });
  }
  for (const role of ['operator', 'auditor', 'service', 'admin']) assert.ok(whoseOf(pass({ role })).oversees, role);
});

test('who sees one account only is told what was charged, and nothing of what it cost', async () => {
  const of = async (role: string) => {
    const fetch = async () => new Response(JSON.stringify(page(['2026-02-16T10:00Z'], [share('sess_1', '34000000')])));
    const charged = await askCharged({ baseUrl: 'http://lifeline.test', getToken: () => pass({ role }), fetch }, 'sess_1', HOURS, true);
    const { title, detail } = chargedWords(charged);
    return [title.replaceAll('\u00a0', ' '), detail];
  };
  for (const role of ['operator', 'auditor', 'service']) assert.deepEqual(await of(role), ['0.034 EUR', ''], role);
  assert.deepEqual(await of('admin'), ['0.034 EUR', 'What it cost us is not known for all of it.']);
  assert.equal(chargedWords({ kind: 'charged', income: 1n, cost: 'withheld', currency: 'EUR', whole: false }).detail, 'Its last hour is charged some minutes after its end.');
});

test('a call’s hours are those of its records, in whatever order they come', () => {
  const measured = (window: string) => ({ type: 'billing.usage.measured', payload: { accountId: 'acct_1', window } }) as CallEvent;
  const tick = { type: 'billing.usage.tick', payload: { meterId: 'call.duration_ms' } } as CallEvent;
  const windows = ['2026-02-16T10:00Z', '2026-02-16T09:00Z', '2026-02-16T10:00Z'];
  assert.equal([tick].reduce(withHours, null as ReturnType<typeof withHours>), null);
  assert.deepEqual([tick, ...windows.map(measured)].reduce(withHours, null as ReturnType<typeof withHours>), HOURS);
});
