// A line goes on: over lost hellos and ghosts, with the tokens that it has and no others; a call waits
// for its people, and a server that stops asks everybody to move and loses nothing.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Line } from './support/line.mjs';
import { violations } from './support/record.mjs';
import { Server } from './support/server.mjs';
import { Talker } from './support/talker.mjs';
import { pause, until } from './support/waiting.mjs';

const page = 'https://app.example';
const config = (drainMs) => `origins = ["${page}"]
drain_ms = ${drainMs}
[limits]
events_per_second = 100000
events_burst = 100000
changes_burst = 100000
connects_per_second = 1000
connects_burst = 1000
`;
const server = new Server(config(500));
test.before(() => server.start());
test.after(() => server.close());

async function callOf(on, user, body = {}) {
  const { status, json } = await on.rest('POST', '/v1/call/sessions', on.token(user), body);
  assert.equal(status, 201, JSON.stringify(json));
  return json.session.sessionId;
}

const note = (sessionId, eventId) => ({
  op: 'publish',
  event: { eventId, sessionId, ts: '2026-02-16T10:00:00.000Z', type: 'x.note', payload: {}, schemaVersion: '1.0' },
});

/** What the server makes of a connect, in a word: by a page, and by a program. */
async function refusals(sessionId, how) {
  const program = new Line(server, sessionId, how);
  const { status, problem } = await program.over;
  const browser = new Line(server, sessionId, { ...how, origin: page });
  const bye = await browser.frame('bye');
  const { code } = await browser.over;
  assert.equal(bye.code, code);
  assert.equal(bye.reason, problem.code, 'the same reason by either way');
  return { status, code, reason: bye.reason, reconnect: bye.reconnect, resume: bye.resume };
}

test('the newest connection of a line wins, and the older one is told by whom', async () => {
  const id = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const ghost = new Line(server, id, { token });
  const first = await ghost.frame('hello');
  assert.match(first.resumeToken, /^llr_/);
  const winner = new Line(server, id, { token, resume: first.resumeToken });
  const second = await winner.frame('hello');
  const bye = await ghost.frame('bye');
  assert.equal(bye.reason, 'superseded');
  assert.equal(bye.generation, second.generation);
  assert.ok(second.generation > first.generation);
  assert.equal((await ghost.over).code, 4002);
  winner.send(note(id, 'after'));
  await winner.event('x.note');
  // For the call nothing has happened.
  const types = (await server.events(id, token)).map(({ event }) => event.type);
  assert.equal(types.filter((type) => type === 'call.participant.connection.changed').length, 1);
  assert.ok(!types.includes('call.reconnecting'));
  winner.close();
});

test('a token continues its line until a later one was used', async () => {
  const id = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const one = new Line(server, id, { token });
  const { resumeToken } = await one.frame('hello');
  // The hello of the second is lost: nothing is sent on it, and the client has the first token still.
  const lost = new Line(server, id, { token, resume: resumeToken });
  await lost.frame('hello');
  const again = new Line(server, id, { token, resume: resumeToken });
  const { resumeToken: newer } = await again.frame('hello');
  again.send({ op: 'ping', t: 1 });
  await again.frame('pong');
  assert.deepEqual(await refusals(id, { token, resume: resumeToken }), {
    status: 401,
    code: 4006,
    reason: 'resume_token_reused',
    reconnect: false,
    resume: false,
  });
  const next = new Line(server, id, { token, resume: newer });
  await next.frame('hello');
  next.close();
});

test('a resume token opens nothing, and nothing but its own line', async () => {
  const id = await callOf(server, 'usr_ada', { participants: [{ userId: 'usr_bob', role: 'user' }] });
  const other = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const line = new Line(server, id, { token });
  const { resumeToken } = await line.frame('hello');
  const refused = { status: 401, code: 4003, reconnect: false, resume: false };
  for (const [name, sessionId, how, reason] of [
    ['alone', id, { token: '', resume: resumeToken }, 'token_invalid'],
    ['as an access token', id, { token: resumeToken }, 'token_invalid'],
    ['for another call', other, { token, resume: resumeToken }, 'resume_token_invalid'],
    ["with another's access token", id, { token: server.token('usr_bob'), resume: resumeToken }, 'resume_token_invalid'],
    ['forged', id, { token, resume: `${resumeToken.slice(0, -2)}AA` }, 'resume_token_invalid'],
    ['cut', id, { token, resume: resumeToken.slice(0, 40) }, 'resume_token_invalid'],
  ]) {
    const outcome = await refusals(sessionId, how);
    if (name === 'alone') outcome.reason = outcome.reason.replace('token_missing', 'token_invalid');
    assert.deepEqual(outcome, { ...refused, reason }, name);
  }
  assert.equal(line.socket.readyState, 1, 'and its line is not disturbed');
  line.close();
});

test('two tabs of one person are two lines, and both live', async () => {
  const id = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const tabs = [new Line(server, id, { token }), new Line(server, id, { token })];
  await Promise.all(tabs.map((tab) => tab.frame('hello')));
  tabs[0].send(note(id, 'from-the-first'));
  await Promise.all(tabs.map((tab) => tab.event('x.note')));
  for (const tab of tabs) tab.close();
});

test('an access token is renewed on the open socket', async () => {
  const id = await callOf(server, 'usr_ada');
  const line = new Line(server, id, { token: server.token('usr_ada', 'user', 'acct_test', 1) });
  await line.frame('hello');
  const { expiresAt } = await line.frame('token.expiring');
  assert.ok(Date.parse(expiresAt) - Date.now() < 61_000);
  line.send({ op: 'refresh', token: server.token('usr_bob') });
  assert.equal((await line.frame('error')).code, 'forbidden');
  line.send({ op: 'refresh', token: server.token('usr_ada') });
  assert.match((await line.frame('token')).resumeToken, /^llr_/);
  line.close();
});

test('who is removed is cut within a second, and their tokens are worth nothing', async () => {
  const id = await callOf(server, 'usr_ada', { participants: [{ userId: 'usr_bob', role: 'user' }] });
  const token = server.token('usr_bob');
  const bob = new Line(server, id, { token });
  const { resumeToken } = await bob.frame('hello');
  const begun = performance.now();
  const removed = await server.rest('DELETE', `/v1/call/sessions/${id}/participants/usr_bob`, server.token('usr_ada'));
  assert.ok(removed.status < 300, JSON.stringify(removed));
  assert.equal((await bob.over).code, 4004);
  assert.ok(performance.now() - begun < 1_000);
  const refused = await refusals(id, { token, resume: resumeToken });
  assert.equal(refused.reason, 'session_not_found');
});

test('a consumer goes on after what it acknowledged', async () => {
  const id = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const one = new Line(server, id, { token });
  await one.frame('hello');
  one.send(note(id, 'first'));
  const { seq } = await one.event('x.note');
  one.send({ op: 'ack', seq });
  one.send({ op: 'ping', t: 1 });
  await one.frame('pong');
  one.send(note(id, 'second'));
  await one.frame((frame) => frame.event?.eventId === 'second');
  one.close();
  const two = new Line(server, id, { token, query: 'after=acked' });
  const hello = await two.frame('hello');
  assert.equal(hello.ackedSeq, seq);
  assert.equal(hello.replayFrom, seq + 1);
  await two.frame((frame) => frame.event?.eventId === 'second');
  assert.ok(!two.frames.some((frame) => frame.event?.eventId === 'first'));
  two.close();
});

test('events by REST say in which history they count, whatever their form', async () => {
  const id = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const line = new Line(server, id, { token });
  const { epoch } = await line.frame('hello');
  await line.event('call.participant.connection.changed');
  line.close();
  const events = `/v1/call/sessions/${id}/events`;
  assert.equal((await server.rest('GET', `${events}?limit=1`, token)).json.epoch, epoch);
  const lines = { Authorization: `Bearer ${token}`, Accept: 'application/x-ndjson' };
  const page = await fetch(`${server.url}${events}?limit=1`, { headers: lines });
  assert.equal(page.headers.get('Epoch'), epoch);
  const [, next] = /^<(.*)>; rel="next"$/.exec(page.headers.get('Link'));
  assert.match(next, new RegExp(`[?&]epoch=${epoch}(&|$)`));
  const following = await fetch(`${server.url}${events}?after=1&epoch=${epoch}&follow=1`, { headers: lines });
  assert.equal(following.headers.get('Epoch'), epoch);
  await following.body.cancel();
  const elsewhere = await server.rest('GET', next.replace(epoch, 'another'), token);
  assert.deepEqual([elsewhere.status, elsewhere.json.code], [409, 'epoch_changed']);
});

test('what was acknowledged outlives a restart, and after a crash is never more than that', async () => {
  const id = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const acknowledge = async (line, n) => {
    line.send(note(id, `acked-${n}`));
    const { seq } = await line.frame((frame) => frame.event?.eventId === `acked-${n}`);
    line.send({ op: 'ack', seq });
    line.send({ op: 'ping', t: n });
    await line.frame((frame) => frame.op === 'pong' && frame.t === n);
    return seq;
  };
  const restarted = async (signal) => {
    await server.kill(signal);
    await server.start();
    const line = new Line(server, id, { token, query: 'after=acked' });
    return { line, hello: await line.frame('hello') };
  };
  const first = new Line(server, id, { token });
  await first.frame('hello');
  const kept = await acknowledge(first, 1);
  const stopped = await restarted('SIGTERM');
  assert.equal(stopped.hello.ackedSeq, kept, 'who stops in order writes what is left');
  assert.equal(stopped.hello.replayFrom, kept + 1);
  const later = await acknowledge(stopped.line, 2);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const last = await acknowledge(stopped.line, 3);
  const crashed = await restarted('SIGKILL');
  assert.ok([later, last].includes(crashed.hello.ackedSeq), `${crashed.hello.ackedSeq}`);
  crashed.line.close();
});

test('a call waits for its people, and who comes too late is told how it ended', async () => {
  const windowMs = 3_000; // Whoever shares the machine with others comes back in time, too.
  const id = await callOf(server, 'usr_ada', {
    reconnectWindowMs: windowMs,
    participants: [{ userId: 'usr_bot', role: 'agent' }],
  });
  const token = server.token('usr_ada');
  const agent = new Line(server, id, { token: server.token('usr_bot', 'agent') });
  await agent.frame('hello');
  const ada = new Line(server, id, { token });
  await ada.event('call.participant.connection.changed');
  ada.close();
  // Nobody is listening: the agent sees it.
  const { event: lost } = await agent.event('call.reconnecting');
  assert.equal(lost.payload.attempt, 1);
  assert.equal(lost.payload.lossReason, 'connection_lost');
  assert.equal(Date.parse(lost.payload.resumeDeadline) - Date.parse(lost.payload.at), windowMs);
  const back = new Line(server, id, { token });
  const { event: found } = await agent.event('call.reconnected');
  assert.equal(found.payload.attempt, 1);
  assert.ok(found.payload.outageMs < windowMs);
  back.close();
  const { event: failed, seq } = await agent.event('call.terminal_failure');
  assert.equal(failed.payload.code, 'reconnect_window_expired');
  assert.equal(failed.payload.lastSeq, seq - 1);
  assert.match(failed.payload.fix, /carries on from this one/);
  assert.equal((await agent.frame('bye')).terminalEvent.eventId, failed.eventId);
  assert.equal((await agent.over).code, 4001);
  const late = await new Line(server, id, { token }).over;
  assert.equal(late.status, 409);
  assert.equal(late.problem.terminalEvent.payload.code, 'reconnect_window_expired');
});

test('a call carries on from one that is over, with the same people', async () => {
  const ada = server.token('usr_ada');
  const bot = { userId: 'usr_bot', role: 'agent' };
  const before = await callOf(server, 'usr_ada', { participants: [bot] });
  const create = (token, body) => server.rest('POST', '/v1/call/sessions', token, body);
  const open = await create(ada, { continues: before });
  assert.equal(open.status, 409);
  assert.equal(open.json.pointer, '/continues');
  await server.rest('POST', `/v1/call/sessions/${before}/state`, ada, { status: 'ended' });
  const { status, json } = await create(ada, { continues: before });
  assert.equal(status, 201);
  assert.equal(json.session.continues, before);
  assert.deepEqual(
    json.session.participants.map(({ participantId }) => participantId).sort(),
    ['usr_ada', 'usr_bot'],
  );
  const others = await create(ada, { continues: before, participants: [{ userId: 'usr_bob', role: 'user' }] });
  assert.deepEqual(
    others.json.session.participants.map(({ participantId }) => participantId).sort(),
    ['usr_ada', 'usr_bob'],
  );
  for (const [token, continues] of [
    [server.token('usr_eve'), before],
    [ada, 'sess_nowhere'],
  ]) {
    const refused = await create(token, { continues });
    assert.equal(refused.status, 404);
    assert.equal(refused.json.code, 'session_not_found');
    assert.equal(refused.json.pointer, '/continues');
  }
});

test('a window that was running when the server died is a whole new one', async () => {
  const id = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const line = new Line(server, id, { token });
  await line.event('call.participant.connection.changed');
  line.close();
  const outages = async (n) => {
    for (const begun = Date.now(); Date.now() - begun < 20_000; await pause(5)) {
      const lost = (await server.events(id, token)).filter(({ event }) => event.type === 'call.reconnecting');
      if (lost.length >= n) return lost.map(({ event }) => event.payload);
    }
    throw new Error(`there were no ${n} outages`);
  };
  const [first] = await outages(1);
  assert.equal(first.lossReason, 'connection_lost');
  await server.kill('SIGKILL');
  await server.start();
  const [, again] = await outages(2);
  assert.equal(again.lossReason, 'server_restart');
  assert.equal(Date.parse(again.resumeDeadline) - Date.parse(again.at), 900_000);
  assert.ok(Date.parse(again.resumeDeadline) > Date.parse(first.resumeDeadline), 'from the restart on');
});

test('after a restart everybody has the whole window, and the call says why', async () => {
  const id = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const before = new Line(server, id, { token });
  const { resumeToken, epoch } = await before.frame('hello');
  const { seq: headSeq } = await before.event('call.participant.connection.changed');
  await server.kill('SIGKILL');
  await server.start();
  const after = new Line(server, id, { token, resume: resumeToken, query: `after=${headSeq}&epoch=${epoch}` });
  const hello = await after.frame('hello');
  assert.equal(hello.resumed, true);
  const { event: lost } = await after.event('call.reconnecting');
  assert.equal(lost.payload.lossReason, 'server_restart');
  assert.equal(Date.parse(lost.payload.resumeDeadline) - Date.parse(lost.payload.at), 900_000);
  await after.event('call.reconnected');
  after.close();
});

test('a line goes on, and on again, on a folder that was made anew and does not know how often it was served', async () => {
  const id = await callOf(server, 'usr_ada');
  const token = server.token('usr_ada');
  const before = new Line(server, id, { token });
  let { resumeToken, generation, epoch } = await before.frame('hello');
  await server.kill('SIGKILL');
  rmSync(join(server.data, 'boot'));
  // A start's number is the time in seconds, or one more than the last: after many quick starts it is ahead of the
  // time, and whoever makes a folder anew takes longer than that.
  while (Math.floor(Date.now() / 1000) <= Number(generation.split('-')[0])) await pause(20);
  await server.start();
  for (let drop = 1; drop <= 3; drop += 1) {
    const line = new Line(server, id, { token, resume: resumeToken, query: `after=1&epoch=${epoch}` });
    const hello = await line.frame('hello');
    assert.ok(hello.generation > generation, `${hello.generation} comes after ${generation}`);
    line.send({ op: 'ping', t: drop });
    await line.frame('pong');
    ({ resumeToken, generation } = hello);
    line.close();
  }
});

test('a deploy under load loses nothing, doubles nothing, and spreads those who come back', { timeout: 120_000 }, async (t) => {
  const drainMs = 2_000;
  const busy = new Server(config(drainMs));
  t.after(() => busy.close());
  await busy.start();
  const calls = await Promise.all(Array.from({ length: 12 }, (_, n) => callOf(busy, `usr_${n}`)));
  const talkers = calls.map((id, n) => new Talker(busy, id, `usr_${n}`, busy.token(`usr_${n}`)));
  await Promise.all(talkers.map((talker) => talker.connect()));
  let talking = true;
  const talk = (async () => {
    for (; talking; await pause(2)) {
      for (const talker of talkers) if (talker.waiting.size < 20) talker.say();
    }
  })();
  const acknowledged = () => talkers.reduce((sum, one) => sum + one.acknowledged.size, 0);
  await until('people talk', () => acknowledged() > 500);

  const begun = performance.now();
  const stopped = busy.kill('SIGTERM');
  await until('everybody was asked to move', () => talkers.every((one) => one.goaways.length === 1));
  // Who comes now is told to come later; readiness says so too.
  const { status, problem } = await new Line(busy, calls[0], { token: busy.token('usr_0') }).over;
  assert.equal(status, 503);
  assert.equal(problem.code, 'draining');
  assert.equal((await busy.rest('GET', '/readyz')).status, 503);
  assert.equal(await stopped, 0);
  const took = performance.now() - begun;
  assert.ok(took < drainMs + 3_000, `${took} ms`);
  await busy.start();
  await until('everybody is back', () => talkers.every((one) => one.byes.length > 0));
  const after = acknowledged();
  await until('and talks again', () => acknowledged() > after + 500);
  talking = false;
  await talk;
  await until('everything is acknowledged', () => talkers.every((one) => one.waiting.size === 0));

  for (const { goaways, byes } of talkers) {
    assert.equal(goaways[0].resume, true);
    assert.equal(byes[0].reason, 'draining');
    // Somebody talks in each of them, so they went in the second half.
    const went = byes[0].at - begun;
    assert.ok(went > drainMs / 2 - 50 && went < drainMs + 2_000, `${went} ms`);
  }
  const times = talkers.map(({ byes }) => byes[0].at).sort((a, b) => a - b);
  assert.ok(times.at(-1) - times[0] > drainMs / 5, 'not all at once');
  for (const [n, talker] of talkers.entries()) {
    assert.deepEqual(violations([talker], busy.stored(calls[n])), []);
    talker.stop();
  }
});

test('a second signal does not wait', async (t) => {
  const slow = new Server(config(60_000));
  t.after(() => slow.close());
  await slow.start();
  const id = await callOf(slow, 'usr_ada');
  const ada = new Line(slow, id, { token: slow.token('usr_ada') });
  await ada.frame('hello');
  const begun = performance.now();
  const first = slow.kill('SIGTERM');
  await ada.frame('goaway');
  void slow.kill('SIGTERM');
  assert.equal(await first, 0, slow.log);
  assert.equal((await ada.over).code, 4200);
  assert.ok(performance.now() - begun < 10_000);
});
