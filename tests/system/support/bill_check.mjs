// What calls cost, counted again from their archives alone by the loops of this file, and held against the
// month's statement to the last unit. Shares nothing with the server.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hour, nameOf, priceCard, putCard } from './bill.mjs';
import { clock_behind } from './clock_behind.mjs';
import { binary } from './server.mjs';
import { pause } from './waiting.mjs';

const account = 'acct_test';

/** The price of a base unit is whole, so that nothing of the sum is rounded before the end. */
const prices = { 'call.duration_ms': 333n, 'action.count': 50_000_000n, 'transcript.chars': 700n };

/** Before anything is used. */
export async function putPrices(server) {
  const items = Object.entries(prices).map(([meter, unitNano]) => ({ item: meter, meter, per: '1', tiers: [{ unitNano: `${unitNano}` }] }));
  await putCard(server, priceCard(nameOf(Date.now()), items));
}

/** What one call used, from the lines of its archive: a call of one run of the server, that nobody left. */
export function recount(archive) {
  const used = { 'call.duration_ms': 0, 'action.count': 0, 'transcript.chars': 0 };
  const begun = new Set();
  let row;
  let since;
  for (const line of archive.trimEnd().split('\n').map((text) => JSON.parse(text))) {
    if (line.line === 'row') row = line;
    if (line.line !== 'record') continue;
    const { type, payload } = JSON.parse(line.event);
    if (type === 'call.connected') since = row.steady;
    if (type === 'call.ended') used['call.duration_ms'] = Math.floor((row.steady - since) / 1000);
    if (type === 'transcript.final') used['transcript.chars'] += [...payload.text].length;
    if (type === 'orchestration.action.started') begun.add(payload.actionId);
  }
  used['action.count'] = begun.size;
  return used;
}

/** Lets the hour end, and gives what the statement says of these calls that is not so, and what was counted. */
export async function checkBill(server, sessions) {
  await server.kill('SIGTERM');
  const env = clock_behind(server.folder, -1 / 24);
  assert.ok(env, 'clang-19 makes the clock');
  Object.assign(server.env, env);
  await server.start();
  const auditor = server.token('usr_auditor', 'auditor');
  const archives = join(server.folder, 'archives');
  mkdirSync(archives);
  const counted = { 'call.duration_ms': 0, 'action.count': 0, 'transcript.chars': 0 };
  for (const sessionId of sessions) {
    const reply = await fetch(`${server.url}/v1/call/sessions/${sessionId}/archive`, { headers: { Authorization: `Bearer ${auditor}` } });
    assert.equal(reply.status, 200, sessionId);
    const text = await reply.text();
    writeFileSync(join(archives, sessionId), text);
    for (const [meter, quantity] of Object.entries(recount(text))) counted[meter] += quantity;
  }
  const found = [];
  const { quantities, amount, totalMinor, billed } = await statementOf(server, auditor, sum(Object.values(counted)));
  for (const [meter, quantity] of Object.entries(counted))
    if (quantities[meter] !== quantity) found.push(`${meter}: the statement says ${quantities[meter]} of ${quantity}`);
  const exact = Object.entries(counted).reduce((all, [meter, quantity]) => all + BigInt(quantity) * prices[meter], 0n);
  if (amount !== exact) found.push(`the statement comes to ${amount}, not to ${exact} nano-units`);
  // Offline: each archive, the statement from its own records, and these in the archives of their calls.
  let statementRecords = 0;
  for (const month of billed) {
    const reply = await fetch(`${server.url}/v1/billing/accounts/${account}/statements/${month}?format=proof`, { headers: { Authorization: `Bearer ${auditor}` } });
    assert.equal(reply.status, 200, month);
    const file = join(server.folder, `${month}.jsonl`);
    writeFileSync(file, await reply.text());
    const report = JSON.parse(execFileSync(binary, ['verify', file, ...sessions.map((id) => join(archives, id)), '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 }));
    if (!report.ok || report.inArchives !== report.usageRecords) found.push(`the proof of ${month} says ${JSON.stringify(report)}`);
    statementRecords += report.usageRecords;
  }
  if (statementRecords < sessions.length) found.push(`the statement rests on ${statementRecords} records of ${sessions.length} calls`);
  return { found, counts: { calls: sessions.length, ...counted, totalMinor: `${totalMinor}`, archivesVerified: sessions.length, statementRecords } };
}

const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);

/** Of all months that these hours may be of, once all of it is booked. */
async function statementOf(server, auditor, expected) {
  const months = new Set([Date.now(), Date.now() - hour].map((ms) => new Date(ms).toISOString().slice(0, 7)));
  for (const begun = Date.now(); ; await pause(200)) {
    const quantities = {};
    let [amount, totalMinor] = [0n, 0n];
    const billed = [];
    for (const month of months) {
      const { json } = await server.rest('GET', `/v1/billing/accounts/${account}/statements/${month}`, auditor);
      for (const { item, quantity } of json?.lines ?? []) quantities[item] = (quantities[item] ?? 0) + Number(quantity);
      if (!json?.lines) continue; // A server that has just begun says so.
      assert.equal(BigInt(json.totalMinor), halfEven(BigInt(json.amount), 10_000_000n), 'what is paid is what it costs, settled once');
      if (json.lines.length > 0) billed.push(month);
      amount += BigInt(json.amount);
      totalMinor += BigInt(json.totalMinor);
    }
    if (sum(Object.values(quantities)) >= expected || Date.now() - begun > 30_000) return { quantities, amount, totalMinor, billed };
  }
}

function halfEven(amount, unit) {
  const [whole, rest] = [amount / unit, 2n * (amount % unit)];
  return rest > unit || (rest === unit && whole % 2n === 1n) ? whole + 1n : whole;
}
