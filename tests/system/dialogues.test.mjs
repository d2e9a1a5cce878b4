// Real conversations as real calls: user and agent as two clients of the SDK, fifty calls at a time.
// Every utterance arrives once and in order at both, and the journal's transcript is the source.

import assert from 'node:assert/strict';
import test from 'node:test';
import { WebSocket } from 'ws';
import { createCall, joinCall } from '../../sdk/dist/lifeline.js';
import { mismatches, missing, readDialogues } from './support/dialogues.mjs';
import { writeEvidence } from './support/evidence.mjs';
import { Server } from './support/server.mjs';

const wanted = Number(process.env.LIFELINE_DIALOGUE_COUNT ?? 100);
const atATime = 50;

/** One dialogue as one call; resolves with what was said and what each side saw. */
async function hold(server, dialogue, n) {
  const options = (user, role) => {
    const token = server.token(user, role);
    return { baseUrl: server.url, getToken: () => token, WebSocket };
  };
  const user = await createCall({
    ...options(`usr_${n}`, 'user'),
    participants: [{ userId: `agt_${n}`, role: 'agent' }],
    channel: 'text',
  });
  const agent = await joinCall({
    ...options(`agt_${n}`, 'agent'),
    sessionId: user.session.sessionId,
  });
  const seen = { user: [], agent: [] };
  user.on('transcript.final', (event) => seen.user.push(event.payload.text));
  agent.on('transcript.final', (event) => seen.agent.push(event.payload.text));
  for (const turn of dialogue.turns) {
    await (turn.speaker === 'user' ? user : agent).say(turn.text);
  }
  await user.end();
  await Promise.all([user, agent].map(closed)); // From then on neither will see anything more.
  const events = await server.events(user.session.sessionId, server.token(`usr_${n}`));
  const spoken = events
    .filter(({ event }) => event.type === 'transcript.final')
    .map(({ event }) => ({ speaker: event.payload.speaker, text: event.payload.text }));
  return { spoken, seen, last: events.at(-1).event.type };
}

/** Resolves when the call's end has closed this side's connection. */
function closed({ connection }) {
  return new Promise((resolve) => {
    const look = ({ state }) => state === 'closed' && resolve();
    connection.subscribe(look);
    look(connection.value);
  });
}

test('conversations as calls', { timeout: 600_000, skip: missing ?? false }, async (t) => {
  const begun = performance.now();
  const dialogues = readDialogues(wanted);
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  const found = [];
  let next = 0;
  let utterances = 0;
  const worker = async () => {
    while (next < dialogues.length) {
      const n = next++;
      const held = await hold(server, dialogues[n], n);
      utterances += held.spoken.length;
      found.push(...mismatches(dialogues[n], held));
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  await server.kill('SIGTERM');
  assert.equal(server.verify().ok, true);
  // Nothing is said of actions: none is carried out here, and a zero would look like a finding.
  const counts = { dialogues: dialogues.length, utterances, mismatches: found.length };
  t.diagnostic(JSON.stringify(counts));
  writeEvidence('dialogues', (performance.now() - begun) / 1000, counts, found.slice(0, 20));
  assert.deepEqual(found.slice(0, 5), []);
  assert.equal(
    utterances,
    dialogues.reduce((sum, { turns }) => sum + turns.length, 0),
  );
});
