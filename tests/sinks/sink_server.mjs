// A billing sink that misbehaves on purpose. It speaks as Stripe, OpenMeter and Lago do and takes Standard
// Webhooks, as far as src/sinks uses them, and keeps what it counted, so that a test can compare.
//
//   node sink_server.mjs [PORT]     POST /control {"faults":[...],"advance":ms,...}   GET /control: what it has
//
// Each request takes the first of `faults` away, if there is one:
//   {kind:"lost"}               takes it, then closes without an answer
//   {kind:"refuse"}             closes before it takes anything
//   {kind:"status", status, headers, body, taken}   answers that; `taken`: it was counted all the same
//   {kind:"partial", take}      takes the first of a batch, then breaks
//   {kind:"slow", ms}           takes it, and answers that much later
//   {kind:"page"}               200 and a page, as a portal on the way has it; nothing is taken
//   {kind:"truncated"}          takes it; its JSON ends in the middle
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { lago } from './as_lago.mjs';
import { openmeter } from './as_openmeter.mjs';
import { stripe } from './as_stripe.mjs';
import { webhook } from './as_webhook.mjs';

export const hour = 3_600_000;

export class SinkServer {
  constructor(options = {}) {
    this.shift = 0; // Of its clock, against ours.
    this.faults = [];
    this.counted = []; // {as, id, name, customer, value, time, at}
    this.requests = []; // {method, path, status}; 0: not answered
    this.settles = 0; // What it took is shown this much later.
    this.keys = { stripe: 'sk_test_a', openmeter: 'om_a', lago: 'lago_a' };
    this.windows = { stripe: 24 * hour, openmeter: 32 * 24 * hour, lago: Infinity, webhook: Infinity };
    this.customers = new Set(['cus_1', 'cus_2']);
    this.meters = { call_ms: 'mtr_1' };
    this.secrets = [];
    this.answers = new Map(); // Stripe's, by Idempotency-Key.
    Object.assign(this, options);
    this.server = createServer((request, response) => this.#serve(request, response));
  }

  start(port = 0) {
    return new Promise((resolve) => this.server.listen(port, '127.0.0.1', () => resolve(this)));
  }
  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
  get url() {
    return `http://127.0.0.1:${this.server.address().port}`;
  }
  now() {
    return Date.now() + this.shift;
  }

  // What it has of an id, if it knows it still. What was counted stays counted.
  known(as, id) {
    return this.counted.find((one) => one.as === as && one.id === id && this.now() - one.at < this.windows[as]);
  }
  count(as, event) {
    this.counted.push({ as, at: this.now(), ...event });
  }
  shown(as) {
    return this.counted.filter((one) => one.as === as && this.now() - one.at >= this.settles);
  }
  // id -> how often it was counted.
  times(as) {
    const times = {};
    for (const one of this.counted) if (one.as === as) times[one.id] = (times[one.id] ?? 0) + 1;
    return times;
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const asked = {
      method: request.method,
      url: new URL(request.url, this.url),
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    if (asked.url.pathname === '/control') return this.#control(asked, response);
    const fault = this.faults.shift() ?? { kind: 'none' };
    const record = { method: asked.method, path: asked.url.pathname, headers: asked.headers, body: asked.body, status: 0 };
    this.requests.push(record);
    const send = (status, headers, body) => {
      record.status = status;
      response.writeHead(status, headers).end(body);
    };
    if (fault.kind === 'refuse') return response.destroy();
    if (fault.kind === 'page') return send(200, { 'content-type': 'text/html' }, '<html>Welcome to our network</html>');
    if (fault.kind === 'status' && !fault.taken) return send(fault.status, fault.headers ?? {}, fault.body ?? '');
    const [status, json] = this.#route(asked, fault.kind === 'partial' ? (fault.take ?? 1) : Infinity);
    const body = json === undefined ? '' : JSON.stringify(json);
    const headers = json === undefined ? {} : { 'content-type': 'application/json' };
    if (fault.kind === 'lost') return response.destroy();
    if (fault.kind === 'partial') return send(500, {}, '');
    if (fault.kind === 'status') return send(fault.status, fault.headers ?? {}, fault.body ?? '');
    if (fault.kind === 'truncated') return send(status, headers, body.slice(0, body.length / 2));
    if (fault.kind === 'slow') return void setTimeout(() => send(status, headers, body), fault.ms).unref();
    send(status, headers, body);
  }

  #route(asked, take) {
    const path = asked.url.pathname;
    if (path.startsWith('/v1/')) return stripe(this, asked);
    if (asked.headers.authorization === `Bearer ${this.keys.openmeter}`) return openmeter(this, asked, take);
    if (path.startsWith('/api/v1/events')) return lago(this, asked, take);
    if (path === '/hook') return webhook(this, asked);
    return [404, { error: 'nothing here' }];
  }

  #control({ method, body }, response) {
    if (method === 'POST') {
      const { advance = 0, faults = [], ...rest } = JSON.parse(body);
      this.shift += advance;
      this.faults.push(...faults);
      Object.assign(this, rest);
    }
    const { shift, faults, counted, requests } = this;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ shift, faults, counted, requests }));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const server = await new SinkServer().start(Number(process.argv[2] ?? 0));
  console.log(server.url);
}
