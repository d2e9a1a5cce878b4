import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientOf } from '../src/create.js';
import { listUsage, usedSoFar, type CallState, type UsagePage } from '../src/lifeline.js';
import { readSnapshot } from '../src/snapshot.js';
import { eventsOf, fold, moment, type Told } from './events.js';
import { world } from './world.js';

/** A record of `meter`, in the few words that matter here. */
const record = (recordId: string, meter: string, raw: string | null, more: object = {}): Told => [
  'billing.usage.measured',
  {
    ...{ recordId, accountId: 'acct_1', sessionId: 'sess_1', meter, meterVersion: 1 },
    ...{ window: '2026-02-16T10:00Z', from: moment(1), to: moment(2), unit: 'u' },
    ...{ quantityRaw: raw, quantity: raw, cumulative: '0', class: 'measured' },
    ...{ needsReconciliation: raw === null, keyId: 'k', signature: 's' },
    evidence: { seqFirst: 1, seqLast: 2, count: 2, sha256: '0' },
    ...more,
  },
];
const tick = (billableSeconds: number, meterId = 'call.duration_ms'): Told => [
  'billing.usage.tick',
  { meterId, billableSeconds },
];
/** What a call used so far of a meter, by its kinds. */
const used = (meterId: string, quantity: string, ...parts: object[]): Told => [
  'billing.usage.tick',
  { meterId, quantity, unit: 'u', ...(parts.length > 0 && { parts }) },
];
const connected: Told = ['call.connected', {}];
const lost: Told = ['call.reconnecting', {}];
const back: Told = ['call.reconnected', {}];
const ended: Told = ['call.ended', { endedAt: 't', endReason: 'completed' }];

const told = ({ usage }: CallState) =>
  usage.entries.map((one) => {
    const kind = Object.entries(one.kind).map(([key, value]) => `${key}=${value}`);
    const whose = one.participantId === null ? [] : [one.participantId];
    const rest = `${one.measured} ${one.charged} ?${one.unknown.length} ~${one.corrections}`;
    return [one.meter, ...kind, ...whose, rest].join(' ') + (one.estimated ? ' estimated' : '');
  });

test('records add up by meter, kind and participant', () => {
  const input = { dims: { model: 'm', direction: 'input' } };
  const same = { dims: { direction: 'input', model: 'm' } };
  // prettier-ignore
  const cases: { name: string; given: Told[]; then: string[] }[] = [
    { name: 'one for each hour', given: [record('1', 'a', '60'), record('2', 'a', '5')], then: ['a 65 65 ?0 ~0'] },
    { name: 'what is charged is not what was measured', given: [record('1', 'a', '61', { quantity: '120' }), record('2', 'a', '5', { quantity: '0' })], then: ['a 66 120 ?0 ~0'] },
    { name: 'beyond what a double holds', given: [record('1', 'a', '9007199254740993'), record('2', 'a', '9223372036854775807')], then: ['a 9232379236109516800 9232379236109516800 ?0 ~0'] },
    { name: 'kinds are apart, in whatever order their words stand', given: [record('1', 'a', '1', input), record('2', 'a', '2', same), record('3', 'a', '4')], then: ['a direction=input model=m 3 3 ?0 ~0', 'a 4 4 ?0 ~0'] },
    { name: 'participants are apart', given: [record('1', 'a', '1', { participant: 'p' }), record('2', 'a', '2', { participant: 'q' })], then: ['a p 1 1 ?0 ~0', 'a q 2 2 ?0 ~0'] },
    { name: 'what is not known is not 0', given: [record('1', 'a', null)], then: ['a null null ?1 ~0'] },
    { name: 'what is known does not hide what is not', given: [record('1', 'a', '3'), record('2', 'a', null)], then: ['a 3 3 ?1 ~0'] },
    { name: 'until it is told, also that it was 0', given: [record('1', 'a', null), record('2', 'a', '0', { corrects: '1' })], then: ['a 0 0 ?0 ~1'] },
    { name: 'perhaps as another kind', given: [record('1', 'a', null), record('2', 'a', '7', { ...input, corrects: '1' })], then: ['a null null ?0 ~0', 'a direction=input model=m 7 7 ?0 ~1'] },
    { name: 'a correction is a difference', given: [record('1', 'a', '9'), record('2', 'a', '-4', { corrects: '1' })], then: ['a 5 5 ?0 ~1'] },
    { name: 'an estimate is one', given: [record('1', 'a', '9', { needsReconciliation: true })], then: ['a 9 9 ?0 ~0 estimated'] },
    { name: 'kinds that are no words, and names of objects, break nothing', given: [record('1', 'a', '1', { dims: JSON.parse('{"__proto__": "x", "n": 3}') })], then: ['a __proto__=x 1 1 ?0 ~0'] },
    { name: 'what no server writes is not known', given: [record('1', 'a', 'many')], then: ['a null null ?1 ~0'] },
  ];
  for (const { name, given, then } of cases) {
    assert.deepEqual(told(fold(eventsOf(given))), then, name);
  }
});

test('a record says what it rests on; of very many the newest are kept, and all are counted', () => {
  const events = eventsOf(Array.from({ length: 30 }, (_, n) => record(`r${n}`, 'a', '1')));
  const [entry] = fold(events).usage.entries;
  assert.equal(entry?.measured, '30');
  assert.equal(entry?.records, 30);
  assert.deepEqual(
    entry?.evidence.map(({ recordId }) => recordId),
    Array.from({ length: 20 }, (_, n) => `r${n + 10}`),
  );
  const newest = { recordId: 'r29', seq: 30, quantity: '1', seqFirst: 1, seqLast: 2, count: 2 };
  assert.deepEqual(entry?.evidence.at(-1), newest);
});

test('connected time counts on only while it is measured', () => {
  // Events are a second apart.
  const cases: { name: string; given: Told[]; then: string }[] = [
    { name: 'not before it begins', given: [['call.started', {}]], then: 'not known' },
    { name: 'from there on', given: [connected], then: '0 at 1 runs' },
    { name: 'a tick says it better', given: [connected, tick(60)], then: '60 at 2 runs' },
    { name: 'other meters say nothing', given: [connected, tick(9, 'x')], then: '0 at 1 runs' },
    {
      name: 'in milliseconds, too',
      given: [
        connected,
        ['billing.usage.tick', { meterId: 'call.duration_ms', quantity: '61999', unit: 'ms' }],
      ],
      then: '61 at 2 runs',
    },
    {
      name: 'in nothing else',
      given: [connected, used('call.duration_ms', '9')],
      then: '0 at 1 runs',
    },
    {
      name: 'it stands while the line is lost',
      given: [connected, tick(60), lost, lost],
      then: '61 at 3 stands',
    },
    {
      name: 'a late tick does not start it',
      given: [connected, lost, tick(70)],
      then: '70 at 3 stands',
    },
    { name: 'it goes on', given: [connected, tick(60), lost, back], then: '61 at 4 runs' },
    {
      name: 'it stops with the call',
      given: [connected, tick(60), ended, tick(99)],
      then: '99 at 4 stands',
    },
    { name: 'nobody guesses what was before', given: [back], then: 'not known' },
  ];
  for (const { name, given, then } of cases) {
    const { live } = fold(eventsOf(given)).usage;
    const at = live && (Date.parse(live.at) - Date.parse(moment(0))) / 1_000;
    const words = live
      ? `${live.seconds} at ${at} ${live.running ? 'runs' : 'stands'}`
      : 'not known';
    assert.equal(words, then, name);
  }
});

test('what is not recorded yet is told, and a record that comes in between is in it', () => {
  const user = { dims: { speaker: 'user' }, quantity: '9' };
  const agent = { dims: { speaker: 'agent' }, quantity: '5' };
  const hour = { endCause: 'hour' };
  // prettier-ignore
  const cases: { name: string; given: Told[]; then: string[] }[] = [
    { name: 'nothing is told', given: [record('1', 'a', '3')], then: ['a 3 3 #1'] },
    { name: 'nothing is recorded', given: [used('a', '7')], then: ['a 7 null #0'] },
    { name: 'kind by kind', given: [used('a', '14', user, agent)], then: ['a speaker=user 9 null #0', 'a speaker=agent 5 null #0'] },
    { name: 'and whose', given: [used('a', '9', { participant: 'usr_1', quantity: '9' })], then: ['a usr_1 9 null #0'] },
    { name: 'the next word counts', given: [used('a', '14', user, agent), used('b', '1'), used('a', '20', { ...user, quantity: '15' }, agent)], then: ['b 1 null #0', 'a speaker=user 15 null #0', 'a speaker=agent 5 null #0'] },
    { name: 'it is beside what is recorded', given: [record('1', 'a', '3', hour), used('a', '7')], then: ['a 7 null #1'] },
    { name: 'what is recorded alone has its charge', given: [record('1', 'a', '3'), used('a', '3')], then: ['a 3 3 #1'] },
    { name: 'an hour has what was told, and more', given: [used('a', '7'), record('1', 'a', '8', { ...hour, cumulative: '8' })], then: ['a 8 8 #1'] },
    { name: 'an hour before what was told takes nothing away', given: [used('a', '12'), record('1', 'a', '8', { ...hour, cumulative: '8' })], then: ['a 12 null #1'] },
    { name: 'a fact is more', given: [used('a', '7'), record('1', 'a', '2')], then: ['a 9 null #1'] },
    { name: 'a correction is less', given: [record('1', 'a', '5'), used('a', '9'), record('2', 'a', '-4', { corrects: '1' })], then: ['a 5 null #2'] },
    { name: 'what is not known adds nothing', given: [used('a', '7'), record('1', 'a', null)], then: ['a 7 null #1'] },
    { name: 'a word that was on its way takes nothing away', given: [record('1', 'a', '3'), used('a', '2')], then: ['a 3 3 #1'] },
    { name: 'beyond what a double holds', given: [used('a', '9007199254740993'), record('1', 'a', '9007199254740993')], then: ['a 18014398509481986 null #1'] },
    { name: 'kinds that are no words, and names of objects, break nothing', given: [used('a', '1', { dims: JSON.parse('{"__proto__": "x", "n": 3}'), quantity: '1' })], then: ['a __proto__=x 1 null #0'] },
    { name: 'an older server told time alone', given: [tick(60)], then: [] },
  ];
  for (const { name, given, then } of cases) {
    const said = usedSoFar(fold(eventsOf(given)).usage).map((one) => {
      const kind = Object.entries(one.kind).map(([key, value]) => `${key}=${value}`);
      const whose = one.participantId === null ? [] : [one.participantId];
      return [one.meter, ...kind, ...whose, `${one.measured} ${one.charged} #${one.records}`].join(
        ' ',
      );
    });
    assert.deepEqual(said, then, name);
  }
});

test('what is said of budgets is state, and the newest is kept', () => {
  const warning = (currentValue: number, message: string, meterId = 'amount'): Told => [
    'billing.budget.warning',
    { meterId, thresholdType: 'amount', thresholdValue: 1.5, currentValue, message },
  ];
  const said = (...given: Told[]) => fold(eventsOf([connected, ...given])).usage.warnings;
  assert.deepEqual(said(), []);
  assert.deepEqual(said(tick(60), warning(1.6, 'Half of it is used.')), [
    {
      ...{ meter: 'amount', of: 'amount', threshold: 1.5, current: 1.6 },
      ...{ message: 'Half of it is used.', seq: 3, at: moment(3) },
    },
  ]);
  const soft = said(warning(1.6, 'Half.'), tick(9), warning(3, 'All.'), warning(2, 'C', 'credit'));
  assert.deepEqual(
    soft.map(({ message, meter }) => `${meter} ${message}`),
    ['amount Half.', 'amount All.', 'credit C'],
  );
  const many = said(...Array.from({ length: 30 }, (_, n) => warning(n, `${n}`)));
  assert.deepEqual([many.length, many[0]!.message, many.at(-1)!.message], [20, '10', '29']);
});

test('a call that a budget ends says why in its own words', () => {
  const endDetail = 'The budget talk is used up, so the call ends here.';
  const ended: Told = ['call.ended', { endedAt: 't', endReason: 'budget_stop', endDetail }];
  const warning = {
    ...{ meterId: 'call.duration_ms', thresholdType: 'quantity' },
    ...{ thresholdValue: 3000, currentValue: 3001, message: endDetail },
  };
  const { end, usage } = fold(eventsOf([connected, ['billing.budget.warning', warning], ended]));
  assert.deepEqual([end?.reason, end?.message], ['budget_stop', endDetail]);
  assert.deepEqual(
    usage.warnings.map(({ message }) => message),
    [endDetail],
  );
  assert.equal(usage.live?.running, false);
});

test('after a snapshot it is said that earlier records are not there', async () => {
  const of = async (seq: number) => {
    const state = { ownerId: 'usr_a', status: 'active', phase: 'connected', participants: [] };
    const [event] = eventsOf([tick(60)]);
    const { actor, recordedAt, cause: _, seq: __, ...rest } = event!;
    const events = [{ seq, event: rest, meta: { actor, recordedAt } }];
    const { options } = world({
      'GET /v1/call/sessions/sess_1/snapshot': () => ({ body: { epoch: 'e', seq, state } }),
      'GET /v1/call/sessions/sess_1/events': () => ({ body: { events } }),
    });
    const { rest: client } = await clientOf(options);
    return (await readSnapshot(client, '/v1/call/sessions/sess_1')).state.usage;
  };
  assert.equal((await of(1)).whole, true);
  const late = await of(2_000);
  assert.equal(late.whole, false);
  assert.deepEqual(late.live, { seconds: 60, at: moment(1), running: true });
});

test('what was erased is no end of what is read after a snapshot', async () => {
  const state = { ownerId: 'usr_a', status: 'active', phase: 'connected', participants: [] };
  const [event] = eventsOf([tick(60)]);
  const { actor, recordedAt, cause: _, seq: __, ...rest } = event!;
  const gone = (seq: number) => ({ seq, erased: true, meta: { actor, recordedAt } });
  const pages = [
    { events: [gone(1), gone(2)] },
    { events: [{ seq: 3, event: rest, meta: { actor, recordedAt } }] },
  ];
  const { options, requests } = world({
    'GET /v1/call/sessions/sess_1/snapshot': () => ({ body: { epoch: 'e', seq: 3, state } }),
    'GET /v1/call/sessions/sess_1/events': () => ({ body: pages.shift() }),
  });
  const { rest: client } = await clientOf(options);
  const { cursor, state: read } = await readSnapshot(client, '/v1/call/sessions/sess_1');
  assert.deepEqual([cursor.seq, read.seq, read.usage.live?.seconds], [3, 3, 60]);
  assert.match(requests.at(-1)!.route, /after=2&/);
});

const address = 'GET /v1/billing/accounts/acct_1/usage';

test('overseers read an account page by page', async () => {
  const [event] = eventsOf([record('1', 'a', '1')]);
  const page = { records: [{ record: event!.payload, seq: 1, position: 7 }], next: 'n' };
  const { options, requests } = world({ [address]: () => ({ body: page }) });
  const first = await listUsage({ ...options, accountId: 'acct_1' });
  assert.deepEqual(first, page);
  const query = { session: 's', meter: 'call.duration_ms', from: '2026-02-16T10:00Z', limit: 5 };
  await listUsage({ ...options, accountId: 'acct_1', ...query, cursor: first.next! });
  assert.deepEqual(
    requests.map(({ route }) => route),
    [
      address,
      `${address}?session=s&meter=call.duration_ms&from=2026-02-16T10%3A00Z&cursor=n&limit=5`,
    ],
  );
});

test('whoever may not is refused', async () => {
  const body = { code: 'forbidden', detail: 'no' };
  const { options } = world({ [address]: () => ({ status: 403, body }) });
  await assert.rejects(listUsage({ ...options, accountId: 'acct_1' }), { code: 'forbidden' });
});

test('the types have the keys of the schema, and the route its query', () => {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(process.cwd(), '..', 'schema', 'v1', name), 'utf8'));
  const list = read('replies.json').$defs.usage_list.properties;
  const page: Required<UsagePage> = {
    records: [{ record: {} as never, seq: 1, position: 1 }],
    next: '',
  };
  assert.deepEqual(Object.keys(page).sort(), Object.keys(list).sort());
  const line = Object.keys(list.records.items.properties).sort();
  assert.deepEqual(Object.keys(page.records[0]!).sort(), line);
  const routes: { operation: string; query: object }[] = read('routes.json').routes;
  const { query } = routes.find(({ operation }) => operation === 'listUsage')!;
  const asked = ['session', 'meter', 'from', 'to', 'cursor', 'limit'];
  assert.deepEqual(Object.keys(query).sort(), asked.sort());
});
