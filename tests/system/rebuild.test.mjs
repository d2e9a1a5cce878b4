// Views are disposable: whatever the server was killed in, each says what the journal says, and made
// anew it says the same.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { binary, Server } from './support/server.mjs';

const rebuild = ({ data }) =>
  Object.fromEntries(
    JSON.parse(execFileSync(binary, ['rebuild', data, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
      .views.map(({ view, before }) => [view, before]),
  );

/** People who talk, ask, write documents and come and go, as fast as the server takes it. */
async function talk(server, tokens, round) {
  const [mia, bot] = tokens;
  const post = (path, token, body) => server.rest('POST', path, token, body);
  const made = await post('/v1/call/sessions', mia, { participants: [{ userId: 'usr_bot', role: 'agent' }] });
  const session = made.json?.session.sessionId;
  if (!session) return;
  const event = (eventId, type, payload) => ({ eventId, sessionId: session, ts: new Date().toISOString(), type, payload, schemaVersion: '1.0' });
  await post('/v1/documents', mia, { kind: 'cv', title: `CV ${round}`, initial: { text: `Draft ${round}` }, sessionId: session });
  for (let n = 0; ; n++) {
    const said = { utteranceId: `u${n}`, speaker: 'user', text: `Words of ${round}, number ${n}.`, startMs: n, endMs: n + 1, source: 'typed' };
    const asked = { actionId: `a${n}`, actionType: 'lifeline.noop', summary: 'Nothing.', args: {} };
    const replies = await Promise.all([
      post(`/v1/call/sessions/${session}/events`, mia, event(`s${n}`, 'transcript.final', said)),
      post(`/v1/call/sessions/${session}/events`, bot, event(`a${n}`, 'orchestration.action.requested', asked)),
    ]);
    for (const { status, json } of replies) assert.ok(status < 300 || status >= 429, JSON.stringify(json));
  }
}

test('killed in the midst of it, each view is what a rebuild makes', { timeout: 120_000 }, async (t) => {
  const server = new Server('[tools."lifeline.noop"]\nkind = "builtin"\nrisk = "low_risk_write"\n');
  t.after(() => server.close());
  for (let round = 0; round < 5; round++) {
    await server.start();
    const tokens = [server.token('usr_mia'), server.token('usr_bot', 'agent')];
    const talks = [0, 1, 2].map((n) => talk(server, tokens, round * 3 + n).catch(() => undefined)); // Until it is gone.
    await new Promise((resolve) => setTimeout(resolve, 300 + 150 * round));
    await server.kill();
    await Promise.all(talks);
    const before = rebuild(server);
    assert.deepEqual(Object.keys(before), ['roster', 'audit', 'library', 'search', 'spend', 'snapshots', 'metering', 'billing', 'deliveries', 'reconciliation', 'findings']);
    for (const [view, state] of Object.entries(before)) assert.ok(state === 'same' || (view === 'spend' && state === 'missing'), `${view} ${state}`);
  }
  await server.start();
  const { json } = await server.rest('GET', '/v1/search?q=words&limit=5', server.token('usr_mia'));
  assert.equal(json.found.length, 5, 'and the server goes on with what was made');
});

test('a view that lies is found out and mended; a folder in use is left alone', { timeout: 60_000 }, async (t) => {
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  const mia = server.token('usr_mia');
  await server.rest('POST', '/v1/call/sessions', mia, {});
  const busy = spawnSync(binary, ['rebuild', server.data], { encoding: 'utf8' });
  assert.equal(busy.status, 1);
  assert.match(busy.stderr, /folder_in_use/);
  await server.kill('SIGTERM');
  rebuild(server); // A server that stops does not wait for its views.
  execFileSync('python3', ['-c', 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute("update calls set owner=\'usr_eve\'"); d.commit()', join(server.data, 'audit.db')]);
  writeFileSync(join(server.data, 'views.db'), 'no database');
  const found = spawnSync(binary, ['rebuild', server.data, '--json'], { encoding: 'utf8' });
  assert.equal(found.status, 1);
  const views = Object.fromEntries(JSON.parse(found.stdout).views.map(({ view, before }) => [view, before]));
  assert.equal(views.audit, 'different');
  assert.equal(rebuild(server).audit, 'same');
  await server.start();
  const { json } = await server.rest('GET', '/v1/call/sessions', mia);
  assert.equal(json.sessions.length, 1);
});
