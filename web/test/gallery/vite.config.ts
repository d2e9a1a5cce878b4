import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vite';

import page from '../../vite.config';

// Every screen of the page in every state, without a server: `npx vite --config test/gallery/vite.config.ts`.
export default mergeConfig(page, {
  root: fileURLToPath(new URL('.', import.meta.url)),
  build: { outDir: fileURLToPath(new URL('../../node_modules/.gallery', import.meta.url)), emptyOutDir: true },
});
