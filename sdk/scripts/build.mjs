// Builds dist/: one plain ESM file for everyone, one for React, and the types beside them.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
rmSync(join(root, 'dist'), { recursive: true, force: true });

const shared = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: ['es2022'],
  platform: 'neutral',
  legalComments: 'none',
};
await build({ ...shared, entryPoints: ['src/lifeline.ts'], outfile: 'dist/lifeline.js' });
await build({
  ...shared,
  entryPoints: ['src/react.ts'],
  outfile: 'dist/react.js',
  external: ['react'],
});
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' });

for (const name of ['lifeline.js', 'react.js']) {
  const plain = readFileSync(join(root, 'dist', name));
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [`dist/${name}`],
    minify: true,
    write: false,
    external: ['react'],
  });
  const small = Buffer.from(outputFiles[0].contents);
  console.log(
    `dist/${name}: ${plain.length} bytes, minified ${small.length}, gzip ${gzipSync(small).length}`,
  );
}
