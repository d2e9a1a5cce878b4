// Builds dist/: one plain ESM file for everyone, one each for React, for modules and for the first UI
// contract, and the types beside them; and
// faults/dist, which is for tests and no page ever loads.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
for (const folder of ['dist', 'faults/dist']) {
  rmSync(join(root, folder), { recursive: true, force: true });
}

const shared = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: ['es2022'],
  platform: 'neutral',
  legalComments: 'none',
};
await build({
  ...shared,
  entryPoints: ['src/lifeline.ts', 'src/modules.ts', 'src/ui_v1.ts'],
  outdir: 'dist',
});
await build({
  ...shared,
  entryPoints: ['src/react.ts'],
  outfile: 'dist/react.js',
  external: ['react'],
});
await build({
  ...shared,
  entryPoints: ['faults/faults.ts', 'faults/switch.ts', 'faults/main.ts'],
  outdir: 'faults/dist',
  platform: 'node',
  target: ['node18'],
});
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
for (const config of ['tsconfig.types.json', 'tsconfig.faults.json']) {
  execFileSync(process.execPath, [tsc, '-p', config], { cwd: root, stdio: 'inherit' });
}

for (const name of ['lifeline.js', 'react.js', 'modules.js', 'ui_v1.js']) {
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
