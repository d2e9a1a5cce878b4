// The policy by which calls were judged, asked again, differs nowhere: whatever happened to the server.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from './server.mjs';

/** Of calls that the standard policy judged; gives how many judgements there were. */
export function standardPolicyDiffersNowhere(server) {
  const policy = join(server.folder, 'standard.toml');
  writeFileSync(policy, 'id = "standard"\nversion = "1"\n');
  const words = ['whatif', '--policy', policy, '--data', server.data, '--json'];
  const found = execFileSync(binary, words, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
  const { differs, decisions, totals } = JSON.parse(found);
  assert.deepEqual([differs, decisions], [false, []]);
  assert.equal(totals.same, totals.judgements);
  return totals.judgements;
}
