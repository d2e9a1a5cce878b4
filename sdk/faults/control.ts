import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FaultProxy, Happening } from './proxy.js';
import { readRules, type Fault } from './rules.js';

const bodyBytesMax = 1024 * 1024;

/**
 * A proxy's control over HTTP, for programs in other languages. It listens on this machine only, and
 * never tells a token.
 *
 *     POST   /rules   a rule, or a list of them: they hold from now on
 *     GET    /rules   those that hold
 *     DELETE /rules   none holds any more
 *     POST   /now     a fault, on every open WebSocket at once: {"do": "rst"}
 *     POST   /flow    what was stalled goes on
 *     GET    /log     what has happened, oldest first
 */
export function control(proxy: FaultProxy, port = 0): Promise<Server> {
  const server = createServer((request, reply) => {
    answer(proxy, request)
      .then(({ status, body }) => say(reply, status, body))
      .catch((thrown: unknown) => say(reply, 400, { error: String(thrown) }));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

async function answer(proxy: FaultProxy, request: IncomingMessage): Promise<Answer> {
  // A page on this machine could send any of these without being let to; it cannot leave this out.
  if (request.headers.origin !== undefined)
    return { status: 403, body: { error: 'not for pages' } };
  switch (`${request.method} ${request.url}`) {
    case 'POST /rules':
      void proxy.add(readRules(await bodyOf(request)));
      return { status: 201, body: proxy.rules };
    case 'GET /rules':
      return { status: 200, body: proxy.rules };
    case 'DELETE /rules':
      proxy.clear();
      return { status: 204 };
    case 'POST /now': {
      const [fault] = readRules(await bodyOf(request));
      if (!fault || fault.do === 'kill' || fault.do === 'drop') throw new TypeError('not at once');
      proxy.apply(fault as Exclude<Fault, { do: 'kill' | 'drop' }>);
      return { status: 204 };
    }
    case 'POST /flow':
      proxy.flow();
      return { status: 204 };
    case 'GET /log':
      return { status: 200, body: proxy.log.map(tellable) };
    default:
      return { status: 404, body: { error: 'there is nothing here' } };
  }
}

/** What happened without the tokens: which kinds were offered, not their words. */
function tellable({ head, ...rest }: Happening): object {
  if (!head) return rest;
  const { method, path, kind } = head;
  const protocols = head.protocols.map((one) => one.replace(/^(auth|resume)\..*/, '$1.***'));
  return { ...rest, method, path, kind, protocols };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bodyBytesMax) throw new TypeError('the body is too large');
    pieces.push(piece);
  }
  return JSON.parse(Buffer.concat(pieces).toString('utf8'));
}

function say(reply: ServerResponse, status: number, body: unknown): void {
  reply.statusCode = status;
  reply.setHeader('Content-Type', 'application/json');
  reply.end(body === undefined ? undefined : JSON.stringify(body));
}
