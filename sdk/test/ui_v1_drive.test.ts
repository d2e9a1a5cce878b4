import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCall } from '../src/lifeline.js';
import { driveUiContractV1 } from '../src/ui_v1.js';
import { DocumentServer } from './document_server.js';
import { settle } from './virtual.js';
import { world } from './world.js';

test('a frontend of the first contract sees what documents hold, as they are edited', async () => {
  const { options, server } = world();
  const there = new DocumentServer('doc_1', { name: 'Ada' }).serve(server, 'usr_me');
  const call = await createCall(options);
  const shown: string[] = [];
  const stop = driveUiContractV1(call, ({ type, payload }) => {
    const { data, version, mode } = payload as { data?: unknown; version?: string; mode?: string };
    shown.push(`${type} ${mode ?? `${JSON.stringify(data)} ${version}`}`);
  });
  await settle();
  const cv = { documentId: 'doc_1', kind: 'cv', by: 'usr_1' };
  server.append('orchestration.mode.changed', {
    mode: 'cv',
    state: 'activated',
    reason: 'r',
    rev: 1,
  });
  server.append('orchestration.deliverable.updated', { ...cv, rev: 0 });
  await settle();
  there.edit('usr_ben', [{ op: 'replace', path: '/name', value: 'Ben' }]);
  server.append('orchestration.deliverable.updated', { ...cv, rev: 1 });
  await settle();
  assert.deepEqual(shown, [
    'mode.activate cv',
    'deliverable.cv {"name":"Ada"} 0',
    'deliverable.cv {"name":"Ben"} 1',
  ]);
  server.append('orchestration.deliverable.updated', { ...cv, rev: 1, unshared: true });
  assert.equal(there.followers.size, 0);
  stop();
});
