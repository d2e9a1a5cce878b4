// Money, hour by hour, on one folder: in each hour somebody calls, the hour before is closed, charged, corrected,
// delivered and counted again, and the process may die at one step of all that. A client that does what it has not
// been told to be done carries on; then everything is held against everything.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hour, nameOf } from './bill.mjs';
import { account, BillingSystems, prices, putPrices, readMoney } from './charged.mjs';
import { clock_behind } from './clock_behind.mjs';
import { nameOfPoint, Steps } from './killed_at.mjs';
import { Line } from './line.mjs';
import { checkMoney } from './money_chain.mjs';
import { binary, Server } from './server.mjs';
import { checkUsage, readStream, readTicks } from './usage_check.mjs';
import { pause } from './waiting.mjs';

/** Two days before a month ends. */
const beginning = Date.UTC(2027, 0, 30, 0, 0, 5);
const month = '2027-01';
export const hoursMax = 46;
/** It was not taken, and will be in a moment. */
const passing = new Set(['not_ready', 'window_open', 'reconciliation_running', 'unavailable']);
const limits = '[limits]\nevents_per_second = 100000\nevents_burst = 100000\n';

/** No attempt will do better. */
class Refused extends Error {}

/** What billing systems do to it, an hour each; in the others they are well. */
const troubles = [
  ['hook', { kind: 'lost' }],
  ['stripe', { kind: 'truncated' }],
  [],
  ['hook', { kind: 'refuse' }],
  ['stripe', { kind: 'lost' }],
  [],
  ['hook', { kind: 'status', status: 500, taken: true }],
  [],
];

export class MoneyStory {
  now = -1; // The hour, counted from the beginning.
  patience = 40_000;
  calls = [];
  points = []; // By hour, at which it died.
  #deaths = 0;

  /** Null where nothing here compiles what is needed. */
  static async begin() {
    const story = new MoneyStory();
    story.systems = await new BillingSystems().start();
    const server = new Server((folder) => `${limits}${story.systems.settings(folder)}[reconciliation]\nsettle_minutes = 0\n`);
    story.server = server;
    const clock = clock_behind(server.folder, 0);
    story.steps = new Steps(server);
    if (clock === null || story.steps.library === null) {
      await story.close();
      return null;
    }
    Object.assign(server.env, clock);
    try {
      await story.#open();
    } catch (error) {
      await story.close();
      throw error;
    }
    return story;
  }

  async #open() {
    const { server } = this;
    this.#turn(-1); // The hour before the first that is told of.
    await server.start();
    const token = (user, role, of = account) => server.token(user, role, of, 10_080);
    Object.assign(this, { owner: token('usr_0', 'user'), service: token('key_meter', 'service'), auditor: token('usr_auditor', 'auditor'), admin: token('usr_root', 'admin', 'acct_root') });
    await this.#asked('GET', '/v1/billing/cards', this.admin); // It serves before its views are open.
    await putPrices(server, beginning - hour);
  }

  async close() {
    await this.server.close();
    await this.systems.close();
  }

  #turn(n) {
    this.now = n;
    const behind = Math.floor((Date.now() - beginning - n * hour) / 1000);
    this.server.env.CLOCK_BEHIND_S = `${behind}`;
    this.systems.hook.shift = this.systems.stripe.shift = -behind * 1000;
  }

  get point() {
    const here = this.points[this.now];
    return here ? `${nameOfPoint(here)} (${here.what})` : 'no step';
  }

  /** Nothing is wrong with the server itself: it was killed once, where it was to be, or not at all. */
  async #alive() {
    while (!this.server.running) {
      const { ended, log } = this.server;
      this.#deaths += 1;
      if (ended !== 'SIGKILL' || this.#deaths > this.deathsMax) throw new Error(`it ended by ${ended}, killed at ${this.point}\n${log.slice(-3000)}`);
      const here = this.points[this.now];
      here.what = this.steps.taken().at(-1)?.what;
      this.steps.disarm();
      await this.server.start();
    }
  }

  /** Until it is done, whoever dies meanwhile. */
  async #done(what, attempt) {
    let said = '';
    for (const begun = Date.now(); ; await pause(20)) {
      await this.#alive();
      try {
        const done = await attempt();
        if (done) return done;
      } catch (error) {
        if (error instanceof Refused) throw error;
        said = error.message; // Of a line that broke.
      }
      if (Date.now() - begun > this.patience) throw new Error(`waited in vain, killed at ${this.point}: ${what} ${said}\n${this.server.log.slice(-2000)}`);
    }
  }

  /** The answer that says that it is so, now or already. */
  #asked(method, path, token, body, { key, accept = [200, 201, 204] } = {}) {
    return this.#done(`${method} ${path}`, async () => {
      const { status, json } = await this.server.rest(method, path, token, body, key ? { 'Idempotency-Key': key } : {});
      if (accept.includes(status)) return { status, json };
      if (status === 503 || status === 429 || passing.has(json?.code)) return null;
      throw new Refused(`${method} ${path}: ${status} ${JSON.stringify(json)}, killed at ${this.point}`);
    });
  }

  async #connected(call) {
    if (call.line?.socket.readyState === 1) return;
    await this.#done('a line', async () => {
      call.line?.close();
      call.line = new Line(this.server, call.id, { token: this.owner, resume: call.resume });
      const hello = await call.line.frame('hello').catch((error) => {
        call.resume = undefined; // It may have been used by one that nobody heard of.
        throw error;
      });
      call.resume = hello.resumeToken;
      return true;
    });
  }

  async #publish(call, token, eventId, type, payload) {
    const event = { eventId, sessionId: call.id, ts: new Date(beginning).toISOString(), type, payload, schemaVersion: '1.0' };
    await this.#asked('POST', `/v1/call/sessions/${call.id}/events`, token, event);
    call.taken.push(eventId);
  }

  async #call() {
    const n = this.now;
    const { json } = await this.#asked('POST', '/v1/call/sessions', this.owner, { channel: 'text' }, { key: `call_${n}` });
    const call = { id: json.session.sessionId, hour: nameOf(beginning + n * hour), taken: [] };
    this.calls[n] = call;
    await this.#connected(call);
    const words = { utteranceId: 'u', speaker: 'user', text: `Grüße ${n} 🙂`, startMs: 0, endMs: 9, source: 'typed' };
    await this.#publish(call, this.owner, 'final', 'transcript.final', words);
    await this.#connected(call);
    const report = { reportId: 'use', meter: 'stt.ms', unit: 'ms', quantity: `${1000 + n}`, source: 'provider' };
    for (const eventId of ['report', 'report_again']) await this.#publish(call, this.service, eventId, 'billing.usage.reported', report);
    await this.#connected(call);
    await this.#asked('POST', `/v1/call/sessions/${call.id}/state`, this.owner, { status: 'ended' }, { accept: [200, 204, 409] });
    call.line.close();
  }

  /** Once the hour of that call is charged: what comes of it now is late. */
  async #late(call) {
    const ask = () => this.server.rest('GET', `/v1/billing/accounts/${account}/charges?limit=1000`, this.auditor);
    await this.#done(`${call.hour} is charged`, async () =>
      ((await ask()).json.entries ?? []).some(({ type, entry }) => type === 'billing.usage.recorded' && entry.window === call.hour && entry.meter === 'stt.ms'),
    );
    const at = call.hour.replace('Z', ':01.000Z');
    await this.#publish(call, this.service, 'late', 'billing.usage.reported', { reportId: 'late', meter: 'stt.ms', unit: 'ms', quantity: '77', source: 'provider', at });
    await this.#publish(call, this.service, 'better', 'billing.usage.reconciled', { reportId: 'use', quantity: '900', source: 'provider' });
  }

  /** What is wrong with the hours before this one, once they are settled or after a while. */
  async #money() {
    const here = nameOf(beginning + this.now * hour);
    for (const begun = Date.now(); ; await pause(150)) {
      await this.#alive();
      const read = await readMoney(this.server, this.auditor, this.systems, [month]).catch((error) => ({ error }));
      const { found, counts } = read.error
        ? { found: [read.error.message] }
        : checkMoney({ prices, ...read, records: read.records.filter(({ window }) => window !== here) });
      if (found.length === 0 || Date.now() - begun > this.patience) return { found, counts, sinks: read.sinks };
    }
  }

  /** The server's own second count finds nothing either, but what waits for a person. */
  async #reconciled({ sinks }) {
    await this.#asked('POST', '/v1/billing/reconciliations', this.admin, {});
    const { json } = await this.#asked('GET', `/v1/billing/accounts/${account}/findings?state=open&limit=1000`, this.admin);
    const waits = ({ sink, records = [] }) => records.length > 0 && records.every((id) => sinks[sink]?.parked.has(id));
    return json.findings.filter((one) => !waits(one)).map((one) => `finding: ${JSON.stringify(one)}`);
  }

  /** The next hour; gives what is wrong then, in words. */
  async hour(point = null) {
    await this.server.kill();
    this.#turn(this.now + 1);
    this.points[this.now] = point && { ...point };
    this.#deaths = 0;
    this.deathsMax = point ? 1 : 0;
    const [system, fault] = troubles[this.now % troubles.length];
    if (system) this.systems[system].faults.push(fault);
    this.steps.arm(point);
    await this.server.start().catch(() => {}); // It may die of that.
    await this.#call();
    if (this.now > 0) await this.#late(this.calls[this.now - 1]);
    const { found, counts, sinks } = await this.#money();
    if (found.length === 0 && this.now > 0) found.push(...(await this.#reconciled({ sinks })));
    return { found, counts, died: this.#deaths > 0, steps: point ? null : this.steps.taken() };
  }

  /** The month is over: its statement is closed and proves itself, and all calls are counted again. */
  async end() {
    await this.server.kill();
    this.#turn(Math.ceil((Date.UTC(2027, 1, 1, 0, 10) - beginning) / hour));
    this.deathsMax = this.#deaths = 0;
    this.steps.disarm();
    await this.server.start();
    const statement = await this.#done('the statement is closed', async () => {
      const { json } = await this.server.rest('GET', `/v1/billing/accounts/${account}/statements/${month}`, this.auditor);
      return json?.journalHead !== undefined && json;
    });
    const { found, counts } = await this.#money();
    const file = join(this.server.folder, 'proof.jsonl');
    const reply = await fetch(`${this.server.url}/v1/billing/accounts/${account}/statements/${month}?format=proof`, { headers: { Authorization: `Bearer ${this.auditor}` } });
    writeFileSync(file, await reply.text());
    const proof = JSON.parse(execFileSync(binary, ['verify', file, '--json'], { encoding: 'utf8' }));
    if (!proof.ok || !proof.closed || proof.total !== statement.total) found.push(`statement: ${JSON.stringify(proof)}`);

    const all = [];
    for (const { id, taken } of this.calls) {
      const events = await this.server.events(id, this.owner);
      const ids = events.map(({ event }) => event.eventId);
      for (const eventId of taken) {
        const times = ids.filter((one) => one === eventId).length;
        if (times !== 1) found.push(`meter-leak: ${eventId} of ${id} was taken and stands there ${times} times`);
      }
      all.push(events);
    }
    const elsewhere = [account, 'sys_billing'].flatMap((stream) => readStream(this.server, stream));
    const usage = checkUsage(all, readTicks(this.server), elsewhere);
    found.push(...usage.found);
    return { found: found.map((what) => this.#withPoint(what)), counts: { ...counts, ...usage.counts, proved: proof.charges } };
  }

  /** With the step at which the server died while that call went on, or was charged. */
  #withPoint(what) {
    const n = this.calls.findIndex(({ id }) => what.includes(id));
    const died = [n, n + 1].map((at) => this.points[at]).filter((at) => n >= 0 && at);
    return died.length === 0 ? what : `${what}; killed at ${died.map((at) => `${nameOfPoint(at)} (${at.what})`).join(' and ')}`;
  }
}
