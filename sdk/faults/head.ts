import { createHash } from 'node:crypto';

/** What a connection asked for first: the head of its first request. */
export interface Head {
  readonly method: string;
  readonly path: string;
  /** Names in lower case; of a repeated one the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly kind: 'ws' | 'http';
  /** The subprotocols it offers, tokens included. */
  readonly protocols: readonly string[];
}

const end = '\r\n\r\n';
const headBytesMax = 64 * 1024;

/** Where the head ends in `bytes`, or null while it goes on. */
export function headLength(bytes: Buffer): number | null {
  const at = bytes.indexOf(end);
  if (at < 0 && bytes.length > headBytesMax) return bytes.length; // No HTTP at all: passed on as it is.
  return at < 0 ? null : at + end.length;
}

export function readHead(bytes: Buffer): Head {
  const [request = '', ...lines] = bytes.toString('latin1').split('\r\n');
  const [method = '', path = ''] = request.split(' ');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const offered = headers.get('sec-websocket-protocol') ?? '';
  return {
    method,
    path,
    headers,
    kind: headers.get('upgrade')?.toLowerCase() === 'websocket' ? 'ws' : 'http',
    protocols: offered.split(',').map((one) => one.trim()),
  };
}

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The answer with which a server takes up a WebSocket. */
export function switching(head: Head): string {
  const key = head.headers.get('sec-websocket-key') ?? '';
  const accept = createHash('sha1')
    .update(key + magic)
    .digest('base64');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    'Sec-WebSocket-Protocol: lifeline.v1',
  ];
  return lines.join('\r\n') + end;
}
