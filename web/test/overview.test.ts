// The overview of an account: a door that is shut hides nothing of the others; where all are, nothing is claimed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Billing, LifelineError } from '@lifeline/client';

import { overviewOf } from '../src/account/overview';

const SAID: Readonly<Record<string, object>> = {
  statements: { accountId: 'a', period: '2026-02', currency: 'EUR', totalMinor: '344', ledgerHash: '', lines: [] },
  balance: { accountId: 'a', entries: [], debits: '0', credits: '0' },
  budgets: { budgets: [] },
  findings: { findings: [] },
  'dead-letters': { deadLetters: [] },
  reconciliations: { runs: [] },
};

/** Of those that are shut it gets no answer. */
function billing(shut: readonly string[]): Billing {
  const fetch = async (input: unknown) => {
    const name = Object.keys(SAID).find((one) => new URL(String(input)).pathname.includes(one))!;
    if (shut.includes(name)) return new Response('{"code":"forbidden"}', { status: 403 });
    return new Response(JSON.stringify(SAID[name]));
  };
  return new Billing({ baseUrl: 'https://calls.example', getToken: () => 't', accountId: 'a', fetch: fetch as typeof globalThis.fetch });
}

test('a part that could not be read says why, and the others are there', async () => {
  const seen = await overviewOf(billing(['balance', 'statements']), '2026-02', true);
  assert.equal(seen.balance.why, 'Your pass is not for this.');
  assert.deepEqual([seen.budgets.value, seen.findings.value?.list, seen.letters.value?.count, seen.run?.value], [[], [], 0, null]);
  assert.equal((await overviewOf(billing([]), '2026-02', false)).run, null, 'what the pass is not for is not asked');
});

test('where nothing at all could be read, that is the answer, and no overview', async () => {
  const all = Object.keys(SAID);
  for (const runs of [true, false]) {
    await assert.rejects(overviewOf(billing(all), '2026-02', runs), (thrown) => thrown instanceof LifelineError && thrown.code === 'forbidden');
  }
  for (const open of all) assert.ok(await overviewOf(billing(all.filter((one) => one !== open)), '2026-02', true), open);
});
