// Where the account demands it, nothing that a person says is kept before they agreed: by no way in, in no file.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Line } from './support/line.mjs';
import { Recogniser } from './support/recogniser.mjs';
import { binary, Server } from './support/server.mjs';
import { until } from './support/waiting.mjs';

const demanded = '[consent]\nrecording = "required"\n';

async function house(t, config = demanded) {
  const server = new Server(config);
  t.after(() => server.close());
  await server.start();
  const mia = server.token('usr_mia');
  const ben = server.token('usr_ben');
  const service = server.token('key_1', 'service');
  const create = async (token = mia, body = {}) => {
    const participants = [{ userId: 'usr_ben', role: 'user' }, ...(body.participants ?? [])];
    const made = await server.rest('POST', '/v1/call/sessions', token, { ...body, participants });
    assert.equal(made.status, 201, JSON.stringify(made.json));
    return made.json.session;
  };
  const session = await create();
  const call = session.sessionId;
  let n = 0;
  const event = (type, payload) => ({ eventId: `e${++n}`, sessionId: call, ts: new Date().toISOString(), type, payload, schemaVersion: '1.0' });
  const publish = (type, payload, token = mia) => server.rest('POST', `/v1/call/sessions/${call}/events`, token, event(type, payload));
  const answer = (state, by = 'usr_mia', token = mia) => publish('call.consent.updated', { callId: call, subject: 'recording', state, by }, token);
  const begin = (utteranceId, token, participantId = 'usr_mia') => publish('transcript.utterance.started', { utteranceId, speaker: 'user', participantId, startMs: 0 }, token);
  const partial = (utteranceId, text, token) => publish('transcript.partial', { utteranceId, speaker: 'user', text, startMs: 0, endMs: 9, rev: 1 }, token);
  const final = (utteranceId, text, token) => publish('transcript.final', { utteranceId, speaker: 'user', text, startMs: 0, endMs: 9 }, token);
  const snapshot = async () => (await server.rest('GET', `/v1/call/sessions/${call}/snapshot`, mia)).json.state;
  const read = async (token = mia) => (await server.rest('GET', `/v1/call/sessions/${call}/transcript`, token)).json.utterances.map(({ text }) => text);
  return { server, mia, ben, service, session, call, create, event, publish, answer, begin, partial, final, snapshot, read };
}

const refused = ({ status, json }) => assert.deepEqual([status, json.code], [403, 'consent_required'], JSON.stringify(json));
const taken = ({ status, json }) => assert.equal(status, 201, JSON.stringify(json));

/** Whether these bytes stand in any file of the data folder: the journal, its log, the views. */
function stands(server, words) {
  return readdirSync(server.data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name)).includes(words));
}

test('denied: nothing is in any file; agreed: it is kept; withdrawn: nothing more', { timeout: 60_000 }, async (t) => {
  const { server, session, call, ben, answer, begin, partial, final, publish, snapshot, read } = await house(t);
  assert.equal(session.recordingConsentRequired, true);
  const line = new Line(server, call, { token: ben });
  await line.frame('replay.complete');
  refused(await final('u1', 'before anybody was asked'));
  taken(await answer('denied'));
  refused(await begin('u2'));
  refused(await partial('u2', 'a growing secret'));
  refused(await final('u2', 'a whole secret'));
  assert.deepEqual(await read(), []);
  const [mine] = (await snapshot()).participants;
  assert.equal(mine.recordingAgreed, undefined);

  taken(await answer('granted'));
  assert.deepEqual((await snapshot()).participants.map(({ participantId, recordingAgreed }) => [participantId, recordingAgreed]), [['usr_mia', true], ['usr_ben', undefined]]);
  taken(await begin('u3'));
  taken(await partial('u3', 'what I'));
  taken(await final('u3', 'what I may say'));
  refused(await final('u4', 'another person, another answer', ben));

  taken(await answer('withdrawn'));
  refused(await final('u5', 'after it was taken back'));
  refused(await publish('transcript.truncated', { utteranceId: 'u3', heardText: 'a cut', playedMs: 1 }));
  assert.deepEqual(await read(), ['what I may say'], 'what was kept stays');

  taken(await publish('x.mark', {}));
  const { event: last } = await line.event('x.mark');
  assert.equal(last.type, 'x.mark');
  assert.deepEqual(
    line.frames.filter(({ op, event }) => op === 'event' && event.type.startsWith('transcript.')).map(({ event }) => event.payload.text ?? ''),
    ['', 'what I', 'what I may say'],
    'nobody saw what was refused',
  );
  line.close();
  for (const running of [true, false]) {
    if (!running) await server.kill('SIGTERM');
    assert.ok(stands(server, 'what I may say'));
    for (const words of ['before anybody', 'growing secret', 'whole secret', 'another person', 'taken back', 'a cut'])
      assert.ok(!stands(server, words) && !server.log.includes(words), `${words}: is in a file, or in the log`);
  }
});

test('over a socket it is the same, and the refusal names the event', { timeout: 60_000 }, async (t) => {
  const { server, call, mia, event, answer } = await house(t);
  const line = new Line(server, call, { token: mia });
  await line.frame('replay.complete');
  const said = event('transcript.final', { utteranceId: 'u1', speaker: 'user', text: 'over the socket', startMs: 0, endMs: 9 });
  line.send({ op: 'publish', event: said });
  const refusal = await line.frame(({ op, eventId }) => op === 'error' && eventId === said.eventId);
  assert.deepEqual([refusal.code, refusal.outcome], ['consent_required', 'refused']);
  taken(await answer('granted'));
  const again = { ...said, eventId: 'again' };
  line.send({ op: 'publish', event: again });
  await line.frame((frame) => frame.op === 'event' && frame.event.eventId === 'again');
  line.close();
});

test('a recording is not sent to the recogniser', { timeout: 60_000 }, async (t) => {
  const ears = await Recogniser.start(t);
  const { server, call, mia, answer, snapshot, read } = await house(t, (folder) => {
    writeFileSync(join(folder, 'key'), 'sk-of-a-test\n');
    return `${demanded}[speech]\nbase_url = "${ears.url}"\nmodel = "m-1"\nkey_file = "${join(folder, 'key')}"\n`;
  });
  const say = async (text, key = text) => {
    const headers = { Authorization: `Bearer ${mia}`, 'Content-Type': 'audio/webm', 'Idempotency-Key': key.replaceAll(' ', '_') };
    const reply = await fetch(`${server.url}/v1/call/sessions/${call}/speech`, { method: 'POST', headers, body: text });
    return { status: reply.status, json: await reply.json() };
  };
  refused(await say('too early'));
  assert.equal(ears.heard.length, 0, 'nobody outside has heard it');
  taken(await answer('granted'));
  taken(await say('now'));
  assert.equal(ears.heard.length, 1);

  // Taken back while the recogniser listens: its words are not kept, and the call says that some are missing.
  ears.mood = 'hold';
  const late = say('while it was heard');
  await ears.holds(1);
  taken(await answer('withdrawn'));
  ears.release();
  refused(await late);
  const failed = (await server.events(call, mia)).map(({ event }) => event).filter(({ type }) => type === 'transcript.failed');
  assert.deepEqual(failed.map(({ payload }) => payload.code), ['consent_required']);
  assert.deepEqual((await read()).filter(Boolean), ['now']);
  ears.mood = 'answer';
  const { json } = await say('while it was heard');
  assert.ok(['consent_required', 'utterance_closed'].includes(json.code), json.code);
  assert.equal(ears.heard.length, 2, 'nor is it heard once more');
  assert.ok(!stands(server, 'while it was heard'));
  assert.equal((await snapshot()).recordingConsentRequired, true);
});

test('a turn is refused before it starts the call', { timeout: 60_000 }, async (t) => {
  const { server, call, mia, answer } = await house(t, `${demanded}[agents.echo]\ndriver = "scripted"\njoin = "all"\ndebounce_ms = 10\n`);
  const turn = async (text) => {
    const headers = { Authorization: `Bearer ${mia}`, 'Content-Type': 'application/json' };
    return fetch(`${server.url}/v1/call/sessions/${call}/turns`, { method: 'POST', headers, body: JSON.stringify({ text }) });
  };
  let before = 0;
  await until('the agent is in the call', async () => {
    const events = await server.events(call, mia);
    before = events.length;
    return events.some(({ event }) => event.type === 'call.participant.connection.changed');
  });
  const early = await turn('an early question');
  refused({ status: early.status, json: await early.json() });
  const after = await server.events(call, mia);
  assert.equal(after.length, before, 'nothing was written');
  taken(await answer('granted'));
  const answered = await turn('a question');
  assert.equal(answered.status, 200);
  assert.match(await answered.text(), /a question/);
  assert.ok(!stands(server, 'an early question'));
});

test('a service speaks for whoever it names, and else for everybody', { timeout: 60_000 }, async (t) => {
  const { service, publish, answer, begin, final, call, server, ben } = await house(t);
  refused(await final('u1', 'of the line', service));
  refused(await begin('u2', service, 'usr_mia'));
  refused(await publish('call.recording.started', { callId: call, recordingId: 'rec_1' }, service));
  taken(await answer('granted', 'usr_mia', service));
  taken(await begin('u2', service, 'usr_mia'));
  taken(await final('u2', 'of Mia', service));
  refused(await begin('u3', service, 'usr_ben'));
  const line = new Line(server, call, { token: ben });
  await line.frame('replay.complete');
  refused(await final('u4', 'of somebody', service));
  refused(await publish('call.recording.started', { callId: call, recordingId: 'rec_1' }, service));
  taken(await answer('granted', 'usr_ben', ben));
  taken(await final('u4', 'of somebody', service));
  taken(await publish('call.recording.started', { callId: call, recordingId: 'rec_1' }, service));
  line.close();
});

test('nobody agrees for somebody else', { timeout: 60_000 }, async (t) => {
  const { publish, answer, ben, service, server, final, call } = await house(t);
  const code = ({ status, json }) => [status, json.code];
  assert.deepEqual(code(await answer('granted', 'usr_mia', ben)), [403, 'not_yourself']);
  assert.deepEqual(code(await answer('granted', 'usr_stranger', service)), [404, 'participant_not_found']);
  assert.deepEqual(code(await answer('granted', 'usr_mia', server.token('usr_stranger'))), [404, 'session_not_found']);
  assert.deepEqual(code(await answer('perhaps')), [400, 'unknown_value']);
  assert.deepEqual(code(await publish('call.consent.updated', { callId: call, subject: 'recording', by: 'usr_mia' })), [400, 'missing_field']);
  taken(await publish('call.consent.updated', { callId: call, subject: 'processing', state: 'granted', by: 'usr_mia' }));
  refused(await final('u1', 'to something else'));
});

test('an app may demand it, and never take off what the account demands', { timeout: 60_000 }, async (t) => {
  const { server, mia, create } = await house(t, '[consent]\nrecording_accounts = ["acct_care"]\n');
  assert.equal((await create()).recordingConsentRequired, undefined);
  assert.equal((await create(mia, { recordingConsentRequired: true })).recordingConsentRequired, true);
  const care = server.token('usr_cy', 'user', 'acct_care');
  assert.equal((await create(care, { recordingConsentRequired: false })).recordingConsentRequired, true);

  // A call that carries on one with the demand has it too.
  const first = await create(mia, { recordingConsentRequired: true });
  await server.rest('POST', `/v1/call/sessions/${first.sessionId}/state`, mia, { status: 'ended' });
  assert.equal((await create(mia, { continues: first.sessionId, recordingConsentRequired: false })).recordingConsentRequired, true);

  // SIGHUP: of calls from then on; a call goes on as it was made.
  const before = await create();
  const keyed = async (body) => {
    const headers = { Authorization: `Bearer ${mia}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'k1' };
    const reply = await fetch(`${server.url}/v1/call/sessions`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: reply.status, json: await reply.json() };
  };
  const asked = { metadata: { topic: 'a repeated request' } };
  const { sessionId } = (await keyed(asked)).json.session;
  writeFileSync(server.config, demanded);
  const from = server.log.length;
  server.signal('SIGHUP');
  assert.match(await server.logged('reloaded', from), /changed=consent\.recording,consent\.recording_accounts needs_restart=\n?/);
  assert.equal((await create(mia, { recordingConsentRequired: false })).recordingConsentRequired, true);
  const { json } = await server.rest('GET', `/v1/call/sessions/${before.sessionId}`, mia);
  assert.equal(json.recordingConsentRequired, undefined);

  // What was asked is the same, whatever the server has come to demand; what is asked differently is not.
  const repeated = await keyed(asked);
  assert.equal(repeated.status, 201, JSON.stringify(repeated.json));
  assert.deepEqual([repeated.json.session.sessionId, repeated.json.session.recordingConsentRequired], [sessionId, undefined]);
  assert.equal((await keyed({ ...asked, recordingConsentRequired: true })).json.code, 'id_conflict');
});

test('check-config shows it, and refuses what is none', (t) => {
  const server = new Server('[consent]\nrecording = "required"\nrecording_accounts = ["acct_care"]\n');
  t.after(() => server.close());
  const check = () => execFileSync(binary, ['check-config', '--config', server.config, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const shown = JSON.parse(check()).settings.filter(({ name }) => name.startsWith('consent.'));
  assert.deepEqual(shown, [
    { name: 'consent.recording', value: 'required', from: 'file' },
    { name: 'consent.recording_accounts', value: ['acct_care'], from: 'file' },
  ]);
  writeFileSync(server.config, '[consent]\nrecording_accounts = ["care"]\n');
  assert.throws(check, /line 2: consent\.recording_accounts must be a list of accounts, each like acct_main/);
});
