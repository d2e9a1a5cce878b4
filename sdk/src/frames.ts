import type { HelloFrame, ServerFrame } from './contract.js';

/** The server's retry policy, in milliseconds; obeyed until the next `hello` brings another. */
export type RetryPolicy = Readonly<HelloFrame['reconnect']>;

const known: Readonly<Record<ServerFrame['op'], true>> = {
  accepted: true,
  bye: true,
  error: true,
  event: true,
  goaway: true,
  hello: true,
  pong: true,
  'replay.complete': true,
  skipped: true,
  token: true,
  'token.expiring': true,
};

/**
 * The frame in a message; null if it is of a kind that this version does not know, which later
 * servers may send and which is to be ignored. Throws on anything that is no frame at all.
 */
export function readFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') throw new TypeError('a frame is text');
  const value: unknown = JSON.parse(data);
  if (typeof value !== 'object' || value === null || !('op' in value)) {
    throw new TypeError('a frame is an object with "op"');
  }
  // The server checks what it sends against the same schema that these types come from.
  return Object.hasOwn(known, String(value.op)) ? (value as ServerFrame) : null;
}
