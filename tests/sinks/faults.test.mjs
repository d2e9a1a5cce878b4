// What happens outside the sink's memory of ids, when it is down, when it has gone, when we die.
import assert from 'node:assert/strict';
import test from 'node:test';
import { charge, hour, hourAgo, Probe } from './probe.mjs';
import { SinkServer } from './sink_server.mjs';

const stripe = { kind: 'stripe', key: 'sk_test_a', customers: { acct_1: 'cus_1' }, items: { minutes: 'call_ms' }, meters: { minutes: 'mtr_1' } };
const openmeter = { kind: 'openmeter', key: 'om_a', customers: { acct_1: 'cus_1' }, items: { minutes: 'call_ms' } };
const longAgo = (more) => charge('bu_1', { recorded: new Date(Date.now() - 40 * 24 * hour).toISOString(), ...more });

async function house(t, sink, options = {}) {
  const server = await new SinkServer(options).start();
  t.after(() => server.close());
  return { server, start: (more = {}) => new Probe(t, { ...sink, url: server.url, ...more }) };
}

test('killed with -9 before the answer: the next process sends the same, and it is counted once', async (t) => {
  const { server, start } = await house(t, stripe, { faults: [{ kind: 'slow', ms: 60_000 }] });
  const first = start();
  first.add(charge('bu_1'));
  while (!server.counted.length) await new Promise((resolve) => setImmediate(resolve));
  first.kill();
  const second = start();
  second.reopen(charge('bu_1'));
  // The same Idempotency-Key, so Stripe gives the answer again that the first one did not live to hear.
  assert.equal((await second.of('bu_1')).outcome, 'delivered');
  assert.deepEqual(server.times('stripe'), { bu_1: 1 });
});

for (const [kind, sink, forgets] of [['openmeter', openmeter, 33 * 24 * hour], ['stripe', stripe, 25 * hour]]) {
  const one = kind === 'stripe' ? () => longAgo({ window: hourAgo(48) }) : () => longAgo();

  test(`${kind} has forgotten the id: it is asked, and what it has is not sent again`, async (t) => {
    const { server, start } = await house(t, sink);
    const first = start();
    first.add(one());
    await first.of('bu_1');
    first.kill(); // And nobody wrote down that it was delivered.
    server.shift += forgets;
    assert.equal(server.known(kind, 'bu_1'), undefined);
    const second = start();
    second.reopen(one());
    assert.deepEqual(await second.of('bu_1'), { event: 'completed', id: 'bu_1', outcome: 'duplicate', attempts: 0 });
    assert.deepEqual(server.times(kind), { bu_1: 1 });
    // Sent blindly it would be there twice: the asking is what prevents it.
    server.answers.clear();
    const blind = start();
    blind.add(one());
    await blind.of('bu_1');
    assert.deepEqual(server.times(kind), { bu_1: 2 });
  });

  test(`${kind} has forgotten whether or not: what it has not is sent once it was asked`, async (t) => {
    const { server, start } = await house(t, sink, { faults: [{ kind: 'status', status: 500 }] });
    const probe = start();
    probe.reopen(one());
    assert.deepEqual(await probe.of('bu_1'), { event: 'completed', id: 'bu_1', outcome: 'delivered', attempts: 1 });
    assert.deepEqual(server.requests.map((request) => request.method), ['GET', 'GET', 'POST']);
    assert.deepEqual(server.times(kind), { bu_1: 1 });
  });
}

test('stripe: a sum that does not tell leaves it to a person, whose word counts', async (t) => {
  const { server, start } = await house(t, stripe);
  server.count('stripe', { id: 'of somebody else', name: 'call_ms', customer: 'cus_1', value: 7, time: Date.parse(hourAgo(48).replace('Z', ':00Z')) });
  const probe = start();
  probe.reopen(longAgo({ window: hourAgo(48) }));
  const letter = await probe.of('bu_1');
  assert.equal(letter.because, 'unknown');
  assert.match(letter.message, /its sum of the hour is 7, of which 0 are known, and this one is 312000/);
  await probe.ask('redrive bu_1');
  assert.equal((await probe.of('bu_1')).outcome, 'delivered');
});

test('a webhook whose receiver may have forgotten is left to a person', async (t) => {
  const { server, start } = await house(t, { kind: 'webhook', secrets: [], dedupeMs: 24 * hour });
  const probe = start();
  probe.reopen(longAgo());
  const letter = await probe.of('bu_1');
  assert.equal(letter.because, 'unknown');
  assert.match(letter.message, /look there whether it has it/);
  assert.equal(server.requests.length, 0);
  assert.equal((await probe.ask('redrive bu_1')).reason, '');
  assert.equal((await probe.of('bu_1')).outcome, 'delivered');
  probe.reopen(longAgo({ id: 'bu_2' }));
  await probe.of('bu_2');
  assert.equal((await probe.ask('discard bu_2')).reason, '');
  assert.equal((await probe.ask('redrive bu_2')).reason, 'dead_letter_not_found');
  assert.deepEqual(server.times('webhook'), { bu_1: 1 });
});

test('a sink that is down is left in peace, takes nobody along, and everything goes once it is back', async (t) => {
  const faults = Array.from({ length: 12 }, () => ({ kind: 'refuse' }));
  const { server, start } = await house(t, stripe, { faults });
  const probe = start({ circuitMs: 100, circuitMostMs: 400 });
  const all = Array.from({ length: 30 }, (_, i) => charge(`bu_${i}`));
  probe.add(...all);
  for (const { id } of all) assert.equal((await probe.of(id)).event, 'completed');
  // Five, and then one at a time.
  assert.equal(server.requests.filter((one) => one.status === 0).length, 12);
  assert.equal(Object.keys(server.times('stripe')).length, 30);
  assert.equal((await probe.ask('status')).circuit, '');
});

test('a wrong key parks nothing: it is the sink that refuses us', async (t) => {
  const { server, start } = await house(t, stripe, { keys: { stripe: 'sk_other' } });
  const probe = start();
  probe.add(charge('bu_1'));
  while (server.requests.length < 7) await new Promise((resolve) => setImmediate(resolve));
  const { circuit, entries } = await probe.ask('status');
  assert.match(circuit, /Invalid API Key/);
  assert.equal(entries, 1);
  server.keys.stripe = 'sk_test_a';
  server.answers.clear();
  assert.equal((await probe.of('bu_1')).event, 'completed');
});

test('a receiver that says 410 gets no more, until somebody says so', async (t) => {
  const { server, start } = await house(t, { kind: 'webhook', secrets: [] }, { faults: [{ kind: 'status', status: 410 }] });
  const probe = start();
  probe.add(charge('bu_1'));
  let status = { stopped: '' };
  while (!status.stopped) status = await probe.ask('status');
  assert.match(status.stopped, /410/);
  probe.add(charge('bu_2'));
  assert.equal((await probe.ask('status')).entries, 2);
  assert.equal(server.requests.length, 1);
  probe.send('resume');
  await probe.of('bu_1');
  await probe.of('bu_2');
  assert.deepEqual(server.times('webhook'), { bu_1: 1, bu_2: 1 });
});

test('what cannot be parked stops the sink, and is parked once that works', async (t) => {
  const { server, start } = await house(t, stripe);
  const probe = start();
  probe.send('ledger fails');
  probe.add(charge('bu_1', { account: 'acct_9' }));
  assert.match((await probe.said((one) => one.event === 'stopped')).why, /bu_1 could not be written: storage_unavailable/);
  probe.add(charge('bu_2'));
  await probe.ask('status');
  assert.equal(server.requests.length, 0);
  probe.send('ledger works');
  probe.send('resume');
  assert.equal((await probe.of('bu_1')).event, 'parked');
  assert.equal((await probe.of('bu_2')).event, 'completed');
});

test('one charge that is refused is parked; the twenty of its batch go', async (t) => {
  const { server, start } = await house(t, openmeter);
  const probe = start({ customers: { acct_1: 'cus_1', acct_2: 'refused' } });
  probe.add(charge('bu_bad', { account: 'acct_2' }), ...Array.from({ length: 20 }, (_, i) => charge(`bu_${i}`)));
  for (let i = 0; i < 20; ++i) assert.equal((await probe.of(`bu_${i}`)).event, 'completed');
  assert.equal((await probe.of('bu_bad')).because, 'permanent');
});
