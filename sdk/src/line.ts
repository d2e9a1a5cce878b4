import type { ClientFrame, HelloFrame, ServerFrame } from './contract.js';
import { readFrame } from './frames.js';
import type { Platform, WebSocketLike } from './platform.js';
import { endingOfBye, endingOfClose, ownEnding, type Ending } from './verdict.js';

const handshakeMs = 10_000;
const probeMs = 2_500;
const ackEveryMs = 1_000;

export interface LineEvents {
  frame(frame: ServerFrame): void;
  /** The connection has proved itself: live, and heard from a heartbeat later or when it was asked. */
  stable(): void;
  /** Exactly once, and nothing after it. */
  end(ending: Ending): void;
}

/**
 * One WebSocket from its opening to its end: first frame, liveness, acknowledged position. What it
 * hears after its end is ignored, so an old socket can never disturb the one that replaced it.
 */
export class Line {
  readonly #socket: WebSocketLike;
  readonly #platform: Platform;
  readonly #events: LineEvents;
  #ended = false;
  #heartbeatMs = 0;
  #greeted = false;
  #heardAt: number;
  #pingedAt: number | null = null;
  #pongWithinMs = 0;
  #seq = 0;
  #ackedSeq = 0;
  #ackedAt = 0;
  /** When all there was had been seen; null during a replay. */
  #caughtUpAt: number | null = null;
  #stable = false;
  #cancelDeadline: () => void;
  #cancelTick: () => void = () => undefined;

  constructor(socket: WebSocketLike, platform: Platform, events: LineEvents) {
    this.#socket = socket;
    this.#platform = platform;
    this.#events = events;
    this.#heardAt = platform.now();
    this.#cancelDeadline = platform.after(handshakeMs, () =>
      this.end(ownEnding('backoff', 'handshake_timeout'), 4201),
    );
    socket.onmessage = (event: { data: unknown }) => this.#heard(event.data);
    socket.onclose = (event: { code: number }) =>
      this.end(endingOfClose(event.code, 'connection_lost'), null);
    socket.onerror = () => undefined; // Always followed by close, which says what can be said.
  }

  send(frame: ClientFrame): boolean {
    return this.#sendText(JSON.stringify(frame));
  }

  /** Sends the `publish` of an event that is JSON already. */
  publish(eventJson: string): boolean {
    return this.#sendText(`{"op":"publish","event":${eventJson}}`);
  }

  #sendText(text: string): boolean {
    if (this.#ended || this.#heartbeatMs === 0) return false;
    // Closing, and not yet closed: browsers would take it, drop it and complain on the console.
    if ((this.#socket.readyState ?? 1) !== 1) return false;
    this.#socket.send(text);
    return true;
  }

  /** Whether the server has said hello. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** All there is has been seen: from here on the connection can prove itself. */
  caughtUp(): void {
    this.#caughtUpAt ??= this.#platform.now();
  }

  /** Counts as received up to `seq`; told to the server at most once a second. */
  received(seq: number): void {
    this.#seq = seq;
  }

  /** Ends the line. `closeCode` is told to the server; null if the socket is closed already. */
  end(ending: Ending, closeCode: number | null): void {
    if (this.#ended) return;
    this.acknowledge();
    this.#ended = true;
    this.#cancelDeadline();
    this.#cancelTick();
    this.#socket.onmessage = () => undefined;
    this.#socket.onclose = () => undefined;
    if (closeCode !== null) this.#socket.close(closeCode, ending.reason.slice(0, 100));
    this.#events.end(ending);
  }

  /** Asks for a sign of life, to be given soon: the network may have changed under the socket. */
  probe(): void {
    if (this.#pingedAt === null) this.#ping(probeMs);
  }

  #heard(data: unknown): void {
    if (this.#ended) return;
    this.#heardAt = this.#platform.now();
    this.#pingedAt = null;
    let frame: ServerFrame | null;
    try {
      frame = readFrame(data);
    } catch {
      return this.end(ownEnding('backoff', 'protocol_error'), 4005);
    }
    if (frame?.op === 'bye') return this.end(endingOfBye(frame), 1000);
    if (frame?.op === 'hello') this.#begin(frame);
    else if (this.#heartbeatMs === 0) return this.end(ownEnding('backoff', 'protocol_error'), 4005);
    if (frame?.op === 'pong' && this.#caughtUpAt !== null) this.#prove();
    if (frame) this.#events.frame(frame);
  }

  #prove(): void {
    if (this.#stable) return;
    this.#stable = true;
    this.#events.stable();
  }

  #begin(hello: HelloFrame): void {
    this.#cancelDeadline();
    this.#greeted = true;
    this.#heartbeatMs = Math.max(1_000, hello.heartbeatMs);
    this.#scheduleTick();
  }

  #scheduleTick(): void {
    const everyMs = Math.min(ackEveryMs, this.#heartbeatMs / 4);
    this.#cancelTick();
    this.#cancelTick = this.#platform.after(everyMs, () => this.#tick());
  }

  // A page that slept finds its timers late. Then nothing was heard because nothing could be, so
  // only a ping that went unanswered counts as a dead line, never mere silence.
  #tick(): void {
    const now = this.#platform.now();
    if (this.#pingedAt !== null && now - this.#pingedAt >= this.#pongWithinMs) {
      return this.end(ownEnding('now', 'heartbeat_missed', 4201), 4201);
    }
    if (this.#pingedAt === null && now - this.#heardAt >= this.#heartbeatMs) {
      this.#ping(this.#heartbeatMs);
    }
    if (this.#caughtUpAt !== null && this.#heardAt - this.#caughtUpAt >= this.#heartbeatMs) {
      this.#prove();
    }
    if (now - this.#ackedAt >= ackEveryMs) this.acknowledge();
    this.#scheduleTick();
  }

  #ping(pongWithinMs: number): void {
    if (this.#heartbeatMs === 0) return; // Still opening: the handshake has a deadline of its own.
    this.#pingedAt = this.#platform.now();
    this.#pongWithinMs = pongWithinMs;
    this.send({ op: 'ping', t: this.#pingedAt });
  }

  /** Tells the server now how far it was read. */
  acknowledge(): void {
    if (this.#seq <= this.#ackedSeq) return;
    if (!this.send({ op: 'ack', seq: this.#seq })) return;
    this.#ackedSeq = this.#seq;
    this.#ackedAt = this.#platform.now();
  }
}
