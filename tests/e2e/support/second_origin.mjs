// Somebody else's web server: serves the page, or an app of its own that uses the SDK, from another origin than
// Lifeline's. Its backend knows its people and fetches tokens for them; the browser never sees how.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { root } from './server.mjs';

const folders = {
  '/': path.join(root, 'web/dist'),
  '/app/': fileURLToPath(new URL('../second_origin', import.meta.url)),
};
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

export class SecondOrigin {
  #http;
  url = '';
  /** The server whose calls it takes part in. Set once that is known. */
  server = null;
  /** The userId of the agent that its calls are to have. */
  agent = null;

  static async start() {
    const origin = new SecondOrigin();
    origin.#http = http.createServer((request, reply) => {
      origin.#answer(new URL(request.url, origin.url), reply).catch((error) => {
        reply.writeHead(500).end(String(error));
      });
    });
    await new Promise((resolve) => origin.#http.listen(0, '127.0.0.1', resolve));
    origin.url = `http://127.0.0.1:${origin.#http.address().port}`;
    return origin;
  }

  async close() {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #answer(url, reply) {
    if (url.pathname === '/config.json' || url.pathname === '/app/config.json') {
      return sendJson(reply, { baseUrl: this.server.url, agent: this.agent });
    }
    if (url.pathname === '/app/token') {
      const name = url.searchParams.get('name');
      const token = await this.server.token({ user: `usr_${name.toLowerCase()}`, name });
      return sendJson(reply, { token });
    }
    await this.#sendFile(url.pathname, reply);
  }

  async #sendFile(asked, reply) {
    const [prefix, folder] = Object.entries(folders)
      .sort(([one], [other]) => other.length - one.length)
      .find(([prefix]) => asked.startsWith(prefix));
    const file = path.join(folder, asked.slice(prefix.length) || 'index.html');
    const known = await stat(file).catch(() => null);
    if (!known?.isFile()) return void reply.writeHead(404).end();
    reply.writeHead(200, {
      'Content-Type': types[path.extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': this.#policy(),
    });
    createReadStream(file).pipe(reply);
  }

  /** As strict as the server's own, and open to exactly that server. */
  #policy() {
    const { host } = new URL(this.server.url);
    return [
      "default-src 'none'",
      `script-src 'self' http://${host}`,
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' http://${host} ws://${host}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; ');
  }
}

function sendJson(reply, value) {
  reply.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}
