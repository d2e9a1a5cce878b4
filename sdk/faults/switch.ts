/**
 * Faults by hand, inside a client: hand `platform` to createCall or joinCall, and what a bad network
 * does can be tried on a live call. For development; it needs no proxy and works in a page.
 *
 * @module
 */
import type { Platform, WebSocketLike } from '../src/lifeline.js';

/** A socket that can be made to misbehave. */
class FaultySocket implements WebSocketLike {
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly #inner: WebSocketLike | null;
  readonly #gone: (socket: FaultySocket) => void;
  #held: (() => void)[] | null = null;
  #over = false;

  constructor(inner: WebSocketLike | null, gone: (socket: FaultySocket) => void) {
    this.#inner = inner;
    this.#gone = gone;
    if (!inner) return;
    inner.onmessage = (event: { data: unknown }) => this.#hold(() => this.#tell(event.data));
    inner.onclose = (event: { code: number; reason: string }) =>
      this.#hold(() => this.#close(event.code, event.reason));
    inner.onerror = () => undefined;
  }

  get readyState(): number {
    if (this.#over) return 3;
    return this.#inner ? (this.#inner.readyState ?? 1) : 0;
  }

  send(data: string): void {
    this.#hold(() => {
      if ((this.#inner?.readyState ?? 1) === 1) this.#inner?.send(data);
    });
  }

  close(code?: number, reason?: string): void {
    this.#over = true;
    this.#held = null;
    this.#gone(this);
    this.#inner?.close(code, reason);
  }

  cut(): void {
    if (this.#over) return;
    this.#inner?.close();
    this.#close(1006, '');
  }

  stall(): void {
    this.#held ??= [];
  }

  flow(): void {
    // What comes meanwhile waits behind it, so that the order stays.
    for (let pass = this.#held?.shift(); pass; pass = this.#held?.shift()) pass();
    this.#held = null;
  }

  /** As if the server had said it, as its last word. */
  hear(frame: object): void {
    if (!this.#over) this.#tell(JSON.stringify(frame));
  }

  #hold(pass: () => void): void {
    if (this.#over) return;
    if (this.#held) this.#held.push(pass);
    else pass();
  }

  #tell(data: unknown): void {
    (this.onmessage as ((event: { data: unknown }) => void) | null)?.({ data });
  }

  #close(code: number, reason: string): void {
    this.#over = true;
    this.#held = null;
    this.#gone(this);
    type Closed = (event: { code: number; reason: string }) => void;
    (this.onclose as Closed | null)?.({ code, reason });
  }
}

/** What a page needs of its world, with a switch for each thing that can go wrong. */
export class FaultSwitch {
  readonly platform: Pick<Platform, 'openSocket' | 'fetch'>;
  readonly #sockets = new Set<FaultySocket>();
  #offline = false;
  #stalled = false;

  constructor(world: Pick<Platform, 'openSocket' | 'fetch'> = browser) {
    const gone = (socket: FaultySocket) => void this.#sockets.delete(socket);
    this.platform = {
      openSocket: (url, protocols) => {
        const socket = new FaultySocket(
          this.#offline ? null : world.openSocket(url, protocols),
          gone,
        );
        this.#sockets.add(socket);
        if (this.#offline) queueMicrotask(() => socket.cut());
        if (this.#stalled) socket.stall();
        return socket;
      },
      fetch: (input, init) =>
        this.#offline ? Promise.reject(new TypeError('offline')) : world.fetch(input, init),
    };
  }

  get offline(): boolean {
    return this.#offline;
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** The line breaks, without a word. */
  cut(): void {
    for (const socket of [...this.#sockets]) socket.cut();
  }

  /** Nothing passes either way, on lines to come as well; then all that waited comes at once. */
  stall(on: boolean): void {
    this.#stalled = on;
    for (const socket of [...this.#sockets]) {
      if (on) socket.stall();
      else socket.flow();
    }
  }

  /** There is no network at all. */
  goOffline(on: boolean): void {
    this.#offline = on;
    if (on) this.cut();
  }

  /** The server is made to say that the access token has run out. */
  expireToken(): void {
    const bye = { op: 'bye', code: 4300, reason: 'token_expired', reconnect: true, resume: true };
    for (const socket of [...this.#sockets]) {
      socket.hear({ ...bye, message: 'The access token has expired (said by the fault switch).' });
    }
  }
}

const browser: Pick<Platform, 'openSocket' | 'fetch'> = {
  openSocket: (url, protocols) => new WebSocket(url, protocols),
  fetch: (input, init) => globalThis.fetch(input, init),
};
