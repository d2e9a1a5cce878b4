import type { Envelope, EventType, GoawayFrame, HelloFrame, ServerFrame } from './contract.js';
import { asLifelineError, LifelineError } from './error.js';
import type { EventRecord } from './event.js';
import { Line } from './line.js';
import { Cell } from './observable.js';
import type { Published } from './outbox.js';
import type { Platform } from './platform.js';
import { Retry } from './retry.js';
import { Stream, type Cursor } from './stream.js';
import { endingOfError, overReasons, ownEnding, type Ending } from './verdict.js';

/** How the call is connected now. */
export interface ConnectionStatus {
  /**
   * `connecting` before the first success, `replaying` while missed events come in, `live` when all
   * that is known has been seen, `reconnecting` during an outage, `closed` when nothing is tried any
   * more.
   */
  readonly state: 'idle' | 'connecting' | 'replaying' | 'live' | 'reconnecting' | 'closed';
  /** Attempts since the connection was last stable. */
  readonly attempt: number;
  /** When the next attempt begins (milliseconds since 1970), or null if none is planned. */
  readonly retryAt: number | null;
  /** Stable word for why the last connection ended, for instance `heartbeat_missed`; null if live. */
  readonly reason: string | null;
  /** WebSocket close code of that ending, or null where there was none. */
  readonly code: number | null;
}

/** What opens the socket: from POST .../connect, good for a minute. */
export interface Ticket {
  /** `ws:` or `wss:`. */
  readonly url: string;
  readonly token: string;
}

/** What a connection needs of the server beside the socket. */
export interface Backend {
  ticket(): Promise<Ticket>;
  /** Where to go on after the cursor was refused. */
  startOver(reason: string): Promise<Cursor>;
  /** The next events after `seq`; an empty page at the head. */
  replay(after: number): Promise<readonly EventRecord[]>;
  /** A newer access token than the last, or null if there is none. */
  renewToken(): Promise<string | null>;
}

/** Who is told what arrives. */
export interface ConnectionEvents {
  event(record: EventRecord): void;
  hello(hello: HelloFrame): void;
  error(error: LifelineError): void;
  /** Nothing more will come, unless reconnectNow() is called or the network gives a sign. */
  closed(why: LifelineError): void;
  /** It is tried again after closed(): more may come. */
  reopened(): void;
}

const left = ownEnding('stop', 'left', 1000);

/**
 * Keeps a call's stream flowing: connects, lets the stream resume, and decides after every ending
 * whether to try again. One loop, one socket at a time.
 */
export class Connection {
  readonly status = new Cell<ConnectionStatus>({
    state: 'idle',
    attempt: 0,
    retryAt: null,
    reason: null,
    code: null,
  });
  readonly #platform: Platform;
  readonly #backend: Backend;
  readonly #events: ConnectionEvents;
  readonly #stream: Stream;
  readonly #retry: Retry;

  /** Which loop is the one that counts; one that finds another number here ends. 0: none runs. */
  #run = 0;
  #runs = 0;
  #line: Line | null = null;
  #resumeToken: string | null = null;
  #everLive = false;
  #stopHints: () => void = () => undefined;
  #cancelGoaway: () => void = () => undefined;

  constructor(platform: Platform, backend: Backend, events: ConnectionEvents) {
    this.#platform = platform;
    this.#backend = backend;
    this.#events = events;
    this.#retry = new Retry(platform);
    this.#stream = new Stream(platform, {
      record: (record) => events.event(record),
      error: (error) => events.error(error),
      replaying: () => this.#show('replaying', null),
      live: () => {
        this.#everLive = true;
        this.#show('live', null);
      },
    });
  }

  /** Begins; `ticket` saves the first question if the server has given one already. */
  start(ticket: Ticket | null): void {
    this.#run = ++this.#runs;
    if (this.status.value.state === 'closed') this.#events.reopened();
    this.#retry.begin();
    this.#stopHints();
    this.#stopHints = this.#platform.onHint(() => this.reconnectNow());
    void this.#keepGoing(this.#run, ticket);
  }

  publish(event: Envelope<EventType>): Promise<Published> {
    if (this.#run !== 0) return this.#stream.publish(event);
    return Promise.reject(closedError(this.status.value.reason ?? 'not_connected'));
  }

  /** Does not wait out the pause; on a connection that looks alive, makes sure that it is. */
  reconnectNow(): void {
    const { reason } = this.status.value;
    const mayComeBack = reason === 'gave_up' || reason === 'superseded';
    if (this.#run === 0 && mayComeBack) this.start(null);
    else if (!this.#retry.cutShort()) this.#line?.probe();
  }

  /** Closes the socket and stops, whatever is under way. The call itself goes on. */
  leave(): void {
    this.#stopHints();
    if (this.#run === 0) return;
    const line = this.#line;
    this.#finish(left);
    line?.end(left, 1000);
    this.#retry.cutShort();
  }

  async #keepGoing(run: number, first: Ticket | null): Promise<void> {
    let ticket = first;
    for (;;) {
      this.#show(this.#everLive ? 'reconnecting' : 'connecting', null);
      const ending = await this.#attempt(run, ticket);
      ticket = null;
      if (run !== this.#run) return;
      if (ending.verdict === 'stop') return this.#stop(run, ending);
      const delay = this.#retry.delayAfter(ending);
      if (delay === null) return this.#finish({ ...ending, reason: 'gave_up' });
      this.#show(this.#everLive ? 'reconnecting' : 'connecting', ending, delay);
      await this.#retry.pause(delay);
      if (run !== this.#run) return;
    }
  }

  /** From asking for a ticket to the end of the socket, whichever way it ends. */
  async #attempt(run: number, given: Ticket | null): Promise<Ending> {
    let socket;
    try {
      const ticket = given ?? (await this.#backend.ticket());
      if (run !== this.#run) return left;
      const protocols = ['lifeline.v1', `auth.${ticket.token}`];
      if (this.#resumeToken !== null) protocols.push(`resume.${this.#resumeToken}`);
      socket = this.#platform.openSocket(this.#urlOf(ticket), protocols);
    } catch (thrown) {
      return endingOfError(asLifelineError(thrown, 'unreachable', true));
    }
    const ending = await new Promise<Ending>((end) => {
      this.#line = new Line(socket, this.#platform, {
        frame: (frame) => this.#frame(frame),
        stable: () => this.#stable(),
        end,
      });
      this.#stream.attach(this.#line);
    });
    if (run !== this.#run) return left;
    this.#hangUp();
    return ending.verdict === 'reset' ? await this.#startOver(run, ending) : ending;
  }

  #urlOf(ticket: Ticket): string {
    const url = new URL(ticket.url);
    url.searchParams.set('after', String(this.#stream.seq));
    if (this.#stream.epoch !== null) url.searchParams.set('epoch', this.#stream.epoch);
    return url.href;
  }

  #hangUp(): void {
    this.#line = null;
    this.#stream.detach();
    this.#cancelGoaway();
  }

  /** The cursor was refused: state from the snapshot, and the stream from there. */
  async #startOver(run: number, ending: Ending): Promise<Ending> {
    try {
      const cursor = await this.#backend.startOver(ending.reason);
      if (run !== this.#run) return left;
      this.#stream.moveTo(cursor);
      this.#resumeToken = null;
      return { ...ending, verdict: 'now' };
    } catch (thrown) {
      // Not read: the next attempt is refused for the same reason, and comes here again.
      const refusal = endingOfError(asLifelineError(thrown, 'unreachable', true));
      return refusal.verdict === 'stop' ? refusal : { ...ending, verdict: 'backoff' };
    }
  }

  #frame(frame: ServerFrame): void {
    switch (frame.op) {
      case 'hello':
        this.#retry.obey(frame.reconnect);
        this.#resumeToken = frame.resumeToken ?? this.#resumeToken;
        this.#events.hello(frame);
        return this.#stream.hello(frame);
      case 'token':
        this.#resumeToken = frame.resumeToken;
        return;
      case 'token.expiring':
        return void this.#refresh();
      case 'goaway':
        return this.#goaway(frame);
      default:
        return this.#stream.frame(frame);
    }
  }

  #stable(): void {
    this.#retry.stable();
    this.#show(this.status.value.state, null);
  }

  async #refresh(): Promise<void> {
    const line = this.#line;
    try {
      const token = await this.#backend.renewToken();
      if (token !== null) line?.send({ op: 'refresh', token });
    } catch (thrown) {
      this.#events.error(asLifelineError(thrown, 'token_unavailable', true));
    }
  }

  /** The server asks us to move; when exactly is ours to choose, so that not all move at once. */
  #goaway({ reason, reconnect }: GoawayFrame): void {
    const line = this.#line;
    const inMs = reconnect.afterMs + this.#platform.random() * reconnect.jitterMs;
    this.#cancelGoaway();
    this.#cancelGoaway = this.#platform.after(inMs, () =>
      line?.end(ownEnding('now', reason, 4200), 1000),
    );
  }

  async #stop(run: number, ending: Ending): Promise<void> {
    if (overReasons.has(ending.reason) && !this.#stream.over) await this.#readToTheEnd(run);
    if (run === this.#run) this.#finish(ending);
  }

  /** The call ended while we were away: what was missed is read, so that all see the same. */
  async #readToTheEnd(run: number): Promise<void> {
    this.#show('replaying', null);
    try {
      for (;;) {
        const before = this.#stream.seq;
        const records = await this.#backend.replay(before);
        if (run !== this.#run) return;
        for (const record of records) this.#stream.record(record);
        if (this.#stream.seq === before) return;
      }
    } catch (thrown) {
      this.#events.error(asLifelineError(thrown, 'unreachable', true));
    }
  }

  #finish(ending: Ending): void {
    this.#run = 0;
    this.#hangUp();
    // After giving up, the network's return is reason enough to try again. Not so where another
    // tab has taken over: the two would take the call from each other for ever.
    if (ending.reason !== 'gave_up') this.#stopHints();
    this.#show('closed', ending);
    const why = closedError(ending.reason);
    this.#stream.close(why);
    this.#events.closed(why);
  }

  #show(state: ConnectionStatus['state'], ending: Ending | null, delayMs?: number): void {
    const before = this.status.value;
    const live = state === 'live';
    this.status.set({
      state,
      attempt: this.#retry.attempt,
      retryAt: delayMs === undefined ? null : this.#platform.now() + delayMs,
      reason: live ? null : (ending?.reason ?? before.reason),
      code: live ? null : ending ? ending.code : before.code,
    });
  }
}

function closedError(reason: string): LifelineError {
  return new LifelineError({
    code: reason,
    message: `The connection to the call is closed: ${reason}.`,
    retryable: reason === 'gave_up',
  });
}
