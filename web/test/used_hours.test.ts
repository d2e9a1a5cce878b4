// Hours of an account: what could not be read is not called nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import { rangeOf } from '../src/account/hours';
import { usedHours, type HoursDoor } from '../src/account/used_hours';
import { HourCharts } from '../src/views/account/HoursPart';

const RANGE = rangeOf('today', Date.parse('2026-02-16T14:20:00Z'));
const shut = () => Promise.reject(new TypeError('no network'));
const empty: HoursDoor = {
  margin: () => Promise.resolve({ items: [], calls: [] }),
  charges: () => Promise.resolve({ entries: [] }),
  usage: () => Promise.resolve({ records: [] }),
  findings: () => Promise.resolve({ findings: [] }),
};
const charged = (costs: object): HoursDoor => ({
  ...empty,
  margin: () => Promise.resolve({ currency: 'EUR', items: [{ item: 'minutes', window: '2026-02-16T10:00Z', quantity: '60000', income: '30000000', ...costs }], calls: [] }),
});
const shown = async (door: HoursDoor) => {
  const hours = await usedHours(door, RANGE);
  return renderToStaticMarkup(createElement(HourCharts, { hours })).replaceAll('<!-- -->', '').replaceAll('\u00a0', ' ');
};

test('only where all was read and there is none, nothing was used', async () => {
  const NOTHING = 'Nothing was used or charged in this time.';
  assert.equal(await shown(empty), `<p>${NOTHING}</p>`);
  const used = await shown({ ...empty, usage: shut });
  assert.ok(!used.includes(NOTHING));
  assert.match(used, /Nothing was charged\..*What was used could not be read just now\./);
  const findings = await shown({ ...empty, findings: shut });
  assert.ok(!findings.includes(NOTHING));
  assert.match(findings, /Findings could not be read just now\./);
});

test('what is not charged yet and could not be read is not left out without a word', async () => {
  assert.match(await shown({ ...charged({}), usage: shut }), /What was used and is not charged yet could not be read just now\./);
  assert.doesNotMatch(await shown(charged({})), /could not be read/);
});
