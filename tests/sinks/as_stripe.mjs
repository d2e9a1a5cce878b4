// Stripe's meter events and their summaries (API v1), with its errors.
const day = 24 * 3_600_000;

const refused = (message, more = {}) => [400, { error: { type: 'invalid_request_error', message, ...more } }];

export function stripe(server, asked) {
  if (asked.headers.authorization !== `Bearer ${server.keys.stripe}`)
    return [401, { error: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_***' } }];
  const path = asked.url.pathname;
  if (asked.method === 'GET') return summaries(server, asked);
  // The first answer under a key is its answer, whatever it was; but for what was not even looked at.
  const key = asked.headers['idempotency-key'];
  const before = server.answers.get(key);
  if (before && before.body !== asked.body)
    return [400, { error: { type: 'idempotency_error', message: `Keys for idempotent requests can only be used with the same parameters they were first used with: ${key}` } }];
  if (before) return before.answer;
  const fields = new URLSearchParams(asked.body);
  const answer = path === '/v1/billing/meter_events' ? event(server, fields) : [404, { error: { type: 'invalid_request_error', message: 'Unrecognized request URL' } }];
  if (key) server.answers.set(key, { body: asked.body, answer });
  return answer;
}

function event(server, fields) {
  const name = fields.get('event_name');
  const id = fields.get('identifier');
  const customer = fields.get('payload[stripe_customer_id]');
  const value = fields.get('payload[value]');
  const time = Number(fields.get('timestamp')) * 1000;
  if (!(name in server.meters)) return refused(`No active meter found for event name ${name}`);
  if (!id || id.length > 100) return refused('Invalid identifier', { param: 'identifier' });
  if (!server.customers.has(customer)) return refused(`No such customer: '${customer}'`, { code: 'resource_missing' });
  if (!/^-?\d+$/.test(value) || value.replace('-', '').length > 15) return refused('Invalid value', { param: 'payload[value]' });
  if (time < server.now() - 35 * day || time > server.now() + 300_000) return refused('The timestamp must be within the past 35 calendar days', { param: 'timestamp' });
  if (server.known('stripe', id)) return refused(`An event already exists with identifier ${id}.`);
  server.count('stripe', { id, name, customer, value: Number(value), time });
  const created = Math.floor(server.now() / 1000);
  return [200, { object: 'billing.meter_event', created, event_name: name, identifier: id, livemode: false, payload: { value, stripe_customer_id: customer }, timestamp: time / 1000 }];
}

function summaries(server, asked) {
  const [, meter] = /^\/v1\/billing\/meters\/([^/]+)\/event_summaries$/.exec(asked.url.pathname) ?? [];
  const name = Object.keys(server.meters).find((one) => server.meters[one] === meter);
  if (!name) return [404, { error: { type: 'invalid_request_error', code: 'resource_missing', message: `No such meter: '${meter}'` } }];
  const query = asked.url.searchParams;
  const from = Number(query.get('start_time'));
  const to = Number(query.get('end_time'));
  if (from % 3600 || to % 3600 || query.get('value_grouping_window') !== 'hour') return refused('start_time and end_time must be aligned');
  const data = [];
  for (let begin = from; begin < to; begin += 3600) {
    const of = server.shown('stripe').filter((one) => one.name === name && one.customer === query.get('customer') && one.time / 1000 >= begin && one.time / 1000 < begin + 3600);
    if (of.length) data.push({ object: 'billing.meter_event_summary', aggregated_value: of.reduce((sum, one) => sum + one.value, 0), start_time: begin, end_time: begin + 3600, meter, livemode: false });
  }
  return [200, { object: 'list', data, has_more: false, url: asked.url.pathname }];
}
