// Clients of ./dev bench restart: calls of the SDK, each of which publishes an event a second over a
// restart of its server. Prints "up" when all are live; when its input ends, publishes no more and
// prints how long each was without a line, and what was lost or doubled.
//
//   node restart.mjs URL TOKEN CALLS
import { createRequire } from 'node:module';
import { createCall } from '../../sdk/dist/lifeline.js';

const { WebSocket } = createRequire(new URL('../peers/package.json', import.meta.url))('ws');
const [baseUrl, token, count] = process.argv.slice(2);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One call: its pauses, what it published, and what came by in it. */
async function begin() {
  const call = await createCall({ baseUrl, getToken: () => token, WebSocket, channel: 'text' });
  const client = { call, pauses: [], seen: new Map(), published: [], gaps: 0, seq: 0, cutAt: null };
  call.connection.subscribe(({ state }) => {
    if (state === 'live' && client.cutAt !== null) {
      client.pauses.push(performance.now() - client.cutAt);
      client.cutAt = null;
    } else if (state !== 'live') {
      client.cutAt ??= performance.now();
    }
  });
  call.on('*', ({ seq, eventId }) => {
    if (seq !== client.seq + 1 && client.seq !== 0) client.gaps++;
    client.seq = seq;
    client.seen.set(eventId, (client.seen.get(eventId) ?? 0) + 1);
  });
  while (call.connection.value.state !== 'live') await pause(20);
  client.cutAt = null;
  client.pauses = [];
  return client;
}

const clients = [];
for (let made = 0; made < Number(count); made += 50)
  clients.push(...(await Promise.all(Array.from({ length: Math.min(50, count - made) }, begin))));
let publishing = true;
const talking = clients.map(async (client) => {
  await pause(Math.random() * 1_000);
  while (publishing) {
    client.published.push(client.call.publish('x.bench', { text: 'x'.repeat(120) }));
    await pause(1_000);
  }
});
console.log('up');
for await (const _ of process.stdin);
publishing = false;
await Promise.all(talking);

const longest = [];
let lost = 0;
let doubled = 0;
for (const { call, pauses, seen, published, gaps } of clients) {
  const stored = await Promise.allSettled(published);
  lost += stored.filter(({ value }) => !value || !seen.has(value.eventId)).length + gaps;
  doubled += [...seen.values()].filter((times) => times > 1).length;
  longest.push(Math.max(0, ...pauses));
  call.leave();
}
longest.sort((one, other) => one - other);
const at = (share) => Math.round(longest[Math.floor(share * (longest.length - 1))]);
const published = clients.reduce((sum, client) => sum + client.published.length, 0);
const cut = longest.filter((ms) => ms > 0).length;
console.log(
  JSON.stringify({ lost, doubled, published, cut, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }),
);
process.exit(0);
