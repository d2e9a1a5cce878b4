// The hour ends for a server whose calls are over: it is charged, delivered and corrected, while the server is
// killed again and again.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SinkServer } from '../../sinks/sink_server.mjs';
import { hour, nameOf, priceCard, putCard } from './bill.mjs';
import { clock_behind } from './clock_behind.mjs';
import { checkMoney } from './money_chain.mjs';
import { pause } from './waiting.mjs';

export const account = 'acct_test';
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
/** Of a base unit, in nano-units. */
export const prices = { 'call.duration_ms': 333n, 'action.count': 50_000_000n, 'transcript.chars': 700n, 'stt.ms': 41n };

/** Two billing systems: one is told everything, the other has a name for what was heard and for nothing else. */
export class BillingSystems {
  async start() {
    const options = { shift: hour, secrets: [secret], meters: { heard: 'mtr_1' } };
    this.hook = await new SinkServer(options).start();
    this.stripe = await new SinkServer(options).start();
    return this;
  }
  close() {
    return Promise.all([this.hook.close(), this.stripe.close()]);
  }
  settings = (folder) => {
    writeFileSync(join(folder, 'hook.secret'), `${secret}\n`);
    writeFileSync(join(folder, 'stripe.key'), `${this.stripe.keys.stripe}\n`);
    const sink = (name, kind, lines) => `[[billing.sinks]]\nname = "${name}"\nkind = "${kind}"\nallow_http = true\n${lines}\n`;
    return (
      '[metering]\nclose_after_ms = 0\n' +
      sink('hook', 'webhook', `url = "${this.hook.url}/hook"\nsecret_file = "${join(folder, 'hook.secret')}"`) +
      sink('stripe', 'stripe', `url = "${this.stripe.url}"\nkey_file = "${join(folder, 'stripe.key')}"\ncustomers = { ${account} = "cus_1" }\nitems = { "stt.ms" = "heard" }\nmeters = { "stt.ms" = "mtr_1" }`)
    );
  };
}

/** Before anything is used; from the hour of `at` on. */
export async function putPrices(server, at = Date.now()) {
  const items = Object.entries(prices).map(([meter, unitNano]) => ({ item: meter, meter, per: '1', tiers: [{ unitNano: `${unitNano}` }] }));
  await putCard(server, priceCard(nameOf(at), items));
}

/** Ends the hour and kills the server meanwhile; gives what checkMoney says of it once all is settled, or after a while. */
export async function chargedWhileKilled(server, systems, kills, meanwhile = () => {}) {
  await server.kill();
  Object.assign(server.env, clock_behind(server.folder, -1 / 24) ?? {});
  systems.hook.faults.push({ kind: 'lost' }, { kind: 'status', status: 500, taken: true }, { kind: 'refuse' });
  systems.stripe.faults.push({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, { kind: 'lost' }, { kind: 'truncated' });
  await server.start();
  const auditor = server.token('usr_auditor', 'auditor');
  for (let n = 0; n < kills; n += 1) {
    meanwhile(n);
    await pause(Math.random() * 400);
    await server.kill();
    await server.start();
  }
  const months = () => new Set([Date.now(), Date.now() + hour].map((ms) => new Date(ms).toISOString().slice(0, 7)));
  for (const begun = Date.now(); ; await pause(200)) {
    const read = await readMoney(server, auditor, systems, months()).catch((error) => ({ error }));
    const result = read.error ? { found: [`${read.error.message}`], counts: {} } : { ...checkMoney({ prices, ...read }), records: read.records };
    if (result.found.length === 0 || Date.now() - begun > 60_000) return result;
  }
}

/** What checkMoney looks at, of these months. */
export async function readMoney(server, auditor, systems, months) {
  const ask = async (path) => {
    const { status, json } = await server.rest('GET', `/v1/billing/${path}`, auditor);
    if (status !== 200) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return json;
  };
  const all = async (path, name) => {
    const list = [];
    for (let next = ''; next !== undefined; ) {
      const json = await ask(`${path}?limit=1000${next && `&cursor=${encodeURIComponent(next)}`}`);
      list.push(...json[name]);
      next = json.next;
    }
    return list;
  };
  const lines = [];
  for (const month of months)
    lines.push(...(await ask(`accounts/${account}/statements/${month}`)).lines);
  const letters = await all('dead-letters', 'deadLetters');
  const parked = (name) => new Set(letters.filter(({ sink }) => sink === name).map(({ chargeId }) => chargeId));
  return {
    records: (await all(`accounts/${account}/usage`, 'records')).map(({ record }) => record),
    entries: await all(`accounts/${account}/charges`, 'entries'),
    sinks: {
      hook: { times: systems.hook.times('webhook'), parked: parked('hook') },
      stripe: { times: systems.stripe.times('stripe'), parked: parked('stripe') },
    },
    lines,
  };
}
