import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { closeCodes, retryableReasons } from '../src/contract.js';
import { endingOfClose, policyOf, retryDelay } from '../src/verdict.js';

test('every close code of the contract leads to what the contract says', () => {
  // prettier-ignore
  const cases = [
    [1001, 'backoff'], [1002, 'stop'], [1007, 'stop'], [1008, 'stop'], [1009, 'stop'], [4000, 'stop'],
    [4001, 'stop'], [4002, 'stop'], [4003, 'stop'], [4004, 'stop'], [4005, 'stop'], [4006, 'stop'],
    [4007, 'stop'], [4100, 'backoff'], [4101, 'backoff'], [4102, 'backoff'], [4200, 'now'],
    [4201, 'now'], [4202, 'now'], [4203, 'now'], [4300, 'token'], [4301, 'reset'], [4302, 'reset'],
    [4303, 'reset'], [1000, 'backoff'],
  ] as const;
  for (const [code, verdict] of cases)
    assert.equal(endingOfClose(code, 'x').verdict, verdict, `${code}`);
  const tested = cases.map(([code]) => code).sort();
  assert.deepEqual(
    tested,
    Object.keys(closeCodes).map(Number).sort(),
    'all of them are in the table',
  );
  assert.equal(endingOfClose(4002, 'x').reason, 'superseded');
});

test('the ranges hold for codes that nobody has defined yet', () => {
  // prettier-ignore
  const cases = [
    [4099, 'stop'], [4100, 'backoff'], [4199, 'backoff'], [4200, 'now'], [4299, 'now'],
    [4399, 'reset'], [4400, 'backoff'], [3000, 'backoff'], [1006, 'backoff'], [1011, 'backoff'],
  ] as const;
  for (const [code, verdict] of cases)
    assert.equal(endingOfClose(code, 'x').verdict, verdict, `${code}`);
});

test('full jitter: floor + rand(0, min(cap, base * 2^n))', () => {
  const policy = { baseMs: 500, capMs: 8_000, floorMs: 100, giveUpMs: 60_000 };
  // prettier-ignore
  const cases = [
    [0, 0, 100], [0, 0.5, 350], [0, 1, 600], [3, 1, 4_100], [4, 1, 8_100], [5, 1, 8_100], [5, 0, 100],
    [1_000_000, 1, 8_100],
  ] as const;
  for (const [attempt, random, delay] of cases) {
    assert.equal(
      retryDelay(policy, attempt, random),
      delay,
      `attempt ${attempt}, random ${random}`,
    );
  }
});

test('no policy of a server makes a client hammer it, or not even try', () => {
  const policy = policyOf({ baseMs: 0, capMs: 0, floorMs: 0, giveUpMs: 0 });
  assert.equal(retryDelay(policy, 0, 0), 20);
  assert.equal(policy.giveUpMs, 15_000);
});

test('what is published again is what the contract calls retryable', () => {
  const { reasons } = JSON.parse(readFileSync('../schema/v1/errors.json', 'utf8')) as {
    reasons: Record<string, { retryable: boolean }>;
  };
  const listed = Object.keys(reasons).filter((code) => reasons[code]?.retryable);
  assert.deepEqual([...retryableReasons].sort(), listed.sort());
});
