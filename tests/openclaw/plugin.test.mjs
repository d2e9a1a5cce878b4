// What the plugin makes of a tool call. OpenClaw's own module is not there: only `judge` is looked at.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

const source = readFileSync(new URL('../../integrations/openclaw/lifeline-gate/index.ts', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'lifeline-gate-'));
test.after(() => rmSync(folder, { recursive: true }));
// Without its types it is the module that OpenClaw loads.
const plain = source
  .replace(/^import .*$/m, 'const definePluginEntry = (entry) => entry;')
  .replace(/^type .*$/m, '')
  .replace(/: (Settings|any)\b/g, '');
writeFileSync(join(folder, 'gate.mjs'), plain);
const { judge, default: entry } = await import(join(folder, 'gate.mjs'));

const ctx = { sessionKey: 'agent:main:lifeline:sess_1', runId: 'run_1' };
const event = { toolName: 'lifeline__send', toolCallId: 'call_1', params: { to: 'b', _lifeline: { session: 'sess_other' } } };

test('a Lifeline tool is told for which call, whatever the model wrote', () => {
  assert.deepEqual(judge({}, event, ctx).params, {
    to: 'b',
    _lifeline: { session_key: ctx.sessionKey, run_id: 'run_1', tool_call_id: 'call_1' },
  });
});

test('every other tool is stopped unless it is in the list', () => {
  for (const toolName of ['exec', 'write', 'message', '', undefined]) assert.equal(judge({}, { toolName }, ctx).block, true);
  assert.equal(judge({}, { toolName: 'session_status' }, ctx), undefined);
  assert.equal(judge({ allow: [] }, { toolName: 'session_status' }, ctx).block, true);
  assert.equal(judge({}, event, { sessionKey: 'agent:main:main' }).block, true, 'no call goes with it');
});

test('an error inside it stops the tool', () => {
  let hook;
  entry.register({ on: (_, handler) => (hook = handler), pluginConfig: {} });
  assert.equal(hook(Object.defineProperty({}, 'toolName', { get: () => { throw new Error('x'); } }), ctx).block, true);
});
