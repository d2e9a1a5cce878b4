// What accounts are charged: closed hours by their cards, late words as adjustments, a month as a
// statement. Recounted here from the usage records with plain loops.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { amountOf, chargesOf, endCall, hour, idOf, momentOf, nameOf, openCall, priceCard, publisher, putCard, quantityOf, reported, total, typed, usageOf } from './support/bill.mjs';
import { ClockBehind } from './support/clock_behind.mjs';
import { Line } from './support/line.mjs';
import { binary, Server } from './support/server.mjs';
import { pause, until } from './support/waiting.mjs';

// Seconds are easier to wait for than minutes: 3 cents a second, the first two for nothing.
const items = [
  { item: 'seconds', meter: 'call.duration_ms', per: '1000', included: '2000', tiers: [{ unitNano: '30000000' }] },
  { item: 'words', meter: 'transcript.chars', match: { speaker: 'user' }, per: '1', tiers: [{ upTo: '10', unitNano: '500' }, { unitNano: '7' }] },
  { item: 'hearing', meter: 'stt.ms', per: '60000', tiers: [{ unitNano: '4000000' }] },
];
const card = (effectiveFrom, more) => priceCard(effectiveFrom, items, more);

/** A server by whose clock the next hour begins in so many seconds, and those who come to it. */
async function house(t, untilEdge) {
  const server = new Server('[metering]\nclose_after_ms = 0\n');
  const clock = new ClockBehind(untilEdge);
  if (!clock.give(server)) return t.skip('nothing here compiles a clock');
  t.after(() => server.close());
  await server.start();
  const tokens = {
    ada: server.token('usr_ada'),
    svc: server.token('key_1', 'service'),
    auditor: server.token('usr_auditor', 'auditor'),
    stranger: server.token('usr_stranger', 'auditor', 'acct_other'),
    admin: server.token('usr_root', 'admin', 'acct_root'),
  };
  const ask = (path, token = tokens.auditor) => server.rest('GET', `/v1/billing/${path}`, token);
  const entries = () => chargesOf(server, tokens.admin);
  const usage = () => usageOf(server, tokens.auditor);
  return { server, tokens, now: clock.now, publish: publisher(server), ask, entries, usage };
}

/** What a month's first q base units cost, unit by unit of the tiers; all prices here are whole. */
function costOf({ per, included = '0', tiers }, q) {
  let left = BigInt(q) - BigInt(included);
  let cost = 0n;
  let from = 0n;
  for (const { upTo, unitNano } of tiers) {
    if (left <= 0n) break;
    const here = upTo === undefined || left < BigInt(upTo) - from ? left : BigInt(upTo) - from;
    cost += here * BigInt(unitNano);
    from += here;
    left -= here;
  }
  return { exact: cost, per: BigInt(per) };
}
const near = ({ exact, per }, amount) => {
  const twice = 2n * (BigInt(amount) * per - exact);
  return twice >= -per && twice <= per; // Rounded once.
};

/** Booked is used, at its price: item by item, over all hours of the month. */
function agree(entries, records) {
  for (const item of items) {
    const booked = entries.filter(({ entry }) => entry.item === item.item);
    const used = records.filter(
      ({ meter, dims, quantity }) => meter === item.meter && quantity !== null && Object.entries(item.match ?? {}).every(([name, value]) => dims?.[name] === value),
    );
    const quantity = total(used.map((record) => BigInt(record.quantity)));
    assert.equal(total(booked.map(quantityOf)), quantity, item.item);
    assert.ok(near(costOf(item, quantity), total(booked.map(amountOf))), `${item.item}: ${quantity} for ${total(booked.map(amountOf))}`);
  }
  const ids = entries.map(idOf);
  assert.equal(new Set(ids).size, ids.length, 'nothing is booked twice');
}

test('a closed hour is charged, what comes late is an adjustment, kill -9', { timeout: 180_000 }, async (t) => {
  const at = await house(t, 9);
  if (!at) return;
  const { server, tokens, now, publish, ask, entries, usage } = at;
  const window = nameOf(now());
  const costs = [{ item: 'line', meter: 'call.duration_ms', per: '1000', tiers: [{ unitNano: '1000000' }] }];
  const put = (body, token = tokens.admin) => server.rest('POST', '/v1/billing/cards', token, body);
  assert.deepEqual((await put({ card: card(window) }, tokens.auditor)).json.code, 'forbidden');
  assert.equal((await put({ card: card(window) })).status, 201);
  assert.equal((await put({ card: card(window) })).status, 200, 'the same again');
  assert.equal((await put({ card: card(window, { currency: 'USD' }) })).json.code, 'card_exists');
  assert.equal((await put({ card: card(window, { version: 2 }) })).json.code, 'effective_from_invalid');
  assert.equal((await put({ card: card(window, { version: 2, items: [] }) })).json.code, 'card_invalid');
  assert.equal((await put({ card: card(window, { card: 'cost', kind: 'cost', items: costs }) })).status, 201);
  assert.equal((await ask('cards', tokens.admin)).json.cards.length, 2);
  assert.deepEqual((await ask('cards')).json.cards.map((one) => one.card.card), ['standard'], 'what things cost us is not the account\'s to see');

  const id = await openCall(server, tokens.ada);
  const line = new Line(server, id, { token: tokens.ada });
  await line.frame('hello');
  for (const [i, text] of ['Hello', 'dear clock'].entries())
    await publish(id, tokens.ada, ...typed(`u${i}`, text));
  await publish(id, tokens.svc, ...reported('r1', 'stt.ms', 'ms', 90_000));
  await publish(id, tokens.svc, ...reported('r2', 'tts.chars', 'char', 12));
  assert.equal((await server.rest('POST', '/v1/accounts', tokens.admin, { accountId: 'acct_test', name: 'Test' })).status, 201);
  const abroad = { card: 'overseas', effectiveFrom: nameOf(now() + hour) };
  assert.equal((await put({ card: card(window, { card: 'overseas', currency: 'USD' }) })).status, 201);
  const moved = await server.rest('POST', '/v1/billing/accounts/acct_test/card', tokens.admin, abroad);
  assert.equal(moved.json?.code, 'currency_differs', 'nothing is charged yet, and this hour will be, in EUR');
  await pause(2_500);
  await endCall(server, tokens.ada, id);
  line.close();
  await until('the call is measured', usage, (records) => records.length >= 4);
  assert.deepEqual(await entries(), [], 'the hour goes on');
  await until('the hour is over', async () => nameOf(now()), (name) => name !== window);

  await server.kill();
  await server.start(); // It closes what is over, and is killed in the midst of it.
  for (let kills = 0; kills < 4; kills += 1) {
    await pause(40 * kills);
    await server.kill();
    await server.start();
  }
  const charged = await until('charges', entries, (found) => found.length >= 3);
  agree(charged, await usage());
  assert.ok(charged.every(({ type, entry }) => type === 'billing.usage.recorded' && entry.window === window && entry.currency === 'EUR'));
  const records = new Map((await usage()).map((record) => [record.recordId, record]));
  for (const { entry } of charged) {
    assert.equal(entry.recordsHash, createHash('sha256').update(entry.recordIds.map((one) => `${one}\n`).join('')).digest('hex'));
    assert.equal(total(entry.recordIds.map((one) => BigInt(records.get(one).quantity))), BigInt(entry.quantity), 'a charge leads to its records');
  }

  // What has a cost says it; what has none says nothing.
  const seconds = charged.find(({ entry }) => entry.item === 'seconds').entry;
  assert.ok(near(costOf(costs[0], seconds.quantity), seconds.costNano));
  assert.ok(charged.every(({ entry }) => entry.item === 'seconds' || entry.costNano === undefined));

  // A provider remembers, and puts right: in its own hour, at its price.
  await publish(id, tokens.svc, ...reported('r3', 'stt.ms', 'ms', 30_000, { at: momentOf(window) }));
  await until('a late word', entries, (found) => found.length >= 4);
  await publish(id, tokens.svc, 'billing.usage.reconciled', { reportId: 'r1', quantity: '60000', source: 'provider' });
  const all = await until('a correction', entries, (found) => found.length >= 5);
  agree(all, await usage());
  assert.deepEqual(all.slice(3).map(({ entry }) => [entry.kind, entry.serviceWindow, entry.quantityDelta]), [['late', window, '30000'], ['over', window, '-30000']]);
  assert.ok(all.slice(3).every(({ entry }) => entry.corrects === charged.find((one) => one.entry.item === 'hearing').entry.idempotencyKey));

  const hearing = charged.find(({ entry }) => entry.item === 'hearing').entry;
  const { status: traced, json: trace } = await ask(`accounts/acct_test/charges/${hearing.idempotencyKey}`);
  assert.equal(traced, 200, JSON.stringify(trace));
  assert.deepEqual(trace.entry, hearing);
  assert.equal(trace.card.card, 'standard');
  assert.deepEqual(trace.records.map(({ record }) => record.recordId).sort(), [...hearing.recordIds].sort());
  for (const { record, seq } of trace.records) {
    const stored = server.stored(record.sessionId).map(({ event }) => event);
    assert.deepEqual(stored[seq - 1].payload, record, 'where it says that it stands');
    assert.ok(record.evidence.seqFirst <= record.evidence.seqLast && record.evidence.seqLast < seq);
  }
  assert.deepEqual(trace.adjustments.map(({ kind }) => kind), ['late', 'over']);
  assert.deepEqual(trace.deliveries, []);
  assert.equal((await ask('accounts/acct_test/charges/bu_none')).json.code, 'charge_not_found');
  const { json: margin } = await ask('accounts/acct_test/margin', tokens.admin);
  const { json: theirs } = await ask('accounts/acct_test/margin');
  assert.deepEqual([theirs.income, theirs.cost, theirs.items.some((row) => 'cost' in row || 'margin' in row)], [margin.income, undefined, false]);
  const shown = (await ask('accounts/acct_test/charges?limit=1000')).json.entries;
  assert.deepEqual(shown.map(({ entry }) => entry), all.map(({ entry: { costNano, ...entry } }) => entry));
  const ours = charged.find(({ entry }) => entry.costNano !== undefined).entry.idempotencyKey;
  assert.equal((await ask(`accounts/acct_test/charges/${ours}`)).json.entry.costNano, undefined);
  assert.equal(BigInt(margin.income), total(all.map(amountOf)));
  assert.equal(margin.cost, undefined, 'not all of it has a cost');
  const sold = margin.items.find(({ item }) => item === 'seconds');
  assert.equal(sold.cost, seconds.costNano);
  assert.equal(BigInt(sold.margin), BigInt(seconds.amount) - BigInt(seconds.costNano));
  assert.deepEqual(margin.calls.map(({ sessionId, income }) => [sessionId, income]), [[id, margin.income]]);

  const month = window.slice(0, 7);
  const { json: statement } = await ask(`accounts/acct_test/statements/${month}`);
  assert.equal(BigInt(statement.amount), total(all.map(amountOf)));
  assert.equal(total(statement.lines.map(({ settledMinor }) => BigInt(settledMinor))), BigInt(statement.totalMinor));
  assert.deepEqual(statement.unpriced.map(({ meter, quantity }) => [meter, quantity]), [['tts.chars', '12']]);
  for (const [format, type] of [['csv', 'text/csv'], ['html', 'text/html']]) {
    const reply = await fetch(`${server.url}/v1/billing/accounts/acct_test/statements/${month}?format=${format}`, { headers: { Authorization: `Bearer ${tokens.auditor}` } });
    assert.equal(reply.status, 200);
    assert.ok(reply.headers.get('Content-Type').startsWith(type));
    const text = await reply.text();
    assert.ok(text.includes('seconds') && text.includes(charged[0].entry.idempotencyKey));
    if (format === 'html') assert.ok(text.includes('not a tax invoice') && !text.includes('<script'));
  }
  for (const path of ['charges', `charges/${hearing.idempotencyKey}`, 'margin', `statements/${month}`, 'usage']) {
    for (const token of [tokens.ada, tokens.stranger]) assert.equal((await ask(`accounts/acct_test/${path}`, token)).json.code, 'forbidden');
    assert.equal((await ask(`accounts/acct_test/${path}`, tokens.admin)).status, 200);
  }
  assert.equal((await ask('accounts/acct_test/statements/2026-13')).json.code, 'query_invalid');
  assert.equal((await ask(`accounts/acct_test/statements/${month}?format=pdf`)).json.code, 'query_invalid');

  await server.kill();
  await server.start();
  assert.deepEqual(await until('the view is open', entries, (found) => found.length >= all.length), all, 'nothing comes twice');
});

test('an account is put on another card from a coming hour on', { timeout: 60_000 }, async (t) => {
  const at = await house(t, 1_800);
  if (!at) return;
  const { server, tokens, now, ask } = at;
  const next = nameOf(now() + hour);
  const put = (body) => server.rest('POST', '/v1/billing/cards', tokens.admin, body);
  const assign = (account, body, token = tokens.admin) => server.rest('POST', `/v1/billing/accounts/${account}/card`, token, body);
  assert.equal((await put({ card: card(nameOf(now()), { card: 'special' }) })).status, 201);
  assert.equal((await assign('acct_none', { card: 'special', effectiveFrom: next })).json.code, 'account_not_found');
  assert.equal((await server.rest('POST', '/v1/accounts', tokens.admin, { accountId: 'acct_test', name: 'Test' })).status, 201);
  assert.equal((await assign('acct_test', { card: 'special', effectiveFrom: next }, tokens.auditor)).json.code, 'forbidden');
  assert.equal((await assign('acct_test', { card: 'other', effectiveFrom: next })).json.code, 'card_not_found');
  assert.equal((await assign('acct_test', { card: 'special', effectiveFrom: nameOf(now() - hour) })).json.code, 'card_not_found', 'it had not begun then');
  assert.equal((await assign('acct_test', { card: 'special', effectiveFrom: next, reason: 'contract' })).status, 204);
  const [assigned] = server.stored('acct_test').map(({ event }) => event);
  assert.deepEqual(assigned.payload, { by: 'usr_root', card: 'special', effectiveFrom: next, reason: 'contract' });
  const { status, json } = await ask(`accounts/acct_test/statements/${nameOf(now()).slice(0, 7)}`);
  assert.ok(status === 200 || json.code === 'card_not_found', JSON.stringify(json));
});

const linesOf = (text) => text.trimEnd().split('\n');

/** The command, with what it said; `verify` as JSON. */
function lifeline(words, env = {}) {
  const { status, stdout, stderr } = spawnSync(binary, words, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 1 << 28 });
  return { status, out: stdout, err: stderr };
}
function verify(...words) {
  const { status, out, err } = lifeline(['verify', ...words, '--json']);
  assert.notEqual(out, '', err);
  return { status, ...JSON.parse(out) };
}

/** By a program that shares no code with it; it does not book again. */
function checkedElsewhere(file) {
  const { status, stdout, stderr } = spawnSync('python3', ['-B', join(import.meta.dirname ?? '.', '../../tools/verify_journal'), file, '--json'], { encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  return { status, ...JSON.parse(stdout) };
}

test('a closed month proves itself, and names what was altered', { timeout: 240_000 }, async (t) => {
  const at = await house(t, 1_800);
  if (!at) return;
  const { server, tokens, now, publish, ask, usage } = at;
  const window = nameOf(now());
  const month = window.slice(0, 7);
  await putCard(server, card(window));
  const costs = [{ item: 'line', meter: 'call.duration_ms', per: '1000', tiers: [{ unitNano: '1000000' }] }];
  await putCard(server, card(window, { card: 'cost', kind: 'cost', items: costs }));
  const id = await openCall(server, tokens.ada);
  const line = new Line(server, id, { token: tokens.ada });
  await line.frame('hello');
  await publish(id, tokens.ada, ...typed('u0', 'Hello, dear clock'));
  await publish(id, tokens.svc, ...reported('r1', 'stt.ms', 'ms', 90_000));
  await publish(id, tokens.svc, ...reported('r2', 'tts.chars', 'char', 12));
  await endCall(server, tokens.ada, id);
  line.close();
  await until('the call is measured', usage, (records) => records.length >= 4);

  const proofOf = async (token, query = 'format=proof') => {
    const reply = await fetch(`${server.url}/v1/billing/accounts/acct_test/statements/${month}?${query}`, { headers: { Authorization: `Bearer ${token}` } });
    return { status: reply.status, type: reply.headers.get('Content-Type'), text: await reply.text() };
  };
  const file = join(server.folder, 'proof.jsonl');
  const open = await proofOf(tokens.auditor);
  assert.equal(open.status, 200, open.text);
  writeFileSync(file, open.text);
  const early = verify(file);
  assert.deepEqual([early.status, early.ok, early.closed, early.charges], [0, true, false, 0], JSON.stringify(early.problems));

  // Ten minutes into the next month.
  const [year, number] = month.split('-').map(Number);
  server.env.CLOCK_BEHIND_S = `${Math.floor((Date.now() - Date.UTC(year, number, 1, 0, 10)) / 1000)}`;
  await server.kill();
  await server.start();
  const auditor = server.token('usr_auditor', 'auditor');
  const statement = async () => (await ask(`accounts/acct_test/statements/${month}`, auditor)).json;
  // A whole month of hours may have to be closed first.
  const closed = await until('the statement is closed', async () => (await statement()) ?? {}, ({ journalHead }) => journalHead !== undefined, { patience: 120_000 });

  const { status, type, text } = await proofOf(auditor);
  assert.equal(status, 200, text);
  assert.equal(type, 'application/x-ndjson');
  const lines = linesOf(text);
  assert.deepEqual(JSON.parse(lines.at(-2)).statement, closed);
  writeFileSync(file, text);
  const { json: heads } = await server.rest('GET', '/v1/journal/heads', auditor);
  const archive = join(server.folder, 'call.jsonl');
  assert.equal(lifeline(['archive', id, '--data', server.data, '-o', archive]).status, 0);
  const whole = verify(file, archive, '--public-key', heads.key.publicKey);
  assert.deepEqual(whole.problems, []);
  assert.deepEqual([whole.status, whole.ok, whole.closed, whole.keyKnown, whole.period, whole.accountId], [0, true, true, true, month, 'acct_test']);
  assert.equal(whole.total, closed.total);
  assert.equal(whole.charges, closed.lines.flatMap(({ charges }) => charges ?? []).length);
  assert.ok(whole.charges >= 2 && whole.usageRecords >= 3 && whole.inArchives === whole.usageRecords && whole.archives === 1);
  assert.match(lifeline(['verify', file, archive, archive]).err, new RegExp(`query_invalid.*the archive of ${id} is given twice`));

  // What it cost is checked where the card is, and it is there for who asks for it.
  assert.ok(whole.costs >= 1 && whole.costsUnchecked === whole.costs);
  assert.match(lifeline(['verify', file]).out, /not checked, the card is not here/);
  const costing = join(server.folder, 'costs.jsonl');
  writeFileSync(costing, (await proofOf(server.token('usr_root', 'admin', 'acct_root'), 'format=proof&costs=true')).text);
  assert.equal(JSON.parse((await proofOf(auditor, 'format=proof&costs=true')).text).code, 'forbidden');
  const costed = verify(costing);
  assert.deepEqual([costed.ok, costed.cards, costed.costs, costed.costsUnchecked], [true, whole.cards + 1, whole.costs, 0], JSON.stringify(costed.problems));
  assert.equal(checkedElsewhere(costing).status, 0);
  for (const query of ['format=json&costs=true', 'format=proof&costs=no']) assert.equal(JSON.parse((await proofOf(auditor, query)).text).code, 'query_invalid');

  const elsewhere = checkedElsewhere(file);
  assert.deepEqual([elsewhere.status, elsewhere.problems], [0, []]);
  assert.deepEqual([elsewhere.records, elsewhere.rows, elsewhere.usageRecords, elsewhere.period], [whole.records, whole.rows, whole.usageRecords, month]);
  const shown = lifeline(['verify', file, archive]);
  assert.equal(shown.status, 0);
  assert.match(shown.out, /verified every record and its signature, every charge and adjustment again, and the statement/);

  const written = join(server.folder, 'written.jsonl');
  const command = ['statement', 'acct_test', month, '--format', 'proof', '--server', server.url];
  const env = { ...server.env, LIFELINE_TOKEN: auditor };
  assert.equal(lifeline([...command, '-o', written], env).status, 0);
  assert.equal(verify(written).ok, true);
  const events = (from) => linesOf(from).filter((line) => line.startsWith('{"line":"record"'));
  assert.deepEqual(events(readFileSync(written, 'utf8')), events(text), 'the same whenever it is written');
  writeFileSync(written, lifeline(command, env).out);
  assert.equal(verify(written).ok, true, 'also by way of standard output');
  assert.equal(lifeline([...command, '-o', join(server.folder, 'no/such/file')], env).status, 1);
  assert.ok(!existsSync(join(server.folder, 'no')));
  const admin = { ...env, LIFELINE_TOKEN: server.token('usr_root', 'admin', 'acct_root') };
  assert.equal(lifeline([...command, '--costs', '-o', written], env).status, 1, 'for admins');
  assert.equal(lifeline([...command, '--costs', '-o', written], admin).status, 0);
  assert.equal(verify(written).costsUnchecked, 0);

  // Where an event stands is a text in its line.
  const numberOf = (event) => lines.findIndex((line) => line.includes(`\\"type\\":\\"${event}\\"`)) + 1;
  const charge = numberOf('billing.usage.recorded');
  const record = numberOf('billing.usage.measured');
  const alter = (at, from, to) => lines.map((line, i) => (i === at - 1 ? line.replace(from, to) : line));
  for (const [altered, says] of [
    [alter(charge, /\\"amount\\":\\"/, '$&1'), new RegExp(`^line ${charge}, charge bu_.* was altered`)],
    [alter(record, /\\"quantity\\":\\"/, '$&1'), new RegExp(`^line ${record}, usage record mr_.* was altered`)],
    [alter(record, /\\"signature\\":\\"/, '$&A'), new RegExp(`^line ${record}, usage record mr_.* was altered`)],
    [alter(numberOf('billing.card.activated'), /\\"unitNano\\":\\"/, '$&1'), /, card standard, version 1: .* was altered/],
    [lines.filter((line, i) => i !== charge - 1), /^record \d+ is missing: record \d+ stands in its place/],
    [[...lines.slice(0, charge), ...lines.slice(charge - 1)], /stands a second time or out of its place/],
    [alter(lines.length - 1, /"total":"/, '$&1'), new RegExp(`^line ${lines.length - 1} \\(statement\\) says /total `)],
    [alter(1, `"closed":["${month}"]`, '"closed":[]'), /^line 1 \(head\) does not say that .* is closed/],
    [lines.slice(0, -1), /its last lines are missing/],
  ]) {
    const bad = join(server.folder, 'bad.jsonl');
    writeFileSync(bad, `${altered.join('\n')}\n`);
    const found = verify(bad);
    assert.deepEqual([found.status, found.ok, found.problems[0].code], [1, false, 'archive_altered']);
    assert.match(found.problems[0].detail, says);
    assert.equal(checkedElsewhere(bad).status, 1);
  }

  // Whose it is, and what is none.
  assert.equal(verify(file, '--public-key', 'f'.repeat(64)).problems[0].code, 'archive_altered');
  assert.match(lifeline(['verify', archive, file]).err, /query_invalid/);
  assert.match(lifeline(['verify', server.data, archive]).err, /query_invalid/);
  assert.match(lifeline(['verify', file, file]).err, /archive_invalid/);
  for (const user of [server.token('usr_ada'), server.token('usr_stranger', 'auditor', 'acct_other')]) {
    const refused = await proofOf(user);
    assert.deepEqual([refused.status, JSON.parse(refused.text).code], [403, 'forbidden']);
  }
  assert.equal(JSON.parse((await proofOf(auditor, 'format=proofs')).text).code, 'query_invalid');
});
