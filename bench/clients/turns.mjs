// People of ./dev bench turn: each in a call of their own with the server's agent, says something over a
// WebSocket, and the next thing when that was answered. Prints how long it took until what was waited for
// was seen, counted from when it was sent:
//
//   answer    the first words of the answer, and the whole turn
//   question  the confirmation of what the person asked to be done, who then says no
//   publish   the person's own event, which concerns no agent: the way there and back, and nothing else
//
// Is also the model, where the agent has one: it answers at once, so that what is measured is the server
// and the way there.
//
//   node turns.mjs answer|question|publish URL USER_TOKEN CALLS SECONDS MODEL_PORT
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const { WebSocket } = createRequire(new URL('../peers/package.json', import.meta.url))('ws');
const [waitedFor, baseUrl, userToken, calls, seconds, modelPort] = process.argv.slice(2);
const request = 'write to ada@example.com I will be late';
const counts = { rounds: 0, otherwise: 0 };
const figures = {}; // What was waited for -> how long it took, each time.
let asking = true;

/** Asks for the tool when that is the newest thing in the conversation; else it says something. */
function reply({ messages, tools = [] }) {
  const last = messages.at(-1);
  const echo = tools.find((one) => one.function.name.includes('echo'))?.function.name;
  if (waitedFor !== 'question' || last.role !== 'user' || !last.content.includes(request) || !echo)
    return ['The next thing on your list ', 'is to call the dentist ', 'before noon.'].map((content) => ({ content }));
  const args = JSON.stringify({ to: 'ada@example.com', text: 'I will be late' });
  return [{ tool_calls: [{ index: 0, id: 'call_0', type: 'function', function: { name: echo, arguments: args } }] }];
}

const model = createServer(async (incoming, response) => {
  let text = '';
  for await (const bytes of incoming) text += bytes;
  const deltas = reply(JSON.parse(text));
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const send = (data) => response.write(`data: ${JSON.stringify({ model: 'bench', ...data })}\n\n`);
  for (const delta of deltas) send({ choices: [{ index: 0, delta }] });
  const finish_reason = deltas[0].tool_calls ? 'tool_calls' : 'stop';
  send({ choices: [{ index: 0, delta: {}, finish_reason }], usage: { prompt_tokens: 500, completion_tokens: 20 } });
  response.end('data: [DONE]\n\n');
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
  let reached = new Set(); // Of what is waited for in this round.
  const publish = (eventId, type, payload) => {
    const event = { eventId, sessionId, ts: new Date().toISOString(), type, payload, schemaVersion: '1.0' };
    socket.send(JSON.stringify({ op: 'publish', event }));
  };
  const say = () => {
    if (!asking) return;
    said += 1;
    reached = new Set();
    since = performance.now();
    if (waitedFor === 'publish') return publish(`say_${said}`, 'x.said', { n: said });
    const text = waitedFor === 'question' ? request : 'What is next?';
    const utterance = { utteranceId: `u_${index}_${said}`, speaker: 'user', text, startMs: 0, endMs: 1 };
    publish(`say_${said}`, 'transcript.final', utterance);
  };
  const reach = (what) => {
    if (reached.has(what)) return;
    reached.add(what);
    if (asking) (figures[what] ??= []).push(performance.now() - since);
  };
  const next = () => {
    if (asking) counts.rounds += 1;
    say();
  };
  const otherwise = () => (counts.otherwise += 1);
  const heard = {
    'x.said': ({ eventId }) => {
      if (eventId !== `say_${said}`) return;
      reach('publish');
      next();
    },
    'orchestration.turn.delta': () => reach('firstWords'),
    'safety.confirmation.requested': ({ payload: { confirmationId, argsHash } }) => {
      reach('confirmation');
      publish(`no_${said}`, 'safety.confirmation.answered', { confirmationId, decision: 'deny', argsHash });
    },
    // The model knows that it was not done; the turn in which it heard that ends the round.
    'orchestration.result.delivered': () => reached.has('confirmation') && reached.add('told'),
    'orchestration.turn.completed': () => {
      if (waitedFor === 'question' && !reached.has('told')) return;
      if (waitedFor === 'answer') reach('wholeTurn');
      next();
    },
    'orchestration.turn.failed': otherwise,
    'orchestration.turn.cancelled': otherwise,
    'orchestration.action.rejected': otherwise,
    'safety.blocked': otherwise,
    'billing.quota.denied': otherwise,
  };
  socket.on('message', (text) => {
    const frame = JSON.parse(text);
    if (frame.op === 'event') heard[frame.event.type]?.(frame.event);
    if (frame.op === 'error') otherwise();
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
const times = {};
for (const [what, taken] of Object.entries(figures)) {
  taken.sort((a, b) => a - b);
  const at = (share) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] * 1000;
  times[what] = { p50Us: at(0.5), p99Us: at(0.99) };
}
console.log(JSON.stringify({ ...counts, perSecond: counts.rounds / took, times }));
for (const socket of sockets) socket.terminate();
model.closeAllConnections();
model.close();
