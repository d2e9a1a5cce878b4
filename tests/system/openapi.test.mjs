// What a real server answers is what its own /openapi.json says: status, media type, body and, of a
// refusal, the reason. Every route is asked so that it does what it is for, and so that it refuses.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import test from 'node:test';
import { clock_behind } from './support/clock_behind.mjs';
import { Recogniser } from './support/recogniser.mjs';
import { Witness } from './support/openapi.mjs';
import { Server } from './support/server.mjs';
import { pause } from './support/waiting.mjs';

const { reasons } = JSON.parse(readFileSync(new URL('../../schema/v1/errors.json', import.meta.url), 'utf8'));
const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
const unescaped = (html) => html.replaceAll(/&(?:lt|gt|quot|amp);/g, (entity) => entities[entity]);
const now = '2026-02-16T10:00:00.000Z';
const ndjson = { Accept: 'application/x-ndjson' };

test('the server answers as /openapi.json says', { timeout: 120_000 }, async (t) => {
  // A tool that hangs up on whoever asks: what came of it nobody knows.
  const rude = createServer((request) => request.socket.destroy());
  await new Promise((resolve) => rude.listen(0, '127.0.0.1', resolve));
  t.after(() => rude.close());
  const ears = await Recogniser.start(t);
  const server = new Server(
    `[tools."lifeline.echo"]\nkind = "builtin"\nrisk = "high_risk_external_send"\n[tools.rude]\nkind = "http"\n` +
      `url = "http://127.0.0.1:${rude.address().port}/"\n[tools."lifeline.noop"]\nkind = "builtin"\n` +
      `[speech]\nbase_url = "${ears.url}"\n` +
      `[agents.echo]\ndriver = "scripted"\ndebounce_ms = 10\n[metering]\nclose_after_ms = 0\n` +
      // It is told no names of items, so it takes nothing, and is asked nothing.
      `[[billing.sinks]]\nname = "stripe"\nkind = "stripe"\nurl = "http://127.0.0.1:9"\nallow_http = true\nkey_env = "STRIPE_KEY"\n` +
      // Nobody is there to be told.
      `[reconciliation.alert]\nurl = "http://127.0.0.1:9/alert"\nattempts = 1\n`,
    ['--dev'],
  );
  t.after(() => server.close());
  server.env.STRIPE_KEY = 'sk_none';
  await server.start();
  const witness = await Witness.of(server.url);
  const owner = server.token('usr_owner');
  const stranger = server.token('usr_stranger', 'user', 'acct_x');
  const service = server.token('svc_app', 'service');
  const viewer = server.token('usr_viewer', 'viewer');
  const ask = (method, path, { token = owner, ...rest } = {}) => witness.ask(method, path, { token, ...rest });

  const create = (body, more) => ask('POST', '/v1/call/sessions', { body, ...more });
  const participants = [{ userId: 'usr_viewer', role: 'viewer' }];
  const { session, connect } = await create({ participants, metadata: { cv: 'doc_7' }, maxDurationMs: 60_000 });
  assert.ok(connect.url.endsWith('/ws'));
  const call = `/v1/call/sessions/${session.sessionId}`;
  const none = '/v1/call/sessions/sess_none';
  const key = { 'Idempotency-Key': 'k'.repeat(255) };
  const once = await create({}, { headers: key });
  const again = await create({}, { headers: key });
  assert.equal(again.session.sessionId, once.session.sessionId);

  await t.test('making calls', async () => {
    await create({}, { token: null, reason: 'token_missing' });
    await create({}, { token: 'no.token.atall', reason: 'token_invalid' });
    await create({}, { token: viewer, reason: 'forbidden' });
    await create({ ownerId: 'usr_else' }, { reason: 'forbidden' });
    await create({ channel: 'fax' }, { reason: 'unknown_value' });
    await create({ fax: 1 }, { reason: 'unknown_field' });
    await create({}, { headers: { 'Content-Type': 'text/plain' }, reason: 'content_type_unsupported' });
    await create({ metadata: { x: 'x'.repeat(200_000) } }, { reason: 'body_too_large' });
    await create({ direction: 'inbound' }, { headers: key, reason: 'id_conflict' });
    await create({}, { headers: { 'Idempotency-Key': 'k'.repeat(256) }, reason: 'idempotency_key_invalid' });
  });

  await t.test('reading calls', async () => {
    const page = await ask('GET', '/v1/call/sessions?limit=1');
    const rest = await ask('GET', `/v1/call/sessions?limit=1&cursor=${page.next}`);
    assert.notEqual(rest.sessions[0].sessionId, page.sessions[0].sessionId);
    await ask('GET', '/v1/call/sessions?limit=0', { reason: 'query_invalid' });
    await ask('GET', '/v1/call/sessions?status=lost', { reason: 'query_invalid' });
    await ask('GET', call);
    await ask('GET', call, { token: stranger, reason: 'session_not_found' });
    await ask('GET', `${call}/snapshot`);
    await ask('GET', `${none}/snapshot`, { reason: 'session_not_found' });
    await ask('POST', `${call}/connect`, { body: { ttlMs: 1000 } });
    await ask('POST', `${call}/connect`, { body: { ttlMs: -1 }, reason: 'out_of_range' });
    await ask('POST', `${none}/connect`, { body: {}, reason: 'session_not_found' });
  });

  await t.test('events', async () => {
    const publish = (changes, more) => {
      const event = { eventId: 'evt_1', sessionId: session.sessionId, ts: now, type: 'x.a', payload: {} };
      return ask('POST', `${call}/events`, { body: { ...event, schemaVersion: '1.0', ...changes }, ...more });
    };
    const utterance = { utteranceId: 'u', speaker: 'user', startMs: 0 };
    const cut = { type: 'transcript.truncated', payload: { utteranceId: 'u', heardText: '', playedMs: 0 } };
    assert.equal((await publish({}, { status: 201 })).duplicate, false);
    assert.equal((await publish({}, { status: 200 })).duplicate, true);
    await publish({ payload: { a: 1 } }, { reason: 'id_conflict' });
    await publish({ eventId: 'e', type: 'x. ' }, { reason: 'unknown_type' });
    await publish({ eventId: 'e', type: 'action.executed' }, { reason: 'legacy_type' });
    await publish({ eventId: 'e', sessionId: 'sess_other' }, { reason: 'wrong_stream' });
    await publish({ eventId: 'e', ts: 'now' }, { reason: 'bad_format' });
    await publish({ eventId: 'e', payload: { a: 'x'.repeat(17_000) } }, { reason: 'payload_too_large' });
    await publish({ eventId: 'e', ...cut }, { reason: 'utterance_unknown' });
    const foreign = { ...utterance, participantId: 'usr_viewer' };
    await publish({ eventId: 'e', type: 'transcript.utterance.started', payload: foreign }, { reason: 'not_yourself' });
    const connected = { callId: session.sessionId, connectedAt: now };
    await publish({ eventId: 'e', type: 'call.connected', payload: connected }, { reason: 'type_not_allowed' });
    await publish({ eventId: 'e' }, { token: viewer, reason: 'forbidden' });
    await publish({ eventId: 'e' }, { headers: { 'Content-Type': 'text/plain' }, reason: 'content_type_unsupported' });

    const page = await ask('GET', `${call}/events?limit=1`);
    await ask('GET', `${call}/events?after=${page.next}&epoch=${page.epoch}`);
    await ask('GET', `${call}/events`, { headers: ndjson });
    await ask('GET', `${call}/events?after=999`, { reason: 'cursor_ahead' });
    await ask('GET', `${call}/events?after=1&epoch=ep_other`, { reason: 'epoch_changed' });
    await ask('GET', `${call}/events?limit=many`, { reason: 'query_invalid' });
    await ask('GET', `${none}/events`, { reason: 'session_not_found' });
  });

  await t.test('the search', async () => {
    assert.deepEqual(await ask('GET', '/v1/search?q=nothing%20like%20it'), { found: [] });
    await ask('GET', '/v1/search?q=', { reason: 'query_invalid' });
  });
  await t.test('the transcript', async () => {
    const { utterances, seq } = await ask('GET', `${call}/transcript`);
    assert.ok(Array.isArray(utterances) && seq > 1);
    assert.deepEqual((await ask('GET', `${call}/transcript?at=0`)).utterances, []);
    for (const format of ['text', 'markdown', 'vtt']) await ask('GET', `${call}/transcript?format=${format}`);
    await ask('GET', `${call}/transcript?format=pdf`, { reason: 'query_invalid' });
    await ask('GET', `${call}/transcript?at=-1`, { reason: 'query_invalid' });
    await ask('GET', `${call}/transcript?at=999`, { reason: 'cursor_ahead' });
    await ask('GET', `${none}/transcript`, { reason: 'session_not_found' });
  });
  await t.test('the story', async () => {
    const { entries, events } = await ask('GET', `${call}/explain`);
    assert.ok(entries.length > 1 && events > 1);
    await ask('GET', `${call}/explain?format=text`);
    await ask('GET', `${call}/explain?format=html`, { reason: 'query_invalid' });
    await ask('GET', `${none}/explain`, { reason: 'session_not_found' });
    await ask('GET', `${call}/archive`);
    await ask('GET', `${call}/archive`, { token: viewer, reason: 'forbidden' });
    await ask('GET', `${none}/archive`, { reason: 'session_not_found' });
  });

  await t.test('speech', async () => {
    assert.equal((await ask('GET', '/v1/speech')).upload, true);
    await ask('GET', '/v1/speech', { token: null, reason: 'token_missing' });
    const speak = (type, more) => ask('POST', `${call}/speech`, { headers: { 'Content-Type': type }, body: 'hello', ...more });
    await speak('audio/webm', { status: 201 });
    await speak('text/plain', { reason: 'content_type_unsupported' });
    await speak('audio/webm', { token: stranger, reason: 'session_not_found' });
    ears.mood = 500;
    await speak('audio/webm', { reason: 'speech_unavailable' });
  });

  await t.test('documents', async () => {
    const make = (body, more) => ask('POST', '/v1/documents', { body, ...more });
    const wanted = { kind: 'cv', title: 'CV', initial: { a: [1] } };
    const { document } = await make({ ...wanted, sessionId: session.sessionId }, { status: 201 });
    await make({ kind: 'cv' }, { reason: 'missing_field' });
    await make(wanted, { token: viewer, reason: 'forbidden' });
    await make({ ...wanted, sessionId: 'sess_none' }, { reason: 'session_not_found' });
    await make({ ...wanted, documentId: document.documentId }, { reason: 'id_conflict' });
    await make({ ...wanted, ownerId: 'usr_b' }, { token: service, status: 201 });
    const path = `/v1/documents/${document.documentId}`;
    await ask('GET', path, { token: viewer });
    await ask('GET', path, { token: stranger, reason: 'document_not_found' });
    const edit = (body, more) => ask('POST', `${path}/edits`, { body, ...more });
    const patch = [{ op: 'add', path: '/a/-', value: 2 }];
    await edit({ baseRev: 0, patch });
    await edit({ baseRev: 0, patch: [{ op: 'replace', path: '/a', value: 3 }] }, { reason: 'edit_conflict' });
    await edit({ baseRev: 9, patch }, { reason: 'revision_ahead' });
    await edit({ baseRev: 1, patch: [{ op: 'remove', path: '/b' }] }, { reason: 'patch_failed' });
    await edit({ baseRev: 1, patch: [{ op: 'add', path: '/b' }] }, { reason: 'patch_invalid' });
    await edit({ baseRev: 1, patch: [] }, { reason: 'out_of_range' });
    await edit({ baseRev: 1, patch }, { token: viewer, reason: 'forbidden' });
    await edit({ baseRev: 1, patch }, { token: stranger, reason: 'document_not_found' });
    const page = await ask('GET', `${path}/events?limit=1`);
    await ask('GET', `${path}/events?after=${page.next}&epoch=${page.epoch}`);
    await ask('GET', `${path}/events?after=999`, { reason: 'cursor_ahead' });
    await ask('GET', `${path}/events?after=1&epoch=ep_other`, { reason: 'epoch_changed' });
    await ask('GET', `${path}/events?limit=many`, { reason: 'query_invalid' });
    await ask('GET', `${path}/events`, { token: stranger, reason: 'document_not_found' });
    const share = (body, more) => ask('POST', `${path}/shares`, { body, ...more });
    await share({ with: 'usr_b', role: 'viewer' }, { status: 201 });
    await share({ with: 'sess_none', role: 'viewer' }, { reason: 'session_not_found' });
    await share({ with: 'usr_b', role: 'owner' }, { reason: 'unknown_value' });
    await share({ with: 'usr_b', role: 'viewer' }, { token: viewer, reason: 'forbidden' });
    await ask('DELETE', `${path}/shares/usr_b`);
    await ask('DELETE', `${path}/shares/usr_b`, { token: viewer, reason: 'forbidden' });
    for (let listed = { documents: [] }; listed.documents.length < 1; ) // The view is a moment behind.
      listed = await ask('GET', '/v1/documents?kind=cv&limit=1');
    const operator = server.token('usr_operator', 'operator');
    const newest = await ask('GET', '/v1/documents?limit=1', { token: operator });
    await ask('GET', `/v1/documents?limit=1&cursor=${newest.next}`, { token: operator });
    await ask('GET', '/v1/documents?limit=0', { reason: 'query_invalid' });
    await ask('GET', `${call}/snapshot`);
  });

  await t.test('participants and invites', async () => {
    await ask('POST', `${call}/participants`, { body: { userId: 'usr_b', role: 'user' } });
    await ask('POST', `${call}/participants`, { body: { userId: 'usr_b', role: 'viewer' }, reason: 'participant_conflict' });
    await ask('POST', `${call}/participants`, { body: { userId: 'usr_c' }, reason: 'missing_field' });
    await ask('DELETE', `${call}/participants/usr_b`);
    await ask('DELETE', `${call}/participants/usr_none`, { reason: 'participant_not_found' });
    await ask('DELETE', `${call}/participants/usr_owner`, { reason: 'participant_conflict' });
    await ask('DELETE', `${call}/participants/usr_owner`, { token: viewer, reason: 'forbidden' });

    const invite = await ask('POST', `${call}/invites`, { body: { role: 'viewer', uses: 1 } });
    await ask('POST', `${call}/invites`, { body: { uses: 0 }, reason: 'out_of_range' });
    await ask('POST', `${none}/invites`, { body: {}, reason: 'session_not_found' });
    const redeem = (secret, more) => witness.ask('POST', '/v1/call/invites/redeem', { body: { secret }, ...more });
    const guest = await redeem(invite.secret);
    await ask('GET', call, { token: guest.token });
    await redeem(invite.secret, { reason: 'invite_invalid' });
    await redeem('x'.repeat(20), { reason: 'invite_invalid' });
    await redeem('short', { reason: 'out_of_range' });
    const revoked = await ask('POST', `${call}/invites`, { body: {} });
    await ask('DELETE', `${call}/invites/${revoked.inviteId}`);
    await ask('DELETE', `${call}/invites/inv_none`, { reason: 'invite_invalid' });
    await redeem(revoked.secret, { reason: 'invite_invalid' });
  });

  await t.test('an agent of the house', async () => {
    const { agents } = await ask('GET', '/v1/agents');
    assert.deepEqual(agents.map(({ userId }) => userId), ['agt_echo']);
    await ask('GET', '/v1/agents', { token: null, reason: 'token_missing' });
    const talk = await create({ channel: 'text', participants: [{ userId: 'agt_echo', role: 'agent' }] });
    const turns = `/v1/call/sessions/${talk.session.sessionId}/turns`;
    const said = await ask('POST', turns, { body: { text: 'Testing' } });
    assert.match(said, /"You said: Testing"/);
    await ask('POST', turns, { body: {}, reason: 'missing_field' });
    await ask('POST', `${call}/turns`, { body: { text: 'Hello' }, reason: 'no_agent' });
    await ask('POST', `${none}/turns`, { body: { text: 'Hello' }, reason: 'session_not_found' });
  });

  await t.test('what an agent does', async () => {
    const agent = server.token('usr_bot', 'agent');
    const { tools } = await ask('GET', '/v1/tools', { token: agent });
    assert.deepEqual(tools.map(({ name }) => name), ['document.create', 'document.edit', 'document.read', 'lifeline.echo', 'lifeline.noop', 'rude']);
    await ask('GET', '/v1/tools', { token: null, reason: 'token_missing' });
    await ask('POST', `${call}/participants`, { body: { userId: 'usr_bot', role: 'agent' } });
    await ask('POST', `${call}/capability`, { body: { ttlMs: 10 }, reason: 'out_of_range' });
    await ask('POST', `${call}/capability`, { body: { userId: 'usr_none' }, reason: 'participant_not_found' });
    await ask('POST', `${call}/capability`, { token: viewer, body: {}, reason: 'forbidden' });
    assert.equal((await ask('POST', `${call}/capability`, { body: { userId: 'usr_bot' } })).userId, 'usr_bot');
    let asked = 0;
    const publish = (type, payload, more) =>
      ask('POST', `${call}/events`, {
        token: agent,
        body: { eventId: `ask_${(asked += 1)}`, sessionId: session.sessionId, ts: now, type, payload, schemaVersion: '1.0' },
        ...more,
      });
    const request = (actionId, actionType, more) =>
      publish('orchestration.action.requested', { actionId, actionType, summary: 's', args: { to: 'b' } }, more);
    await request('act_1', 'lifeline.echo');
    await request('act_1', 'lifeline.echo', { reason: 'action_exists' });
    await publish('orchestration.action.cancel.requested', { actionId: 'act_none' }, { reason: 'action_unknown' });
    const { actions } = await ask('GET', `${call}/actions`);
    const { confirmation, argsHash } = actions[0];
    await ask('GET', `${call}/actions`, { token: stranger, reason: 'session_not_found' });
    await ask('GET', `${call}/actions/act_none`, { reason: 'action_unknown' });
    await ask('GET', `${call}/snapshot`);
    const answer = (body, more) =>
      ask('POST', `${call}/confirmations/${confirmation.confirmationId}`, { body, ...more });
    await answer({ decision: 'approve', argsHash: 'f'.repeat(64) }, { reason: 'args_changed' });
    await answer({ decision: 'approve', argsHash }, { token: service, reason: 'confirmation_forbidden' });
    await answer({ decision: 'approve', argsHash, args: {} }, { reason: 'decision_not_allowed' });
    await answer({ decision: 'perhaps', argsHash }, { reason: 'unknown_value' });
    await ask('POST', `${call}/confirmations/cnf_none`, { body: { decision: 'deny', argsHash }, reason: 'confirmation_not_found' });
    await answer({ decision: 'approve', argsHash });
    await answer({ decision: 'deny', argsHash }, { reason: 'stale' });
    const ended = async (actionId, state) => {
      for (;;) {
        const action = await ask('GET', `${call}/actions/${actionId}`);
        if (action.state === state) return action;
      }
    };
    assert.equal((await ended('act_1', 'over')).outcome, 'succeeded');
    await ask('POST', `${call}/actions/act_1/cancel`, { body: {}, reason: 'action_closed' });
    await ask('POST', `${call}/actions/act_1/resolve`, { body: { resolution: 'failed', evidence: 'e' }, reason: 'action_closed' });
    await request('act_2', 'rude');
    const rudely = (await ask('GET', `${call}/actions/act_2`)).confirmation;
    await ask('POST', `${call}/actions/act_2/resolve`, { body: { resolution: 'failed', evidence: 'e' }, reason: 'action_not_ready' });
    await ask('POST', `${call}/confirmations/${rudely.confirmationId}`, { body: { decision: 'approve', argsHash: rudely.argsHash } });
    await ended('act_2', 'unknown');
    await ask('POST', `${call}/actions/act_2/resolve`, { body: { resolution: 'perhaps', evidence: 'e' }, reason: 'unknown_value' });
    const resolved = await ask('POST', `${call}/actions/act_2/resolve`, { body: { resolution: 'not_executed', evidence: 'It hung up.' } });
    assert.equal(resolved.outcome, 'resolved');
    await request('act_3', 'rude');
    await ask('POST', `${call}/actions/act_3/cancel`, { token: viewer, body: {}, reason: 'forbidden' });
    const cancelled = await ask('POST', `${call}/actions/act_3/cancel`, { body: { reason: 'wrong firm' } });
    assert.equal(cancelled.outcome, 'cancelled');
    await ask('POST', `${call}/killswitch`, { body: { enabled: true }, reason: 'missing_field' });
    await ask('POST', `${call}/killswitch`, { body: { enabled: true, reason: 'stop' } });
    await ask('POST', `${call}/killswitch`, { token: viewer, body: { enabled: false, reason: 'go' }, reason: 'forbidden' });
    await request('act_4', 'lifeline.echo');
    assert.equal((await ask('GET', `${call}/actions/act_4`)).outcome, 'blocked');
    await ask('POST', `${call}/killswitch`, { body: { enabled: false, reason: 'go' } });

    const operator = server.token('usr_op', 'operator');
    const stop = (body, more) =>
      ask('POST', '/v1/safety/killswitch', { token: operator, body: { reason: 'drill', ...body }, ...more });
    await stop({ scope: 'action_type', actionType: 'fly', enabled: true });
    await stop({ scope: 'instance', enabled: true }, { reason: 'forbidden' });
    await stop({ scope: 'everything', enabled: true }, { reason: 'unknown_value' });
    const { switches } = await ask('GET', '/v1/safety/killswitch', { token: operator });
    assert.deepEqual(switches.map(({ actionType }) => actionType), ['fly']);
    await ask('GET', '/v1/safety/killswitch', { reason: 'forbidden' });
    await stop({ scope: 'action_type', actionType: 'fly', enabled: false });

    const admin = server.token('usr_root', 'admin', 'acct_root');
    const policy = await ask('GET', '/v1/safety/policy', { token: operator });
    await ask('GET', '/v1/safety/policy', { reason: 'forbidden' });
    const put = (wanted, more) =>
      ask('PUT', '/v1/safety/policy', { token: admin, body: { baseHash: policy.hash, reason: 'drill', policy: wanted }, ...more });
    const mine = { id: 'mine', version: '1', rules: [{ name: 'fly', when: { action: 'fly' }, then: 'deny' }] };
    await put(mine, { token: operator, reason: 'forbidden' });
    await put({ id: 'mine' }, { reason: 'policy_invalid' });
    await put([], { reason: 'wrong_type' });
    await put({ ...mine, id: policy.policyId }, { reason: 'policy_version_used' });
    assert.equal((await put(mine)).source, 'stored');
    await put({ ...mine, version: '2' }, { reason: 'policy_conflict' });

    const grant = (body, more) => ask('POST', `${call}/grants`, { body: { ttlMs: 60_000, ...body }, ...more });
    await grant({ actionType: 'lifeline.echo' }, { reason: 'grant_forbidden' });
    const made = await grant({ actionType: 'lifeline.noop', constraint: { '/to': 'b' }, maxUses: 2 });
    await grant({ actionType: 'lifeline.noop' }, { token: agent, reason: 'forbidden' });
    await grant({ actionType: 'lifeline.noop', maxUses: 0 }, { reason: 'out_of_range' });
    await grant({ actionType: 'lifeline.noop', constraint: { to: 'b' } }, { reason: 'bad_format' });
    assert.equal((await ask('GET', `${call}/grants`)).grants[0].grantId, made.grantId);
    await ask('GET', `${call}/grants`, { token: stranger, reason: 'session_not_found' });
    await ask('DELETE', `${call}/grants/${made.grantId}`);
    await ask('DELETE', `${call}/grants/grt_none`, { reason: 'grant_not_found' });

    const auditor = server.token('usr_auditor', 'auditor');
    const { heads } = await ask('GET', '/v1/journal/heads', { token: auditor });
    assert.ok(heads.length >= 1);
    await ask('GET', '/v1/journal/heads', { reason: 'forbidden' });
    const keeper = server.token('usr_root', 'admin');
    await ask('GET', '/v1/billing/keys', { reason: 'forbidden' });
    const [, first] = (await ask('GET', '/v1/billing/keys', { token: auditor })).keys;
    await ask('POST', '/v1/billing/keys', { token: auditor, body: { reason: 'yearly' }, reason: 'forbidden' });
    await ask('POST', '/v1/billing/keys', { token: keeper, body: {}, reason: 'missing_field' });
    const second = await ask('POST', '/v1/billing/keys', { token: keeper, body: { reason: 'yearly' }, status: 201 });
    assert.notEqual(second.keyId, first.keyId);
    const revoke = (keyId, more) => ask('POST', `/v1/billing/keys/${keyId}/revoke`, { token: keeper, body: { reason: 'stolen', doubtfulFrom: 9 }, ...more });
    await revoke('none', { reason: 'signing_key_not_found' });
    const { state, doubtfulFrom } = await revoke(second.keyId);
    assert.deepEqual([state, doubtfulFrom], ['revoked', 9]);
    const { keys } = await ask('GET', '/v1/billing/keys', { token: auditor });
    assert.deepEqual(keys.map((key) => key.state), ['retired', 'retired', 'revoked', 'active']);
    const published = (await ask('GET', '/.well-known/lifeline-keys.json', { token: undefined })).keys;
    assert.deepEqual(published.map(({ use }) => use), ['sig', ...keys.map(() => 'usage')]);
    assert.deepEqual(published.slice(1).map((key) => [key.kid, key.x, key.state, key.doubtfulFrom]), keys.map((key) => [key.keyId, key.publicKey, key.state, key.doubtfulFrom]));
    const used = (query, more) => ask('GET', `/v1/billing/accounts/acct_test/usage${query}`, { token: auditor, ...more });
    await used('?limit=1&meter=call.duration_ms&from=2026-02-16T10:00Z');
    await used('?from=yesterday', { reason: 'query_invalid' });
    await used('', { token: undefined, reason: 'forbidden' });
    const month = new Date().toISOString().slice(0, 7);
    const window = `${new Date().toISOString().slice(0, 13)}:00Z`;
    const nextHour = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 13)}:00Z`;
    const root = server.token('usr_root', 'admin', 'acct_root');
    const items = [{ item: 'minutes', meter: 'call.duration_ms', per: '60000', tiers: [{ unitNano: '20000000' }] }];
    const card = { card: 'standard', version: 1, kind: 'price', currency: 'EUR', effectiveFrom: window, items };
    const books = (method, path, more) => ask(method, `/v1/billing/${path}`, { token: auditor, ...more });
    await books('POST', 'cards', { token: root, body: { card } });
    await books('POST', 'cards', { token: root, body: { card } });
    await books('POST', 'cards', { token: root, body: { card: { ...card, items: [] } }, reason: 'card_invalid' });
    await books('POST', 'cards', { body: { card }, reason: 'forbidden' });
    assert.equal((await books('GET', 'cards')).cards[0].card.card, 'standard');
    await books('GET', 'cards', { token: undefined, reason: 'forbidden' });
    await books('POST', 'accounts/acct_none/card', { token: root, body: { card: 'standard', effectiveFrom: nextHour }, reason: 'account_not_found' });
    await ask('POST', '/v1/accounts', { token: root, body: { accountId: 'acct_books' } });
    await books('POST', 'accounts/acct_books/card', { token: root, body: { card: 'standard', effectiveFrom: nextHour } });
    await books('GET', 'accounts/acct_test/charges?limit=1');
    await books('GET', 'accounts/acct_test/charges?limit=0', { reason: 'query_invalid' });
    await books('GET', 'accounts/acct_test/charges/bu_none', { reason: 'charge_not_found' });
    await books('GET', 'accounts/acct_test/charges/bu_none', { token: undefined, reason: 'forbidden' });
    await books('GET', 'accounts/acct_test/margin');
    await books('GET', 'accounts/acct_test/margin?limit=0', { reason: 'query_invalid' });
    for (const format of ['json', 'csv', 'html', 'proof']) await books('GET', `accounts/acct_test/statements/${month}?format=${format}`);
    await books('GET', `accounts/acct_test/statements/${month}?format=proof&costs=true`, { token: root });
    await books('GET', `accounts/acct_test/statements/${month}?format=proof&costs=true`, { token: auditor, reason: 'forbidden' });
    await books('GET', `accounts/acct_test/statements/${month}?format=pdf`, { reason: 'query_invalid' });
    await books('GET', 'accounts/acct_test/statements/2026-13', { reason: 'query_invalid' });
    const budget = { scope: 'account', period: 'month', limit: '50000000000', warnAt: [80] };
    await books('PUT', 'accounts/acct_books/budgets/monthly', { token: root, body: budget });
    await books('PUT', 'accounts/acct_books/budgets/monthly', { token: root, body: { ...budget, meter: 'none' }, reason: 'meter_unknown' });
    await books('PUT', 'accounts/acct_books/budgets/monthly', { token: root, body: { ...budget, limit: '0' }, reason: 'out_of_range' });
    await books('PUT', 'accounts/acct_none/budgets/monthly', { token: root, body: budget, reason: 'account_not_found' });
    await books('GET', 'accounts/acct_books/budgets', { token: root });
    await books('GET', 'accounts/acct_books/budgets', { reason: 'forbidden' });
    const credit = { amount: '100000000000', currency: 'EUR', reason: 'paid ahead' };
    await books('POST', 'accounts/acct_books/credit', { token: root, body: credit });
    await books('POST', 'accounts/acct_books/credit', { token: root, body: { ...credit, currency: 'USD' }, reason: 'currency_differs' });
    await books('POST', 'accounts/acct_books/credit', { body: credit, reason: 'forbidden' });
    await books('GET', 'accounts/acct_books/balance', { token: root });
    await books('GET', 'accounts/acct_books/balance', { reason: 'forbidden' });
    await books('GET', 'sinks', { token: root });
    await books('GET', 'sinks', { reason: 'forbidden' });
    await books('POST', 'sinks/none/resume', { token: root, body: { reason: 'x' }, reason: 'sink_not_found' });
    await books('POST', 'sinks/none/resume', { token: root, body: {}, reason: 'missing_field' });
    await books('GET', 'dead-letters?limit=1');
    await books('GET', 'dead-letters?because=bored', { reason: 'query_invalid' });
    await books('GET', 'dead-letters/dl_none', { reason: 'dead_letter_not_found' });
    for (const what of ['redrive', 'discard']) {
      await books('POST', `dead-letters/${what}`, { token: root, body: { reason: 'x', dryRun: true } });
      await books('POST', `dead-letters/${what}`, { token: root, body: { deadLetters: ['dl_none'], reason: 'x' }, reason: 'dead_letter_not_found' });
      await books('POST', `dead-letters/${what}`, { body: { reason: 'x' }, reason: 'forbidden' });
    }
    const audited = (query, more) => ask('GET', `/v1/safety/decisions${query}`, { token: auditor, ...more });
    await audited('', { token: owner, reason: 'forbidden' });
    await audited('?limit=0', { reason: 'query_invalid' });
    for (let listed = []; listed.length < 1; ) // The view is a moment behind the call.
      ({ decisions: listed } = await audited(`?session=${session.sessionId}&type=safety.grant.revoked`));
    const newest = await audited('?limit=1');
    assert.deepEqual([newest.decisions[0].rules, newest.decisions[0].outcome], [`grant:${made.grantId}`, 'revoked']);
    await audited(`?limit=1&cursor=${newest.next}`);
    const blocked = await audited('?outcome=killswitch');
    assert.equal(blocked.decisions[0].actionId, 'act_4');
    await audited('?limit=2', { headers: ndjson });
  });

  await t.test('states, to the end', async () => {
    const unused = await ask('POST', `${call}/invites`, { body: {} });
    const state = (body, more) => ask('POST', `${call}/state`, { body, ...more });
    const provider = (providerRoomId, more) => state({ status: 'active', provider: 'livekit', providerRoomId }, more);
    await provider('room_1', { reason: 'forbidden' });
    await provider('room_1', { token: service });
    await provider('room_2', { token: service, reason: 'provider_immutable' });
    await state({ status: 'created' }, { reason: 'unknown_value' });
    await state({ status: 'ended' });
    await state({ status: 'active' }, { reason: ['illegal_transition', 'session_over'] });
    await ask('GET', call);
    await ask('POST', `${call}/connect`, { body: {}, reason: 'session_over' });
    await ask('DELETE', `${call}/participants/usr_viewer`, { reason: 'session_over' });
    await ask('DELETE', `${call}/invites/${unused.inviteId}`, { reason: 'session_over' });
    await ask('POST', `${call}/participants`, { body: { userId: 'usr_d', role: 'user' }, reason: 'session_over' });
    await witness.ask('POST', '/v1/call/invites/redeem', { body: { secret: unused.secret }, reason: 'session_over' });
  });

  await t.test('accounts, users and keys', async () => {
    const admin = server.token('usr_root', 'admin', 'acct_root');
    const operator = server.token('usr_op', 'operator', 'acct_a');
    const act = (method, path, body, more) => ask(method, path, { token: admin, body, ...more });
    const acme = { accountId: 'acct_a', name: 'A' };
    await act('POST', '/v1/accounts', acme, { status: 201 });
    await act('POST', '/v1/accounts', acme, { status: 200 });
    await act('POST', '/v1/accounts', { ...acme, name: 'B' }, { reason: 'id_conflict' });
    await act('POST', '/v1/accounts', { accountId: 'a' }, { reason: 'bad_format' });
    await act('POST', '/v1/accounts', acme, { token: operator, reason: 'forbidden' });
    await act('POST', '/v1/accounts', { accountId: 'acct_b' });
    const page = await act('GET', '/v1/accounts?limit=1');
    assert.deepEqual(page, { accounts: [{ ...acme, state: 'enabled' }], next: 'acct_a' });
    assert.equal((await act('GET', `/v1/accounts?cursor=${page.next}`)).accounts[0].accountId, 'acct_b');
    await act('GET', '/v1/accounts?limit=0', undefined, { reason: 'query_invalid' });
    assert.equal((await ask('GET', '/v1/accounts', { token: operator })).accounts.length, 1);
    await ask('GET', '/v1/accounts', { reason: 'forbidden' });
    await ask('GET', '/v1/accounts/acct_a', { token: operator });
    await ask('GET', '/v1/accounts/acct_b', { token: operator, reason: 'account_not_found' });
    await ask('GET', '/v1/accounts/acct_b', { reason: 'forbidden' });
    await act('POST', '/v1/accounts/acct_b/state', { state: 'disabled' });
    await act('POST', '/v1/accounts/acct_b/state', { state: 'off' }, { reason: 'unknown_value' });
    await act('POST', '/v1/accounts/acct_none/state', { state: 'disabled' }, { reason: 'account_not_found' });
    await act('POST', '/v1/accounts/acct_a/state', { state: 'disabled' }, { token: operator, reason: 'forbidden' });

    const ada = { issuer: 'https://login.example.com', subject: 'auth0|ada' };
    const made = await act('POST', '/v1/users', { userId: 'usr_ada', accountId: 'acct_a', ...ada }, { status: 201 });
    assert.deepEqual(made, { userId: 'usr_ada', accountId: 'acct_a' });
    await act('POST', '/v1/users', { ...made, ...ada }, { status: 200 });
    await act('POST', '/v1/users', { accountId: 'acct_a', ...ada }, { reason: 'id_conflict' });
    await act('POST', '/v1/users', { accountId: 'acct_none', ...ada }, { reason: 'account_not_found' });
    await act('POST', '/v1/users', { ...made, ...ada }, { token: operator, reason: 'forbidden' });
    await ask('GET', '/v1/users/usr_ada', { token: operator });
    await act('GET', '/v1/users/usr_none', undefined, { reason: 'user_not_found' });
    const other = { ...ada, subject: 'google|ada' };
    const query = (identity) => new URLSearchParams(identity);
    await act('POST', '/v1/users/usr_ada/identities', other);
    await act('POST', '/v1/users/usr_none/identities', other, { reason: 'user_not_found' });
    await act('POST', '/v1/users/usr_ada/identities', other, { token: operator, reason: 'forbidden' });
    await act('DELETE', `/v1/users/usr_ada/identities?${query(other)}`);
    await act('DELETE', `/v1/users/usr_ada/identities?${query(other)}`, undefined, { reason: 'user_not_found' });
    await act('DELETE', '/v1/users/usr_ada/identities?issuer=x', undefined, { reason: 'query_invalid' });

    const key = await act('POST', '/v1/keys', { accountId: 'acct_a', name: 'backend' });
    assert.ok(key.key.startsWith(`llk_${key.keyId}_`));
    await act('POST', '/v1/keys', { accountId: 'acct_none', name: 'n' }, { reason: 'account_not_found' });
    await act('POST', '/v1/keys', { accountId: 'acct_a', name: 'n', expiresAt: now }, { reason: 'out_of_range' });
    await act('POST', '/v1/keys', { accountId: 'acct_a', name: 'n' }, { token: operator, reason: 'forbidden' });
    const { keys } = await ask('GET', '/v1/keys', { token: operator });
    const { key: _, ...shown } = key;
    assert.deepEqual(keys, [{ ...shown, state: 'good' }]);
    await ask('GET', '/v1/keys?accountId=acct_b', { token: operator, reason: 'account_not_found' });
    assert.deepEqual((await act('GET', '/v1/keys?accountId=acct_b')).keys, []);
    await ask('GET', `/v1/keys/${key.keyId}`, { token: operator });
    await act('GET', '/v1/keys/none', undefined, { reason: 'key_not_found' });
    await act('DELETE', `/v1/keys/${key.keyId}`, undefined, { token: operator, reason: 'forbidden' });
    await act('DELETE', `/v1/keys/${key.keyId}`);
    await act('DELETE', '/v1/keys/none', undefined, { reason: 'key_not_found' });
    assert.equal((await act('GET', `/v1/keys/${key.keyId}`)).state, 'revoked');
  });

  await t.test('erasures and holds', async () => {
    const admin = server.token('usr_root', 'admin', 'acct_root');
    const act = (method, path, body, more) => ask(method, path, { token: admin, body, ...more });
    const hold = { scope: 'session', subject: 'sess_none', reason: 'case' };
    assert.equal((await act('POST', '/v1/records/holds', { ...hold, enabled: true })).holds.length, 1);
    await act('POST', '/v1/records/holds', { ...hold, scope: 'all', enabled: true }, { reason: 'unknown_value' });
    await ask('POST', '/v1/records/holds', { body: { ...hold, enabled: false }, reason: 'forbidden' });
    assert.deepEqual((await act('GET', '/v1/records/holds')).holds, [{ ...hold, by: 'usr_root' }]);
    await ask('GET', '/v1/records/holds', { reason: 'forbidden' });
    const why = { reason: 'asked' };
    await act('POST', '/v1/records/erasures', { ...why, sessionId: 'sess_none' }, { reason: 'session_not_found' });
    await act('POST', '/v1/records/erasures', { ...why, userId: 'usr_none' }, { reason: 'user_not_found' });
    await act('POST', '/v1/records/erasures', why, { reason: 'missing_field' });
    await ask('POST', '/v1/records/erasures', { body: { ...why, userId: 'usr_none' }, reason: 'forbidden' });
    const ended = (await act('GET', '/v1/call/sessions?status=ended&limit=1')).sessions[0].sessionId;
    await act('POST', '/v1/records/holds', { ...hold, subject: ended, enabled: true });
    await act('POST', '/v1/records/erasures', { ...why, sessionId: ended }, { reason: 'record_held' });
    await act('POST', '/v1/records/holds', { ...hold, subject: ended, enabled: false });
    const open = (await ask('POST', '/v1/call/sessions', { body: {} })).session.sessionId;
    await act('POST', '/v1/records/erasures', { ...why, sessionId: open }, { reason: 'erasure_needs_end' });
    const { erasureId } = await act('POST', '/v1/records/erasures', { ...why, sessionId: ended }, { status: 202 });
    await act('GET', `/v1/records/erasures/${erasureId}`);
    assert.equal((await act('GET', '/v1/records/erasures')).erasures[0].sessionId, ended);
    await ask('GET', '/v1/records/erasures', { reason: 'forbidden' });
    await ask('GET', `/v1/records/erasures/${erasureId}`, { reason: 'forbidden' });
    await act('GET', '/v1/records/erasures/era_none', undefined, { reason: 'erasure_not_found' });
  });

  await t.test('what is open to all', async () => {
    for (const path of ['/v1/schema', '/v1/schema/call.started', '/v1/schema/x', '/openapi.json', '/asyncapi.json',
      '/.well-known/lifeline-keys.json', '/healthz', '/readyz', '/errors/session_over']) {
      await witness.ask('GET', path);
    }
    await witness.ask('GET', '/v1/schema/call.exploded', { reason: 'route_not_found' });
    for (const [code, { meaning }] of Object.entries(reasons))
      assert.ok(unescaped(await witness.ask('GET', `/errors/${code}`)).includes(meaning), code);
    await witness.ask('GET', '/errors/no_such_reason', { reason: 'route_not_found' });
    const page = { Origin: server.url, 'Sec-Fetch-Site': 'same-origin' };
    await witness.ask('GET', '/v1/dev', { headers: page });
    await witness.ask('GET', '/v1/dev', { headers: { 'X-Forwarded-For': '192.0.2.1' }, reason: 'route_not_found' });
    await witness.ask('POST', '/v1/dev/token', { headers: page, body: { name: 'Ada' } });
    await witness.ask('POST', '/v1/dev/token', { headers: page, body: {}, reason: 'missing_field' });
  });

  await t.test('an hour that is over', async () => {
    await server.kill('SIGTERM');
    Object.assign(server.env, clock_behind(server.folder, -1 / 24)); // Its clock is an hour ahead.
    await server.start();
    const root = server.token('usr_root', 'admin', 'acct_root', 600);
    const auditor = server.token('usr_auditor', 'auditor', 'acct_test', 600);
    const operator = server.token('usr_op', 'operator', 'acct_test', 600);
    const books = (method, path, more) => ask(method, `/v1/billing/${path}`, { token: operator, ...more });
    const mine = (method, path, more) => books(method, `accounts/acct_test/${path}`, more);
    const until = async (look, enough) => {
      for (const begun = Date.now(); ; await pause(100)) {
        const { json } = await server.rest('GET', `/v1/billing/${look}`, operator);
        if (json && enough(json)) return json;
        assert.ok(Date.now() - begun < 30_000, JSON.stringify(json));
      }
    };
    const { entries } = await until('accounts/acct_test/charges', (found) => found.entries?.length > 0);
    const { idempotencyKey, item, window, quantity } = entries[0].entry;
    await mine('GET', `charges/${idempotencyKey}`);
    const { deadLetters } = await until('dead-letters', (found) => found.deadLetters?.length > 0);
    await books('GET', `dead-letters/${deadLetters[0].deadLetterId}`, { token: auditor });
    await books('POST', 'sinks/stripe/resume', { token: root, body: { reason: 'to see' } });
    const coming = `${new Date(Date.now() + 2 * 3_600_000).toISOString().slice(0, 13)}:00Z`;
    const adjustment = { kind: 'write_off', serviceWindow: window, item, quantityDelta: '0', amountDelta: '-1', reason: 'a bad line' };
    await mine('POST', 'adjustments', { body: adjustment, status: 201 });
    await mine('POST', 'adjustments', { body: { ...adjustment, serviceWindow: coming }, reason: 'window_open' });
    await mine('POST', 'adjustments', { body: adjustment, token: auditor, reason: 'forbidden' });
    const rows = [{ window, item, quantity: `${BigInt(quantity) + 5n}` }];
    await mine('POST', 'imports', { body: { source: 'bank', rows }, status: 201 });
    await mine('POST', 'imports', { body: { source: 'bank', rows: [] }, reason: 'out_of_range' });
    const count = (more) => books('POST', 'reconciliations', { body: {}, token: root, ...more });
    await count({ token: auditor, reason: 'forbidden' });
    const [{ runId }] = (await count()).runs;
    await books('GET', 'reconciliations?limit=1', { token: root });
    await books('GET', 'reconciliations', { reason: 'forbidden' });
    for (const format of ['json', 'csv', 'text']) await books('GET', `reconciliations/${runId}?format=${format}`, { token: root });
    await books('GET', 'reconciliations/rr_none', { token: root, reason: 'reconciliation_not_found' });
    const { findings } = await mine('GET', 'findings?limit=1000');
    await mine('GET', 'findings?state=lost', { reason: 'query_invalid' });
    const { findingId } = findings[0];
    await mine('GET', `findings/${findingId}`, { token: auditor });
    await mine('GET', 'findings/mm_none', { reason: 'finding_not_found' });
    const resolve = { state: 'acknowledged', reason: 'the bank is asked' };
    await mine('POST', `findings/${findingId}`, { body: resolve });
    await mine('POST', `findings/${findingId}`, { body: resolve, token: auditor, reason: 'forbidden' });
    const waiting = async () => {
      for (const begun = Date.now(); ; await pause(100)) {
        const { alerts } = await books('GET', 'alerts?limit=1', { token: root });
        if (alerts.length > 0) return alerts[0].alertId;
        assert.ok(Date.now() - begun < 30_000, 'no alert was given up');
      }
    };
    let alert = await waiting();
    await books('GET', 'alerts', { reason: 'forbidden' });
    await books('GET', 'alerts?limit=0', { token: root, reason: 'query_invalid' });
    for (const what of ['resend', 'discard']) {
      await books('POST', `alerts/${alert}/${what}`, { reason: 'forbidden' });
      await books('POST', `alerts/al_none/${what}`, { token: root, reason: 'alert_not_found' });
      alert = await waiting(); // What was told again is given up again.
      await books('POST', `alerts/${alert}/${what}`, { token: root });
    }
    await books('POST', `alerts/${alert}/discard`, { token: root, reason: 'alert_not_found' });
  });

  // Answers that only a broken or a busy server gives are not asked for.
  assert.deepEqual(witness.unseen(), []);
  console.log(`${witness.answers} answers, as the document says`);
});
