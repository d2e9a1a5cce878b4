import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { explainSession, type Story } from '../src/lifeline.js';
import { world } from './world.js';

const address = 'GET /v1/call/sessions/sess_1/explain';
const step = { seq: 5, offsetMs: 1_000, what: 'asked for' };
/** With every key that a story may have. */
const story: Story = {
  sessionId: 'sess_1',
  from: '2026-02-16T10:00:00.000Z',
  head: 9,
  events: 9,
  over: true,
  turns: { count: 1, waitedMedianMs: 800, waitedMostMs: 900 },
  entries: [
    {
      kind: 'actions',
      severity: 'warning',
      seq: 5,
      lastSeq: 9,
      at: '2026-02-16T10:00:01.000Z',
      offsetMs: 1_000,
      who: 'usr_bot',
      about: 'act_1',
      what: 'action act_1: done',
      why: [{ seq: 3, what: 'Ada said “Write.”' }],
      tookMs: 4_000,
      waitedMs: 3_000,
      steps: [step],
    },
  ],
  anomalies: [
    { code: 'late_final', severity: 'warning', seq: 7, about: 'u1', what: 'it came late' },
  ],
};

test('a call is told at its address, and the story is what the server says', async () => {
  const { options, requests } = world({ [address]: () => ({ body: story }) });
  assert.deepEqual(await explainSession({ ...options, sessionId: 'sess_1' }), story);
  assert.deepEqual(
    requests.map(({ route }) => route),
    [`${address}?format=json`],
  );
});

test('a call of somebody else is none', async () => {
  const body = { code: 'session_not_found', detail: 'no such call' };
  const { options } = world({ [address]: () => ({ status: 404, body }) });
  await assert.rejects(explainSession({ ...options, sessionId: 'sess_1' }), {
    code: 'session_not_found',
    status: 404,
  });
});

test('the types have the keys of the schema, and no others', () => {
  interface Shape {
    readonly properties: Readonly<Record<string, Shape & { readonly items?: Shape }>>;
  }
  const file = join(process.cwd(), '..', 'schema', 'v1', 'replies.json');
  const { $defs } = JSON.parse(readFileSync(file, 'utf8')) as { $defs: { story: Shape } };
  const same = (shape: Shape | undefined, value: object | undefined, what: string) =>
    assert.deepEqual(Object.keys(value ?? {}).sort(), Object.keys(shape!.properties).sort(), what);
  const { entries, anomalies, turns } = $defs.story.properties;
  const [entry] = story.entries;
  same($defs.story, story, 'story');
  same(turns, story.turns, 'turns');
  same(anomalies?.items, story.anomalies[0], 'anomaly');
  same(entries?.items, entry, 'entry');
  same(entries?.items?.properties['why']?.items, entry?.why?.[0], 'reason');
  same(entries?.items?.properties['steps']?.items, step, 'step');
});
