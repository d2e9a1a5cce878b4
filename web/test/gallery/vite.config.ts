import { fileURLToPath } from 'node:url';
import { mergeConfig, type UserConfig } from 'vite';

import page from '../../vite.config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Every screen of the page in every state, without a server: `npx vite --config test/gallery/vite.config.ts`.
const gallery: UserConfig = mergeConfig(page, {
  root: here('.'),
  build: { outDir: here('../../node_modules/.gallery'), emptyOutDir: true },
});
gallery.build!.rollupOptions = { input: here('index.html') };

export default gallery;
