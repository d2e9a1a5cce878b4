// Hours of an account: what could not be read is not called nothing, and nobody is told that what is withheld is not known.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import { rangeOf } from '../src/account/hours';
import { costsTold, usedHours, type HoursDoor } from '../src/account/used_hours';
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
const shown = async (door: HoursDoor, costs = true) => {
  const hours = await usedHours(door, RANGE);
  return renderToStaticMarkup(createElement(HourCharts, { hours, costs })).replaceAll('<!-- -->', '').replaceAll('\u00a0', ' ');
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

test('whoever is not told what things cost sees what was charged, and nothing of a cost', async () => {
  const withheld = await shown(charged({}), false);
  assert.match(withheld, /role="status">Charged 0\.03 EUR\.</);
  assert.doesNotMatch(withheld, /[Cc]ost|Margin|Left|What is left|[Nn]ot known/);
  const told = await shown(charged({ cost: '10000000', margin: '20000000' }));
  assert.match(told, /Charged 0\.03 EUR, at a cost of 0\.01 EUR: 0\.02 EUR is left\./);
  assert.match(told, /What is left/);
});

test('what things cost is told to admins, and to a key where a cost came', () => {
  const item = { item: 'minutes', window: '2026-02-16T10:00Z', quantity: '1', income: '1' };
  for (const [role, told] of [['admin', true], ['operator', false], ['auditor', false], ['service', false], [null, false]] as const) assert.equal(costsTold(role, [item]), told, String(role));
  assert.equal(costsTold(null, [item, { ...item, cost: '1' }]), true);
});

test('a chart of what nobody knows does not say that there is nothing', async () => {
  const of = (door: HoursDoor) => shown(door).then((html) => /What is left<\/h3><p class="small chart-most">([^<]*)</.exec(html)?.[1]);
  assert.equal(await of(charged({})), 'Not known.');
  assert.equal(await of(charged({ cost: '30000000', margin: '0' })), 'Nothing.');
  assert.match((await of(charged({ cost: '10000000', margin: '20000000' })))!, /^Up to 0\.02 EUR$/);
});
