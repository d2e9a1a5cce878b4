// What a run showed, written by the run itself, in the same form as tools/dev/evidence.py.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** evidence/<name>.json, when LIFELINE_EVIDENCE asks for it: ordinary test runs leave no trace. */
export function writeEvidence(name, seconds, counts, failures) {
  if (!process.env.LIFELINE_EVIDENCE) return;
  const evidence = {
    name,
    commit: commit(),
    date: new Date().toISOString(),
    host: `${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}, Linux ${release()}`,
    seconds: Math.round(seconds * 10) / 10,
    counts,
    failures,
  };
  mkdirSync(join(root, 'evidence'), { recursive: true });
  writeFileSync(join(root, 'evidence', `${name}.json`), `${JSON.stringify(evidence, null, 2)}\n`);
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown'; // From a source archive.
  }
}
