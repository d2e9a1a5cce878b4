import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Billing } from '../src/billing.js';
import { world } from './world.js';

const account = '/v1/billing/accounts/acct%2F1';

/** What asks for a path, and with what; every answer is `{}`. */
async function asked(tell: (billing: Billing) => Promise<unknown>) {
  const seen: { route: string; body: unknown; key: string | null }[] = [];
  const fetch = (async (input: string, init: RequestInit) => {
    const { pathname, search } = new URL(input);
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined;
    const key = new Headers(init.headers).get('Idempotency-Key');
    seen.push({ route: `${init.method} ${pathname}${search}`, body, key });
    return new Response('{}');
  }) as typeof globalThis.fetch;
  const { options } = world();
  await tell(
    new Billing({ ...options, platform: { ...options.platform, fetch }, accountId: 'acct/1' }),
  );
  return seen;
}

test('each read asks for its route, with what was chosen', async () => {
  const from = '2026-02-16T10:00Z';
  const cases: readonly [(billing: Billing) => Promise<unknown>, string][] = [
    [(b) => b.cards(), '/v1/billing/cards'],
    [(b) => b.usage({ session: 's' }), `${account}/usage?session=s`],
    [(b) => b.charges({ from, limit: 5 }), `${account}/charges?from=2026-02-16T10%3A00Z&limit=5`],
    [(b) => b.trace('bu/1'), `${account}/charges/bu%2F1`],
    [(b) => b.margin({ cursor: 'n' }), `${account}/margin?cursor=n`],
    [(b) => b.balance(), `${account}/balance`],
    [(b) => b.budgets(), `${account}/budgets`],
    [(b) => b.statement('2026-02'), `${account}/statements/2026-02`],
    [(b) => b.statementFile('2026-02', 'csv'), `${account}/statements/2026-02?format=csv`],
    [(b) => b.statementFile('2026-02', 'proof'), `${account}/statements/2026-02?format=proof`],
    [(b) => b.findings({ state: 'open' }), `${account}/findings?state=open`],
    [(b) => b.finding('fi_1'), `${account}/findings/fi_1`],
    [(b) => b.reconciliations({ limit: 1 }), '/v1/billing/reconciliations?limit=1'],
    [
      (b) => b.deadLetters({ because: 'unknown' }),
      '/v1/billing/dead-letters?account=acct%2F1&because=unknown',
    ],
  ];
  for (const [tell, path] of cases) {
    assert.deepEqual(await asked(tell), [{ route: `GET ${path}`, body: undefined, key: null }]);
  }
});

test('each change says what, and why, under a key of its own', async () => {
  const reason = 'as agreed';
  const adjustment = {
    kind: 'write_off' as const,
    serviceWindow: '2026-02-16T10:00Z',
    item: 'minutes',
    quantityDelta: '0',
    amountDelta: '-104000000',
    reason,
  };
  const budget = { scope: 'account' as const, period: 'month' as const, limit: '5', reason };
  const cases: readonly [(billing: Billing) => Promise<unknown>, string, object][] = [
    [(b) => b.adjust(adjustment), `POST ${account}/adjustments`, adjustment],
    [(b) => b.changeBudget('all', budget), `PUT ${account}/budgets/all`, budget],
    [
      (b) => b.changeFinding('fi_1', { state: 'written_off', reason }),
      `POST ${account}/findings/fi_1`,
      { state: 'written_off', reason },
    ],
    [
      (b) => b.redrive({ sink: 'stripe', dryRun: true, reason }),
      'POST /v1/billing/dead-letters/redrive',
      { sink: 'stripe', dryRun: true, reason, accountId: 'acct/1' },
    ],
    [
      (b) => b.discard({ deadLetters: ['dl_1'], reason }),
      'POST /v1/billing/dead-letters/discard',
      { deadLetters: ['dl_1'], reason, accountId: 'acct/1' },
    ],
  ];
  for (const [tell, route, body] of cases) {
    const [seen] = await asked(tell);
    assert.equal(seen!.route, route);
    assert.deepEqual(seen!.body, body);
    assert.match(seen!.key ?? '', /^idem_/);
  }
});

test('every route of billing that the client asks for is one of the schema', async () => {
  const text = readFileSync(join(process.cwd(), '..', 'schema', 'v1', 'routes.json'), 'utf8');
  const { routes } = JSON.parse(text) as { routes: { method: string; path: string }[] };
  const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  const of = (below: string) => `/v1/billing/accounts/{accountId}${below}`;
  for (const route of [
    `GET ${of('/charges/{chargeId}')}`,
    `GET ${of('/margin')}`,
    `GET ${of('/balance')}`,
    `PUT ${of('/budgets/{budgetId}')}`,
    `POST ${of('/adjustments')}`,
    `POST ${of('/findings/{findingId}')}`,
    'POST /v1/billing/dead-letters/redrive',
    'POST /v1/billing/dead-letters/discard',
  ]) {
    assert.ok(known.has(route), route);
  }
});

test('whoever may not is refused', async () => {
  const body = { code: 'forbidden', detail: 'no' };
  const { options } = world({
    'GET /v1/billing/accounts/acct_1/balance': () => ({ status: 403, body }),
  });
  const billing = new Billing({ ...options, accountId: 'acct_1' });
  await assert.rejects(billing.balance(), { code: 'forbidden' });
});

test('a file that is cut in the middle is no file, and may be asked for again', async () => {
  const cut = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('item,quantity'));
      controller.error(new TypeError('terminated'));
    },
  });
  const fetch = (async () => new Response(cut)) as typeof globalThis.fetch;
  const { options } = world();
  const platform = { ...options.platform, fetch };
  const billing = new Billing({ ...options, platform, accountId: 'acct_1' });
  await assert.rejects(billing.statementFile('2026-02', 'csv'), {
    code: 'unreachable',
    retryable: true,
  });
});
