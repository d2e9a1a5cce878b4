// An agent outside, by the official MCP client, acts in a call: through the same gates as any other,
// once for every request, and no longer than it may.

import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Server } from './support/server.mjs';

const config =
  `[tools."lifeline.echo"]\nkind = "builtin"\nrisk = "high_risk_external_send"\n` +
  `schema = { type = "object", required = ["to"], properties = { to = { type = "string" } } }\n` +
  `[tools."lifeline.noop"]\nkind = "builtin"\nrisk = "read_only"\n`;

async function house(t, more = '') {
  const server = new Server(config + more);
  t.after(() => server.close());
  await server.start();
  const ada = server.token('usr_ada');
  const bot = server.token('usr_bot', 'agent');
  const participants = [{ userId: 'usr_bot', role: 'agent' }];
  const { json } = await server.rest('POST', '/v1/call/sessions', ada, { participants, channel: 'text' });
  const id = json.session.sessionId;
  const path = `/v1/call/sessions/${id}`;
  const capability = async (body = {}, token = ada) => server.rest('POST', `${path}/capability`, token, body);
  const clients = [];
  t.after(() => Promise.all(clients.map((client) => client.close())));
  const connect = async (token) => {
    const client = new Client({ name: 'test', version: '1' });
    clients.push(client);
    const requestInit = { headers: { Authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit }));
    return client;
  };
  const post = async (token, message, headers = {}) => {
    const reply = await fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
      body: typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
    });
    return { status: reply.status, json: await reply.json().catch(() => null) };
  };
  return { server, ada, bot, id, path, capability, connect, post };
}

const call = async (client, name, args = {}) => {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: args });
  assert.deepEqual(JSON.parse(content[0].text), structuredContent);
  return { ...structuredContent, isError };
};

test('an agent acts by the official client, and a person says yes', { timeout: 60_000 }, async (t) => {
  const { server, ada, id, path, capability, connect } = await house(t);
  const { status, json: made } = await capability();
  assert.equal(status, 201);
  assert.equal(made.userId, 'usr_bot');
  assert.equal(made.url, `${server.url}/mcp`);
  const client = await connect(made.token);
  assert.equal(client.getServerVersion().name, 'lifeline');
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name);
  for (const name of ['request_action', 'get_action', 'get_transcript', 'get_context', 'lifeline_echo', 'lifeline_noop'])
    assert.ok(names.includes(name), name);
  assert.deepEqual(tools.find(({ name }) => name === 'lifeline_echo').inputSchema.required, ['to']);

  // What only reads is done while the client waits.
  const read = await call(client, 'lifeline_noop');
  assert.deepEqual([read.status, read.outcome, read.isError], ['accepted', 'succeeded', false]);

  // What sends waits for a person, and says so instead of waiting.
  const sent = await call(client, 'lifeline_echo', { to: 'hr@example.com' });
  assert.deepEqual([sent.status, sent.state], ['accepted', 'awaiting_confirmation']);
  const context = await call(client, 'get_context');
  assert.equal(context.openConfirmations[0].actionId, sent.actionId);
  const { json: asked } = await server.rest('GET', `${path}/actions/${sent.actionId}`, ada);
  const waiting = call(client, 'get_action', { actionId: sent.actionId, waitMs: 20_000 });
  const { confirmationId, argsHash } = asked.confirmation;
  await server.rest('POST', `${path}/confirmations/${confirmationId}`, ada, { decision: 'approve', argsHash });
  const done = await waiting;
  assert.deepEqual([done.outcome, done.result.to], ['succeeded', 'hr@example.com']);

  // The call knows that the agent was told.
  let told;
  do told = (await server.rest('GET', `${path}/actions/${sent.actionId}`, ada)).json.toldAgent;
  while (!told);
  const events = await server.events(id, ada);
  assert.equal(events.filter(({ event }) => event.type === 'orchestration.action.requested').length, 2);

  // A denial is final and reads so.
  const again = await call(client, 'request_action', { actionType: 'lifeline.echo', args: { to: 'x' }, summary: 'Again' });
  const open = (await server.rest('GET', `${path}/actions/${again.actionId}`, ada)).json.confirmation;
  await server.rest('POST', `${path}/confirmations/${open.confirmationId}`, ada, { decision: 'deny', argsHash: open.argsHash });
  const denied = await call(client, 'get_action', { actionId: again.actionId });
  assert.deepEqual([denied.cause, denied.isError], ['denied', true]);
  const malformed = await call(client, 'lifeline_echo', { too: 'x' });
  assert.deepEqual([malformed.status, malformed.code, malformed.isError], ['rejected', 'schema', true]);
});

test('an agent outside reads what a person wrote, and edits it', { timeout: 60_000 }, async (t) => {
  const { server, ada, capability, connect } = await house(t);
  const client = await connect((await capability()).json.token);
  const { result: made } = await call(client, 'create_document', { kind: 'cv', title: 'CV', content: { jobs: [] } });
  const patch = [{ op: 'add', path: '/jobs/-', value: 'Acme' }];
  assert.equal((await server.rest('POST', `/v1/documents/${made.documentId}/edits`, ada, { baseRev: 0, patch })).status, 200);
  const { result: seen } = await call(client, 'read_document', { documentId: made.documentId });
  assert.deepEqual(seen, { documentId: made.documentId, kind: 'cv', title: 'CV', rev: 1, content: { jobs: ['Acme'] } });
  const edit = [{ op: 'replace', path: '/jobs/0', value: 'Acme Ltd.' }];
  const edited = await call(client, 'edit_document', { documentId: made.documentId, baseRev: seen.rev, patch: edit });
  assert.equal(edited.result.rev, 2);
  const { result: part } = await call(client, 'read_document', { kind: 'cv', path: '/jobs/0' });
  assert.equal(part.content, 'Acme Ltd.');
});

test('a request that is sent again is one action', { timeout: 60_000 }, async (t) => {
  const { server, ada, id, capability, post } = await house(t);
  const { token } = (await capability()).json;
  const ask = (rpcId, args, headers) =>
    post(token, { id: rpcId, method: 'tools/call', params: { name: 'lifeline_echo', arguments: args } }, headers);
  const said = ({ json }) => json.result.structuredContent;
  const twins = (await Promise.all([1, 2, 3].map(() => ask(7, { to: 'a' })))).map(said);
  assert.equal(new Set(twins.map(({ actionId }) => actionId)).size, 1);
  assert.equal(twins.filter(({ status }) => status === 'accepted').length, 1);
  assert.equal(said(await ask(7, { to: 'a' })).status, 'duplicate');
  assert.notEqual(said(await ask(8, { to: 'a' })).actionId, twins[0].actionId);
  assert.notEqual(said(await ask(7, { to: 'a' }, { 'Mcp-Session-Id': 'mcp_other' })).actionId, twins[0].actionId);
  const called = (rpcId) => ask(rpcId, { to: 'b', _lifeline: { tool_call_id: 'call_1', run_id: 'r' } });
  assert.equal(said(await called(1)).actionId, said(await called(2)).actionId);
  const keyed = (args) =>
    post(token, { method: 'tools/call', params: { name: 'request_action', arguments: { actionType: 'lifeline.echo', idempotencyKey: 'k', args } } });
  const first = said(await keyed({ to: 'c' }));
  assert.equal(said(await keyed({ to: 'c' })).actionId, first.actionId);
  assert.deepEqual([said(await keyed({ to: 'd' })).status, said(await keyed({ to: 'd' })).code], ['rejected', 'duplicate_conflict']);
  const requested = (await server.events(id, ada)).filter(({ event }) => event.type === 'orchestration.action.requested');
  assert.equal(requested.length, 6);
  assert.ok(requested.some(({ event }) => event.payload.requestedBy?.toolCallId === 'call_1'));
});

test('who may not, may not', { timeout: 60_000 }, async (t) => {
  const { server, ada, bot, id, path, capability, post, connect } = await house(t);
  const list = { method: 'tools/list' };
  const code = ({ status, json }) => [status, json?.error?.data?.code];
  const { token } = (await capability()).json;
  assert.deepEqual(code(await post('', list)), [401, 'token_missing']);
  assert.deepEqual(code(await post('lla_x.y', list)), [401, 'token_invalid']);
  assert.deepEqual(code(await post(`${token}x`, list)), [401, 'token_invalid']);
  assert.deepEqual(code(await post(ada, list)), [403, 'forbidden']);
  const { json } = await server.rest('POST', `${path}/connect`, bot, {});
  assert.deepEqual(code(await post(json.connect.token, list)), [401, 'token_wrong_kind']);
  assert.equal((await server.rest('GET', path, token)).json.code, 'token_wrong_kind');
  assert.deepEqual(code(await post(token, list, { Origin: 'https://evil.example' })), [403, 'origin_forbidden']);
  assert.deepEqual(code(await post(token, list, { 'MCP-Protocol-Version': '1999-01-01' })), [400, 'protocol_version_unsupported']);
  assert.deepEqual(code(await post(token, '{')), [400, 'json_invalid']);
  assert.deepEqual(code(await post(token, '[]')), [400, 'rpc_invalid']);
  assert.deepEqual(code(await post(token, { method: 'resources/list' })), [200, 'rpc_method_unknown']);
  assert.deepEqual(code(await post(token, { method: 'tools/call', params: { name: 'fly' } })), [200, 'tool_unknown']);
  assert.equal((await fetch(`${server.url}/mcp`)).status, 405);
  await assert.rejects(connect('lla_nonsense'));

  // Who hands out what to whom.
  const refused = async (...args) => (await capability(...args)).json.code;
  assert.equal(await refused({}, server.token('usr_eve')), 'session_not_found');
  assert.equal(await refused({ userId: 'usr_ada' }), 'participant_not_found');
  assert.equal((await capability({}, bot)).status, 201);
  await server.rest('POST', `${path}/participants`, ada, { userId: 'usr_bot2', role: 'agent' });
  assert.equal(await refused({}), 'agent_not_named');
  assert.equal(await refused({ userId: 'usr_bot2' }, bot), 'forbidden');

  // A token of the agent's own is good for each of its calls, and names the one that is meant.
  const context = (args, by = bot) => post(by, { method: 'tools/call', params: { name: 'get_context', arguments: args } });
  assert.deepEqual(code(await context({})), [200, 'call_not_named']);
  const hex = `hex-${Buffer.from(id).toString('hex')}`;
  for (const naming of [{ session: id }, { session_key: `agent:main:lifeline:${hex}` }])
    assert.equal((await context({ _lifeline: naming })).json.result.structuredContent.sessionId, id);
  assert.deepEqual(code(await context({ _lifeline: { session: 'sess_other' } })), [200, 'session_not_found']);
  assert.deepEqual(code(await context({ _lifeline: { session: 'sess_other' } }, token)), [200, 'session_not_found']);

  const brief = (await capability({ userId: 'usr_bot', ttlMs: 1000 })).json;
  const other = (await capability({ userId: 'usr_bot2' })).json.token;
  assert.equal((await post(other, list)).status, 200);
  await server.rest('DELETE', `${path}/participants/usr_bot2`, ada);
  assert.deepEqual(code(await post(other, list)), [200, 'session_not_found']);
  while (Date.now() < Date.parse(brief.expiresAt)) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(code(await post(brief.token, list)), [401, 'token_expired']);
  await server.rest('POST', `${path}/state`, ada, { status: 'ended' });
  assert.deepEqual(code(await post(token, list)), [200, 'session_over']);
  assert.equal(await refused({}), 'session_over');
});

test('an agent reads what was said', { timeout: 60_000 }, async (t) => {
  const { server, ada, id, path, capability, connect } = await house(t);
  const say = (n) => {
    const payload = { utteranceId: `u${n}`, speaker: 'user', text: `text ${n}`, startMs: n, endMs: n + 1 };
    const event = { eventId: `say_${n}`, sessionId: id, ts: '2026-02-16T10:00:00.000Z', schemaVersion: '1.0' };
    const started = { ...event, eventId: `start_${n}`, type: 'transcript.utterance.started', payload: { utteranceId: `u${n}`, speaker: 'user', participantId: 'usr_ada', startMs: n } };
    return server.rest('POST', `${path}/events`, ada, started).then(() =>
      server.rest('POST', `${path}/events`, ada, { ...event, type: 'transcript.final', payload }));
  };
  for (let n = 1; n <= 5; n += 1) await say(n);
  const client = await connect((await capability()).json.token);
  const texts = ({ utterances }) => utterances.map(({ text }) => text);
  assert.deepEqual(texts(await call(client, 'get_transcript', { limit: 2 })), ['text 4', 'text 5']);
  const page = await call(client, 'get_transcript', { after: 0, limit: 3 });
  assert.deepEqual(texts(page), ['text 1', 'text 2', 'text 3']);
  assert.equal(page.more, true);
  const rest = await call(client, 'get_transcript', { after: page.next });
  assert.deepEqual(texts(rest), ['text 4', 'text 5']);
  assert.equal(rest.more, false);

  // What was begun first stands first, however late it ends.
  const publish = (type, payload) =>
    server.rest('POST', `${path}/events`, ada, { eventId: `e_${type}_${payload.utteranceId}`, sessionId: id, ts: '2026-02-16T10:00:00.000Z', schemaVersion: '1.0', type, payload });
  await publish('transcript.utterance.started', { utteranceId: 'slow', speaker: 'user', participantId: 'usr_ada', startMs: 9 });
  await say(6);
  await publish('transcript.final', { utteranceId: 'slow', speaker: 'user', text: 'slow', startMs: 9, endMs: 10 });
  assert.deepEqual(texts(await call(client, 'get_transcript', { after: rest.next })), ['slow', 'text 6']);
});

test('the tools of an MCP server behind it pass the same gates', { timeout: 60_000 }, async (t) => {
  const program = fileURLToPath(new URL('support/mcp_tools.mjs', import.meta.url));
  const notes = `[mcp.notes]\ncommand = "${process.execPath}"\nargs = ["${program}"]\nprefix = "notes."\n`;
  const { server, ada, id, path, capability, connect } = await house(t, notes);
  const client = await connect((await capability()).json.token);
  let tools;
  do ({ tools } = await client.listTools());
  while (!tools.some(({ name }) => name === 'notes_read_note'));
  const missing = await call(client, 'notes_read_note', { name: 'a' });
  assert.deepEqual([missing.outcome, missing.isError], ['failed', true]);
  assert.match(JSON.stringify(missing), /there is no such note/);

  // Nothing says that what writes is harmless, so a person is asked.
  const written = await call(client, 'notes_write_note', { name: 'a', text: 'milk' });
  assert.equal(written.state, 'awaiting_confirmation');
  const { confirmation } = (await server.rest('GET', `${path}/actions/${written.actionId}`, ada)).json;
  const yes = { decision: 'approve', argsHash: confirmation.argsHash };
  await server.rest('POST', `${path}/confirmations/${confirmation.confirmationId}`, ada, yes);
  assert.equal((await call(client, 'get_action', { actionId: written.actionId, waitMs: 20_000 })).outcome, 'succeeded');
  const read = await call(client, 'notes_read_note', { name: 'a' });
  assert.deepEqual(read.result, { content: [{ type: 'text', text: 'milk' }] });
  const started = (await server.events(id, ada)).filter(({ event }) => event.type === 'orchestration.action.started');
  assert.equal(started.length, 3);
});
