// People of ./dev bench turn: each in a call of their own with the server's agent, says a sentence over a
// WebSocket, and the next one when that was answered. Prints how long the first words took and the whole
// turn, counted from when the sentence was sent. Is also the model, where the agent has one: it answers at
// once, so that what is measured is the server and the way there.
//
//   node turns.mjs URL USER_TOKEN CALLS SECONDS MODEL_PORT
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const { WebSocket } = createRequire(new URL('../peers/package.json', import.meta.url))('ws');
const [baseUrl, userToken, calls, seconds, modelPort] = process.argv.slice(2);
const figures = { first: [], whole: [] };
let otherwise = 0;
let asking = true;

const chunk = (response, content) =>
  response.write(`data: ${JSON.stringify({ model: 'bench', choices: [{ index: 0, delta: { content } }] })}\n\n`);
const model = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const words of ['The next thing on your list ', 'is to call the dentist ', 'before noon.'])
      chunk(response, words);
    const usage = { prompt_tokens: 500, completion_tokens: 20 };
    const choices = [{ index: 0, delta: {}, finish_reason: 'stop' }];
    response.end(`data: ${JSON.stringify({ choices, usage })}\n\ndata: [DONE]\n\n`);
  });
});
await new Promise((resolve) => model.listen(Number(modelPort), '127.0.0.1', resolve));

async function begin(index) {
  const created = await fetch(`${baseUrl}/v1/call/sessions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${userToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ channel: 'text' }),
  });
  const { sessionId } = (await created.json()).session;
  const url = `${baseUrl.replace('http', 'ws')}/v1/call/sessions/${sessionId}/ws`;
  const socket = new WebSocket(url, ['lifeline.v1', `auth.${userToken}`]);
  let said = 0;
  let since = 0;
  let first = 0;
  const say = () => {
    if (!asking) return;
    said += 1;
    const payload = { utteranceId: `u_${index}_${said}`, speaker: 'user', text: 'What is next?', startMs: 0, endMs: 1 };
    const event = {
      eventId: `say_${said}`,
      sessionId,
      ts: new Date().toISOString(),
      type: 'transcript.final',
      payload,
      schemaVersion: '1.0',
    };
    first = 0;
    since = performance.now();
    socket.send(JSON.stringify({ op: 'publish', event }));
  };
  const heard = {
    'orchestration.turn.delta': () => (first ||= performance.now() - since),
    'orchestration.turn.completed': () => {
      if (asking) {
        figures.first.push(first);
        figures.whole.push(performance.now() - since);
      }
      say();
    },
    'orchestration.turn.failed': () => (otherwise += 1),
    'orchestration.turn.cancelled': () => (otherwise += 1),
    'billing.quota.denied': () => (otherwise += 1),
  };
  socket.on('message', (text) => {
    const frame = JSON.parse(text);
    if (frame.op === 'event') heard[frame.event.type]?.();
    if (frame.op === 'error') otherwise += 1;
    if (frame.op === 'replay.complete') say();
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

const sockets = await Promise.all(Array.from({ length: Number(calls) }, (_, index) => begin(index)));
const began = performance.now();
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
asking = false;
const took = (performance.now() - began) / 1000;
const shown = (sorted) => {
  sorted.sort((a, b) => a - b);
  const at = (share) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 1000;
  return { p50Us: at(0.5), p99Us: at(0.99) };
};
const turns = figures.whole.length;
console.log(
  JSON.stringify({ turns, otherwise, perSecond: turns / took, first: shown(figures.first), whole: shown(figures.whole) }),
);
for (const socket of sockets) socket.terminate();
model.closeAllConnections();
model.close();
