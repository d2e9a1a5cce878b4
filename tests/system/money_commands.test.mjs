// The commands of whoever keeps the money, through the real binary: each as a table and as JSON, done and refused.
// A key that signs usage takes over from another in the midst of a call, whose archive proves all of it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { SinkServer } from '../sinks/sink_server.mjs';
import { chargesOf, endCall, hour, nameOf, openCall, priceCard, publisher, reported, usageOf } from './support/bill.mjs';
import { ClockBehind } from './support/clock_behind.mjs';
import { binary, Server } from './support/server.mjs';
import { isSignedBy } from './support/usage_signature.mjs';
import { until } from './support/waiting.mjs';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const items = [
  { item: 'hearing', meter: 'stt.ms', per: '1', tiers: [{ unitNano: '4000' }] },
  { item: 'words', meter: 'tts.chars', per: '1', tiers: [{ unitNano: '70000' }] },
];
const used = { hearing: 90_000n + 30_000n, words: 12n };
const priced = { hearing: 4_000n, words: 70_000n };
const spent = used.hearing * priced.hearing + used.words * priced.words;

/** As the tables show money: nano-units with two digits, and more where there are more. */
const money = (nano) => {
  const digits = `${nano % 1_000_000_000n}`.padStart(9, '0').replace(/0{1,7}$/, '');
  return `${nano / 1_000_000_000n}.${digits}`;
};

/** By the keys that everybody may read. */
const isSigned = (record, keys) => isSignedBy(keys.find(({ kid }) => kid === record.keyId).x, record);

/** The commands of one who has this token, asked of this server. */
function operator(server, token) {
  const run = (words) =>
    new Promise((resolve) =>
      execFile(binary, [...words, '--server', server.url], { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, LIFELINE_TOKEN: token } }, (error, out, err) =>
        resolve({ status: error?.code ?? 0, out, err }),
      ),
    );
  const done = async (words) => {
    const { status, out, err } = await run(words);
    assert.equal(status, 0, `${words.join(' ')}: ${err}`);
    return out;
  };
  return {
    run,
    shown: (...words) => done(words),
    json: async (...words) => JSON.parse(await done([...words, '--json'])),
    refused: async (reason, ...words) => {
      const both = await Promise.all([words, [...words, '--json']].map(run));
      for (const { status, out, err } of both) {
        assert.deepEqual([status, out], [1, ''], `${words.join(' ')}: ${err}`);
        assert.match(err, new RegExp(`^lifeline: ${reason}: .`, 'm'), words.join(' '));
      }
    },
  };
}

const offline = (...words) =>
  new Promise((resolve) => execFile(binary, words, { encoding: 'utf8' }, (error, out, err) => resolve({ status: error?.code ?? 0, out, err })));

/** What stands in a table: its heading, and its rows by the first cell that fits. */
const rows = (table) => table.trimEnd().split('\n').map((line) => line.split(/ {2,}/));
const column = (table, heading) => {
  const [head, ...lines] = rows(table);
  return lines.map((cells) => cells[head.indexOf(heading)]);
};

test('money, as whoever keeps it types it', { timeout: 240_000 }, async (t) => {
  // By the server's clock the next hour begins in half an hour; later it has begun.
  const clock = new ClockBehind(1_800);
  const { now } = clock;
  const shift = hour - clock.behind * 1000;
  const stripe = await new SinkServer({ shift, meters: { hearing_ms: 'mtr_1' } }).start();
  const hook = await new SinkServer({ shift, secrets: [secret] }).start();
  t.after(() => Promise.all([stripe.close(), hook.close()]));
  const sink = (kind, lines) => `[[billing.sinks]]\nname = "${kind}"\nkind = "${kind}"\nallow_http = true\n${lines}\n`;
  const server = new Server((folder) => {
    writeFileSync(join(folder, 'stripe.key'), `${stripe.keys.stripe}\n`);
    writeFileSync(join(folder, 'hook.secret'), `${secret}\n`);
    return (
      '[metering]\nclose_after_ms = 0\n' +
      sink('stripe', `url = "${stripe.url}"\nkey_file = "${join(folder, 'stripe.key')}"\ncustomers = { acct_test = "cus_1" }\nitems = { hearing = "hearing_ms" }\nmeters = { hearing = "mtr_1" }`) +
      sink('webhook', `url = "${hook.url}/hook"\nsecret_file = "${join(folder, 'hook.secret')}"`)
    );
  });
  if (!clock.give(server)) return t.skip('nothing here compiles a clock');
  t.after(() => server.close());
  await server.start();
  const who = () => ({
    admin: operator(server, server.token('usr_root', 'admin', 'acct_root')),
    auditor: operator(server, server.token('usr_auditor', 'auditor')),
    stranger: operator(server, server.token('usr_stranger', 'auditor', 'acct_other')),
  });
  let { admin, auditor, stranger } = who();
  const file = (name, text) => {
    writeFileSync(join(server.folder, name), typeof text === 'string' ? text : JSON.stringify(text));
    return join(server.folder, name);
  };
  const window = nameOf(now());
  assert.equal((await server.rest('POST', '/v1/accounts', server.token('usr_root', 'admin', 'acct_root'), { accountId: 'acct_test', name: 'Test' })).status, 201);

  await t.test('cards', async () => {
    const card = (more) => priceCard(window, items, more);
    const standard = file('standard.json', card());
    const made = await admin.json('cards', 'activate', standard);
    assert.deepEqual([made.card, made.version, made.effectiveFrom], ['standard', '1', window]);
    assert.match(await admin.shown('cards', 'activate', standard), /^standard version 1 was in force already: from /);
    assert.match(await admin.shown('cards', 'activate', file('special.json', card({ card: 'special' }))), /^special version 1 is in force from /);
    const cost = { card: 'cost', kind: 'cost', items: [{ ...items[0], tiers: [{ unitNano: '1000' }] }, { ...items[1], tiers: [{ unitNano: '90000' }] }] };
    await admin.json('cards', 'activate', file('cost.json', card(cost)));
    await admin.refused('file_not_found', 'cards', 'activate', join(server.folder, 'none.json'));
    await admin.refused('card_exists', 'cards', 'activate', file('other.json', card({ currency: 'USD' })));
    await admin.refused('card_invalid', 'cards', 'activate', file('empty.json', card({ version: 2, items: [] })));
    await auditor.refused('forbidden', 'cards', 'activate', standard);

    const listed = (await admin.json('cards', 'list')).cards;
    assert.deepEqual(listed.map(({ card: name, kind }) => [name, kind]).sort(), [['cost', 'cost'], ['special', 'price'], ['standard', 'price']]);
    assert.equal(listed.find(({ card: name }) => name === 'standard').sha256, made.sha256);
    assert.deepEqual(column(await auditor.shown('cards', 'list'), 'CARD').sort(), ['standard'], 'by which its account pays');
    const { sha256, ...shown } = await admin.json('cards', 'show', 'standard', '--version', '1');
    assert.deepEqual(shown, card());
    const table = await auditor.shown('cards', 'show', 'standard');
    assert.match(table, /^standard version 1, price in EUR, from /);
    assert.ok(table.includes('hearing') && table.includes('0.000004'), table);
    await admin.refused('card_not_found', 'cards', 'show', 'none');
    await admin.refused('card_not_found', 'cards', 'show', 'standard', '--version', '7');

    const next = nameOf(now() + 3 * hour);
    const assigned = await admin.json('cards', 'assign', 'acct_test', 'special', '--from', next, '--reason', 'contract');
    assert.deepEqual(assigned, { accountId: 'acct_test', card: 'special', effectiveFrom: next });
    assert.equal(await admin.shown('cards', 'assign', 'acct_test', 'standard', '--from', nameOf(now() + 4 * hour)), `acct_test pays by standard from ${nameOf(now() + 4 * hour)} on\n`);
    await admin.refused('card_not_found', 'cards', 'assign', 'acct_test', 'none', '--from', next);
    await admin.refused('account_not_found', 'cards', 'assign', 'acct_none', 'special', '--from', next);
    await auditor.refused('forbidden', 'cards', 'assign', 'acct_test', 'special', '--from', next);
  });

  // A call whose usage comes in while one key takes over from another.
  const ada = server.token('usr_ada');
  const service = server.token('key_1', 'service');
  const id = await openCall(server, ada);
  const publish = publisher(server);
  let n = 0;
  const report = (...what) => publish(id, service, ...reported(`r${(n += 1)}`, ...what));
  const records = (count) => until(`${count} records`, () => usageOf(server, server.token('usr_auditor', 'auditor')), (found) => found.length === count);
  const archived = async (name) => {
    const path = join(server.folder, name);
    const { status, err } = await offline('archive', id, '--data', server.data, '-o', path);
    assert.equal(status, 0, err);
    const { out } = await offline('verify', path, '--json');
    return { path, ...JSON.parse(out) };
  };

  await t.test('keys', async () => {
    await report('stt.ms', 'ms', '90000');
    await endCall(server, ada, id);
    const [before] = await records(1); // Its providers count on.
    const keys = async () => (await auditor.json('keys', 'list')).keys;
    const first = (await keys()).find(({ state }) => state === 'active');
    assert.equal(before.keyId, first.keyId);
    const fresh = await admin.json('keys', 'rotate', '--reason', 'yearly');
    assert.deepEqual([fresh.state, fresh.publicKey === first.publicKey], ['active', false]);
    // The one before stands until all that it signed is written, and then signs no more.
    const rotated = await until('it is retired', keys, (all) => all.find(({ keyId }) => keyId === first.keyId).state === 'retired');
    assert.deepEqual(rotated.filter(({ state }) => state === 'active').map(({ keyId }) => keyId), [fresh.keyId]);
    await report('stt.ms', 'ms', '30000');
    await report('tts.chars', 'char', '12');
    const all = await records(3);
    assert.deepEqual(all.map(({ keyId }) => keyId === fresh.keyId).sort(), [false, true, true]);

    const across = await archived('across.jsonl');
    assert.deepEqual([across.ok, across.problems], [true, []]);
    assert.equal(all.filter(({ recordId }) => readFileSync(across.path, 'utf8').includes(recordId)).length, 3);
    const { key: seal } = (await server.rest('GET', '/v1/journal/heads', server.token('usr_auditor', 'auditor'))).json;
    const pinned = await offline('verify', across.path, '--public-key', seal.publicKey, '--json');
    assert.equal(pinned.status, 0, pinned.err);
    const published = (await server.rest('GET', '/.well-known/lifeline-keys.json')).json.keys;
    assert.deepEqual(published.filter(({ use }) => use === 'usage').map(({ kid, state }) => [kid, state]), rotated.map(({ keyId, state }) => [keyId, state]));
    for (const record of all) {
      assert.ok(isSigned(record, published), record.recordId);
      assert.ok(!isSigned({ ...record, quantity: `${record.quantity}0` }, published));
    }
    const [old, young] = [first, fresh].map(({ keyId }) => published.find(({ kid }) => kid === keyId));
    assert.ok(old.activeFrom < young.activeFrom && young.activeFrom <= old.retiredAt && young.retiredAt === undefined, 'they overlap, and no later than that');
    // A record that says it was signed by the other key is found out.
    const altered = readFileSync(across.path, 'utf8').split('\n').map((line) => (line.includes(before.recordId) && line.includes('billing.usage.measured') ? line.replaceAll(first.keyId, fresh.keyId) : line));
    const bad = await offline('verify', file('altered.jsonl', altered.join('\n')), '--json');
    assert.deepEqual([bad.status, JSON.parse(bad.out).problems[0].code], [1, 'archive_altered']);

    assert.match(await admin.shown('keys', 'rotate', '--reason', 'again'), /^[0-9a-f]{16} signs from now on\n$/);
    const revoked = await admin.json('keys', 'revoke', fresh.keyId, '--reason', 'lost laptop');
    assert.deepEqual([revoked.keyId, revoked.state, Number.isInteger(revoked.doubtfulFrom)], [fresh.keyId, 'revoked', true]);
    assert.equal(await admin.shown('keys', 'revoke', fresh.keyId, '--reason', 'lost laptop', '--doubtful-from', `${revoked.doubtfulFrom + 1}`), `${fresh.keyId} is revoked\n`);
    const table = await auditor.shown('keys', 'list');
    const states = column(table, 'STATE');
    assert.deepEqual([states.filter((state) => state === 'active').length, states.at(-2), states.at(-1)], [1, 'revoked', 'active'], table);
    assert.equal(column(table, 'DOUBTFUL FROM').at(-2), `${revoked.doubtfulFrom}`, 'a second word can only take back more');
    const still = await archived('revoked.jsonl');
    assert.deepEqual([still.ok, still.problems], [true, []], 'what it signed before stays valid');
    await admin.refused('signing_key_not_found', 'keys', 'revoke', 'none', '--reason', 'x');
    await auditor.refused('forbidden', 'keys', 'rotate', '--reason', 'x');
    await auditor.refused('forbidden', 'keys', 'revoke', fresh.keyId, '--reason', 'x');
    await operator(server, ada).refused('forbidden', 'keys', 'list');
    assert.equal((await admin.run(['keys', 'rotate'])).status, 2, 'without a reason');
  });

  // The hour is over: it is charged, and told to those who bill it.
  hook.faults.push({ kind: 'status', status: 410 });
  await clock.later(server, 1, 'SIGTERM');
  ({ admin, auditor, stranger } = who());
  const reader = server.token('usr_auditor', 'auditor');
  const entries = async () => (await chargesOf(server, reader)).map(({ entry }) => entry);
  const charged = await until('it is charged', entries, (found) => found.length === 2);
  const hearing = charged.find(({ item }) => item === 'hearing');
  const month = hearing.window.slice(0, 7);

  await t.test('usage, charges, margin, trace', async () => {
    const listed = (await auditor.json('usage', 'acct_test')).records.map(({ record }) => record);
    assert.deepEqual(listed.map(({ recordId }) => recordId).sort(), [...charged.flatMap(({ recordIds }) => recordIds)].sort());
    const table = await auditor.shown('usage', 'acct_test', '--meter', 'stt.ms', '--session', id);
    assert.deepEqual(column(table, 'QUANTITY').sort(), ['30000', '90000']);
    assert.deepEqual((await auditor.json('usage', 'acct_test', '--from', nameOf(now() + 9 * hour))).records, []);
    await auditor.refused('query_invalid', 'usage', 'acct_test', '--from', 'yesterday');
    await stranger.refused('forbidden', 'usage', 'acct_test');

    const all = (await auditor.json('charges', 'acct_test')).entries.map(({ entry }) => entry);
    assert.deepEqual(all, charged);
    for (const { item, quantity, amount } of all) {
      assert.equal(BigInt(quantity), used[item]);
      assert.equal(BigInt(amount), used[item] * priced[item]);
    }
    const shown = await auditor.shown('charges', 'acct_test');
    assert.deepEqual(column(shown, 'AMOUNT').sort(), Object.keys(used).map((item) => money(used[item] * priced[item])).sort());
    assert.deepEqual(column(shown, 'ID').sort(), charged.map(({ idempotencyKey }) => idempotencyKey).sort());
    await auditor.refused('query_invalid', 'charges', 'acct_test', '--to', 'tomorrow');
    await stranger.refused('forbidden', 'charges', 'acct_test');

    const { pages } = await admin.json('margin', 'acct_test');
    assert.deepEqual(pages.map(({ income, cost, margin }) => [income, cost, margin].map(BigInt)), [[spent, 120_000n * 1000n + 12n * 90_000n, spent - 120_000n * 1000n - 12n * 90_000n]]);
    assert.ok((await admin.shown('margin', 'acct_test')).includes(`in all ${money(spent)} EUR, cost `));
    await auditor.refused('query_invalid', 'margin', 'acct_test', '--from', 'yesterday');
    await stranger.refused('forbidden', 'margin', 'acct_test');

    const trace = await auditor.json('trace', 'acct_test', hearing.idempotencyKey);
    assert.deepEqual(trace.entry, hearing);
    assert.deepEqual(trace.records.map(({ record }) => record.recordId).sort(), [...hearing.recordIds].sort());
    const told = await auditor.shown('trace', 'acct_test', hearing.idempotencyKey);
    for (const { record } of trace.records)
      assert.ok(told.includes(record.recordId) && told.includes(`events ${record.evidence.seqFirst} to ${record.evidence.seqLast} of the call`), told);
    await auditor.refused('charge_not_found', 'trace', 'acct_test', 'bu_none');
    await stranger.refused('forbidden', 'trace', 'acct_test', hearing.idempotencyKey);
  });

  await t.test('statement', async () => {
    const statement = await auditor.json('statement', 'acct_test', month);
    assert.equal(BigInt(statement.amount), spent);
    assert.deepEqual(JSON.parse(await auditor.shown('statement', 'acct_test', month, '--format', 'json')), statement);
    const text = await auditor.shown('statement', 'acct_test', month);
    assert.ok(text.startsWith(`acct_test, ${month}\n`) && /^total 0\.48 EUR$/m.test(text), text);
    const csv = await auditor.shown('statement', 'acct_test', month, '--format', 'csv');
    const html = await auditor.shown('statement', 'acct_test', month, '--format', 'html');
    for (const { idempotencyKey } of charged) assert.ok(csv.includes(idempotencyKey) && html.includes(idempotencyKey));
    assert.match(html, /^<!doctype html>/i);
    const path = join(server.folder, 'proof.jsonl');
    assert.equal(await auditor.shown('statement', 'acct_test', month, '--format', 'proof', '-o', path), '');
    const archive = await archived('ended.jsonl');
    const { status, out } = await offline('verify', path, archive.path, '--json');
    const proof = JSON.parse(out);
    assert.deepEqual([status, proof.problems, proof.total, proof.usageRecords], [0, [], statement.total, 3], out);
    await auditor.refused('query_invalid', 'statement', 'acct_test', '2026-13');
    await stranger.refused('forbidden', 'statement', 'acct_test', month);
  });

  await t.test('adjust', async () => {
    const adjust = (...more) => ['adjust', '--account', 'acct_test', '--window', hearing.window, '--item', 'hearing', ...more, '--reason', 'the line was bad'];
    const { adjustmentId } = await admin.json(...adjust('--kind', 'write_off', '--amount', '-1000000', '--corrects', hearing.idempotencyKey));
    assert.match(await admin.shown(...adjust('--kind', 'under', '--quantity', '5', '--amount', '20000')), /^booked \S+\n$/);
    const booked = (await entries()).filter((one) => one.adjustmentId);
    assert.deepEqual(booked.map(({ kind, quantityDelta, amountDelta }) => [kind, quantityDelta, amountDelta]), [['write_off', '0', '-1000000'], ['under', '5', '20000']]);
    assert.deepEqual([booked[0].adjustmentId, booked[0].corrects], [adjustmentId, hearing.idempotencyKey]);
    assert.equal(BigInt((await auditor.json('statement', 'acct_test', month)).amount), spent - 980_000n);
    await auditor.refused('forbidden', ...adjust('--kind', 'write_off', '--amount', '-1'));
    await admin.refused('charge_not_found', ...adjust('--kind', 'write_off', '--amount', '-1', '--corrects', 'bu_none'));
    assert.equal((await admin.run(adjust('--kind', 'gift'))).status, 2);
  });

  await t.test('reconcile import', async () => {
    const csv = file('bank.csv', `note,window,item,quantity\n"a, b",${hearing.window},hearing,120000\n,${hearing.window},words,12\n`);
    const words = (path, ...more) => ['reconcile', 'import', path, '--account', 'acct_test', ...more];
    const imported = await admin.json(...words(csv, '--source', 'bank'));
    assert.equal(imported.rows, '2');
    assert.deepEqual(await admin.json(...words(csv, '--source', 'bank')), imported, 'the same again');
    const list = file('till.json', { rows: [{ window: hearing.window, item: 'hearing', quantity: '7', amount: '28000', currency: 'EUR' }] });
    assert.match(await admin.shown(...words(list, '--source', 'till')), /^imported 1 rows of till; the next run compares them/);
    const said = server.stored('acct_test').map(({ event }) => event).filter(({ type }) => type === 'billing.counted.elsewhere').map(({ payload }) => payload);
    assert.deepEqual(
      said.filter(({ source }) => source === 'import').map(({ sink, item, quantity }) => [sink, item, quantity]).sort(),
      [['bank', 'hearing', '120000'], ['bank', 'words', '12'], ['till', 'hearing', '7']],
    );
    await admin.refused('file_not_found', ...words(join(server.folder, 'none.csv'), '--source', 'bank'));
    await admin.refused('bad_format', ...words(file('bad.csv', 'window,item\n'), '--source', 'bank'));
    await auditor.refused('forbidden', ...words(csv, '--source', 'bank'));
  });

  await t.test('sinks and dead letters', async () => {
    const overview = async () => {
      const { json } = await server.rest('GET', '/v1/billing/sinks', server.token('usr_root', 'admin', 'acct_root'));
      return Object.fromEntries(json.sinks.map((one) => [one.name, one]));
    };
    const stopped = await until('it wants nothing more', overview, ({ webhook }) => webhook.state === 'stopped');
    const told = (await admin.json('sinks')).sinks;
    assert.deepEqual(told.map(({ name, state }) => [name, state]), [['stripe', 'running'], ['webhook', 'stopped']]);
    assert.equal(told[1].message, stopped.webhook.message);
    assert.match(told[1].message, /410/);
    const { out, err } = await admin.run(['sinks']);
    assert.deepEqual(column(out, 'SINK'), ['stripe', 'webhook']);
    assert.match(err, /lifeline sinks resume NAME/);
    assert.equal(await admin.shown('sinks', 'resume', 'webhook', '--reason', 'it is back'), 'webhook is running\n');
    const count = (await entries()).length;
    await until('all is told', overview, (all) => all.webhook.delivered === count && all.stripe.waiting === 0);
    assert.equal(Object.keys(hook.times('webhook')).length, count);
    const all = await overview();
    const counts = ({ name, state, waiting, delivered, parked, discarded }) => ({ name, state, waiting, delivered, parked, discarded });
    assert.deepEqual((await admin.json('sinks')).sinks.map(counts), Object.values(all).map(counts));
    assert.deepEqual(column(await admin.shown('sinks'), 'PARKED'), Object.values(all).map(({ parked }) => `${parked}`));
    assert.equal((await admin.json('sinks', 'resume', 'webhook', '--reason', 'again')).state, 'running');
    await admin.refused('sink_not_found', 'sinks', 'resume', 'none', '--reason', 'x');
    await auditor.refused('forbidden', 'sinks', 'resume', 'webhook', '--reason', 'x');
    await auditor.refused('forbidden', 'sinks');

    const letters = (await admin.json('dlq', 'list', '--sink', 'stripe')).deadLetters;
    assert.ok(letters.length >= 1 && letters.some(({ item }) => item === 'words'), JSON.stringify(letters));
    const [letter] = letters;
    assert.deepEqual(column(await auditor.shown('dlq', 'list'), 'DEAD LETTER'), letters.map(({ deadLetterId }) => deadLetterId));
    assert.equal((await admin.json('dlq', 'show', letter.deadLetterId)).deadLetterId, letter.deadLetterId);
    assert.deepEqual((await admin.json('dlq', 'discard', letter.deadLetterId, '--reason', 'by hand', '--dry-run')).deadLetters, [{ deadLetterId: letter.deadLetterId }]);
    assert.equal((await admin.json('dlq', 'list')).deadLetters.length, letters.length, 'it was only asked');
    await auditor.refused('forbidden', 'dlq', 'discard', letter.deadLetterId, '--reason', 'x');
    await admin.refused('dead_letter_not_found', 'dlq', 'discard', 'dl_none', '--reason', 'x');
    const gone = await admin.shown('dlq', 'discard', letter.deadLetterId, '--reason', 'booked by hand');
    assert.deepEqual(column(gone, 'DEAD LETTER'), [letter.deadLetterId]);
    const rest = await until('it is gone', overview, ({ stripe }) => stripe.discarded === 1);
    assert.equal(rest.stripe.parked, letters.length - 1);
    await admin.refused('dead_letter_not_found', 'dlq', 'discard', letter.deadLetterId, '--reason', 'x');
    const [decided] = server.stored('acct_test').map(({ event }) => event).filter(({ type }) => type === 'billing.delivery.discarded');
    assert.deepEqual([decided.payload.by, decided.payload.reason], ['usr_root', 'booked by hand']);
  });

  await t.test('budgets and credit', async () => {
    const set = (...more) => ['budget', 'set', 'acct_test', 'talk', ...more];
    const made = await admin.json(...set('--limit', '60000', '--meter', 'call.duration_ms', '--warn-at', '50,80', '--hard', '--reason', 'trial'));
    assert.deepEqual([made.budgetId, made.limit, made.period], ['talk', '60000', 'month']);
    assert.equal(await admin.shown(...set('--limit', '90000', '--meter', 'call.duration_ms')), 'The budget holds from now on.\n');
    const [listed] = (await auditor.json('budget', 'list', 'acct_test')).budgets;
    assert.deepEqual([listed.budgetId, listed.limit, listed.meter], ['talk', '90000', 'call.duration_ms']);
    const table = await auditor.shown('budget', 'list', 'acct_test');
    assert.deepEqual([column(table, 'BUDGET'), column(table, 'LIMIT')], [['talk'], ['90000']]);
    await admin.refused('out_of_range', ...set('--limit', '0'));
    await admin.refused('meter_unknown', ...set('--limit', '1', '--meter', 'call.nothing'));
    await auditor.refused('forbidden', ...set('--limit', '1'));
    await stranger.refused('forbidden', 'budget', 'list', 'acct_test');
    assert.equal(await admin.shown('budget', 'lift', 'acct_test', 'talk', '--reason', 'over'), 'The budget is lifted.\n');
    assert.equal(((await auditor.json('budget', 'list', 'acct_test')).budgets ?? []).filter(({ limit }) => limit).length, 0);

    const granted = await admin.json('credit', 'grant', 'acct_test', '5000000000', '--reason', 'paid ahead');
    assert.deepEqual([granted.amount, granted.currency], ['5000000000', 'EUR']);
    assert.equal(await admin.shown('credit', 'grant', 'acct_test', '1000000000', '--reason', 'paid ahead'), 'The account may use this much more.\n');
    const { entries: books } = await auditor.json('credit', 'show', 'acct_test');
    const sum = (side) => books.reduce((all, one) => all + BigInt(one[side] ?? 0), 0n);
    assert.equal(sum('debit'), sum('credit'), 'the books are even');
    assert.match(await auditor.shown('credit', 'show', 'acct_test'), /^available \d+$/m);
    await admin.refused('bad_format', 'credit', 'grant', 'acct_test', 'much', '--reason', 'x');
    await auditor.refused('forbidden', 'credit', 'grant', 'acct_test', '1', '--reason', 'x');
    await stranger.refused('forbidden', 'credit', 'show', 'acct_test');
  });
});
