import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socketUrl } from '../src/address.js';

test('the socket opens where the server was asked, at the path of the ticket', () => {
  const path = '/v1/call/sessions/s/ws';
  // prettier-ignore
  const cases: [name: string, base: string, ticket: string, then: string][] = [
    ['as the server says', 'https://calls.example', `wss://calls.example${path}`, `wss://calls.example${path}`],
    ['TLS ends before the server', 'https://calls.example', `ws://calls.example${path}`, `wss://calls.example${path}`],
    ['a name from within', 'https://calls.example', `ws://10.0.0.7:8787${path}`, `wss://calls.example${path}`],
    ['plain, on a port', 'http://127.0.0.1:8787', `ws://localhost:8787${path}`, `ws://127.0.0.1:8787${path}`],
    ['an http ticket', 'http://127.0.0.1:8787', `http://127.0.0.1:8787${path}`, `ws://127.0.0.1:8787${path}`],
    ['below a path', 'https://a.example/calls', `ws://10.0.0.7${path}`, `wss://a.example/calls${path}`],
    ['below a path that the server knows', 'https://a.example/calls', `wss://a.example/calls${path}`, `wss://a.example/calls${path}`],
    ['with a query', 'https://a.example', `ws://x${path}?shard=3`, `wss://a.example${path}?shard=3`],
    ['a path alone', 'https://a.example', path, `wss://a.example${path}`],
  ];
  for (const [name, base, ticket, then] of cases) assert.equal(socketUrl(base, ticket), then, name);
});
