// Serves the page of Life OS on this machine, and passes everything of the API on to a Lifeline server, so that the
// two are one origin to the browser: node examples/lifeos/serve.mjs [--server http://127.0.0.1:8787] [--port 8788]
//
// For trying things out. It speaks for its own page alone: a request that a page from elsewhere sends here keeps its
// Origin, and the server refuses it.

import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('dist', import.meta.url));
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };
const api = /^\/(v1|sdk|errors)(\/|$|\?)/;

/** A server of the page in front of the one at `target`; resolves once it listens. */
export async function servePage(target, port = 0) {
  const upstream = new URL(target);
  const sockets = new Set();
  let policy = '';
  const pages = http.createServer((request, reply) => {
    if (api.test(request.url)) pass(request, reply);
    else sendFile(new URL(request.url, 'http://page').pathname, policy, reply);
  });
  const headersFor = ({ headers }) => {
    const own = headers.origin === undefined || headers.origin === `http://${headers.host}`;
    return { ...headers, host: upstream.host, ...(own && headers.origin && { origin: upstream.origin }) };
  };
  const optionsFor = (request) => ({
    host: upstream.hostname,
    port: upstream.port,
    method: request.method,
    path: request.url,
    headers: headersFor(request),
  });
  const pass = (request, reply) => {
    const onward = http.request(optionsFor(request), (answer) => {
      reply.writeHead(answer.statusCode, answer.headers);
      answer.pipe(reply);
    });
    onward.on('error', () => (reply.headersSent ? reply.destroy() : reply.writeHead(502).end()));
    reply.on('close', () => onward.destroy());
    request.pipe(onward);
  };
  pages.on('upgrade', (request, socket, head) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const onward = http.request(optionsFor(request));
    onward.on('upgrade', (answer, other, first) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headerLines(answer.rawHeaders)}\r\n`);
      if (first.length > 0) socket.write(first);
      if (head.length > 0) other.write(head);
      socket.pipe(other).pipe(socket);
      for (const one of [socket, other]) one.on('error', () => void (socket.destroy(), other.destroy()));
      socket.on('close', () => other.destroy());
      other.on('close', () => socket.destroy());
    });
    onward.on('response', (answer) => {
      socket.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${headerLines(answer.rawHeaders)}\r\n`);
      answer.pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    onward.end();
  });
  await new Promise((resolve, reject) => pages.once('error', reject).listen(port, '127.0.0.1', resolve));
  policy = await policyOf(upstream, `127.0.0.1:${pages.address().port}`).catch((error) => {
    pages.close();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${pages.address().port}`,
    close: () => {
      pages.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => pages.close(resolve));
    },
  };
}

function headerLines(raw) {
  let lines = '';
  for (let at = 0; at < raw.length; at += 2) lines += `${raw[at]}: ${raw[at + 1]}\r\n`;
  return lines;
}

/** What the server lets its own page do, had it come from `host`: this page may do the same and no more. */
function policyOf(upstream, host) {
  const asked = { host: upstream.hostname, port: upstream.port, path: '/', headers: { host } };
  return new Promise((resolve, reject) => {
    const request = http.get(asked, (answer) => {
      answer.resume();
      const policy = answer.headers['content-security-policy'];
      if (policy) resolve(policy);
      else reject(new Error(`${upstream.origin} has no page of its own, so no policy for this one`));
    });
    request.on('error', reject);
  });
}

function sendFile(asked, policy, reply) {
  const file = path.join(folder, path.normalize(asked === '/' ? '/index.html' : asked));
  const known = file.startsWith(folder + path.sep) && statSync(file, { throwIfNoEntry: false })?.isFile();
  if (!known) return void reply.writeHead(404).end();
  reply.writeHead(200, {
    'Content-Type': types[path.extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': policy,
  });
  createReadStream(file).pipe(reply);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const setting = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
  };
  const { url } = await servePage(setting('server', 'http://127.0.0.1:8787'), Number(setting('port', 8788)));
  console.log(`Life OS is at ${url}`);
}
