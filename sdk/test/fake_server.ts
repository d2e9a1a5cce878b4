import type { Backend } from '../src/connection.js';
import type { Envelope, EventType, EventRecord } from '../src/lifeline.js';
import { LifelineError } from '../src/lifeline.js';
import { FakeSocket } from './virtual.js';

export const policy = { baseMs: 500, capMs: 8_000, floorMs: 100, giveUpMs: 60_000 };

/**
 * A server of one call, correct unless told otherwise: a journal in memory, dedupe by eventId, hello
 * and replay from the cursor. Sockets answer only when the test says so or `auto` is on.
 */
export class FakeServer {
  epoch = 'epoch-1';
  readonly journal: EventRecord[] = [];
  readonly sockets: FakeSocket[] = [];
  /** Answers upgrades by itself. */
  auto = true;
  /** Makes published events visible by itself. */
  answering = true;
  heartbeatMs = 10_000;
  resumeWindowMs = 0;
  resumeToken: string | null = null;
  /** Knows lines: gives resume tokens, lets the newest connection of a line win, refuses used ones. */
  fencing = false;
  expiredTokens = 0;
  role = 'user';
  tickets = 0;
  /** Thrown by the next ticket requests, in turn. */
  readonly refusals: LifelineError[] = [];
  /** Places that REST tells without what stood there. */
  readonly erased = new Set<number>();
  snapshotAt: number | null = null;
  /** Why each client started over. */
  readonly resets: string[] = [];
  /** What else there is on a socket beside the call; says whether the frame was for it. */
  beside: (socket: FakeSocket, frame: Record<string, unknown>) => boolean = () => false;
  readonly #fence = new Fence();

  get socket(): FakeSocket {
    const last = this.sockets[this.sockets.length - 1];
    if (!last) throw new Error('no socket was opened');
    return last;
  }

  readonly open = (url: string, protocols: string[]): FakeSocket => {
    const socket = new FakeSocket(url, protocols);
    socket.onSent = (frame) => this.#received(socket, frame);
    this.sockets.push(socket);
    if (this.auto) setImmediate(() => this.accept(socket)); // Never within the same task, as real.
    return socket;
  };

  readonly backend: Backend = {
    ticket: () => {
      this.tickets++;
      const refusal = this.refusals.shift();
      if (refusal) return Promise.reject(refusal);
      return Promise.resolve({ url: 'wss://calls.example/ws', token: `t${this.tickets}` });
    },
    startOver: (reason) => {
      this.resets.push(reason);
      const seq = this.snapshotAt ?? this.journal.length;
      return Promise.resolve({ epoch: this.epoch, seq });
    },
    replay: ({ epoch, seq }) => {
      if (epoch !== null && epoch !== this.epoch) {
        const refusal = { code: 'epoch_changed', message: 'm', status: 409 };
        return Promise.reject(new LifelineError(refusal));
      }
      const events = this.journal.slice(seq, seq + 3).map(({ seq, event, meta }) => {
        return this.erased.has(seq) ? { seq, erased: true as const, meta } : { seq, event, meta };
      });
      return Promise.resolve({ epoch: this.epoch, events });
    },
    renewToken: () => Promise.resolve('fresh'),
    tokenExpired: () => void this.expiredTokens++,
    lineLost: () => undefined,
    lineBack: () => undefined,
  };

  hello(socket: FakeSocket, changes: object = {}): void {
    const after = Number(socket.url.searchParams.get('after'));
    socket.say({
      op: 'hello',
      connectionId: `con_${this.sockets.length}`,
      epoch: this.epoch,
      headSeq: this.journal.length,
      resumed: after > 0,
      replayFrom: after + 1,
      replayTo: this.journal.length,
      heartbeatMs: this.heartbeatMs,
      resumeWindowMs: this.resumeWindowMs,
      limits: { eventBytes: 65_536, inFlight: 32 },
      reconnect: policy,
      serverTime: '2026-02-16T10:00:00.000Z',
      session: { status: 'active', phase: 'connected', role: this.role, participantId: 'usr_me' },
      ...(this.resumeToken === null ? {} : { resumeToken: this.resumeToken }),
      ...changes,
    });
  }

  /** hello, the replay, and its end. */
  accept(socket: FakeSocket): void {
    const after = Number(socket.url.searchParams.get('after'));
    const line = this.fencing ? this.#fence.admit(socket) : {};
    if (line === null) return;
    this.hello(socket, line);
    for (const record of this.journal.slice(after)) socket.say({ op: 'event', ...record });
    socket.say({ op: 'replay.complete', seq: this.journal.length });
  }

  /** Somebody's event becomes durable and is sent to whoever is connected. */
  append(type: EventType, payload: object, eventId?: string): EventRecord {
    const seq = this.journal.length + 1;
    const event = {
      eventId: eventId ?? `other_${seq}`,
      sessionId: 'sess_1',
      ts: '2026-02-16T10:00:00.000Z',
      type,
      payload,
      schemaVersion: '1.0',
    } as Envelope<EventType>;
    return this.#store(event, 'usr_other');
  }

  /** The eventIds in the journal, in order. */
  get ids(): string[] {
    return this.journal.map((record) => record.event.eventId);
  }

  #received(socket: FakeSocket, frame: Record<string, unknown>): void {
    if (this.beside(socket, frame)) return;
    if (frame['op'] === 'ping')
      socket.say({ op: 'pong', t: frame['t'], headSeq: this.journal.length });
    if (frame['op'] !== 'publish' || !this.answering) return;
    this.publish(socket, frame['event'] as Envelope<EventType>);
  }

  publish(socket: FakeSocket, event: Envelope<EventType>): void {
    const known = this.journal.find((record) => record.event.eventId === event.eventId);
    const { eventId } = event;
    if (!known) this.#store(event, 'usr_me');
    else if (JSON.stringify(known.event) === JSON.stringify(event))
      socket.say({ op: 'accepted', eventId, seq: known.seq, duplicate: true });
    else
      socket.say({ op: 'error', eventId, code: 'id_conflict', message: 'm', outcome: 'refused' });
  }

  #store(event: Envelope<EventType>, actorId: string): EventRecord {
    const record: EventRecord = {
      seq: this.journal.length + 1,
      event,
      meta: { actor: { kind: 'user', id: actorId }, recordedAt: '2026-02-16T10:00:00.000Z' },
    };
    this.journal.push(record);
    for (const socket of this.sockets) socket.say({ op: 'event', ...record });
    return record;
  }
}

/** Which connections are of one line, as the server judges it. A token is `LINE.GENERATION`. */
class Fence {
  #generation = 0;
  readonly #lines = new Map<
    string,
    { newest: number; predecessor: number | null; holder: FakeSocket }
  >();

  /** What hello says of it, or null where the socket was told to go. */
  admit(socket: FakeSocket): { generation: string; resumeToken: string } | null {
    const offered = socket.protocols.find((one) => one.startsWith('resume.'))?.slice(7);
    const [, continued, text] = /^(line_\d+)\.(\d+)$/.exec(offered ?? '') ?? [];
    if (offered !== undefined && offered !== 'expired' && !continued) {
      return bye(socket, 4003, 'resume_token_invalid');
    }
    const newest = this.#generation + 1;
    const name = continued ?? `line_${newest}`;
    const predecessor = text === undefined ? null : Number(text);
    const line = this.#lines.get(name);
    if (line) {
      // As long as the newest was not heard from, its hello may have been lost.
      const lostHello = predecessor === line.predecessor && line.holder.sent.length === 0;
      if (predecessor !== line.newest && !lostHello) {
        return bye(socket, 4006, 'resume_token_reused');
      }
      bye(line.holder, 4002, 'superseded', { generation: String(newest) });
    }
    this.#generation = newest;
    this.#lines.set(name, { newest, predecessor, holder: socket });
    return { generation: String(newest), resumeToken: `${name}.${newest}` };
  }
}

function bye(socket: FakeSocket, code: number, reason: string, more: object = {}): null {
  const message = `The server says ${reason}.`;
  socket.say({ op: 'bye', code, reason, message, reconnect: false, resume: false, ...more });
  return null;
}
