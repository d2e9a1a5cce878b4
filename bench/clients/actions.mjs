// Agents of ./dev bench actions: each asks for lifeline.noop in a call of its own, over a WebSocket, and
// asks again when that was executed. Prints how long an accepted took, and how many were executed.
//
//   node actions.mjs URL USER_TOKEN AGENT_TOKEN AGENT_ID CALLS SECONDS
import { createRequire } from 'node:module';

const { WebSocket } = createRequire(new URL('../peers/package.json', import.meta.url))('ws');
const [baseUrl, userToken, agentToken, agentId, calls, seconds] = process.argv.slice(2);
const accepted = [];
const counts = { executed: 0, otherwise: 0 };
let asking = true;

async function begin(index) {
  const created = await fetch(`${baseUrl}/v1/call/sessions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${userToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ channel: 'text', participants: [{ userId: agentId, role: 'agent' }] }),
  });
  const { session } = await created.json();
  const { sessionId } = session;
  const url = `${baseUrl.replace('http', 'ws')}/v1/call/sessions/${sessionId}/ws`;
  const socket = new WebSocket(url, ['lifeline.v1', `auth.${agentToken}`]);
  let asked = 0;
  let since = 0;
  const ask = () => {
    if (!asking) return;
    const actionId = `act_${index}_${(asked += 1)}`;
    const payload = { actionId, actionType: 'lifeline.noop', summary: 'Nothing.', args: {} };
    const event = {
      eventId: `ask_${asked}`,
      sessionId,
      ts: new Date().toISOString(),
      type: 'orchestration.action.requested',
      payload,
      schemaVersion: '1.0',
    };
    since = performance.now();
    socket.send(JSON.stringify({ op: 'publish', event }));
  };
  const heard = {
    'orchestration.action.accepted': () => accepted.push((performance.now() - since) * 1000),
    'orchestration.action.succeeded': () => {
      if (asking) counts.executed += 1;
      ask();
    },
    'orchestration.action.rejected': () => (counts.otherwise += 1),
    'orchestration.action.failed': () => (counts.otherwise += 1),
    'safety.blocked': () => (counts.otherwise += 1),
  };
  socket.on('message', (text) => {
    const frame = JSON.parse(text);
    if (frame.op === 'event') heard[frame.event.type]?.();
    if (frame.op === 'error') counts.otherwise += 1;
    if (frame.op === 'replay.complete') ask();
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

const began = performance.now();
const sockets = await Promise.all(Array.from({ length: Number(calls) }, (_, index) => begin(index)));
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
asking = false;
const took = (performance.now() - began) / 1000;
accepted.sort((a, b) => a - b);
const at = (share) => accepted[Math.min(accepted.length - 1, Math.floor(accepted.length * share))] ?? 0;
console.log(JSON.stringify({ ...counts, perSecond: counts.executed / took, p50Us: at(0.5), p99Us: at(0.99) }));
for (const socket of sockets) socket.terminate();
