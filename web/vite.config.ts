import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Pages of their own, at addresses that can be read out on the telephone: /connection-test, /approve, /killswitch, /account. */
const PLAIN = ['connection-test', 'approve', 'killswitch', 'account'];

function plainAddress(): Plugin {
  return {
    name: 'plain-address',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const name of PLAIN) {
        const page = bundle[`${name}.html`];
        if (page?.type === 'asset') this.emitFile({ type: 'asset', fileName: name, source: page.source });
      }
    },
  };
}

// The page is served under a Content-Security-Policy that allows no inline script, no inline style and
// no other origin's code, so nothing may be inlined: not small assets, not the preload polyfill.
// `base: './'` keeps every link relative, so the same files work under any path of any host.
export default defineConfig({
  base: './',
  plugins: [react(), plainAddress()],
  resolve: {
    alias: [
      { find: '@lifeline/client/faults/switch', replacement: here('../sdk/faults/switch.ts') },
      { find: '@lifeline/client/modules', replacement: here('../sdk/src/modules.ts') },
      { find: '@lifeline/client/react', replacement: here('../sdk/src/react.ts') },
      { find: '@lifeline/client', replacement: here('../sdk/src/lifeline.ts') },
    ],
    dedupe: ['react', 'react-dom'],
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rollupOptions: { input: [here('index.html'), ...PLAIN.map((name) => here(`${name}.html`))] },
  },
  server: {
    // `npm run dev` beside a running server: the page keeps hot reload, the server keeps the call.
    proxy: {
      '/v1': { target: process.env.LIFELINE_URL ?? 'http://127.0.0.1:8787', ws: true },
    },
  },
});
