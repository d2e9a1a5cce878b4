// An account's money in every state, answered by a server that is only said.

import { Billing } from '@lifeline/client';

import { AccountConsole, type AccountStage } from '../../src/account/console';
import { accountProblem } from '../../src/words/account';
import { LifelineError } from '@lifeline/client';
import type { PartName } from '../../src/views/account/AccountPage';

/** In the midst of a day, so that there are hours before it. */
export const NOW = Date.parse('2026-02-16T14:20:00Z');
const HOSTILE = 'no such customer \u202Eevil\u202C <img src=x onerror=alert(1)>';

const windows = (day: string, hours: readonly number[]) => hours.map((hour) => `${day}T${String(hour).padStart(2, '0')}:00Z`);
const all = ['2026-02-10', '2026-02-12', '2026-02-13', '2026-02-15'].flatMap((day) => windows(day, [9, 10, 15])).concat(windows('2026-02-16', [8, 9, 10, 11, 12, 13]));

const items = all.flatMap((window, i) => {
  const ms = 312_000n + BigInt(i * 91_000);
  const income = (ms * 20_000_000n) / 60_000n;
  const cost = i === 15 ? income + 90_000_000n : (income * 6n) / 10n;
  return [
    { item: 'minutes', window, quantity: `${ms}`, income: `${income}`, cost: `${cost}`, margin: `${income - cost}` },
    { item: 'answers', window, quantity: `${1830 + i * 700}`, income: `${21_960_000 + i * 8_400_000}`, cost: `${9_150_000 + i * 3_500_000}`, margin: `${12_810_000 + i * 4_900_000}` },
  ];
});

const hash = 'ab'.repeat(32);
const charges = items.map(({ item, window, quantity, income, cost }, i) => ({
  type: 'billing.usage.recorded',
  seq: i + 1,
  position: 100 + i,
  entry: {
    accountId: 'acct_main', meter: item === 'minutes' ? 'call.duration_ms' : 'agent.tokens', item, window, quantity, unit: item === 'minutes' ? 'ms' : 'token',
    amount: income, currency: 'EUR', card: 'standard', cardVersion: 3, cardSha256: hash, recordCount: 1, recordIds: ['mr_1'], recordsHash: hash, costNano: cost, idempotencyKey: `bu_${i}`,
  },
}));
const adjustment = {
  adjustmentId: 'ba_1', kind: 'write_off', serviceWindow: '2026-02-16T10:00Z', meter: 'call.duration_ms', item: 'minutes',
  quantityDelta: '0', amountDelta: '-104000000', currency: 'EUR', cause: `the line was bad \u202E<b>refund</b>`, corrects: 'bu_0', by: 'usr_op',
};

const record = {
  recordId: 'mr_1', accountId: 'acct_main', sessionId: 'sess_01JKQ8V4Z7', meter: 'call.duration_ms', meterVersion: 1, window: '2026-02-16T10:00Z',
  from: '2026-02-16T10:00:00.000Z', to: '2026-02-16T10:05:12.000Z', unit: 'ms', quantityRaw: '312000', quantity: '312000', cumulative: '312000',
  class: 'measured', needsReconciliation: false, endCause: 'end', evidence: { seqFirst: 3, seqLast: 88, count: 2, sha256: hash }, keyId: 'k', signature: 'A'.repeat(86),
};

const findings = [
  { findingId: 'fi_1', accountId: 'acct_main', class: 'under_charge', layer: 'book', state: 'open', window: '2026-02-16T10:00Z', meter: 'call.duration_ms', item: 'minutes', expectedQuantity: '372000', recordedQuantity: '312000', expectedAmount: '124000000', recordedAmount: '104000000', amountDelta: '20000000', currency: 'EUR', openedAt: '2026-02-16T11:12:00.000Z' },
  { findingId: 'fi_2', accountId: 'acct_main', class: 'missing', layer: 'deliver', state: 'acknowledged', window: '2026-02-15T09:00Z', item: 'answers', sink: 'stripe', openedAt: '2026-02-15T11:12:00.000Z', meaning: 'The sink does not have it.', fix: 'Send the dead letter again.' },
  { findingId: 'fi_3', accountId: 'acct_main', class: 'duplicate', layer: 'deliver', state: 'adjusted', window: '2026-02-12T09:00Z', item: 'minutes', amountDelta: '-90000000', currency: 'EUR' },
];
const letters = [
  { deadLetterId: 'dl_1', sink: 'stripe', accountId: 'acct_main', chargeId: 'bu_3', item: 'answers', window: '2026-02-15T09:00Z', quantity: '1830', amount: '21960000', currency: 'EUR', because: 'permanent', attempts: 1, status: 400, message: HOSTILE, parkedAt: '2026-02-15T10:14:00.000Z' },
  { deadLetterId: 'dl_2', sink: 'ledger', accountId: 'acct_main', chargeId: 'bu_4', item: 'minutes', window: '2026-02-16T10:00Z', amount: '104000000', currency: 'EUR', because: 'unknown', attempts: 12, message: 'no answer within 10 s', parkedAt: '2026-02-16T12:14:00.000Z' },
];
const budgets = [
  { budgetId: 'monthly', scope: 'account', period: 'month', limit: '50000000000', used: '41200000000', warnAt: [80], hard: true, reached: false },
  { budgetId: 'talk', scope: 'call', period: 'call', meter: 'call.duration_ms', limit: '3600000', used: '3600000', warnAt: [80], hard: false, reached: true },
];
const balance = { accountId: 'acct_main', currency: 'EUR', entries: [], debits: '0', credits: '0', charged: '41200000000', granted: '100000000000', held: '250000000', available: '58550000000' };
const statement = {
  accountId: 'acct_main', period: '2026-02', currency: 'EUR', totalMinor: '344', ledgerHash: hash,
  lines: [
    { kind: 'usage', item: 'minutes', unit: 'ms', quantity: '7012001', amount: '2103000250', settledMinor: '210' },
    { kind: 'usage', item: 'answers', unit: 'token', quantity: '47041', amount: '564492000', settledMinor: '57' },
    { kind: 'minimum', item: 'actions', unit: 'action', quantity: '0', amount: '850000000', settledMinor: '85' },
    { kind: 'adjustment', item: 'answers', unit: 'token', quantity: '0', amount: '-250000000', settledMinor: '-25', adjustmentKind: 'write_off', serviceWindow: '2026-02-16T11:00Z', cause: 'goodwill' },
  ],
};

type Reply = readonly [status: number, body: unknown];
const ok = (body: unknown): Reply => [200, body];
const refusal = (status: number, code: string): Reply => [status, { code, detail: code, requestId: 'req_01JKQ8V4Z7' }];

const full: Readonly<Record<string, Reply>> = {
  'charges/': ok({ ...charges[0], records: [{ record, seq: 90, position: 90 }], adjustments: [adjustment], deliveries: [{ sink: 'stripe', state: 'parked', attempts: 1, deadLetterId: 'dl_1' }, { sink: 'ledger', state: 'delivered', attempts: 1 }], card: {} }),
  charges: ok({ entries: [...charges.slice(-8), { type: 'billing.adjustment.created', seq: 99, position: 999, entry: adjustment }], next: 'n' }),
  margin: ok({ currency: 'EUR', items, calls: [] }),
  usage: ok({ records: [{ record: { meter: 'call.duration_ms', unit: 'ms', window: '2026-02-16T14:00Z', quantityRaw: '512000' }, seq: 9, position: 9 }] }),
  balance: ok(balance),
  budgets: ok({ budgets }),
  statements: ok(statement),
  'findings/': ok({ ...findings[0], records: ['bu_0', 'mr_1', 'sess_01JKQ8V4Z7'], history: [{ findingId: 'fi_1', state: 'acknowledged', by: 'usr_op', reason: 'the provider is asked', at: '2026-02-16T12:00:00.000Z' }] }),
  findings: ok({ findings }),
  'dead-letters/redrive': ok({ deadLetters: ['dl_1'], dryRun: true }),
  'dead-letters': ok({ deadLetters: letters }),
  reconciliations: ok({ runs: [{ runId: 'rr_1', window: '2026-02-16T12:00Z', at: '2026-02-16T13:12:00.000Z', upToPosition: 900, matched: 41, waiting: 2, findings: 1, reportSha256: hash }] }),
};
const empty: typeof full = {
  ...full,
  charges: ok({ entries: [] }), margin: ok({ items: [], calls: [] }), usage: ok({ records: [] }), budgets: ok({ budgets: [] }), findings: ok({ findings: [] }), 'dead-letters': ok({ deadLetters: [] }),
  balance: ok({ accountId: 'acct_main', entries: [], debits: '0', credits: '0' }), statements: ok({ ...statement, totalMinor: '0', lines: [] }), reconciliations: ok({ runs: [] }),
};
const every = (reply: Reply): typeof full => Object.fromEntries(Object.keys(full).map((name) => [name, reply]));

function answers(said: typeof full, waits: boolean): typeof fetch {
  return async (input) => {
    const asked = new URL(String(input));
    const path = asked.pathname.replace(/^\/v1\/billing\/(accounts\/[^/]+\/)?/, '');
    if (waits) return new Promise(() => undefined);
    const name = Object.keys(said).find((one) => (one.endsWith('/') ? path.startsWith(one) : path === one || path.startsWith(`${one}/`)));
    const [status, body] = name === undefined ? refusal(404, 'route_not_found') : said[name]!;
    const from = asked.searchParams.get('from') ?? '';
    const within = path === 'margin' && said === full ? { ...(body as object), items: items.filter(({ window }) => window >= from) } : body;
    return new Response(JSON.stringify(within), { status });
  };
}

/** account_PART, account_PART_STATE or account_sign_in, account_forbidden. */
export function accountScene(scene: string): { readonly desk: AccountConsole; readonly part: PartName } {
  const [, part = 'overview', state = 'full'] = scene.split('_');
  const desk = new AccountConsole();
  const sign_in: AccountStage = { kind: 'sign_in', busy: false, problem: null, needsAccount: false };
  if (part === 'sign') return { desk, part: 'overview' };
  if (part === 'forbidden') {
    desk.stage.set({ ...sign_in, problem: accountProblem(new LifelineError({ code: 'forbidden', message: '', status: 403 })) });
    return { desk, part: 'overview' };
  }
  const said = { full, empty, failed: every(refusal(500, 'internal')), waiting: full, forbidden: every(refusal(403, 'forbidden')), unready: every(refusal(501, 'not_ready')), auditor: full }[state] ?? full;
  const billing = new Billing({ baseUrl: 'https://calls.example', getToken: () => 't', accountId: 'acct_main', fetch: answers(said, state === 'waiting') });
  desk.stage.set({ kind: 'desk', desk: { billing, role: state === 'auditor' ? 'auditor' : 'admin', replay: () => undefined } });
  return { desk, part: part as PartName };
}
