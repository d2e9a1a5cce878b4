// Charges reach every billing system once: the real server before sinks that lose answers, break, throttle and
// refuse, killed with -9 meanwhile. What is stuck is listed, sent again, given up.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { SinkServer } from '../sinks/sink_server.mjs';
import { chargesOf, idOf, momentOf, nameOf, openCall, priceCard, publisher, putCard, reported, typed } from './support/bill.mjs';
import { ClockBehind } from './support/clock_behind.mjs';
import { binary, Server } from './support/server.mjs';
import { pause, until } from './support/waiting.mjs';

const items = [
  { item: 'words', meter: 'transcript.chars', per: '1', tiers: [{ unitNano: '500' }] },
  { item: 'hearing', meter: 'stt.ms', per: '60000', tiers: [{ unitNano: '4000000' }] },
];
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const accounts = ['acct_test', 'acct_two'];
const late = 12; // Of each account, after the hour is closed.

function configOf(folder, sinks, { stripeItems = '{ hearing = "hearing_ms" }', more = '' } = {}) {
  writeFileSync(join(folder, 'hook.secret'), `${secret}\n`);
  for (const [kind, { keys }] of Object.entries(sinks)) if (keys[kind]) writeFileSync(join(folder, `${kind}.key`), `${keys[kind]}\n`);
  const sink = (kind, lines) => `[[billing.sinks]]\nname = "${kind}"\nkind = "${kind}"\n${lines}\n`;
  const http = (kind, path = '') => `url = "${sinks[kind].url}${path}"\nallow_http = true\n`;
  return [
    `[metering]\nclose_after_ms = 0\n[billing]\n${more}\n`,
    sink('stripe', `${http('stripe')}key_file = "${join(folder, 'stripe.key')}"\ncustomers = { acct_test = "cus_1", acct_two = "cus_2" }\nitems = ${stripeItems}\nmeters = { hearing = "mtr_1", words = "mtr_2" }`),
    sink('openmeter', `${http('openmeter')}key_env = "OPENMETER_KEY"\ncustomers = { acct_two = "refused" }`),
    sink('lago', `${http('lago')}key_file = "${join(folder, 'lago.key')}"\ncustomers = { acct_test = "sub_1", acct_two = "sub_2" }\nitems = { hearing = "hearing", words = "words" }`),
    sink('webhook', `${http('webhook', '/hook')}secret_file = "${join(folder, 'hook.secret')}"`),
    sink('jsonl', `file = "${join(folder, 'charges.jsonl')}"`),
  ].join('\n');
}

/** A server whose hour ends soon, before sinks that share its clock. */
async function house(t, untilEdge, options = {}) {
  const server = new Server('');
  const clock = new ClockBehind(untilEdge);
  if (!clock.give(server)) return t.skip('nothing here compiles a clock');
  const sinks = {};
  for (const kind of ['stripe', 'openmeter', 'lago', 'webhook']) {
    sinks[kind] = await new SinkServer({ shift: -clock.behind * 1000, meters: { hearing_ms: 'mtr_1', words_ch: 'mtr_2' }, secrets: [secret] }).start();
    t.after(() => sinks[kind].close());
  }
  Object.assign(server.env, { OPENMETER_KEY: sinks.openmeter.keys.openmeter });
  const configure = (options) => writeFileSync(server.config, configOf(server.folder, sinks, options));
  configure(options);
  await server.start();
  t.after(() => server.close());
  const admin = server.token('usr_root', 'admin', 'acct_root');
  const ask = (path, token = admin) => server.rest('GET', `/v1/billing/${path}`, token);
  const post = (path, body, token = admin) => server.rest('POST', `/v1/billing/${path}`, token, body);
  const patient = (what, look, enough) => until(what, look, enough, { patience: 90_000, log: () => server.log });
  // It serves before its views are open.
  await patient('the views are open', () => ask('cards'), ({ status }) => status === 200);
  const overview = async () => Object.fromEntries(((await ask('sinks')).json?.sinks ?? []).map((sink) => [sink.name, sink]));
  const command = (...words) => spawnSync(binary, [...words, '--server', server.url, '--token', admin], { encoding: 'utf8' });
  return { server, sinks, configure, now: clock.now, admin, ask, post, publish: publisher(server), until: patient, overview, command };
}

const linesOf = (server) => {
  const file = join(server.folder, 'charges.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map((line) => JSON.parse(line).id) : [];
};
const once = (ids) => Object.fromEntries(ids.map((id) => [id, 1]));
const sent = (sinks) => Object.values(sinks).reduce((sum, { requests }) => sum + requests.filter(({ method }) => method === 'POST').length, 0);

test('every sink counts every charge once, whatever is lost and whoever is killed', { timeout: 270_000 }, async (t) => {
  const at = await house(t, 7);
  if (!at) return;
  const { server, sinks, configure, now, admin, ask, post, publish, until, overview, command } = at;
  const window = nameOf(now());
  await putCard(server, priceCard(window, items));
  const calls = {};
  for (const account of accounts) {
    const user = server.token(`usr_${account}`, 'user', account);
    const service = server.token(`key_${account}`, 'service', account);
    calls[account] = { id: await openCall(server, user), user, service };
    await publish(calls[account].id, user, ...typed('u1', 'Hello'));
    await publish(calls[account].id, service, ...reported('r0', 'stt.ms', 'ms', 90_000));
  }
  await until('the hour is over', async () => nameOf(now()), (name) => name !== window);
  const entries = async () => (await Promise.all(accounts.map((account) => chargesOf(server, admin, account)))).flat();
  await server.kill();
  await server.start(); // It closes what is over; what comes from now on is late.
  await until('the hour is charged', entries, (found) => found.length === accounts.length * 2);

  // From here on nothing is well.
  sinks.stripe.faults.push({ kind: 'lost' }, { kind: 'status', status: 500, taken: true }, { kind: 'truncated' });
  sinks.openmeter.faults.push({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, { kind: 'lost' }, { kind: 'page' });
  sinks.lago.faults.push({ kind: 'status', status: 500, taken: true }, { kind: 'partial', take: 1 });
  sinks.webhook.faults.push({ kind: 'lost' }, { kind: 'refuse' }, { kind: 'status', status: 503 });
  for (let i = 1; i <= late; i += 1) {
    for (const account of accounts)
      await publish(calls[account].id, calls[account].service, ...reported(`r${i}`, 'stt.ms', 'ms', 1000 + i, { at: momentOf(window) }));
    if (i % 3 === 0) {
      await pause(60 * (i % 4));
      await server.kill();
      await server.start();
    }
  }
  const booked = await until('charges', entries, (found) => found.length === accounts.length * (2 + late));
  const all = booked.map(idOf);
  const of = (keep) => booked.filter(keep).map(idOf).sort();
  for (let kills = 0; kills < 3; kills += 1) {
    await pause(150 * kills);
    await server.kill();
    await server.start();
  }
  const settled = await until('sinks', overview, (found) => Object.keys(found).length === 5 && Object.values(found).every(({ waiting, delivered, parked }) => waiting === 0 && delivered + parked === all.length));

  const letters = (await ask('dead-letters?limit=1000')).json.deadLetters;
  const parkedAt = (sink) => letters.filter((one) => one.sink === sink).map(({ chargeId }) => chargeId).sort();
  assert.deepEqual(parkedAt('stripe'), of(({ entry }) => entry.item === 'words'), 'an item that stripe was given no name of');
  assert.deepEqual(parkedAt('openmeter'), (await ask('accounts/acct_two/charges?limit=1000')).json.entries.map(idOf).sort(), 'a subject that it refuses');
  assert.equal(letters.length, parkedAt('stripe').length + parkedAt('openmeter').length);
  assert.ok(letters.every(({ because, message, fix }) => because === 'permanent' && message && fix));
  for (const kind of ['stripe', 'openmeter', 'lago', 'webhook'])
    assert.deepEqual(sinks[kind].times(kind), once(all.filter((id) => !parkedAt(kind).includes(id))), kind);
  assert.deepEqual(linesOf(server).sort(), [...all].sort());
  assert.deepEqual([settled.stripe.parked, settled.jsonl.delivered, settled.lago.state], [parkedAt('stripe').length, all.length, 'running']);

  // Who may see and do what.
  const operator = server.token('usr_op', 'operator', 'acct_test');
  const auditor = server.token('usr_aud', 'auditor', 'acct_two');
  const [mine] = letters.filter(({ accountId }) => accountId === 'acct_test');
  const [theirs] = letters.filter(({ accountId }) => accountId === 'acct_two');
  assert.deepEqual((await ask('dead-letters', operator)).json.deadLetters.map(({ accountId }) => accountId), ['acct_test']);
  assert.equal((await ask(`dead-letters/${mine.deadLetterId}`, operator)).json.charge.item, 'words');
  assert.equal((await ask(`dead-letters/${theirs.deadLetterId}`, operator)).json.code, 'dead_letter_not_found');
  assert.equal((await ask('dead-letters?account=acct_two', operator)).json.code, 'forbidden');
  assert.equal((await ask('dead-letters', calls.acct_test.user)).json.code, 'forbidden');
  assert.equal((await ask('dead-letters?because=bored')).json.code, 'query_invalid');
  assert.equal((await ask('sinks', operator)).json.code, 'forbidden');
  assert.equal((await post('dead-letters/discard', { deadLetters: [theirs.deadLetterId], reason: 'x' }, auditor)).json.code, 'forbidden');
  assert.equal((await post('dead-letters/discard', { deadLetters: [theirs.deadLetterId], reason: 'x' }, operator)).json.code, 'dead_letter_not_found');
  assert.equal((await post('dead-letters/redrive', { sink: 'none', reason: 'x' })).json.code, 'sink_not_found');
  assert.equal((await post('sinks/none/resume', { reason: 'x' })).json.code, 'sink_not_found');
  assert.equal((await post('sinks/stripe/resume', { reason: 'x' })).json.state, 'running');
  const pages = [];
  for (let next = ''; next !== undefined; ) {
    const { json } = await ask(`dead-letters?limit=3${next && `&cursor=${next}`}`);
    pages.push(...json.deadLetters);
    next = json.next;
  }
  assert.deepEqual(pages.map(({ deadLetterId }) => deadLetterId), letters.map(({ deadLetterId }) => deadLetterId));

  // A restart and the loss of the view send nothing again.
  const before = sent(sinks);
  await server.kill();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(server.data, `deliveries.db${suffix}`), { force: true });
  configure({ stripeItems: '{ hearing = "hearing_ms", words = "words_ch" }' });
  await server.start();
  await until('the view is there again', overview, ({ lago }) => lago?.delivered === all.length);
  await pause(500);
  assert.equal(sent(sinks), before);
  assert.deepEqual(linesOf(server).length, all.length);

  // Stripe's item has a name now: its dead letters are sent again, by a command that shows first what it would do.
  const table = command('dlq', 'list', '--sink', 'stripe');
  assert.ok(table.stdout.includes(mine.deadLetterId) && table.stderr.includes('dlq redrive'), table.stdout + table.stderr);
  assert.match(command('dlq', 'show', mine.deadLetterId).stdout, /because +permanent/);
  const dry = JSON.parse(command('dlq', 'redrive', '--sink', 'stripe', '--reason', 'named now', '--dry-run', '--json').stdout);
  assert.equal(dry.deadLetters.length, parkedAt('stripe').length);
  assert.equal(sent(sinks), before, 'it was only asked');
  const done = command('dlq', 'redrive', '--sink', 'stripe', '--reason', 'named now', '--json');
  assert.equal(done.status, 0, done.stderr);
  await until('what was redriven', overview, ({ stripe }) => stripe?.delivered === all.length);
  assert.deepEqual(sinks.stripe.times('stripe'), once(all));
  assert.equal((await post('dead-letters/redrive', { deadLetters: [mine.deadLetterId], reason: 'x' })).json.code, 'dead_letter_not_found');

  // The others are given up, and stay so.
  const gone = (await post('dead-letters/discard', { sink: 'openmeter', reason: 'booked by hand' })).json.deadLetters;
  assert.equal(gone.length, parkedAt('openmeter').length);
  await server.kill();
  await server.start();
  const last = await until('the end', overview, ({ openmeter }) => openmeter?.discarded === gone.length);
  assert.ok(Object.values(last).every(({ waiting, parked, state }) => waiting === 0 && parked === 0 && state === 'running'));
  assert.deepEqual(sinks.openmeter.times('openmeter'), once(all.filter((id) => !parkedAt('openmeter').includes(id))));
  const [redriven] = server.stored('acct_test').map(({ event }) => event).filter(({ type }) => type === 'billing.delivery.redriven');
  assert.deepEqual([redriven.payload.by, redriven.payload.reason], ['usr_root', 'named now']);
  const listed = command('sinks', '--json');
  assert.deepEqual(JSON.parse(listed.stdout).sinks.map(({ name }) => name), ['stripe', 'openmeter', 'lago', 'webhook', 'jsonl']);
  assert.ok(admin);
});

test('dead letters are bounded: the feed pauses, and nothing is dropped', { timeout: 120_000 }, async (t) => {
  const most = 5;
  const at = await house(t, 9, { stripeItems: '{ words = "words_ch" }', more: `dead_letters_max = ${most}\n[metrics]\nlisten = "127.0.0.1:0"` });
  if (!at) return;
  const { server, sinks, configure, now, admin, ask, post, publish, until, overview, command } = at;
  const window = nameOf(now());
  await putCard(server, priceCard(window, items));
  const service = server.token('key_1', 'service');
  const id = await openCall(server, server.token('usr_ada'));
  let told = 0;
  const report = (more) => publish(id, service, ...reported(`r${(told += 1)}`, 'stt.ms', 'ms', 1000 + told, more));
  const late = () => report({ at: momentOf(window) });
  const entries = () => chargesOf(server, admin);
  const stripe = (what, enough) => until(what, async () => (await overview()).stripe ?? {}, enough);
  const figure = async (name) => {
    const [, port] = [...server.log.matchAll(/metrics address=127\.0\.0\.1 port=(\d+)/g)].at(-1);
    const lines = (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).split('\n');
    return Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
  };
  const letters = () => figure('lifeline_sink_dead_letters{sink="stripe"}');
  const stopped = () => figure('lifeline_sink_state{sink="stripe",state="stopped"}');

  await report();
  await until('the hour is charged', entries, (found) => found.length === 1);
  await late();
  await late();
  await stripe('three', ({ parked }) => parked === 3);
  assert.ok(!server.log.includes('dead letters'), 'there is room');
  await late();
  await server.logged('sink=stripe has 4 dead letters of at most 5');
  const alarmed = await stripe('four', ({ parked }) => parked === 4);
  assert.deepEqual([alarmed.state, await letters(), await stopped()], ['running', 4, 0], 'four fifths are an alarm, and no more');

  for (let i = 0; i < 6; i += 1) await late();
  await server.logged('sink=stripe has 5 dead letters, as many as may be');
  const all = (await until('all is charged', entries, (found) => found.length === told)).map(idOf);
  const full = await stripe('it is full', ({ parked, waiting }) => parked === most && waiting === told - most);
  assert.equal(full.state, 'stopped');
  assert.match(full.message, /redrive or discard some, or raise billing\.dead_letters_max/);
  assert.deepEqual([await letters(), await stopped()], [most, 1]);
  await until('the others go on', async () => linesOf(server).length, (count) => count === told);
  assert.deepEqual((await overview()).lago.state, 'running');

  await server.kill();
  await server.start();
  await server.logged('sink=stripe has 5 dead letters, as many as may be', server.log.lastIndexOf('metrics address'));
  await stripe('so it stays', ({ state, parked, waiting }) => state === 'stopped' && parked === most && waiting === told - most);
  const parked = async () => (await ask('dead-letters?sink=stripe')).json.deadLetters;
  const [first, ...others] = await parked();
  assert.equal(others.length, most - 1);
  assert.deepEqual(sinks.stripe.times('stripe'), {});

  // Where one goes, one comes.
  const gone = command('dlq', 'discard', first.deadLetterId, '--reason', 'booked by hand', '--json');
  assert.deepEqual([gone.status, JSON.parse(gone.stdout).deadLetters], [0, [{ deadLetterId: first.deadLetterId }]], gone.stderr);
  await stripe('the next one', (now) => now.discarded === 1 && now.parked === most && now.waiting === told - most - 1);
  const ids = (await parked()).map(({ chargeId }) => chargeId);
  assert.ok(!ids.includes(first.chargeId) && others.every(({ chargeId }) => ids.includes(chargeId)));

  // Its item has a name now: what is sent again makes room for all the rest.
  configure({ more: `dead_letters_max = ${most}` });
  await server.kill('SIGTERM');
  await server.start();
  await stripe('it is full again', ({ state }) => state === 'stopped');
  const redriven = command('dlq', 'redrive', '--sink', 'stripe', '--reason', 'named now');
  assert.equal(redriven.status, 0, redriven.stderr);
  await stripe('the rest', ({ state, delivered, parked, waiting }) => state === 'running' && delivered === told - 1 && parked === 0 && waiting === 0);
  assert.deepEqual(sinks.stripe.times('stripe'), once(all.filter((id) => id !== first.chargeId)));
});

test('a sink whose settings are wrong is refused by its name', { timeout: 60_000 }, async (t) => {
  const server = new Server('');
  t.after(() => server.close());
  const check = (toml) => {
    writeFileSync(server.config, toml);
    return spawnSync(binary, ['check-config', '--config', server.config], { encoding: 'utf8' });
  };
  const sink = (lines) => `[[billing.sinks]]\nname = "one"\n${lines}\n`;
  for (const [lines, what] of [
    ['kind = "paper"', /one: kind must be stripe/],
    ['kind = "webhook"\nurl = "http://example.com"', /one: url must be https/],
    ['kind = "lago"\nurl = "https://example.com"', /one: key_file or key_env/],
    ['kind = "jsonl"', /one: file must name the file/],
    ['kind = "jsonl"\nfile = "a"\nurl = "https://example.com"', /url/],
    ['kind = "jsonl"\nfile = "a"\nfrom = "yesterday"', /one: from must be a UTC hour/],
    ['kind = "jsonl"\nfile = "a"\nattempts = 0', /one: attempts must be from 1/],
    [`kind = "jsonl"\nfile = "a"\n${sink('kind = "jsonl"\nfile = "b"')}`, /one is there twice/],
  ]) {
    const { status, stderr } = check(sink(lines));
    assert.equal(status, 1, lines);
    assert.match(stderr, what);
  }
  const fine = check(sink('kind = "stripe"\nkey_env = "K"\nfrom = "2026-11-01T00:00Z"'));
  assert.equal(fine.status, 0, fine.stderr);
  assert.ok(fine.stdout.includes('"from":"2026-11-01T00:00Z"') && fine.stdout.includes('api.stripe.com'));
  // What init writes is TOML with its comment signs off, table by table.
  const folder = join(server.folder, 'first');
  execFileSync(binary, ['init', folder], { stdio: 'ignore' });
  const text = readFileSync(join(folder, 'lifeline.toml'), 'utf8');
  const [table] = /# \[\[billing\.sinks\]\]\n(# .*\n)+/.exec(text);
  assert.equal(check(table.replaceAll(/^# /gm, '')).status, 0, table);
});
