// Lago's events, one and in batches, and how it finds one.
const unprocessable = (error_details) => [422, { status: 422, error: 'Unprocessable Entity', code: 'validation_errors', error_details }];

export function lago(server, asked, take) {
  if (asked.headers.authorization !== `Bearer ${server.keys.lago}`) return [401, { status: 401, error: 'Unauthorized' }];
  if (asked.method === 'GET') {
    const id = decodeURIComponent(asked.url.pathname.split('/').pop());
    const found = server.shown('lago').find((one) => one.id === id);
    return found ? [200, { event: said(found) }] : [404, { status: 404, error: 'Not Found', code: 'event_not_found' }];
  }
  const body = JSON.parse(asked.body);
  const batch = asked.url.pathname === '/api/v1/events/batch';
  const events = batch ? body.events : [body.event];
  if (events.length > 100) return unprocessable({ events: ['too_many_events'] });
  const details = {};
  events.forEach((event, index) => {
    const wrong = {};
    if (server.known('lago', event.transaction_id)) wrong.transaction_id = ['value_already_exist'];
    if (!event.code || !event.external_subscription_id) wrong.code = ['value_is_mandatory'];
    if (!/^\d+(\.\d+)?$/.test(event.timestamp)) wrong.timestamp = ['invalid_format'];
    if (event.external_subscription_id === 'refused') wrong.external_subscription_id = ['not_found'];
    if (Object.keys(wrong).length) details[index] = wrong;
  });
  const keeps = events.filter((_, index) => !(index in details));
  if (Object.keys(details).length) {
    // Older versions kept the others of such a batch, newer ones do not.
    if (server.keepsOthers) for (const event of keeps) take_one(server, event);
    return unprocessable(batch ? details : details[0]);
  }
  for (const event of keeps.slice(0, take)) take_one(server, event);
  const taken = events.map((event) => said(server.counted.find((one) => one.as === 'lago' && one.id === event.transaction_id) ?? {}));
  return [200, batch ? { events: taken } : { event: taken[0] }];
}

function take_one(server, event) {
  server.count('lago', { id: event.transaction_id, name: event.code, customer: event.external_subscription_id, value: Number(event.properties.quantity), time: Number(event.timestamp) * 1000 });
}

const said = (one) => ({ transaction_id: one.id, code: one.name, external_subscription_id: one.customer, timestamp: new Date(one.time ?? 0).toISOString(), properties: { quantity: String(one.value) }, created_at: new Date(one.at ?? 0).toISOString() });
