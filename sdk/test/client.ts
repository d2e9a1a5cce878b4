import assert from 'node:assert/strict';
import { Connection } from '../src/connection.js';
import type { Envelope, EventRecord, LifelineError } from '../src/lifeline.js';
import { FakeServer } from './fake_server.js';
import { settle, VirtualClock, virtualPlatform } from './virtual.js';

/** A client's connection on virtual time, the server that it talks to, and what comes of it. */
export interface House {
  readonly clock: VirtualClock;
  readonly server: FakeServer;
  readonly platform: ReturnType<typeof virtualPlatform>;
  readonly connection: Connection;
  /** seq of every event that the application was given. */
  readonly seen: number[];
  readonly errors: LifelineError[];
  status(): string;
  publish(eventId: string): Promise<unknown>;
}

export function house(
  random: () => number = () => 0,
  resumeToken: string | null = null,
  server = new FakeServer(),
): House {
  const clock = new VirtualClock();
  const platform = virtualPlatform(clock, random, server.open);
  const seen: number[] = [];
  const errors: LifelineError[] = [];
  const connection = new Connection(
    platform,
    server.backend,
    {
      event: (record: EventRecord) => void seen.push(record.seq),
      hello: () => undefined,
      error: (error) => void errors.push(error),
      closed: () => undefined,
      reopened: () => undefined,
    },
    resumeToken,
  );
  return {
    clock,
    server,
    platform,
    connection,
    seen,
    errors,
    status: () => {
      const { state, reason } = connection.status.value;
      return reason === null ? state : `${state} ${reason}`;
    },
    publish: (eventId) => connection.publish(eventOf(eventId)),
  };
}

export function eventOf(eventId: string): Envelope<'x.test'> {
  return {
    eventId,
    sessionId: 'sess_1',
    ts: '2026-02-16T10:00:00.000Z',
    type: 'x.test',
    payload: {},
    schemaVersion: '1.0',
  };
}

export async function live(random?: () => number, fencing = false): Promise<House> {
  const h = house(random);
  h.server.fencing = fencing;
  h.connection.start(null);
  await settle();
  assert.equal(h.status(), 'live');
  return h;
}

export const sentOf = (server: FakeServer, op: string) =>
  server.sockets.map((socket) => socket.sent.filter((frame) => frame['op'] === op));
export const published = (server: FakeServer) =>
  sentOf(server, 'publish').map((frames) =>
    frames.map((f) => (f['event'] as Envelope<'x.test'>).eventId),
  );
