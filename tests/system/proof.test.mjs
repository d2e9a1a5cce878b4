// A call as a file that proves itself, and heads of the journal that somebody else keeps: what an auditor
// has to check a server with which they do not believe.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { callWithAgent, Desk } from './support/agent_call.mjs';
import { binary } from './support/server.mjs';
import { ToolServer } from './support/tool_server.mjs';

function lifeline(...words) {
  const { status, stdout, stderr } = spawnSync(binary, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status, out: stdout, err: stderr };
}
function verify(...words) {
  const { status, out, err } = lifeline('verify', ...words, '--json');
  return { status, ...(out ? JSON.parse(out) : { err }) };
}
const linesOf = (text) => text.trim().split('\n').map((line) => JSON.parse(line));

async function archiveOf({ server, id }, token, method = 'GET') {
  const reply = await fetch(`${server.url}/v1/call/sessions/${id}/archive`, {
    method,
    headers: { Authorization: `Bearer ${token}` },
  });
  return { status: reply.status, type: reply.headers.get('Content-Type'), text: await reply.text() };
}

test('a call is given as a file that proves itself, to those who may have it', { timeout: 120_000 }, async (t) => {
  const call = await callWithAgent(t);
  const { server, id, ada, bot } = call;
  const file = join(server.folder, 'call.jsonl');
  const publish = (token, eventId, type, payload, session = id) =>
    server.rest('POST', `/v1/call/sessions/${session}/events`, token, {
      eventId, sessionId: session, ts: '2026-02-16T10:00:00.000Z', type, payload, schemaVersion: '1.0',
    });

  const other = (await server.rest('POST', '/v1/call/sessions', server.token('usr_else'), { channel: 'text' })).json.session;
  await server.rest('POST', `/v1/call/sessions/${id}/participants`, ada, { userId: 'usr_bob', role: 'user' });
  await publish(ada, 'u1', 'transcript.final', { utteranceId: 'u1', speaker: 'user', text: 'Schreib „HR“.', startMs: 0, endMs: 900 });
  await publish(server.token('usr_else'), 'x1', 'x.note', { text: 'said elsewhere' }, other.sessionId);
  const desk = new Desk(call);
  await desk.ask('mail', 'send', { to: 'hr@example.com', text: 'Dear all' });
  await desk.answer((await desk.action('mail')).confirmation, 'deny');
  // More than one piece, and more than a connection takes at once.
  for (let n = 0; n < 60; n += 1) {
    const { status } = await publish(bot, `long_${n}`, 'x.note', { text: `${n} `.repeat(4_000) });
    assert.ok(status === 201 || status === 429, status);
    if (status === 429) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  const overseers = ['service', 'operator', 'auditor', 'admin'].map((role) => server.token(`usr_${role}`, role));
  const { json: heads } = await server.rest('GET', '/v1/journal/heads', overseers[2]);
  for (const token of [ada, ...overseers]) {
    const { status, type, text } = await archiveOf(call, token);
    assert.equal(status, 200);
    assert.equal(type, 'application/x-ndjson');
    writeFileSync(file, text);
    const found = verify(file, '--public-key', heads.key.publicKey);
    assert.equal(found.status, 0, JSON.stringify(found.problems));
    assert.equal(found.keyKnown, true);
    assert.equal(found.records, (await server.events(id, ada)).length);
    assert.ok(!text.includes('said elsewhere') && !text.includes(other.sessionId));
  }
  assert.ok(readFileSync(file).length > 600_000);
  assert.deepEqual({ ...(await archiveOf(call, ada, 'HEAD')), type: '' }, { status: 200, type: '', text: '' });
  const refused = { 403: [server.token('usr_bob'), bot], 404: [server.token('usr_x'), server.token('op_x', 'operator', 'acct_x')] };
  for (const [status, tokens] of Object.entries(refused))
    for (const token of tokens) assert.equal((await archiveOf(call, token)).status, Number(status));

  // What a person reads in it is what REST says.
  const lines = linesOf(readFileSync(file, 'utf8'));
  const { transcript } = lines.find(({ line }) => line === 'transcript');
  assert.deepEqual(transcript, (await server.rest('GET', `/v1/call/sessions/${id}/transcript`, ada)).json);
  const decisions = lines.filter(({ line }) => line === 'decision').map(({ decision }) => decision);
  const listed = (await server.rest('GET', `/v1/safety/decisions?session=${id}&limit=500`, overseers[1])).json.decisions;
  assert.ok(decisions.length >= 3);
  assert.deepEqual(decisions, listed.reverse());
  const events = (await server.events(id, ada)).map(({ event }) => event);
  assert.deepEqual(lines.filter(({ line }) => line === 'record').map(({ event }) => JSON.parse(event)), events);

  // The command writes the same records, beside the running server, and never half a file.
  const written = join(server.folder, 'written.jsonl');
  const { status, out } = lifeline('archive', id, '--data', server.data, '-o', written, '--json');
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(out), { sessionId: id, events: String(events.length), file: written });
  assert.equal(verify(written).status, 0);
  const proofs = (path) => linesOf(readFileSync(path, 'utf8')).filter(({ line }) => line === 'record' || line === 'row');
  const same = Math.min(proofs(file).length, proofs(written).length);
  assert.deepEqual(proofs(written).slice(0, same), proofs(file).slice(0, same));
  assert.equal(lifeline('archive', 'sess_none', '--data', server.data).status, 1);
  assert.equal(lifeline('archive', id, '--data', server.data, '-o', join(server.folder, 'no/such/file')).status, 1);

  // An altered word, for people: which record, in a sentence.
  writeFileSync(file, readFileSync(file, 'utf8').replace('HR“', 'CEO“'));
  const altered = lifeline('verify', file);
  assert.equal(altered.status, 1);
  const { seq } = (await server.events(id, ada)).find(({ event }) => event.eventId === 'u1');
  assert.match(altered.err, new RegExp(`archive_altered.*record seq ${seq} \\(position \\d+\\) was altered`));
  writeFileSync(file, 'hello\n');
  assert.match(lifeline('verify', file).err, /archive_invalid/);
  assert.equal(verify(written, '--public-key', 'f'.repeat(64)).problems[0].code, 'archive_altered');
  assert.match(lifeline('verify', written, '--public-key', 'short').err, /64 hex digits/);
});

test('what a call used is in its file, signed record by record', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const { server, id, ada } = call;
  for (const [n, text] of ['Grüße', 'noch einmal'].entries())
    await server.rest('POST', `/v1/call/sessions/${id}/events`, ada, {
      eventId: `u${n}`, sessionId: id, ts: '2026-02-16T10:00:00.000Z', type: 'transcript.final', schemaVersion: '1.0',
      payload: { utteranceId: `u${n}`, speaker: 'user', text, startMs: 0, endMs: 900, source: 'typed' },
    });
  await server.rest('POST', `/v1/call/sessions/${id}/state`, ada, { status: 'ended' });
  const isText = ({ event }) => event.type === 'billing.usage.measured' && event.payload.meter === 'transcript.chars';
  let record;
  while (!(record = (await server.events(id, ada)).find(isText))) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(record.event.payload.quantity, '16');

  const file = join(server.folder, 'call.jsonl');
  const { text } = await archiveOf(call, ada);
  const both = (content) => {
    writeFileSync(file, content);
    const { status, stdout, stderr } = spawnSync('python3', ['-B', '../../tools/verify_journal', file, '--json'], { encoding: 'utf8' });
    assert.ok(stdout, stderr);
    return [verify(file), { status, ...JSON.parse(stdout) }];
  };
  for (const found of both(text)) {
    assert.equal(found.status, 0, JSON.stringify(found.problems));
    assert.equal(found.usageRecords, text.split(String.raw`\"type\":\"billing.usage.measured\"`).length - 1);
    assert.ok(found.usageRecords >= 1);
  }
  const altered = text.replace(String.raw`\"quantity\":\"16\"`, String.raw`\"quantity\":\"61\"`);
  assert.notEqual(altered, text);
  const [ours] = both(altered);
  assert.equal(ours.status, 1);
  assert.deepEqual(ours.problems.map(({ code }) => code), ['archive_altered', 'record_altered']);
  assert.match(ours.problems[1].detail, new RegExp(`${record.event.payload.recordId} .* is not what was signed`));
});

test('heads are given away, and a journal that was rolled back is told by them', { timeout: 120_000 }, async (t) => {
  const receiver = await new ToolServer().start();
  t.after(() => receiver.close());
  let taken;
  const told = new Promise((resolve) => (taken = resolve));
  receiver.answer = () => {
    if (receiver.calls.length === 1) return { status: 503 };
    taken();
    return {};
  };
  let kept;
  const call = await callWithAgent(t, (folder) => {
    kept = join(folder, 'kept.heads');
    writeFileSync(join(folder, 'hook'), receiver.secret, { mode: 0o600 });
    return (
      `[proof]\nheads_file = "${kept}"\n[proof.heads_webhook]\nurl = "${receiver.url}/heads"\n` +
      `secret_file = "${join(folder, 'hook')}"\n`
    );
  });
  const { server, id, ada } = call;
  await told;
  const [first, again] = receiver.calls;
  assert.equal(again.text, first.text);
  assert.equal(again.headers['webhook-id'], first.headers['webhook-id']);
  for (const message of receiver.calls) assert.ok(receiver.isSigned(message));
  assert.equal(`${again.text}\n`, readFileSync(kept, 'utf8'));

  const { status, json } = await server.rest('GET', '/v1/journal/heads', server.token('usr_a', 'auditor'));
  assert.equal(status, 200);
  assert.deepEqual(json.heads, [again.body]);
  for (const token of [ada, server.token('usr_s', 'service'), server.token('usr_v', 'viewer')])
    assert.equal((await server.rest('GET', '/v1/journal/heads', token)).status, 403);

  await server.kill('SIGTERM');
  assert.equal(linesOf(readFileSync(kept, 'utf8')).length, 2);
  assert.equal(readFileSync(join(server.data, 'journal.heads'), 'utf8'), readFileSync(kept, 'utf8'));
  const copy = join(server.folder, 'copy');
  cpSync(server.data, copy, { recursive: true });

  await server.start();
  await server.rest('POST', `/v1/call/sessions/${id}/state`, ada, { status: 'ended' });
  await server.kill('SIGTERM');
  const whole = verify(server.data, '--checkpoint', kept);
  assert.equal(whole.status, 0, JSON.stringify(whole.problems));
  assert.equal(whole.headsHeld, 4);
  assert.equal(whole.publicKey, json.key.publicKey);
  const archive = join(server.folder, 'call.jsonl');
  assert.equal(lifeline('archive', id, '--data', server.data, '-o', archive).status, 0);
  const ofCall = verify(archive, '--checkpoint', kept, '--public-key', json.key.publicKey);
  assert.equal(ofCall.status, 0, JSON.stringify(ofCall.problems));
  assert.ok(ofCall.headsHeld >= 1, 'the head of the end, which came after the call');

  // The copy is whole in itself; only who kept the heads knows that it once was longer.
  assert.equal(verify(copy).status, 0);
  const rolledBack = verify(copy, '--checkpoint', kept);
  assert.equal(rolledBack.status, 1);
  assert.equal(rolledBack.problems[0].code, 'checkpoint_differs');
  assert.match(rolledBack.problems[0].detail, /this journal ends at position \d+/);
  assert.ok(!existsSync(`${archive}.unfinished`));
  assert.match(lifeline('verify', copy, '--checkpoint', join(server.folder, 'none')).err, /storage_failed/);
});

test('of what was erased an archive proves only that it was there', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const { server, id, ada } = call;
  const body = (text) => ({
    eventId: text, sessionId: id, ts: '2026-02-16T10:00:00.000Z', type: 'x.note', payload: { text }, schemaVersion: '1.0',
  });
  for (const text of ['first', 'second']) await server.rest('POST', `/v1/call/sessions/${id}/events`, ada, body(text));
  const file = join(server.folder, 'call.jsonl');
  const archive = async (token) => {
    writeFileSync(file, (await archiveOf(call, token)).text);
    return { ...verify(file), lines: linesOf(readFileSync(file, 'utf8')) };
  };
  await server.rest('POST', `/v1/call/sessions/${id}/state`, ada, { status: 'ended' });
  const before = await archive(ada);

  const admin = server.token('usr_root', 'admin');
  const asked = await server.rest('POST', '/v1/records/erasures', admin, { sessionId: id, reason: 'asked' });
  for (;;) {
    const { json } = await server.rest('GET', `/v1/records/erasures/${asked.json.erasureId}`, admin);
    if (json.state === 'done') break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const after = await archive(admin);
  assert.equal(after.status, 0, JSON.stringify(after.problems));
  assert.ok(after.erased >= 2 && after.records >= before.records);
  const find = ({ lines }, eventId) => lines.find((line) => line.eventId === eventId);
  for (const text of ['first', 'second']) {
    const { event, salt, ...rest } = find(before, text);
    const { inner, ...left } = find(after, text);
    assert.deepEqual(left, rest);
    assert.equal(inner, createHash('sha256').update(Buffer.from(salt, 'hex')).update(event).digest('hex'));
  }
});
