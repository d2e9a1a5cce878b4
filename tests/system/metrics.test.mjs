// What Prometheus would read of a real server: every line is of the format, every family is explained
// in docs/operations.md, and the figures move with what happens.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { WebSocket } from 'ws';
import { Line } from './support/line.mjs';
import { Server } from './support/server.mjs';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const explained = new Set([...page.matchAll(/^\| `(lifeline_[a-z_]+)` \|/gm)].map(([, name]) => name));

test('the rules for a watcher outside name what is explained', () => {
  const rules = readFileSync(new URL('../../deploy/prometheus/lifeline.rules.yml', import.meta.url), 'utf8');
  const named = new Set([...rules.matchAll(/expr: .*/g)].flatMap(([expr]) => expr.match(/lifeline_[a-z_]+/g) ?? []));
  assert.ok(named.size >= 7);
  assert.deepEqual([...named].filter((name) => !explained.has(name)), []);
});

const line = /^(?<name>[a-z_]+)(?:\{(?<labels>[^}]*)\})? (?<value>-?[0-9.e+-]+|NaN|[+-]Inf)$/;

/** A scrape, held against the format: "name{labels}" -> number, and the type of each family. */
async function scrape(address) {
  const reply = await fetch(`${address}/metrics`);
  assert.equal(reply.status, 200);
  assert.match(reply.headers.get('Content-Type'), /^text\/plain; version=0\.0\.4/);
  const values = new Map();
  const types = new Map();
  let family = '';
  for (const text of (await reply.text()).trimEnd().split('\n')) {
    const declared = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(text);
    if (declared) {
      family = declared[2];
      if (declared[1] !== 'TYPE') continue;
      assert.ok(!types.has(family), `${family} is declared twice`);
      types.set(family, declared[3]);
      continue;
    }
    const { name, labels, value } = line.exec(text)?.groups ?? assert.fail(`no line of the format: ${text}`);
    const suffix = name.slice(family.length);
    assert.ok(name.startsWith(family), `${name} stands under ${family}`);
    assert.ok(types.get(family) === 'histogram' ? /^_(bucket|sum|count)$/.test(suffix) : suffix === '', text);
    const key = labels ? `${name}{${labels}}` : name;
    assert.ok(!values.has(key), `${key} is there twice`);
    values.set(key, Number(value));
  }
  return { values, types };
}

/** The sum over all labels. */
const total = ({ values }, name) =>
  [...values].filter(([key]) => key.split('{')[0] === name).reduce((sum, [, value]) => sum + value, 0);

async function watched(t) {
  const server = new Server('loops = 2\n[metrics]\nlisten = "127.0.0.1:0"\n');
  t.after(() => server.close());
  await server.start();
  const [, port] = /metrics address=127\.0\.0\.1 port=(\d+)/.exec(server.log);
  return { server, address: `http://127.0.0.1:${port}` };
}

test('a scrape is of the format, and each family is explained', async (t) => {
  const { server, address } = await watched(t);
  // Views are opened once the server is ready: until then theirs are parts that do not answer.
  let first = await scrape(address);
  const silent = ({ values }) => [...values].some(([key, value]) => key.startsWith('lifeline_scrape_source_answered') && value === 0);
  for (const begun = Date.now(); silent(first) && Date.now() - begun < 20_000; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    first = await scrape(address);
  }
  assert.deepEqual([...first.types.keys()].filter((name) => !explained.has(name)), []);
  const source = (name) => first.values.get(`lifeline_scrape_source_answered{source="${name}"}`);
  for (const name of ['home', 'loop-0', 'loop-1', 'calls', 'sinks', 'reconciliation', 'statements', 'process']) assert.equal(source(name), 1, name);
  // A family without a sample is not shown; all others have one from the start.
  const later = new Set([
    'lifeline_rest_answers_total',
    'lifeline_refusals_total',
    'lifeline_websocket_errors_total',
    'lifeline_websocket_closes_total',
    // Of sinks, where one is configured.
    'lifeline_sink_charges_waiting',
    'lifeline_sink_charges_delivered_total',
    'lifeline_sink_dead_letters',
    'lifeline_sink_oldest_charge_seconds',
    'lifeline_sink_state',
    // Once an hour was counted again, and where somebody is told of it.
    'lifeline_reconciliation_last_run_seconds',
    'lifeline_reconciliation_last_run_findings',
    'lifeline_alerts_waiting',
    'lifeline_alerts_parked',
  ]);
  assert.deepEqual([...explained].filter((name) => !first.types.has(name) && !later.has(name)), []);

  assert.equal((await fetch(`${address}/`)).status, 404);
  assert.equal((await fetch(`${address}/metrics`, { method: 'POST' })).status, 405);
  assert.equal((await fetch(`${server.url}/metrics`)).status, 404, 'not on the public port');
});

test('the figures move with what happens', async (t) => {
  const { server, address } = await watched(t);
  const token = server.token('usr_1');
  const before = await scrape(address);
  const { json } = await server.rest('POST', '/v1/call/sessions', token, {});
  await server.rest('POST', '/v1/call/sessions', 'no.token.atall', {});
  const path = `/v1/call/sessions/${json.session.sessionId}`;
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}/ws`, ['lifeline.v1', `auth.${token}`]);
  t.after(() => socket.terminate());
  const frames = [];
  const seen = (wanted) =>
    new Promise((resolve) => {
      const look = () => frames.some(wanted) && (socket.off('message', look), resolve());
      socket.on('message', look);
      look();
    });
  socket.on('message', (text) => frames.push(JSON.parse(String(text))));
  await seen(({ op }) => op === 'hello');
  const event = { eventId: 'evt_1', sessionId: json.session.sessionId, ts: new Date().toISOString(), type: 'x.a', payload: {} };
  socket.send(JSON.stringify({ op: 'publish', event: { ...event, schemaVersion: '1.0' } }));
  socket.send(JSON.stringify({ op: 'publish', event: { ...event, eventId: 'evt_2', type: 'no.such.type', schemaVersion: '1.0' } }));
  await seen(({ op }) => op === 'error');
  // Refused in a bye, as pages are, and by HTTP, as programs are.
  const elsewhere = { token, query: 'after=1&epoch=another' };
  const refused = new Line(server, json.session.sessionId, { ...elsewhere, origin: server.url });
  const { requestId } = await refused.frame(({ op, reason }) => op === 'bye' && reason === 'epoch_changed');
  assert.equal((await new Line(server, json.session.sessionId, elsewhere).over).status, 409);
  await server.logged(`request=${requestId} session=${json.session.sessionId} upgrade refused reason=epoch_changed`);
  await seen((frame) => frame.op === 'event' && frame.event.eventId === event.eventId);

  // What is committed is counted a moment before it is marked, and so before it is a position; which
  // calls are open is the word of a view, a moment behind.
  let after;
  const grew = (name) => total(after, name) - total(before, name);
  do after = await scrape(address);
  while (
    total(after, 'lifeline_journal_position') !== total(after, 'lifeline_journal_events_total') ||
    grew('lifeline_calls_open') !== 1
  );
  assert.equal(grew('lifeline_session_actors'), 1);
  assert.equal(grew('lifeline_websocket_connections'), 1);
  assert.ok(grew('lifeline_websocket_events_published_total') >= 1);
  assert.ok(grew('lifeline_websocket_frames_refused_total') >= 1);
  assert.ok(grew('lifeline_journal_commits_total') > 0);
  assert.ok(grew('lifeline_journal_events_total') > 2);
  for (const name of ['group_events', 'commit_duration_seconds'])
    assert.equal(after.values.get(`lifeline_journal_${name}_count`), total(after, 'lifeline_journal_commits_total'));
  assert.equal(after.values.get('lifeline_journal_group_events_sum'), total(after, 'lifeline_journal_events_total'));
  assert.equal(after.values.get('lifeline_rest_answers_total{status="201"}'), 1);
  assert.equal(after.values.get('lifeline_refusals_total{door="rest",reason="token_invalid"}'), 1);
  assert.equal(after.values.get('lifeline_refusals_total{door="upgrade",reason="epoch_changed"}'), 2);
  assert.equal(after.values.get('lifeline_journal_health{state="ok"}'), 1);
  assert.ok(total(after, 'lifeline_process_resident_memory_bytes') > 1e6);
  assert.ok(total(after, 'lifeline_process_open_fds') > 10);
  assert.ok(total(after, 'lifeline_http_connections') >= 1);
  assert.ok(grew('lifeline_process_uptime_seconds') > 0);

  socket.terminate();
  for (;;) {
    const now = await scrape(address);
    if (total(now, 'lifeline_websocket_connections') === 0 && total(now, 'lifeline_roster_lag_events') === 0) break;
  }
});
