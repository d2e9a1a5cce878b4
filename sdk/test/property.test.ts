import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection } from '../src/connection.js';
import type { EventRecord, Published } from '../src/lifeline.js';
import { FakeServer } from './fake_server.js';
import { randomOf, settle, VirtualClock, virtualPlatform } from './virtual.js';

const seeds = Number(process.env['LIFELINE_SEEDS'] ?? 100);

interface Client {
  readonly connection: Connection;
  readonly seen: EventRecord[];
  /** eventIds in the order in which they were published. */
  readonly published: string[];
  readonly answers: Promise<Published>[];
}

/** Two clients of one call over lines that break after any frame, in either direction. */
async function run(seed: number): Promise<{ server: FakeServer; clients: Client[]; cuts: number }> {
  const random = randomOf(seed);
  const clock = new VirtualClock();
  const server = new FakeServer();
  server.fencing = seed % 2 === 0;
  const pick = (n: number) => Math.floor(random() * n);
  let calm = false;
  const open = (url: string, protocols: string[]) => {
    const socket = server.open(url, protocols);
    if (!calm) socket.framesLeft = pick(14);
    return socket;
  };
  const clients = ['a', 'b'].map((): Client => {
    const seen: EventRecord[] = [];
    const platform = virtualPlatform(clock, random, open);
    const connection = new Connection(platform, server.backend, {
      event: (record) => void seen.push(record),
      hello: () => undefined,
      error: () => undefined,
      closed: () => undefined,
      reopened: () => undefined,
    });
    connection.start(null);
    return { connection, seen, published: [], answers: [] };
  });

  for (let step = 0; step < 40; step++) {
    const client = clients[pick(2)]!;
    if (pick(3) > 0) {
      const eventId = `evt_${step}`;
      client.published.push(eventId);
      // prettier-ignore
      client.answers.push(client.connection.publish({
        eventId, sessionId: 'sess_1', ts: '2026-02-16T10:00:00.000Z', type: 'x.test', payload: {}, schemaVersion: '1.0',
      }));
    } else if (pick(4) === 0) server.append('x.other', {});
    if (pick(3) === 0) await clock.advance(pick(400));
    else await settle();
  }
  const cuts = server.sockets.length - clients.length;
  calm = true;
  await clock.advance(50_000);
  return { server, clients, cuts };
}

const place = (record: EventRecord) => `${record.seq} ${record.event.eventId}`;

test(`${seeds} seeds: wherever the lines break, each event is seen once, in order`, async () => {
  let cuts = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const world = await run(seed);
    cuts += world.cuts;
    const ids = world.server.ids;
    assert.equal(new Set(ids).size, ids.length, `seed ${seed}: nothing is stored twice`);
    for (const { seen, published, answers, connection } of world.clients) {
      assert.equal(connection.status.value.state, 'live', `seed ${seed}`);
      assert.deepEqual(
        seen.map(place),
        world.server.journal.map(place),
        `seed ${seed}: all of it, once, in order`,
      );
      const answered = await Promise.all(answers);
      for (const { eventId, seq } of answered) assert.equal(ids[seq - 1], eventId, `seed ${seed}`);
      const own = ids.filter((id) => published.includes(id));
      assert.deepEqual(own, published, `seed ${seed}: in the order of publishing`);
    }
  }
  assert.ok(cuts > seeds * 3, `the lines really broke (${cuts} times)`);
});
