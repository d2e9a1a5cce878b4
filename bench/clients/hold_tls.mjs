// Clients of ./dev bench idle_tls: people who are each alone in an open call over TLS, and say
// nothing. Prints "held" when all have their hello; leaves when its input ends.
//
//   node hold_tls.mjs URL TOKEN COUNT
import { Agent, request } from 'node:https';
import { createRequire } from 'node:module';

const { WebSocket } = createRequire(new URL('../peers/package.json', import.meta.url))('ws');
const [url, token, count] = process.argv.slice(2);
// The certificate is the bench's own.
const agent = new Agent({ keepAlive: true, maxSockets: 32, rejectUnauthorized: false });

function createCall() {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const asked = request(`${url}/v1/call/sessions`, { agent, method: 'POST', headers }, (reply) => {
      let text = '';
      reply.on('data', (piece) => (text += piece));
      reply.on('end', () =>
        reply.statusCode === 201
          ? resolve(JSON.parse(text).session.sessionId)
          : reject(new Error(`${reply.statusCode} ${text}`)),
      );
    });
    asked.on('error', reject);
    asked.end('{"channel":"text"}');
  });
}

function connect(sessionId) {
  return new Promise((resolve, reject) => {
    const target = `${url.replace('https', 'wss')}/v1/call/sessions/${sessionId}/ws`;
    const protocols = ['lifeline.v1', `auth.${token}`];
    const socket = new WebSocket(target, protocols, {
      rejectUnauthorized: false,
      perMessageDeflate: false,
    });
    socket.once('message', resolve);
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`closed: ${code}`)));
  });
}

let next = 0;
const one = async () => {
  while (next++ < Number(count)) await connect(await createCall());
};
await Promise.all(Array.from({ length: 32 }, one));
console.log('held');
for await (const _ of process.stdin);
process.exit(0);
