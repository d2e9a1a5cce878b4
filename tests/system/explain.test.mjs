// A call told as a story, and shown again event by event: from the folder, beside a running server.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { callWithAgent, Desk } from './support/agent_call.mjs';
import { Line } from './support/line.mjs';
import { binary } from './support/server.mjs';

function lifeline(...words) {
  const { status, stdout, stderr } = spawnSync(binary, words, { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

/** A call in which Ada asks for a letter, says yes to it, loses her line, comes back, and hangs up. */
async function livedThrough(t) {
  const call = await callWithAgent(t);
  const desk = new Desk(call);
  const { server, id, ada, bot } = call;
  let n = 0;
  const publish = async (type, payload, token = ada) => {
    const event = { eventId: `e${(n += 1)}`, sessionId: id, ts: new Date().toISOString(), type, payload, schemaVersion: '1.0' };
    const { status, json } = await server.rest('POST', `/v1/call/sessions/${id}/events`, token, event);
    assert.equal(status, 201, JSON.stringify(json));
  };
  const line = new Line(server, id, { token: ada });
  await line.event('call.connected');
  await publish('transcript.final', { utteranceId: 'u1', speaker: 'user', text: 'Write\u001b[2J\n#9 to \u202EHR.', startMs: 0, endMs: 900 });
  await publish('orchestration.turn.started', { turnId: 't1', orchestrator: 'test', inputUtteranceIds: ['u1'] }, bot);
  await desk.ask('act_1', 'send', { to: 'hr@example.com', text: 'Dear all' }, { requestedBy: { turnId: 't1' } });
  await publish('orchestration.turn.completed', { turnId: 't1', durationMs: 5, stopReason: 'end_turn', text: 'I asked.' }, bot);
  await desk.answer((await desk.action('act_1')).confirmation, 'approve');
  await desk.until('act_1', 'over');
  line.close();
  for (;;) {
    const events = await server.events(id, ada);
    if (events.some(({ event }) => event.type === 'call.reconnecting')) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const again = new Line(server, id, { token: ada, query: 'after=0' });
  await again.event('call.reconnected');
  await server.rest('POST', `/v1/call/sessions/${id}/state`, ada, { status: 'ended' });
  await again.event('call.ended');
  // The last that comes of a call: the digest of its transcript.
  const complete = (events) => events.some(({ event }) => event.type === 'transcript.snapshot.created');
  while (!complete(await server.events(id, ada))) await new Promise((resolve) => setTimeout(resolve, 10));
  return call;
}

test('a call is told as a story, and shown again', { timeout: 60_000 }, async (t) => {
  const { server, id, ada } = await livedThrough(t);
  const explain = (...words) => lifeline('explain', id, '--data', server.data, ...words);
  const { status, out, err } = explain('--json');
  assert.equal(status, 0, err);
  const story = JSON.parse(out);
  const events = await server.events(id, ada);
  assert.deepEqual([story.sessionId, story.events, story.over], [id, events.length, true]);
  const seqOf = (type) => events.find(({ event }) => event.type === type)?.seq;

  const action = story.entries.find(({ kind }) => kind === 'actions');
  assert.deepEqual([action.about, action.who, action.seq], ['act_1', 'usr_bot', seqOf('orchestration.action.requested')]);
  assert.match(action.what, /^action act_1 \(send\) “s”: done in /);
  assert.deepEqual(action.why.map(({ seq }) => seq), [seqOf('orchestration.turn.started'), seqOf('transcript.final')]);
  assert.ok(action.waitedMs >= 0 && action.tookMs >= action.waitedMs);
  const told = action.steps.map(({ what }) => what).join('\n');
  assert.match(
    told,
    /asked for by usr_bot in turn t1\n.*taken on as .*\njudged by policy .*: require_confirmation\na person is asked \(owner\): “Send this message\?” To hr@example\.com\..*\nusr_ada answered approve, by (ui|api)\ngiven to http, attempt 1\ndone in /,
  );
  const turn = story.entries.find(({ kind }) => kind === 'turns');
  assert.deepEqual([turn.about, turn.why[0].seq], ['t1', seqOf('transcript.final')]);
  assert.ok(turn.waitedMs >= 0 && story.turns.count === 1);
  const lost = story.entries.find(({ seq }) => seq === seqOf('call.reconnecting'));
  assert.deepEqual([lost.kind, lost.lastSeq], ['outages', seqOf('call.reconnected')]);
  assert.match(story.entries.find(({ seq }) => seq === seqOf('call.ended')).what, /^the call ended after \d+ s: /);
  // The agent's request carries a ts of long ago; nothing else is odd.
  assert.deepEqual([...new Set(story.anomalies.map(({ code }) => code))], ['clock_jump']);

  const text = explain().out;
  assert.ok(text.includes('⟨U+001B⟩[2J #9 to ⟨U+202E⟩HR.') && !/[\u001b\u202E]/.test(text + out), text);
  const only = explain('--only', 'actions,anomalies').out;
  assert.ok(only.includes('action act_1') && only.includes('clock_jump') && !only.includes(' joined as '));
  const outages = JSON.parse(explain('--json', '--only', 'outages').out);
  assert.ok(outages.entries.every(({ kind }) => kind === 'outages') && outages.anomalies.length === 0);
  assert.deepEqual(outages.turns, story.turns, 'figures are those of the whole call');
  const served = await server.rest('GET', `/v1/call/sessions/${id}/explain`, ada);
  assert.deepEqual(served.json, story, 'the same over REST');
  const stranger = await server.rest('GET', `/v1/call/sessions/${id}/explain`, server.token('usr_eve'));
  assert.equal(stranger.status, 404);

  // Again after the server has gone, byte for byte.
  await server.kill('SIGTERM');
  assert.equal(explain('--json').out, out);
});

test('an action that was killed is found without an end', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const desk = new Desk(call);
  call.tools.answer = () => null;
  await desk.ask('write', 'note', {});
  await desk.until('write', 'unknown');
  const { anomalies } = JSON.parse(lifeline('explain', call.id, '--data', call.server.data, '--json').out);
  assert.deepEqual(anomalies.filter(({ about }) => about === 'write').map(({ code }) => code), ['outcome_unknown']);
});

test('a replay shows what is asked for, at the pace that is asked for', { timeout: 60_000 }, async (t) => {
  const { server, id, ada } = await livedThrough(t);
  const events = await server.events(id, ada);
  const replay = (...words) => lifeline('replay', id, '--data', server.data, ...words);
  const shown = (...words) => replay('--json', ...words).out.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
  assert.deepEqual(shown(), events);
  assert.deepEqual(shown('--until', '3', '--after', '1').map(({ seq }) => seq), [2, 3]);
  assert.deepEqual(shown('--until', events[0].meta.recordedAt).at(0), events[0]);
  assert.deepEqual(shown('--until', '2020-01-01T00:00:00Z'), []);
  assert.deepEqual(
    shown('--only', 'call.ended,transcript.*').map(({ event }) => event.type),
    events.map(({ event }) => event.type).filter((type) => type === 'call.ended' || type.startsWith('transcript.')),
  );
  const text = replay().out;
  assert.equal(text.trimEnd().split('\n').length, events.length, 'a line each');
  assert.ok(!/[\u001b\u202E]/.test(text));

  const lasted = Date.parse(events.at(-1).meta.recordedAt) - Date.parse(events[0].meta.recordedAt);
  const began = process.hrtime.bigint();
  assert.equal(replay('--speed', '0.5').out, text);
  assert.ok(Number(process.hrtime.bigint() - began) / 1e6 >= 2 * lasted - 1, 'no faster than it should be');
});

test('what was typed wrong is said', { timeout: 60_000 }, async (t) => {
  const { server, id } = await callWithAgent(t);
  const wrong = (status, reason, ...words) => {
    const done = lifeline(...words, '--data', server.data);
    assert.deepEqual([done.status, done.out], [status, ''], words.join(' '));
    assert.match(done.err, new RegExp(`^lifeline: ${reason}: `));
  };
  wrong(2, 'query_invalid', 'explain', id, '--only', 'actoins');
  wrong(2, 'query_invalid', 'replay', id, '--only', 'call.endet');
  wrong(2, 'query_invalid', 'replay', id, '--until', 'tomorrow');
  wrong(2, 'query_invalid', 'replay', id, '--speed', '0');
  wrong(1, 'stream_not_found', 'explain', 'sess_nobody');
  wrong(1, 'stream_not_found', 'explain', 'sys_instance');
  wrong(1, 'stream_not_found', 'replay', 'sess_nobody');
});
