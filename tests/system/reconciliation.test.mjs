// Hours are counted again by another path and compared with what was measured, charged and counted elsewhere.
// With no fault everything agrees; each fault that is put in becomes the finding it is, is told once, and goes
// when it is mended.

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { SinkServer } from '../sinks/sink_server.mjs';
import { AlertReceiver } from './support/alert_receiver.mjs';
import { amountOf, chargesOf, endCall, hour, momentOf, nameOf, openCall, priceCard, publisher, putCard, quantityOf, reported, total, typed } from './support/bill.mjs';
import { ClockBehind } from './support/clock_behind.mjs';
import { Line } from './support/line.mjs';
import { Server, binary } from './support/server.mjs';
import { pause, until } from './support/waiting.mjs';

const after = (window, hours = 1) => nameOf(Date.parse(momentOf(window)) + hours * hour);
const items = [
  { item: 'seconds', meter: 'call.duration_ms', per: '1000', included: '2000', tiers: [{ unitNano: '30000000' }] },
  { item: 'words', meter: 'transcript.chars', match: { speaker: 'user' }, per: '1', tiers: [{ upTo: '10', unitNano: '500' }, { unitNano: '7' }] },
  { item: 'hearing', meter: 'stt.ms', per: '60000', tiers: [{ unitNano: '4000000' }] },
];

/** A server by whose clock the next hour begins in so many seconds, and its billing systems. */
async function house(t, untilEdge, { sinks = () => '', sink = null } = {}) {
  const receiver = await new AlertReceiver().start();
  t.after(() => receiver.close());
  const server = new Server((folder) => {
    writeFileSync(join(folder, 'pager'), receiver.secret, { mode: 0o600 });
    return (
      `[metering]\nclose_after_ms = 0\n[reconciliation]\nsettle_minutes = 0\n` +
      `[reconciliation.alert]\nurl = "${receiver.url}/alert"\nsecret_file = "${join(folder, 'pager')}"\nattempts = 3\n${sinks(folder)}`
    );
  });
  const clock = new ClockBehind(untilEdge);
  if (!clock.give(server)) return t.skip('nothing here compiles a clock');
  const at = { server, receiver, now: clock.now, later: (hours) => clock.later(server, hours) };
  if (sink) sink.shift = -clock.behind * 1000;
  t.after(() => server.close());
  await server.start();
  at.tokens = {
    ada: server.token('usr_ada', 'user', 'acct_test', 10_080),
    svc: server.token('key_1', 'service', 'acct_test', 10_080),
    auditor: server.token('usr_auditor', 'auditor', 'acct_test', 10_080),
    op: server.token('usr_op', 'operator', 'acct_test', 10_080),
    stranger: server.token('usr_stranger', 'operator', 'acct_other', 10_080),
    admin: server.token('usr_root', 'admin', 'acct_root', 10_080),
  };
  at.publish = publisher(server);
  at.post = (path, body, token = at.tokens.op) => server.rest('POST', `/v1/billing/${path}`, token, body);
  at.ask = (path, token = at.tokens.admin) => server.rest('GET', `/v1/billing/${path}`, token);
  at.of = (path) => `accounts/acct_test/${path}`;
  at.until = (what, look, enough) => until(what, look, enough, { patience: 90_000, log: () => server.log });
  at.entries = () => chargesOf(server, at.tokens.admin);
  at.runs = async () => (await at.ask('reconciliations')).json.runs ?? [];
  at.findings = async (query = '') => (await at.ask(at.of(`findings?limit=1000${query}`))).json.findings ?? [];
  /** Counts now; gives the runs. */
  at.reconcile = async (body = {}) => {
    const { status, json } = await at.post('reconciliations', body, at.tokens.admin);
    assert.equal(status, 200, JSON.stringify(json));
    return json.runs;
  };
  at.text = async (path) => {
    const reply = await fetch(`${server.url}/v1/billing/${path}`, { headers: { Authorization: `Bearer ${at.tokens.admin}` } });
    assert.equal(reply.status, 200);
    return reply.text();
  };
  /** The command; resolves with how it went and what it said. */
  at.command = (...words) =>
    new Promise((resolve) => {
      execFile(binary, [...words, '--server', server.url], { env: { ...process.env, LIFELINE_TOKEN: at.tokens.admin } }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
  /** While the server is away its views are what this statement leaves of them; gives how many rows it befell. */
  at.damage = async (view, sql) => {
    await server.kill();
    const run = 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); print(d.execute(sys.argv[2]).rowcount); d.commit()';
    const rows = Number(execFileSync('python3', ['-c', run, join(server.data, view), sql], { encoding: 'utf8' }));
    await server.start();
    return rows;
  };
  /** A call of the hour that goes on, of about a second; `meanwhile` is done to it before it ends. */
  at.silent_call = async (meanwhile) => {
    const id = await openCall(server, at.tokens.ada);
    const line = new Line(server, id, { token: at.tokens.ada });
    await line.frame('hello');
    await pause(1_000);
    await meanwhile?.(id);
    await endCall(server, at.tokens.ada, id);
    line.close();
    return id;
  };
  /** The same, with words and reported speech. */
  at.call = () =>
    at.silent_call(async (id) => {
      for (const [i, text] of ['Hello', 'dear clock'].entries()) await at.publish(id, at.tokens.ada, ...typed(`u${i}`, text));
      await at.publish(id, at.tokens.svc, ...reported('r1', 'stt.ms', 'ms', 90_000));
    });
  const window = nameOf(at.now());
  await putCard(server, priceCard(window, items));
  return { ...at, at, window };
}

/** What the books have of each item of an hour, as a statement of somebody who counted the same. */
function statementOf(entries, window) {
  return items.map(({ item }) => {
    const mine = entries.filter(({ entry }) => entry.item === item && (entry.window ?? entry.serviceWindow) === window);
    return { window, item, quantity: `${total(mine.map(quantityOf))}`, amount: `${total(mine.map(amountOf))}`, currency: 'EUR' };
  });
}

/** Nothing that a crash could have doubled; what was closed again was opened again in between. */
function nothingTwice(server) {
  const names = new Set();
  const open = new Map();
  for (const stream of ['sys_billing', 'acct_test'])
    for (const { event } of server.stored(stream)) {
      const { findingId } = event.payload;
      if (event.type === 'billing.reconciliation.mismatch') open.set(findingId, true);
      if (event.type === 'billing.finding.changed' && event.payload.state === 'closed') {
        assert.ok(open.get(findingId), `closed twice: ${findingId}`);
        open.set(findingId, false);
      } else if (event.type !== 'billing.counted.elsewhere') {
        const what = JSON.stringify([event.type, event.payload]);
        assert.ok(!names.has(what), `twice: ${what}`);
        names.add(what);
      }
    }
}

test('everything agrees, each fault is found and told, and is gone when it is mended', { timeout: 240_000 }, async (t) => {
  const made = await house(t, 9);
  if (!made) return;
  const { at, server, receiver, tokens, window } = made;
  assert.equal((await at.post('reconciliations', {}, tokens.admin)).json.code, 'window_open');
  const id = await at.call();
  await at.until('the hour is over', async () => nameOf(at.now()) !== window);
  const [first] = await at.until('a run by itself', at.runs, (runs) => runs.length > 0);
  assert.deepEqual([first.window, first.findings], [window, 0], JSON.stringify(first));
  assert.ok(first.matched >= 3, JSON.stringify(first));
  assert.deepEqual(await at.findings(), []);

  // Its report is what was signed, wherever it is read.
  const json = await at.text(`reconciliations/${first.runId}`);
  assert.equal(createHash('sha256').update(json).digest('hex'), first.reportSha256);
  const file = join(server.data, 'reports', `${first.runId}.json`);
  assert.equal(readFileSync(file, 'utf8'), json);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const { json: known } = await server.rest('GET', '/v1/billing/keys', tokens.auditor);
  const signer = known.keys.find(({ keyId }) => keyId === first.keyId);
  assert.ok(signer, `no key ${first.keyId} among ${JSON.stringify(known)}`);
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: signer.publicKey }, format: 'jwk' });
  const isSigned = (digest) => verify(null, Buffer.from(`lifeline-reconciliation-1\n${digest}`), key, Buffer.from(first.signature, 'base64url'));
  assert.ok(isSigned(first.reportSha256));
  assert.ok(!isSigned(createHash('sha256').update(`${json} `).digest('hex')), 'of these bytes, and no others');
  const csv = await at.text(`reconciliations/${first.runId}?format=csv`);
  assert.ok(csv.includes('seconds') && csv.includes('acct_test'), csv);
  assert.ok((await at.text(`reconciliations/${first.runId}?format=text`)).includes('fine'));

  // A statement that says the same agrees.
  const same = statementOf(await at.entries(), window);
  const give = (rows, source = 'bank') => at.post(at.of('imports'), { source, rows });
  const { status, json: imported } = await give(same);
  assert.equal(status, 201, JSON.stringify(imported));
  assert.equal(imported.rows, 3);
  assert.deepEqual((await give(same)).json, imported, 'the same again');
  assert.equal(server.stored('acct_test').filter(({ event }) => event.type === 'billing.counted.elsewhere').length, 3);
  const [agreed] = await at.reconcile();
  assert.equal(agreed.findings, 0, await at.text(`reconciliations/${agreed.runId}?format=text`));

  // One that was edited does not: less of one item there, more of another. It is told though nobody answers at first.
  const edit = (rows, item, by) => rows.map((row) => (row.item === item ? { ...row, quantity: `${BigInt(row.quantity) + by}` } : row));
  receiver.troubles = [503, null];
  await give(edit(edit(same, 'seconds', -7n), 'words', 3n));
  const [edited] = await at.reconcile();
  assert.equal(edited.findings, 2);
  const found = await at.findings();
  const seen = Object.fromEntries(found.map((one) => [one.item, one]));
  assert.deepEqual([seen.seconds.class, seen.seconds.layer, seen.seconds.sink, seen.seconds.quantityDelta, seen.seconds.state], ['under_charge', 'deliver', 'bank', '-7', 'open']);
  assert.deepEqual([seen.words.class, seen.words.layer, seen.words.quantityDelta], ['over_charge', 'deliver', '3']);
  assert.ok(found.every(({ meaning, fix, runId }) => meaning && fix && runId === edited.runId));
  await at.until('both are told', async () => receiver.of('billing.finding.opened').length === 2);
  assert.ok(receiver.calls.every((call) => receiver.isSigned(call)));
  await at.reconcile({ from: window, to: after(window) });
  assert.equal((await at.findings()).length, 2, 'nothing new is found twice');
  assert.equal(receiver.of('billing.finding.opened').length, 2);

  // People say what becomes of it, and only what may.
  const path = at.of(`findings/${seen.words.findingId}`);
  for (const token of [tokens.ada, tokens.auditor, tokens.stranger])
    assert.equal((await at.post(path, { state: 'acknowledged', reason: 'x' }, token)).json.code, 'forbidden');
  assert.equal((await at.post(path, { state: 'acknowledged', reason: 'the bank is asked' })).json.state, 'acknowledged');
  const disputed = await at.post(path, { state: 'disputed', reason: 'they say no' });
  assert.deepEqual(disputed.json.history.map(({ state, by }) => [state, by]), [['acknowledged', 'usr_op'], ['disputed', 'usr_op']]);
  assert.equal((await at.post(at.of('findings/mm_none'), { state: 'closed', reason: 'x' })).json.code, 'finding_not_found');
  await give(same);
  const [mended] = await at.reconcile();
  assert.equal(mended.findings, 0);
  assert.ok((await at.findings()).every(({ state }) => state === 'closed'));
  assert.equal((await at.post(path, { state: 'disputed', reason: 'again' })).json.code, 'finding_closed');
  await at.until('both are told to be gone', async () => receiver.of('billing.finding.resolved').length === 2);
  await give(edit(same, 'words', 3n));
  await at.reconcile();
  const [again] = await at.findings('&state=open');
  assert.equal(again.findingId, seen.words.findingId, 'under its id');
  await give(same);
  await at.reconcile();

  // Late words are adjustments, and agree.
  const before = (await at.entries()).length;
  await at.publish(id, tokens.svc, ...reported('r3', 'stt.ms', 'ms', 30_000, { at: momentOf(window) }));
  await at.until('a late word', at.entries, (entries) => entries.length > before);
  await give(statementOf(await at.entries(), window));
  const [late] = await at.reconcile();
  assert.equal(late.findings, 0, await at.text(`reconciliations/${late.runId}?format=text`));

  // A correction by hand that follows from no usage is found, and booked back once.
  const wrong = { kind: 'over', serviceWindow: window, item: 'hearing', quantityDelta: '600', amountDelta: '40000', reason: 'a slip' };
  assert.equal((await at.post(at.of('adjustments'), wrong, tokens.auditor)).json.code, 'forbidden');
  assert.equal((await at.post(at.of('adjustments'), { ...wrong, serviceWindow: nameOf(at.now()) })).json.code, 'window_open');
  assert.equal((await at.post(at.of('adjustments'), { ...wrong, item: 'nothing' })).json.code, 'card_not_found');
  assert.equal((await at.post(at.of('adjustments'), { ...wrong, corrects: 'bu_none' })).json.code, 'charge_not_found');
  for (const [field, most, more] of [['amountDelta', '9'.repeat(30), `-${'9'.repeat(31)}`], ['quantityDelta', '9000000000000000', '-9000000000000001']]) {
    const { code, pointer } = (await at.post(at.of('adjustments'), { ...wrong, [field]: more })).json;
    assert.deepEqual([code, pointer], ['out_of_range', `/${field}`]);
    assert.equal((await at.post(at.of('adjustments'), { ...wrong, [field]: most, corrects: 'bu_none' })).json.code, 'charge_not_found');
  }
  const keyed = (body) =>
    fetch(`${server.url}/v1/billing/${at.of('adjustments')}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${tokens.op}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'k1' },
      body: JSON.stringify(body),
    }).then((reply) => reply.json());
  const booked = await keyed(wrong);
  assert.equal((await keyed(wrong)).adjustmentId, booked.adjustmentId);
  assert.equal((await keyed({ ...wrong, amountDelta: '40001' })).code, 'id_conflict');
  const { json: decisions } = await server.rest('GET', '/v1/safety/decisions', tokens.auditor);
  assert.ok(decisions.decisions.some(({ decisionId, by }) => decisionId === booked.adjustmentId && by.id === 'usr_op'));
  await at.reconcile();
  const open = await at.findings('&state=open');
  const slip = open.find(({ layer }) => layer === 'book');
  assert.deepEqual([slip?.item, slip?.class, slip?.quantityDelta], ['hearing', 'over_charge', '600'], JSON.stringify(open));
  const size = (await at.entries()).length;
  const resolve = () => at.command('reconcile', 'resolve', slip.findingId, '--account', 'acct_test', '--state', 'adjusted', '--reason', 'booked back');
  const resolved = await resolve();
  assert.equal(resolved.code, 0, resolved.stderr);
  assert.notEqual((await resolve()).code, 0);
  const entries = await at.entries();
  assert.equal(entries.length, size + 1);
  assert.deepEqual([entries.at(-1).entry.quantityDelta, entries.at(-1).entry.amountDelta, entries.at(-1).entry.findingId], ['-600', '-40000', slip.findingId]);
  await give(statementOf(entries, window));
  const [clean] = await at.reconcile();
  assert.equal(clean.findings, 0, await at.text(`reconciliations/${clean.runId}?format=text`));
  const fine = await at.command('reconcile', '--window', window);
  assert.equal(fine.code, 0, fine.stdout + fine.stderr);
  assert.ok(fine.stdout.includes('fine'));
  nothingTwice(server);

  // A surplus that is written off is given back once, however often it is counted again and asked for.
  assert.equal((await at.post(at.of('adjustments'), { ...wrong, reason: 'another slip' })).status, 201);
  await give(statementOf(await at.entries(), window));
  await at.reconcile();
  const [surplus, ...others] = await at.findings('&state=open');
  assert.deepEqual([surplus?.layer, surplus?.quantityDelta, others.length], ['book', '600', 0]);
  const write_off = () => at.post(at.of(`findings/${surplus.findingId}`), { state: 'written_off', reason: 'ours to bear' });
  // What was booked since it was counted is not undone unseen.
  assert.equal((await at.post(at.of('adjustments'), { ...wrong, quantityDelta: '1', amountDelta: '67', reason: 'and one more' })).status, 201);
  assert.equal((await write_off()).json.code, 'stale');
  await give(statementOf(await at.entries(), window));
  await at.reconcile();
  assert.deepEqual((await at.findings('&state=open')).map(({ findingId, quantityDelta }) => [findingId, quantityDelta]), [[surplus.findingId, '601']]);
  assert.equal((await write_off()).json.state, 'written_off');
  const given = await at.entries();
  assert.deepEqual([given.at(-1).entry.kind, given.at(-1).entry.amountDelta], ['write_off', '-40067']);
  await give(statementOf(given, window));
  for (let again = 0; again < 2; again += 1) {
    await at.reconcile({ from: window, to: after(window) });
    assert.deepEqual(await at.findings('&state=open'), [], 'it stays as it is');
    assert.equal((await write_off()).json.code, 'finding_closed');
  }
  assert.equal((await at.entries()).length, given.length);
  // Closed by hand it is found again, and there is nothing left to give back.
  assert.equal((await at.post(at.of(`findings/${surplus.findingId}`), { state: 'closed', reason: 'tidied' })).json.state, 'closed');
  await at.reconcile({ from: window, to: after(window) });
  assert.equal((await at.post(at.of(`findings/${surplus.findingId}`), { state: 'adjusted', reason: 'again' })).json.code, 'finding_closed');
  assert.equal((await write_off()).json.state, 'written_off');
  assert.equal((await at.entries()).length, given.length, 'nothing is given back twice');
  const found_again = server.stored('acct_test').filter(({ event }) => event.type === 'billing.reconciliation.mismatch' && event.payload.findingId === surplus.findingId);
  assert.equal(found_again.length, 4, 'as a slip, as a surplus, as a larger one, and after it was closed by hand');
  assert.equal((await at.command('reconcile', '--window', window)).code, 0);
  nothingTwice(server);

  // The views and the files are disposable.
  const bytes = await at.text(`reconciliations/${clean.runId}`);
  await server.kill();
  for (const name of readdirSync(server.data)) if (/^(reconciliation|findings)\.db/.test(name)) rmSync(join(server.data, name));
  rmSync(join(server.data, 'reports'), { recursive: true });
  await server.start();
  assert.equal(await at.until('the report', () => at.text(`reconciliations/${clean.runId}`).catch(() => '')), bytes);
  assert.ok(existsSync(join(server.data, 'reports', `${clean.runId}.json`)));
  assert.equal((await at.findings('&state=open')).length, 0);
  nothingTwice(server);
});

test('a billing system that lost a charge, or counts one twice, is found by asking it', { timeout: 240_000 }, async (t) => {
  const sink = await new SinkServer({ meters: { seconds: 'mtr_1', words: 'mtr_2', hearing: 'mtr_3', pages: 'mtr_4' } }).start();
  t.after(() => sink.close());
  const sinks = (folder) => {
    writeFileSync(join(folder, 'stripe.key'), sink.keys.stripe, { mode: 0o600 });
    // Of pages there is no charge, ever.
    const names = (all) => `{ ${[...items, { item: 'pages' }].map(({ item }, i) => `${item} = "${all(item, i)}"`).join(', ')} }`;
    return (
      `[[billing.sinks]]\nname = "stripe"\nkind = "stripe"\nurl = "${sink.url}"\nallow_http = true\nkey_file = "${join(folder, 'stripe.key')}"\n` +
      `customers = { acct_test = "cus_1" }\nitems = ${names((item) => item)}\nmeters = ${names((_, i) => `mtr_${i + 1}`)}\n`
    );
  };
  const made = await house(t, 9, { sinks, sink });
  if (!made) return;
  const { at, server, receiver, window } = made;
  await at.call();
  await at.until('the hour is over', async () => nameOf(at.now()) !== window);
  await at.until('all is there', async () => sink.counted.length, (count) => count >= 3);
  const hours = { from: window, to: after(window) };
  const words = () => server.stored('acct_test').filter(({ event }) => event.type === 'billing.counted.elsewhere').map(({ event }) => event.payload);
  const [agreed] = await at.until('it agrees', () => at.reconcile(hours), ([run]) => run.findings === 0 && run.waiting === 0);
  assert.deepEqual(new Set(words().map(({ item, sink: of, source }) => `${item} ${of} ${source}`)).size, 3);
  await at.reconcile(hours); // What was delivered while it was asked is asked for once more.
  const said = words().length;
  await at.reconcile(hours);
  assert.equal(words().length, said, 'the same is not said again');
  assert.ok(agreed.matched >= 6, JSON.stringify(agreed));

  const lost = sink.counted.find(({ name }) => name === 'hearing');
  const twice = sink.counted.find(({ name }) => name === 'words');
  sink.counted = sink.counted.filter((one) => one !== lost);
  sink.counted.push({ ...twice });
  const foreign = ['seconds', 'pages'].map((name, i) => ({ ...twice, id: `foreign_${name}`, name, value: 5 + i }));
  sink.counted.push(...foreign);
  await at.reconcile(hours);
  const found = Object.fromEntries((await at.findings('&state=open')).map((one) => [one.item, one]));
  assert.deepEqual([found.hearing?.class, found.hearing?.layer, found.hearing?.sink], ['missing', 'deliver', 'stripe'], JSON.stringify(found));
  assert.deepEqual([found.words?.class, found.words?.sink, found.words?.quantityDelta], ['duplicate', 'stripe', '15']);
  assert.deepEqual([found.seconds?.class, found.seconds?.layer, found.seconds?.quantityDelta], ['over_charge', 'deliver', '5'], 'beside a charge of ours it is too much');
  assert.deepEqual([found.pages?.class, found.pages?.layer, found.pages?.quantityDelta], ['orphan', 'deliver', '6'], 'where there is none it is foreign');
  assert.equal(Object.keys(found).length, 4);
  const charges = Object.fromEntries((await at.entries()).map(({ entry }) => [entry.item, entry.idempotencyKey]));
  for (const item of ['hearing', 'words', 'seconds']) assert.deepEqual(found[item].records, [charges[item]], item);
  const accounts = ['--account', 'acct_test'];
  assert.equal((await at.command('reconcile', '--window', window)).code, 1);

  // One is mended there, the other accepted.
  sink.counted = [...sink.counted.filter((one) => !foreign.includes(one)), lost];
  const off = await at.command('reconcile', 'resolve', found.words.findingId, ...accounts, '--state', 'written_off', '--reason', 'theirs to bear');
  assert.equal(off.code, 0, off.stderr);
  const fine = await at.command('reconcile', '--window', window);
  assert.equal(fine.code, 0, fine.stdout + fine.stderr);
  assert.deepEqual((await at.findings()).map(({ item, state }) => [item, state]).sort(), [['hearing', 'closed'], ['pages', 'closed'], ['seconds', 'closed'], ['words', 'written_off']]);
  await at.until('all are told to be resolved', async () => receiver.of('billing.finding.resolved').length === 4);
  assert.equal(server.stored('acct_test').filter(({ event }) => event.type === 'billing.adjustment.created').length, 0, 'nothing of it is in our books');

  // It lost the whole hour, and found it again.
  const kept = sink.counted;
  sink.counted = [];
  const [gone] = await at.reconcile(hours);
  assert.equal(gone.findings, 3);
  const open = await at.findings('&state=open');
  assert.deepEqual(open.map(({ item, class: kind, layer, window: of }) => [item, kind, layer, of]).sort(), ['hearing', 'seconds', 'words'].map((item) => [item, 'missing', 'deliver', window]));
  for (const { item, records } of open) assert.deepEqual(records, [charges[item]], item);
  sink.counted = kept;
  const [back] = await at.reconcile(hours);
  assert.equal(back.findings, 1, 'what it counts twice');

  // It does not answer: it is counted all the same.
  await new Promise((resolve) => sink.server.close(resolve) ?? sink.server.closeAllConnections());
  const [without] = await at.reconcile(hours);
  assert.equal(without.findings, 1);
  nothingTwice(server);
});

test('missed hours are caught up once, through kill -9; alerts that nobody takes are parked', { timeout: 240_000 }, async (t) => {
  const made = await house(t, 7);
  if (!made) return;
  const { at, server, receiver, tokens, window } = made;
  await at.call();
  await at.until('the hour is over', async () => nameOf(at.now()) !== window);
  await at.until('a charge', at.entries, (entries) => entries.length >= 3);
  const rows = statementOf(await at.entries(), window).map((row) => ({ ...row, quantity: `${BigInt(row.quantity) + 1n}` }));
  receiver.answer = () => ({ status: 500 });
  assert.equal((await at.post(at.of('imports'), { source: 'bank', rows })).status, 201);
  await at.later(5);
  for (let kills = 0; kills < 5; kills += 1) {
    await pause(150 * kills);
    await server.kill();
    await server.start();
  }
  const last = nameOf(at.now() - hour);
  await at.until('the last hour is counted', at.runs, (runs) => runs.some((run) => run.window === last));
  await at.until('findings', at.findings, (found) => found.length === 3);
  const hours = (await at.runs()).flatMap(({ runId }) => {
    const [, from, to] = /^rr_(\d{10})_(\d{10})_/.exec(runId);
    const ms = (text) => Date.parse(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}T${text.slice(8)}:00:00Z`);
    return Array.from({ length: (ms(to) - ms(from)) / hour + 1 }, (_, i) => nameOf(ms(from) + i * hour));
  });
  for (let missed = after(window); missed <= last; missed = after(missed))
    assert.equal(hours.filter((one) => one === missed).length, 1, `${missed} of ${hours}`);
  nothingTwice(server);
  const settled = () => server.stored('acct_test').filter(({ event }) => event.type === 'billing.alert.settled').map(({ event }) => event.payload);
  await at.until('they are given up', async () => settled(), (found) => found.length === 3);
  assert.ok(settled().every(({ state, attempts, status }) => state === 'parked' && attempts === 3 && status === 500));
  const told = receiver.calls.length;
  await server.kill();
  await server.start();
  await at.until('the view is open', at.findings, (found) => found.length === 3);
  await pause(1_500);
  assert.equal(receiver.calls.length, told, 'what is parked waits for a person');
  const waiting = await at.command('reconcile', 'alerts', '--json');
  assert.equal(waiting.code, 0, waiting.stderr);
  const parked = JSON.parse(waiting.stdout).alerts;
  assert.deepEqual(parked.map(({ type, attempts, message }) => [type, attempts, message]), Array(3).fill(['billing.finding.opened', '3', 'it answered 500']));
  receiver.answer = () => ({ status: 200 });
  const [first] = parked;
  assert.equal((await at.command('reconcile', 'alerts', 'discard', first.alertId)).code, 0);
  assert.equal((await at.command('reconcile', 'alerts', 'resend', first.alertId)).code, 1, 'it is told no more');
  const again = await at.command('reconcile', 'alerts', 'resend', '--all');
  assert.equal(again.code, 0, again.stderr);
  await at.until('both are told', async () => settled(), (found) => found.filter(({ state }) => state === 'delivered').length === 2);
  assert.deepEqual((await at.ask('alerts')).json.alerts, []);
  assert.equal(receiver.calls.length, told + 2);
  const root = settled().find(({ state }) => state === 'discarded').by;
  assert.deepEqual(settled().filter(({ state }) => state === 'resent').map(({ by, attempts }) => [by, attempts]), Array(2).fill([root, 3]));
  const decided = (await server.rest('GET', '/v1/safety/decisions?limit=100', tokens.admin)).json.decisions;
  assert.equal(decided.filter(({ type, by }) => type === 'billing.alert.settled' && by?.id === root).length, 3);
  assert.equal((await at.command('reconcile', '--window', window)).code, 1);
  const list = await at.command('reconcile', 'findings', '--account', 'acct_test', '--json');
  assert.equal(JSON.parse(list.stdout).findings.length, 3);
  for (const path of ['reconciliations', 'reconciliations/rr_none'])
    for (const token of [tokens.ada, tokens.op]) assert.equal((await at.ask(path, token)).json.code, 'forbidden');
  assert.equal((await at.ask('reconciliations/rr_none')).json.code, 'reconciliation_not_found');
});

test('a usage record that is lost, and a price that is edited, are found and named', { timeout: 240_000 }, async (t) => {
  const made = await house(t, 20);
  if (!made) return;
  const { at, server, window } = made;
  const whole = await at.call();
  // A call of which the view of metering knows nothing any more is not measured to its end.
  const lost = await at.silent_call(async (id) => {
    assert.equal(await at.damage('metering.db', `delete from calls where session='${id}'`), 1);
  });
  const dearer = `update cards set payload=json_remove(replace(payload,'"4000000"','"5000000"'),'$.sha256')`;
  assert.equal(await at.damage('billing.db', dearer), 1);
  assert.equal(nameOf(at.now()), window, 'the hour goes on');
  await at.until('the hour is over', async () => nameOf(at.now()) !== window);
  const [run] = await at.until('a run by itself', at.runs, (runs) => runs.length > 0);
  const found = Object.fromEntries((await at.until('findings', at.findings, (all) => all.length === run.findings)).map((one) => [one.item, one]));
  const { seconds, hearing, words } = found;
  assert.deepEqual([seconds?.class, seconds?.layer], ['under_charge', 'meter'], JSON.stringify(found));
  assert.equal(seconds.records[0], lost, 'the call in which a record lacks');
  assert.ok(!seconds.records.includes(whole));
  assert.deepEqual([hearing?.class, hearing?.layer, hearing?.quantityDelta], ['price_mismatch', 'rate', '0']);
  const charge = (await at.entries()).find(({ entry }) => entry.item === 'hearing').entry;
  assert.equal(hearing.records[0], charge.idempotencyKey);
  assert.equal(BigInt(hearing.amountDelta), BigInt(charge.amount) - 6_000_000n, '90 seconds at 4 a minute');
  assert.deepEqual([words?.class, words?.layer, words?.amountDelta], ['price_mismatch', 'rate', '0'], 'by a card of other bytes, at the same price');
  assert.deepEqual(Object.keys(found).sort(), ['hearing', 'seconds', 'words']);
  const rows = JSON.parse(await at.text(`reconciliations/${run.runId}`)).rows;
  assert.deepEqual(rows.find(({ item }) => item === 'seconds').calls, [lost]);
  nothingTwice(server);

  // Made anew, metering measures what lacked, and that is late. What was charged is charged: a person corrects it.
  await server.kill();
  for (const name of readdirSync(server.data)) if (/^(metering|billing)\.db/.test(name)) rmSync(join(server.data, name));
  await server.start();
  const late = await at.until('what lacked is booked', at.entries, (entries) => entries.some(({ entry }) => entry.item === 'seconds' && entry.kind === 'late'));
  assert.equal(total(late.filter(({ entry }) => entry.item === 'seconds').map(quantityOf)), BigInt(seconds.expectedQuantity));
  const hours = { from: window, to: after(window) };
  await at.until('it is counted', async () => (await at.post('reconciliations', hours, at.tokens.admin)).status === 200);
  const states = async () => Object.fromEntries((await at.findings()).map(({ item, state }) => [item, state]));
  assert.deepEqual(await states(), { hearing: 'open', seconds: 'closed', words: 'open' });
  const resolved = await at.post(at.of(`findings/${hearing.findingId}`), { state: 'adjusted', reason: 'the price was edited' });
  assert.equal(resolved.json.state, 'adjusted', JSON.stringify(resolved.json));
  const all = (await at.entries()).filter(({ entry }) => entry.item === 'hearing');
  assert.equal(total(all.map(amountOf)), 6_000_000n);
  nothingTwice(server);
});

test('a charge that a damaged view has lost is found missing, written once, and then agrees', { timeout: 240_000 }, async (t) => {
  const made = await house(t, 16);
  if (!made) return;
  const { at, server, window } = made;
  await at.call();
  // What the hour used is known to the view of billing, and then it is not.
  for (let gone = 0; gone === 0; ) {
    await pause(500);
    gone = await at.damage('billing.db', 'delete from waiting');
    assert.equal(nameOf(at.now()), window, 'the hour goes on');
  }
  const hours = { from: window, to: after(window) };
  await at.until('the hour is counted', async () => (await at.post('reconciliations', hours, at.tokens.admin)).status === 200);
  const found = await at.until('findings', at.findings, (all) => all.length > 0);
  assert.ok(found.every(({ class: kind, layer }) => kind === 'missing' && layer === 'book'), JSON.stringify(found));
  await at.until('the charges', at.entries, (entries) => entries.length === found.length);
  const [mended] = await at.until('another run', async () => (await at.post('reconciliations', hours, at.tokens.admin)).json.runs ?? [], (runs) => runs.length > 0);
  assert.equal(mended.findings, 0, await at.text(`reconciliations/${mended.runId}?format=text`));
  for (const { findingId } of found) {
    const { json } = await at.ask(at.of(`findings/${findingId}`));
    assert.deepEqual(json.history.map(({ state, by }) => [state, by]), [['retrying', undefined], ['closed', undefined]]);
  }
  assert.equal((await at.entries()).length, found.length, 'each once');

  // What else that view has lost is there again once it is made anew, and it owes nothing beside.
  await server.kill();
  const { views } = JSON.parse(spawnSync(binary, ['rebuild', server.data, '--json'], { encoding: 'utf8' }).stdout);
  assert.equal(views.find(({ view }) => view === 'billing').before, 'different');
  await server.start();
  const [again] = await at.until('one more run', async () => (await at.post('reconciliations', hours, at.tokens.admin)).json.runs ?? [], (runs) => runs.length > 0);
  assert.equal(again.findings, 0);
  assert.equal((await at.entries()).length, found.length, 'each once');
  nothingTwice(server);
});
