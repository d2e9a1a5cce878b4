// The sink itself: that it misbehaves as it says, and counts what it should.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { hour, SinkServer } from './sink_server.mjs';

async function sink(t, options) {
  const server = await new SinkServer(options).start();
  t.after(() => server.close());
  const post = (path, headers, body) => fetch(server.url + path, { method: 'POST', headers, body, redirect: 'manual' });
  const begin = Math.floor(Date.now() / hour) * 3600 - 3600;
  const event = (id, more = {}) =>
    post('/v1/billing/meter_events', { authorization: 'Bearer sk_test_a', 'content-type': 'application/x-www-form-urlencoded', ...more.headers },
      new URLSearchParams({ event_name: 'call_ms', identifier: id, timestamp: String(more.time ?? begin), 'payload[stripe_customer_id]': 'cus_1', 'payload[value]': String(more.value ?? 5) }).toString());
  return { server, post, event, begin };
}

test('stripe: an identifier is known for a day and then forgotten; its error is Stripe\'s', async (t) => {
  const { server, event } = await sink(t);
  assert.equal((await event('e1')).status, 200);
  const again = await event('e1');
  assert.equal(again.status, 400);
  assert.deepEqual(await again.json(), { error: { type: 'invalid_request_error', message: 'An event already exists with identifier e1.' } });
  server.shift += 23 * hour;
  assert.equal((await event('e1')).status, 400);
  server.shift += 2 * hour;
  assert.equal((await event('e1')).status, 200);
  assert.deepEqual(server.times('stripe'), { e1: 2 });
});

test('stripe: an answer is kept by its key, and another body under it is refused', async (t) => {
  const { event } = await sink(t);
  const headers = { 'idempotency-key': 'k' };
  assert.equal((await event('e1', { headers })).status, 200);
  assert.equal((await event('e1', { headers })).status, 200);
  const other = await event('e1', { headers, value: 6 });
  assert.equal((await other.json()).error.type, 'idempotency_error');
});

test('stripe: what is too old, of nobody or too long is refused', async (t) => {
  const { server, event, begin } = await sink(t);
  assert.equal((await event('e1', { time: begin - 36 * 24 * 3600 })).status, 400);
  assert.equal((await event('e2', { value: '1234567890123456' })).status, 400);
  server.customers.clear();
  assert.match((await (await event('e3')).json()).error.message, /No such customer/);
  assert.equal(server.counted.length, 0);
});

test('faults come in their order, and are over', async (t) => {
  const { server, event } = await sink(t, { faults: [{ kind: 'lost' }, { kind: 'refuse' }, { kind: 'page' }, { kind: 'status', status: 429, headers: { 'retry-after': '7' } }] });
  await assert.rejects(event('e1'));
  await assert.rejects(event('e2'));
  assert.match(await (await event('e3')).text(), /^<html>/);
  assert.equal((await event('e4')).headers.get('retry-after'), '7');
  assert.equal((await event('e5')).status, 200);
  assert.deepEqual(server.times('stripe'), { e1: 1, e5: 1 });
  assert.deepEqual(server.requests.map((one) => one.status), [0, 0, 200, 429, 200]);
});

test('faults and the clock can be set from outside', async (t) => {
  const { server, event, post } = await sink(t);
  await post('/control', {}, JSON.stringify({ faults: [{ kind: 'status', status: 503, taken: true }], advance: hour }));
  assert.equal((await event('e1')).status, 503);
  const state = await (await fetch(server.url + '/control')).json();
  assert.equal(state.shift, hour);
  assert.equal(state.counted.length, 1);
});

test('openmeter: a part of a batch; a repeated one is a 204 and counted once', async (t) => {
  const { server, post } = await sink(t, { faults: [{ kind: 'partial', take: 1 }] });
  const one = (id) => ({ specversion: '1.0', id, source: 's', type: 'call_ms', subject: 'cus_1', time: '2026-02-16T10:00:00.000Z', data: { quantity: '5' } });
  const send = () => post('/api/v1/events', { authorization: 'Bearer om_a', 'content-type': 'application/cloudevents-batch+json' }, JSON.stringify([one('a'), one('b')]));
  assert.equal((await send()).status, 500);
  assert.deepEqual(server.times('openmeter'), { a: 1 });
  assert.equal((await send()).status, 204);
  assert.deepEqual(server.times('openmeter'), { a: 1, b: 1 });
});

test('lago: says by its place which of a batch it has', async (t) => {
  const { post } = await sink(t);
  const one = (transaction_id) => ({ transaction_id, external_subscription_id: 'sub_1', code: 'call_ms', timestamp: '1771236000', properties: { quantity: '5' } });
  const send = (path, body) => post(path, { authorization: 'Bearer lago_a', 'content-type': 'application/json' }, JSON.stringify(body));
  assert.equal((await send('/api/v1/events', { event: one('b') })).status, 200);
  const refused = await send('/api/v1/events/batch', { events: [one('a'), one('b')] });
  assert.deepEqual((await refused.json()).error_details, { 1: { transaction_id: ['value_already_exist'] } });
});

test('webhook: wrong, old and dotted ones are refused', async (t) => {
  const key = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const { server, post } = await sink(t, { secrets: [`whsec_${key}`] });
  const body = JSON.stringify({ type: 'billing.usage.recorded', data: { id: 'bu_1', accountId: 'a', quantity: '5', serviceWindow: '2026-02-16T10:00Z' } });
  const send = (id, seconds, secret = key) => {
    const signature = createHmac('sha256', Buffer.from(secret, 'base64')).update(`${id}.${seconds}.${body}`).digest('base64');
    return post('/hook', { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` }, body);
  };
  const now = Math.floor(Date.now() / 1000);
  assert.equal((await send('bu_1', now - 600)).status, 400);
  assert.equal((await send('bu.1', now)).status, 400);
  assert.equal((await send('bu_1', now, 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx')).status, 400);
  assert.equal((await send('bu_1', now)).status, 204);
  assert.equal((await send('bu_1', now)).status, 204);
  assert.deepEqual(server.times('webhook'), { bu_1: 1 });
});
