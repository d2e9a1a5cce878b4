import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig, type Plugin, type UserConfig } from 'vite';

import page from './vite.config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = resolve(process.env.PAGE ?? '');
for (const name of ['main.tsx', 'page.json']) {
  if (existsSync(resolve(folder, name))) continue;
  throw new Error('PAGE names the folder with the main.tsx and the page.json of an application’s page.');
}
const { title } = JSON.parse(readFileSync(resolve(folder, 'page.json'), 'utf8')) as { title: string };

/** The page's own index.html, with the application's title and entry: there is one head to keep right. */
function applicationEntry(): Plugin {
  const entry = `./${relative(here('.'), resolve(folder, 'main.tsx'))}`;
  const titled = title.replace(/[&<]/g, (one) => (one === '&' ? '&amp;' : '&lt;'));
  const swap = (html: string, from: string, to: string) => {
    if (html.split(from).length !== 2) throw new Error(`index.html should have one ${from}`);
    return html.replace(from, () => to);
  };
  return {
    name: 'application-entry',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => swap(swap(html, '<title>Lifeline</title>', `<title>${titled}</title>`), '/src/main.tsx', entry),
    },
  };
}

// An application's own page: this one with its panels, built from where the application keeps them.
//   PAGE=../examples/lifeos/page OUT=../examples/lifeos/dist npx vite build --config product.config.ts
const product: UserConfig = mergeConfig(page, {
  root: here('.'),
  plugins: [applicationEntry()],
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
product.build!.rollupOptions = { input: here('index.html') };

export default defineConfig(product);
