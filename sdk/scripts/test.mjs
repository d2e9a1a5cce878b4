// Compiles the tests and runs them with node --test, on every Node from 18 on.
//   node scripts/test.mjs            all but test/matrix; what needs the server is skipped where there is none
//   node scripts/test.mjs NAME ...   test files whose path contains NAME: server, reduce, ...
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'build', 'test');
const wanted = process.argv.slice(2);
const all = ['test', 'test/server', 'test/matrix'];
const files = (wanted.length === 0 ? all.slice(0, 2) : all)
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((path) => path.endsWith('.test.ts'))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)));
if (files.length === 0) {
  console.error(`no test matches ${wanted.join(' ')}`);
  process.exit(1);
}

rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: files,
  outdir: out,
  outbase: 'test',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node18',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
  outExtension: { '.js': '.mjs' },
});
const compiled = files.map((path) =>
  join(out, path.slice('test/'.length).replace(/\.ts$/, '.mjs')),
);
const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...compiled], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
