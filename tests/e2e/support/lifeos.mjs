// The first product, examples/lifeos: its page beside a server, its settings, and the other end of what it sends.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { binary, root } from './server.mjs';

const run = promisify(execFile);
const folder = path.join(root, 'examples/lifeos');

/** Its page in front of `server`; built first where it is not yet. */
export async function pageOf(server) {
  if (!existsSync(path.join(folder, 'dist/index.html'))) {
    const env = { ...process.env, PAGE: path.join(folder, 'page'), OUT: path.join(folder, 'dist') };
    const vite = path.join(root, 'web/node_modules/vite/bin/vite.js');
    await run(process.execPath, [vite, 'build', '--config', 'product.config.ts'], { cwd: path.join(root, 'web'), env });
  }
  const { servePage } = await import(path.join(folder, 'serve.mjs'));
  return servePage(server.url);
}

/** Remembers what it was asked to send. */
export class Receiver {
  calls = [];

  static async open() {
    const receiver = new Receiver();
    receiver.server = createServer(async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      receiver.calls.push(JSON.parse(Buffer.concat(pieces).toString()));
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ summary: 'Sent.', effectId: `<${receiver.calls.length}@example.com>` }));
    });
    await new Promise((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}/send`;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** The example's own settings, with messages going to `receiver`; without its agent for a server that knows none. */
export async function settings(receiver, { agent }) {
  const text = await readFile(path.join(folder, 'lifeline.toml'), 'utf8');
  const here = text
    .replaceAll('examples/lifeos/', `${folder}/`)
    .replace(/^url = .*$/m, `url = "${receiver.url}"`);
  return agent ? here : here.replace(/^\[agents\.lifeos\]\n(?:\w.*\n)*/m, '');
}

/** Why this server cannot run the example's agent; null if it can. */
export async function whyNoAgent(config) {
  const place = await mkdtemp(path.join(tmpdir(), 'lifeline-lifeos-'));
  const file = path.join(place, 'lifeline.toml');
  try {
    await writeFile(file, config);
    await run(binary, ['check-config', '--config', file]);
    return null;
  } catch (error) {
    return `this server does not take the settings of examples/lifeos: ${String(error.stderr ?? error).split('\n')[0]}`;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
