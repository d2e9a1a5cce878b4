import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig, type UserConfig } from 'vite';

import page from './vite.config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = resolve(process.env.PAGE ?? '');
if (!existsSync(resolve(folder, 'index.html'))) throw new Error('PAGE names the folder with the index.html of the page.');

// An application's own page: this one with its panels, built from where the application keeps them.
//   PAGE=../examples/lifeos/page OUT=../examples/lifeos/dist npx vite build --config product.config.ts
const product: UserConfig = mergeConfig(page, {
  root: folder,
  publicDir: here('public'),
  resolve: {
    alias: [
      { find: '@lifeline/page', replacement: here('src') },
      // The application's folder has no packages of its own, and there must be one React.
      { find: /^react$/, replacement: here('node_modules/react') },
      { find: /^react-dom$/, replacement: here('node_modules/react-dom') },
      { find: /^(react|react-dom)\/(.*)$/, replacement: here('node_modules') + '/$1/$2' },
    ],
  },
  build: { outDir: resolve(process.env.OUT ?? resolve(folder, 'dist')), emptyOutDir: true },
});
product.resolve!.dedupe = []; // It would look in the application's folder.
product.build!.rollupOptions = { input: resolve(folder, 'index.html') };

export default defineConfig(product);
