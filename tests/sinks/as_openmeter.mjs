// OpenMeter's ingestion of CloudEvents, its list of events, and a meter's query.
const problem = (status, detail) => [status, { type: 'about:blank', title: 'Bad Request', status, detail }];

export function openmeter(server, asked, take) {
  const query = asked.url.searchParams;
  const from = Date.parse(query.get('from'));
  const to = Date.parse(query.get('to'));
  const within = (one) => one.time >= from && one.time <= to;
  if (asked.url.pathname !== '/api/v1/events') {
    const [, slug] = /^\/api\/v1\/meters\/([^/]+)\/query$/.exec(asked.url.pathname) ?? [];
    const of = server.shown('openmeter').filter((one) => one.name === slug && one.customer === query.get('subject') && one.time >= from && one.time < to);
    const value = of.reduce((sum, one) => sum + one.value, 0);
    const data = of.length ? [{ value, windowStart: query.get('from'), windowEnd: query.get('to'), subject: query.get('subject'), groupBy: {} }] : [];
    return [200, { from: query.get('from'), to: query.get('to'), windowSize: 'HOUR', data }];
  }
  if (asked.method === 'GET') {
    // A part of an id is enough for it.
    const found = server.shown('openmeter').filter((one) => one.id.includes(query.get('id')) && one.customer.includes(query.get('subject')) && within(one));
    return [200, found.map((one) => ({ event: one.event, ingestedAt: new Date(one.at).toISOString(), storedAt: new Date(one.at).toISOString() }))];
  }
  if (asked.headers['content-type'] !== 'application/cloudevents-batch+json') return problem(400, 'no such content type');
  const events = JSON.parse(asked.body);
  for (const event of events) {
    if (event.specversion !== '1.0' || !event.id || !event.source || !event.type || !event.subject) return problem(400, 'an attribute is missing');
    if (Number.isNaN(Date.parse(event.time))) return problem(400, 'time is none');
    if (!/^-?\d+$/.test(event.data?.quantity)) return problem(400, 'quantity is no number');
    if (event.subject === 'refused') return problem(400, 'invalid subject');
  }
  for (const event of events.slice(0, take)) {
    if (server.known('openmeter', event.id)) continue; // It says nothing of it.
    server.count('openmeter', { id: event.id, name: event.type, customer: event.subject, value: Number(event.data.quantity), time: Date.parse(event.time), event });
  }
  return [204, undefined];
}
