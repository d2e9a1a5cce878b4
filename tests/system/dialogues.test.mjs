// Real conversations as real calls: user and agent as two clients of the SDK, fifty calls at a time.
// Every utterance arrives once and in order at both, and the journal's transcript is the source. What
// the agent did for its user it does here through actions: a search at once, what commits the user to
// something only after they have said yes to it, at the turn at which they did. Each action has its one
// outcome, with the result that stands in the dialogue. Then all of it again on a server that is killed
// every few seconds.

import assert from 'node:assert/strict';
import test from 'node:test';
import { WebSocket } from 'ws';
import { createCall, joinCall } from '../../sdk/dist/lifeline.js';
import { actionViolations, histories } from './support/action_record.mjs';
import { checkBill, putPrices } from './support/bill_check.mjs';
import { mismatches, missing, readDialogues, toolsFor, unapproved } from './support/dialogues.mjs';
import { writeEvidence } from './support/evidence.mjs';
import { Server } from './support/server.mjs';
import { ToolServer } from './support/tool_server.mjs';
import { readTicks, settledUsage } from './support/usage_check.mjs';
import { standardPolicyDiffersNowhere } from './support/whatif.mjs';

const wanted = Number(process.env.LIFELINE_DIALOGUE_COUNT ?? 100);
const atATime = 50;
const killEveryMs = 3000;

const nameOf = (n, turn, k) => `act_${n}_${turn}_${k}`;
const typeOf = ({ service, method }) => `${service}.${method}`;

/** Whoever finds the server away presses once more. */
async function again(enter) {
  for (;;) {
    try {
      return await enter();
    } catch (error) {
      if (!error.retryable) throw error;
    }
  }
}

/** One dialogue as one call; resolves with what was said and done, and what each side saw. */
async function hold(server, dialogue, n, unknowns) {
  const options = (user, role) => {
    const token = server.token(user, role);
    return { baseUrl: server.url, getToken: () => token, WebSocket };
  };
  const participants = [{ userId: `agt_${n}`, role: 'agent' }];
  const [its, theirs] = [options(`usr_${n}`, 'user'), options(`agt_${n}`, 'agent')];
  const user = await again(() => createCall({ ...its, participants, channel: 'text' }));
  const { sessionId } = user.session;
  const agent = await again(() => joinCall({ ...theirs, sessionId }));
  const seen = { user: [], agent: [] };
  user.on('transcript.final', (event) => seen.user.push(event.payload.text));
  agent.on('transcript.final', (event) => seen.agent.push(event.payload.text));
  const done = new Map(); // actionId -> what the agent was told
  const act = (call, actionId) =>
    agent
      .requestAction({ actionId, actionType: typeOf(call), summary: call.method, args: call.args })
      .then(
        (action) => done.set(actionId, action.result),
        (error) => done.set(actionId, unknowns(error, actionId)),
      );
  for (const [i, turn] of dialogue.turns.entries()) {
    const speaker = turn.speaker === 'user' ? user : agent;
    const after = dialogue.turns[i + 1]?.calls ?? [];
    const asked = after.flatMap((call, k) =>
      call.transactional ? [[nameOf(n, i + 1, k), call]] : [],
    );
    const outcomes = asked.map(([id, call]) => act(call, id));
    const shown = await Promise.all(asked.map(([id]) => question(user, id)));
    await speaker.say(turn.text);
    for (const confirmation of shown) await user.answerConfirmation(confirmation, 'approve');
    await Promise.all(outcomes);
    await Promise.all(
      after.flatMap((call, k) => (call.transactional ? [] : [act(call, nameOf(n, i + 1, k))])),
    );
  }
  await user.end();
  await Promise.all([user, agent].map(closed)); // From then on neither will see anything more.
  return { sessionId: user.session.sessionId, seen, done };
}

/** The confirmation of that action, once the user is asked. */
function question({ state }, actionId) {
  return new Promise((resolve) => {
    const look = ({ confirmations }) => {
      const open = confirmations.find((one) => one.actionId === actionId && one.state === 'open');
      if (open) resolve(open);
    };
    state.subscribe(look);
    look(state.value);
  });
}

/** Resolves when the call's end has closed this side's connection. */
function closed({ connection }) {
  return new Promise((resolve) => {
    const look = ({ state }) => state === 'closed' && resolve();
    connection.subscribe(look);
    look(connection.value);
  });
}

/** Holds all of them and gives what was found and counted. */
async function holdAll(t, { kills }) {
  const dialogues = readDialogues(wanted);
  const tools = await new ToolServer().start();
  t.after(() => tools.close());
  const source = new Map(); // actionId -> the call of the dialogue
  for (const [n, { turns }] of dialogues.entries())
    for (const [i, { calls = [] }] of turns.entries())
      for (const [k, call] of calls.entries()) source.set(nameOf(n, i, k), call);
  tools.answer = ({ body }) => ({ body: { result: source.get(body.actionId).result ?? {} } });
  const server = new Server(toolsFor(dialogues, tools.url));
  t.after(() => server.close());
  await server.start();
  await putPrices(server);
  // Whoever was killed in the middle of a write cannot know what came of it; nobody else may say so.
  const unknowns = (error, actionId) =>
    kills && error.code === 'outcome_unknown' && source.get(actionId).transactional
      ? (source.get(actionId).result ?? {})
      : `not done: ${error.message}`;
  let ending = false;
  let killed = 0;
  const killer = (async () => {
    while (kills && !ending) {
      await new Promise((resolve) => setTimeout(resolve, killEveryMs));
      if (ending) return;
      await server.kill();
      killed += 1;
      await server.start();
    }
  })();
  const held = [];
  let next = 0;
  const worker = async () => {
    while (next < dialogues.length) {
      const n = next++;
      held[n] = await hold(server, dialogues[n], n, unknowns);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  ending = true;
  await killer;
  const found = [];
  let utterances = 0;
  const ends = { terminal: 0, unknown: 0 }; // Of actions.
  const transactionalTypes = new Set([...source.values()].filter((call) => call.transactional).map(typeOf));
  for (const [n, one] of held.entries()) {
    const events = await server.events(one.sessionId, server.token(`usr_${n}`));
    const spoken = events
      .filter(({ event }) => event.type === 'transcript.final')
      .map(({ event }) => ({ speaker: event.payload.speaker, text: event.payload.text }));
    // The digest of the transcript and what was used come after the end, when there is time for it.
    const afterwards = ({ event }) => event.type === 'transcript.snapshot.created' || event.type.startsWith('billing.usage.');
    const last = events.findLast((entry) => !afterwards(entry)).event.type;
    found.push(...mismatches(dialogues[n], { ...one, spoken, last }));
    const gated = (actionId) => source.get(actionId).transactional;
    found.push(...unapproved(events, gated, `usr_${n}`));
    const asked = tools.calls.filter(({ body }) => body.sessionId === one.sessionId);
    found.push(...actionViolations(events, asked, (type) => !transactionalTypes.has(type), true));
    for (const { ended, unknown } of histories(events).values()) {
      ends.terminal += ended.length;
      ends.unknown += unknown ? 1 : 0;
    }
    utterances += events.filter(({ event }) => event.type === 'transcript.final').length;
  }
  const usage = await settledUsage(async () => {
    const calls = [];
    for (const [n, one] of held.entries()) calls.push(await server.events(one.sessionId, server.token(`usr_${n}`)));
    return { calls, ticks: readTicks(server) };
  });
  found.push(...usage.found);
  const executions = tools.executions();
  for (const [actionId, call] of source) {
    const [, n] = actionId.split('_');
    const told = held[n].done.get(actionId);
    if (JSON.stringify(told) !== JSON.stringify(call.result ?? {}))
      found.push(`${actionId}: the agent was told ${JSON.stringify(told)}`);
    const times = executions.get(actionId) ?? 0;
    if (call.transactional ? times > 1 : times < 1) found.push(`${actionId}: done ${times} times`);
  }
  // How long a call lasted between two runs is known to the millisecond only by one who reads the server's ticks, too.
  const bill = kills ? null : await checkBill(server, held.map(({ sessionId }) => sessionId));
  found.push(...(bill?.found ?? []));
  await server.kill('SIGTERM');
  assert.equal(server.verify().ok, true);
  assert.ok(standardPolicyDiffersNowhere(server) >= source.size);
  const transactional = [...source.values()].filter((call) => call.transactional).length;
  return {
    found,
    expected: dialogues.reduce((sum, { turns }) => sum + turns.length, 0),
    counts: {
      dialogues: dialogues.length,
      utterances,
      actions: source.size,
      transactional,
      terminal: ends.terminal,
      unknown: ends.unknown,
      unapproved: found.filter((what) => what.includes('started without')).length,
      mismatches: found.length,
      usage: usage.counts,
      bill: bill?.counts,
      kills: killed,
    },
  };
}

const skip = missing ?? false;

test('conversations as calls', { timeout: 900_000, skip }, async (t) => {
  const begun = performance.now();
  const quiet = await holdAll(t, { kills: false });
  t.diagnostic(JSON.stringify(quiet.counts));
  assert.deepEqual(quiet.found.slice(0, 5), []);
  assert.ok(quiet.counts.usage.chars > 0 && quiet.counts.usage.durationMs > 0, 'what was used is charged');
  assert.equal(quiet.counts.utterances, quiet.expected);
  assert.equal(quiet.counts.terminal, quiet.counts.actions, 'one outcome each');
  const killed = await holdAll(t, { kills: true });
  t.diagnostic(JSON.stringify(killed.counts));
  const { dialogues, utterances, actions, transactional, terminal, unapproved, mismatches, usage } = quiet.counts;
  const underKills = killed.counts;
  writeEvidence(
    'dialogues',
    (performance.now() - begun) / 1000,
    {
      dialogues,
      utterances,
      actions,
      transactional,
      terminal,
      terminalUnderKills: underKills.terminal,
      unknownUnderKills: underKills.unknown,
      usageRecords: usage.usageRecords + underKills.usage.usageRecords,
      charsRecounted: usage.chars + underKills.usage.chars,
      actionsRecounted: usage.actionsCharged + underKills.usage.actionsCharged,
      durationMsRecounted: usage.durationMs + underKills.usage.durationMs,
      billed: quiet.counts.bill,
      unapproved: unapproved + underKills.unapproved,
      mismatches: mismatches + underKills.mismatches,
      kills: underKills.kills,
    },
    [...quiet.found, ...killed.found].slice(0, 20),
  );
  assert.deepEqual(killed.found.slice(0, 5), []);
  assert.equal(killed.counts.utterances, killed.expected);
  // A write that was cut in the middle is done or not, and nobody knows: it is not done again.
  assert.equal(underKills.terminal + underKills.unknown, underKills.actions);
});
