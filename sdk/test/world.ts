import { FakeServer } from './fake_server.js';
import { VirtualClock, virtualPlatform } from './virtual.js';

/** A request as it arrived, and the reply that a route gives. */
export interface Request {
  readonly route: string;
  readonly token: string | null;
  readonly key: string | null;
  readonly body: unknown;
  readonly type: string | null;
}
export type Route = (
  request: Request,
) => { status?: number; body?: unknown; headers?: HeadersInit } | null;

export const session = {
  sessionId: 'sess_1',
  status: 'created',
  ownerId: 'usr_me',
  channel: 'text',
};
export const connect = {
  url: 'wss://calls.example/ws',
  token: 'ct',
  expiresAt: '2026-02-16T10:01:00.000Z',
};

let minted = 0; // Over all worlds: what one has minted, a later one may find in its journal.

/** A server of one call, and options for createCall that reach it. */
export function world(routes: Record<string, Route> = {}) {
  const clock = new VirtualClock();
  const server = new FakeServer();
  const requests: Request[] = [];
  const all: Record<string, Route> = {
    'POST /v1/call/sessions': () => ({ status: 201, body: { session, connect } }),
    'POST /v1/call/sessions/sess_1/connect': () => ({ body: { session, connect } }),
    ...routes,
  };
  const fetch = (async (input: string, init: RequestInit) => {
    const url = new URL(input);
    const headers = new Headers(init.headers);
    const request = {
      route: `${init.method} ${url.pathname}${url.search}`,
      token: headers.get('Authorization'),
      key: headers.get('Idempotency-Key'),
      body:
        typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : (init.body as unknown),
      type: headers.get('Content-Type'),
    };
    init.signal?.throwIfAborted();
    requests.push(request);
    const reply = all[`${init.method} ${url.pathname}`]?.(request);
    if (!reply) throw new TypeError('fetch failed');
    return new Response(reply.body === undefined ? null : JSON.stringify(reply.body), {
      status: reply.status ?? 200,
      headers: reply.headers ?? {},
    });
  }) as typeof globalThis.fetch;
  const fillRandom = (bytes: Uint8Array) => void bytes.fill(0).set([minted++ % 32, minted >> 5]);
  const platform = { ...virtualPlatform(clock, () => 0, server.open), fetch, fillRandom };
  const options = { baseUrl: 'https://calls.example/', getToken: () => 'tok', platform };
  return { clock, server, requests, options };
}
