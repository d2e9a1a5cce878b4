// Who may publish what, through the door of a running server: each type's examples with each role's
// token, against the table that was written by hand. The server keeps no second opinion of its own.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { Server } from './support/server.mjs';

const read = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const { roles: table } = read('tests/contract/publishers.json');
const types = readdirSync(new URL('../../schema/v1/events', import.meta.url))
  .map((name) => read(`schema/v1/events/${name}`))
  .sort((a, b) => (a.title < b.title ? -1 : 1));

const notThere = ['action_unknown', 'confirmation_not_found'];
const everyRole = ['user', 'agent', 'operator', 'viewer', 'service', 'admin', 'auditor'];
/** The example as one of this call, about this participant, who speaks as what they are. */
function about(who, role, sessionId, example) {
  const payload = structuredClone(example);
  if ('speaker' in payload && ['user', 'agent', 'operator'].includes(role)) payload.speaker = role;
  if ('callId' in payload) payload.callId = sessionId;
  for (const key of ['participantId', 'by']) if (typeof payload[key] === 'string') payload[key] = who;
  return payload;
}

test('every type with every role', { timeout: 240_000 }, async (t) => {
  const server = new Server('[limits]\nevents_per_second = 100000\nevents_burst = 100000\nchanges_burst = 100000\n');
  t.after(() => server.close());
  await server.start();
  // Only a backend makes somebody an operator.
  const backend = server.token('key_backend', 'service');
  let asked = 0;
  for (const role of everyRole) {
    const self = `usr_${role}`;
    const token = server.token(self, role);
    const inside = ['user', 'agent', 'operator', 'viewer'].includes(role);
    const participants = inside ? [{ userId: self, role }] : [];
    const body = { ownerId: 'usr_owner', participants };
    const made = await server.rest('POST', '/v1/call/sessions', backend, body);
    assert.equal(made.status, 201);
    const { sessionId } = made.json.session;
    const allowed = table[role] ?? [];
    // Last what ends the call.
    const ordered = [...types].sort((a, b) => (a.title === 'call.end.requested') - (b.title === 'call.end.requested'));
    for (const { title, examples, 'x-lifeline': { streams } } of ordered) {
      const event = {
        eventId: `evt_${(asked += 1)}`,
        sessionId,
        ts: '2026-02-16T10:00:00.000Z',
        type: title === 'x.*' ? 'x.test' : title,
        payload: about(inside ? self : 'usr_owner', role, sessionId, examples[0]),
        schemaVersion: '1.0',
      };
      const path = `/v1/call/sessions/${sessionId}/events`;
      const { status, json } = await server.rest('POST', path, token, event);
      const said = `${role} ${title}: ${status} ${JSON.stringify(json)}`;
      if (!streams.includes('call')) assert.equal(json.code, 'wrong_stream', said);
      // Refused for what the call is or was told before (an action that nobody asked for), not for
      // the role.
      else if (allowed.includes(title))
        assert.ok([201, 409].includes(status) || notThere.includes(json.code), said);
      else if (allowed.length > 0) assert.equal(json.code, 'type_not_allowed', said);
      // Whose role only reads, or is not in the call, does not come as far as the type.
      else assert.ok(['type_not_allowed', 'forbidden', 'session_not_found'].includes(json.code), said);
    }
  }
  console.log(`${asked} events tried`);
  assert.equal(asked, everyRole.length * types.length);
});
