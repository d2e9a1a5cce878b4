// Real conversations as real calls: user and agent as two clients of the SDK, fifty calls at a time.
// Every utterance arrives once and in order at both, and the journal's transcript is the source.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { createCall, joinCall } from '../../sdk/dist/lifeline.js';
import { writeEvidence } from './support/evidence.mjs';
import { Server } from './support/server.mjs';

const file =
  process.env.LIFELINE_DIALOGUES ??
  fileURLToPath(new URL('../../../shared/data/dialogues.jsonl', import.meta.url));
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
  const events = await server.events(user.session.sessionId, server.token(`usr_${n}`));
  const spoken = events
    .filter(({ event }) => event.type === 'transcript.final')
    .map(({ event }) => ({ speaker: event.payload.speaker, text: event.payload.text }));
  await Promise.all([user.leave(), agent.leave()]);
  return { spoken, seen, last: events.at(-1).event.type };
}

function mismatches(dialogue, held) {
  const source = dialogue.turns.map(({ speaker, text }) => ({ speaker, text }));
  const texts = source.map(({ text }) => text);
  const found = [];
  const differs = (a, b) => JSON.stringify(a) !== JSON.stringify(b);
  if (differs(held.spoken, source)) found.push('the journal has another transcript');
  if (differs(held.seen.user, texts)) found.push('the user saw something else');
  if (differs(held.seen.agent.slice(0, texts.length), texts.slice(0, held.seen.agent.length)))
    found.push('the agent saw something else');
  if (held.last !== 'call.ended' && held.last !== 'call.participant.connection.changed')
    found.push(`the last event is ${held.last}`);
  return found.map((what) => `${dialogue.dialogue}: ${what}`);
}

test('conversations as calls', { timeout: 600_000 }, async (t) => {
  if (!existsSync(file)) return t.skip('there is no dialogues.jsonl here; LIFELINE_DIALOGUES names one');
  const begun = performance.now();
  const dialogues = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(0, wanted)
    .map((line) => JSON.parse(line));
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
  const counts = {
    dialogues: dialogues.length,
    utterances,
    actions: 0,
    transactional: 0,
    unapproved: 0,
    mismatches: found.length,
  };
  t.diagnostic(JSON.stringify(counts));
  writeEvidence('dialogues', (performance.now() - begun) / 1000, counts, found.slice(0, 20));
  assert.deepEqual(found.slice(0, 5), []);
  assert.equal(
    utterances,
    dialogues.reduce((sum, { turns }) => sum + turns.length, 0),
  );
});
