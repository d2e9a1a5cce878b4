// The real adapters over real HTTP, each against a sink that speaks as its own does.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { charge, hourAgo, Probe } from './probe.mjs';
import { SinkServer } from './sink_server.mjs';

const secrets = {
  old: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  hmac: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  ed25519: 'whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  ed25519Public: 'whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=',
};

const sinks = {
  stripe: { kind: 'stripe', key: 'sk_test_a', customers: { acct_1: 'cus_1', acct_2: 'cus_2' }, items: { minutes: 'call_ms' }, meters: { minutes: 'mtr_1' } },
  openmeter: { kind: 'openmeter', key: 'om_a', customers: { acct_1: 'cus_1' }, items: { minutes: 'call_ms' }, meters: { minutes: 'call_ms' } },
  lago: { kind: 'lago', key: 'lago_a', customers: { acct_1: 'cus_1', acct_2: 'cus_2' }, items: { minutes: 'call_ms' } },
  webhook: { kind: 'webhook', secrets: [secrets.hmac, secrets.ed25519] },
};

async function house(t, kind, { server: options = {}, sink = {} } = {}) {
  const server = await new SinkServer({ secrets: [secrets.hmac, secrets.ed25519Public], ...options }).start();
  t.after(() => server.close());
  return { server, probe: new Probe(t, { ...sinks[kind], url: server.url, ...sink }) };
}

for (const kind of Object.keys(sinks)) {
  test(`${kind}: a charge and its correction are counted once each, at the hour of the service`, async (t) => {
    const { server, probe } = await house(t, kind);
    probe.add(charge('bu_1'), charge('ba_1', { kind: 'over', quantity: -60_000 }));
    assert.deepEqual(await probe.of('bu_1'), { event: 'completed', id: 'bu_1', outcome: 'delivered', attempts: 1 });
    await probe.of('ba_1');
    assert.deepEqual(server.times(kind), { bu_1: 1, ba_1: 1 });
    assert.equal(server.counted.reduce((sum, one) => sum + one.value, 0), 252_000);
    for (const one of server.counted) assert.equal(one.time, Date.parse(hourAgo().replace('Z', ':00Z')));
  });

  test(`${kind}: an answer that is lost does not count a charge twice`, async (t) => {
    const { server, probe } = await house(t, kind, { server: { faults: [{ kind: 'lost' }, { kind: 'lost' }] } });
    probe.add(charge('bu_1'));
    const done = await probe.of('bu_1');
    assert.equal(done.event, 'completed');
    assert.equal(done.attempts, 3);
    assert.deepEqual(server.times(kind), { bu_1: 1 });
  });

  test(`${kind}: a hundred charges through a sink that fails in every way are counted once each`, async (t) => {
    const kinds = [
      { kind: 'lost' }, { kind: 'refuse' }, { kind: 'status', status: 500 }, { kind: 'status', status: 503, taken: true },
      { kind: 'status', status: 429, headers: { 'retry-after': '0' } }, { kind: 'page' }, { kind: 'truncated' }, { kind: 'slow', ms: 30 },
      { kind: 'partial', take: 2 }, { kind: 'none' }, { kind: 'status', status: 307, headers: { location: 'http://127.0.0.1:1/' } },
    ];
    // A webhook's yes is any 2xx, so a page that says 200 is one: nothing can be done about that here.
    // Where a hundred go at once each fault is an attempt of them all, and they have twelve.
    const length = ['openmeter', 'lago'].includes(kind) ? kinds.length : 60;
    const faults = Array.from({ length }, (_, i) => kinds[(i * 7) % kinds.length]).filter((one) => kind !== 'webhook' || one.kind !== 'page');
    const { server, probe } = await house(t, kind, { server: { faults } });
    const all = Array.from({ length: 100 }, (_, i) => charge(`bu_${i}`, { quantity: i + 1, account: kind === 'openmeter' ? 'acct_1' : `acct_${1 + (i % 2)}` }));
    probe.add(...all);
    for (const { id } of all) {
      const { event, ...rest } = await probe.of(id);
      assert.equal(event, 'completed', JSON.stringify(rest));
    }
    const times = server.times(kind);
    assert.equal(Object.keys(times).length, 100);
    for (const [id, count] of Object.entries(times)) assert.equal(count, 1, id);
    assert.equal(server.counted.reduce((sum, one) => sum + one.value, 0), 5050);
  });
}

test('stripe: an answer that Stripe keeps by its key is not asked for again', async (t) => {
  const { server, probe } = await house(t, 'stripe', { server: { customers: new Set() } });
  probe.add(charge('bu_1'));
  const letter = await probe.of('bu_1');
  assert.equal(letter.because, 'permanent');
  assert.match(letter.message, /resource_missing: No such customer: 'cus_1'/);
  server.customers.add('cus_1');
  assert.equal((await probe.ask('redrive bu_1')).reason, '');
  assert.equal((await probe.of('bu_1')).outcome, 'delivered');
  assert.deepEqual(server.requests.map((one) => one.headers['idempotency-key']), ['bu_1', 'bu_1.1']);
  assert.equal((await probe.ask('redrive bu_1')).reason, 'dead_letter_not_found');
});

test('stripe: the sum of an hour, without what was cancelled there', async (t) => {
  const { server, probe } = await house(t, 'stripe');
  probe.add(charge('bu_1'), charge('bu_2', { quantity: 8 }));
  await probe.of('bu_1');
  await probe.of('bu_2');
  assert.equal((await probe.ask(`total ${JSON.stringify(charge('bu_1'))}`)).sum, 312_008);
  server.counted = server.counted.filter(({ id }) => id !== 'bu_2'); // As somebody did there, by hand.
  assert.equal((await probe.ask(`total ${JSON.stringify(charge('bu_1'))}`)).sum, 312_000);
});

test('stripe: one request at a time for a customer and a meter', async (t) => {
  const { server, probe } = await house(t, 'stripe', { server: { faults: Array.from({ length: 8 }, () => ({ kind: 'slow', ms: 40 })) } });
  let most = 0;
  const under = new Map();
  server.server.prependListener('request', (_, response) => {
    under.set(response, true);
    most = Math.max(most, under.size);
    response.on('close', () => under.delete(response));
  });
  probe.add(...Array.from({ length: 8 }, (_, i) => charge(`bu_${i}`)));
  for (let i = 0; i < 8; ++i) await probe.of(`bu_${i}`);
  assert.equal(most, 1);
});

test('what the configuration does not name is parked and says so, and holds up nothing', async (t) => {
  const { server, probe } = await house(t, 'stripe');
  probe.add(charge('bu_1', { account: 'acct_9' }), charge('bu_2', { item: 'faxes' }), charge('bu_3', { window: hourAgo(36 * 24) }), charge('bu_4'));
  assert.match((await probe.of('bu_1')).message, /table customers has no entry for acct_9/);
  assert.match((await probe.of('bu_2')).message, /table items has no entry for faxes/);
  assert.match((await probe.of('bu_3')).message, /longer ago than the 35 days/);
  assert.equal((await probe.of('bu_4')).outcome, 'delivered');
  assert.equal(server.requests.length, 1);
});

test('openmeter: what it refuses of a batch is found out, and the others are counted', async (t) => {
  const { server, probe } = await house(t, 'openmeter', { sink: { customers: { acct_1: 'cus_1', acct_2: 'refused' } } });
  probe.add(charge('bu_1'), charge('bu_2', { account: 'acct_2' }), charge('bu_3'));
  assert.equal((await probe.of('bu_1')).event, 'completed');
  assert.deepEqual(await probe.of('bu_2').then(({ because, message }) => [because, message]), ['permanent', 'invalid subject']);
  assert.equal((await probe.of('bu_3')).event, 'completed');
  assert.deepEqual(server.times('openmeter'), { bu_1: 1, bu_3: 1 });
  assert.equal((await probe.ask(`total ${JSON.stringify(charge('bu_1'))}`)).sum, 624_000);
});

for (const keepsOthers of [false, true]) {
  test(`lago: of a batch it refuses one and ${keepsOthers ? 'keeps' : 'drops'} the others`, async (t) => {
    const { server, probe } = await house(t, 'lago', { server: { keepsOthers }, sink: { customers: { acct_1: 'cus_1', acct_2: 'refused' } } });
    probe.add(charge('bu_0'));
    await probe.of('bu_0');
    probe.reopen(charge('bu_0'), charge('bu_1'), charge('bu_2', { account: 'acct_2' }), charge('bu_3'));
    assert.equal((await probe.of('bu_0')).outcome, 'duplicate');
    assert.match((await probe.of('bu_2')).message, /external_subscription_id: not_found/);
    assert.equal((await probe.of('bu_1')).event, 'completed');
    assert.equal((await probe.of('bu_3')).event, 'completed');
    assert.deepEqual(server.times('lago'), { bu_0: 1, bu_1: 1, bu_3: 1 });
  });
}

test('webhook: both signatures verify, two secrets sign at once, and another secret is refused', async (t) => {
  const { server, probe } = await house(t, 'webhook', { sink: { secrets: [secrets.old, secrets.hmac, secrets.ed25519] } });
  probe.add(charge('bu_1'));
  await probe.of('bu_1');
  const header = server.requests[0].headers['webhook-signature'];
  assert.deepEqual(header.split(' ').map((one) => one.split(',')[0]), ['v1', 'v1', 'v1a']);
  server.secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx'];
  probe.add(charge('bu_2'));
  const letter = await probe.of('bu_2');
  assert.deepEqual([letter.because, letter.status], ['permanent', 400]);
  assert.deepEqual(server.times('webhook'), { bu_1: 1 });
});

test('jsonl: a line each, by its owner alone, once after a crash that tore the last one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeline-sinks-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'charges.jsonl');
  const sink = { kind: 'jsonl', file };
  const all = Array.from({ length: 250 }, (_, i) => charge(`bu_${i}`));
  const first = new Probe(t, sink);
  first.add(...all.slice(0, 200));
  for (const { id } of all.slice(0, 200)) await first.of(id);
  first.kill();
  const lines = readFileSync(file, 'utf8');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  writeFileSync(file, lines.slice(0, -20));
  const second = new Probe(t, sink);
  second.reopen(...all);
  const outcomes = { delivered: 0, duplicate: 0 };
  for (const { id } of all) ++outcomes[(await second.of(id)).outcome];
  assert.deepEqual(outcomes, { delivered: 51, duplicate: 199 });
  const ids = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line).id);
  assert.equal(new Set(ids).size, 250);
  assert.equal(ids.length, 250);
  second.reopen(charge('bu_1', { quantity: 5 }));
  assert.equal((await second.of('bu_1')).because, 'conflict');
});
