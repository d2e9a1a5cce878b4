import type { Envelope, EventType, GoawayFrame, HelloFrame, ServerFrame } from './contract.js';
import { asLifelineError, type LifelineError } from './error.js';
import type { EventRecord } from './event.js';
import { Line } from './line.js';
import { Lineage } from './lineage.js';
import { Cell } from './observable.js';
import type { Published } from './outbox.js';
import type { Platform } from './platform.js';
import { Renewal } from './renewal.js';
import { Retry } from './retry.js';
import { idleStatus, refusalOf, told, type ConnectionStatus } from './status.js';
import { Stream, type Cursor, type PastEvents } from './stream.js';
import { cursorRefusals, endingOfError, overReasons, ownEnding, type Ending } from './verdict.js';

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
  replay(after: { readonly epoch: string | null; readonly seq: number }): Promise<PastEvents>;
  /** A newer access token than the last, or null if there is none. */
  renewToken(): Promise<string | null>;
  /** The last access token has expired: ticket() asks for another. */
  tokenExpired(): void;
  /** There is no line, and attempts begin: one access token is enough for all of them. */
  lineLost(): void;
  /** There is one again, or no more attempts. */
  lineBack(): void;
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

/** What else flows on the line of the call: documents, each a stream of its own. */
export interface Beside {
  /** After every hello. */
  lineUp(line: Line, epoch: string): void;
  lineDown(): void;
  /** Nothing more will come, as in closed(). */
  over(why: LifelineError): void;
  /** Whether the frame was for it. */
  frame(frame: ServerFrame): boolean;
}

const left = ownEnding('stop', 'left', 1000);

/** Endings from which there is a way back, if somebody asks for it. */
const reversible: ReadonlySet<string> = new Set(['gave_up', 'superseded', 'resume_token_reused']);

/**
 * Keeps a call's stream flowing: connects, lets the stream resume, and decides after every ending
 * whether to try again. One loop, one socket at a time.
 */
export class Connection {
  readonly status = new Cell<ConnectionStatus>(idleStatus);
  readonly #platform: Platform;
  readonly #backend: Backend;
  readonly #events: ConnectionEvents;
  readonly #beside: Beside | null;
  readonly #stream: Stream;
  readonly #retry: Retry;
  readonly #lineage: Lineage;
  readonly #renewal: Renewal;

  /** Which loop is the one that counts; one that finds another number here ends. 0: none runs. */
  #run = 0;
  #runs = 0;
  #line: Line | null = null;
  #everLive = false;
  #closesAt: number | null = null;
  #stopHints: () => void = () => undefined;
  #cancelGoaway: () => void = () => undefined;

  /** `resumeToken` is what is left of an earlier connection, if this is to be the same line. */
  constructor(
    platform: Platform,
    backend: Backend,
    events: ConnectionEvents,
    resumeToken: string | null = null,
    beside: Beside | null = null,
  ) {
    this.#platform = platform;
    this.#beside = beside;
    this.#backend = backend;
    this.#events = events;
    this.#retry = new Retry(platform);
    this.#lineage = new Lineage(resumeToken);
    this.#renewal = new Renewal({
      platform,
      renewToken: () => backend.renewToken(),
      error: (error) => events.error(error),
    });
    this.#stream = new Stream(platform, {
      record: (record) => events.event(record),
      error: (error) => events.error(error),
      replaying: () => this.#show('replaying', null),
      live: () => {
        this.#everLive = true;
        this.#line?.caughtUp();
        this.#retry.up();
        this.#backend.lineBack();
        this.#show('live', null);
      },
    });
  }

  /** What makes the next connection the same line as this one; null as long as there is nothing. */
  get resumeToken(): string | null {
    return this.#lineage.token;
  }

  /** Begins; `ticket` saves the first question if the server has given one already. */
  start(ticket: Ticket | null): void {
    this.#run = ++this.#runs;
    if (this.status.value.state === 'closed') this.#events.reopened();
    this.#retry.begin();
    this.#stopHints();
    const stops = [
      this.#platform.onHint(() => this.reconnectNow()),
      this.#platform.onHide(() => this.#line?.acknowledge()),
    ];
    this.#stopHints = () => stops.forEach((stop) => stop());
    void this.#keepGoing(this.#run, ticket);
  }

  publish(event: Envelope<EventType>): Promise<Published> {
    if (this.#run !== 0) return this.#stream.publish(event);
    const { error } = this.status.value;
    return Promise.reject(error ?? refusalOf(ownEnding('stop', 'not_connected')));
  }

  /** Does not wait out the pause; on a connection that looks alive, makes sure that it is. */
  reconnectNow(): void {
    const reason = this.status.value.reason ?? '';
    if (this.#run !== 0) {
      if (!this.#retry.cutShort()) this.#line?.probe();
    } else if (reversible.has(reason)) {
      // Whoever took the line keeps it; this is another one then, beside it.
      if (reason !== 'gave_up') this.#lineage.begin();
      this.start(null);
    }
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
      this.#backend.lineLost();
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
    const token = this.#lineage.token;
    let socket;
    try {
      const ticket = given ?? (await this.#backend.ticket());
      if (run !== this.#run) return left;
      const protocols = ['lifeline.v1', `auth.${ticket.token}`];
      if (token !== null) protocols.push(`resume.${token}`);
      socket = this.#platform.openSocket(this.#urlOf(ticket), protocols);
    } catch (thrown) {
      return endingOfError(asLifelineError(thrown, 'unreachable', true));
    }
    let greeted = false;
    const heard = await new Promise<Ending>((end) => {
      const line = new Line(socket, this.#platform, {
        frame: (frame) => this.#frame(frame),
        stable: () => this.#stable(),
        end: (ending) => {
          greeted = line.greeted;
          end(ending);
        },
      });
      this.#line = line;
      this.#stream.attach(line);
    });
    if (run !== this.#run) return left;
    this.#hangUp();
    const ending = this.#lineage.judge(heard, { token, greeted });
    if (ending.verdict === 'token') this.#backend.tokenExpired();
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
    this.#beside?.lineDown();
    this.#renewal.stop();
    this.#cancelGoaway();
    this.#closesAt = null;
  }

  /** The cursor was refused: state from the snapshot, and the stream from there. */
  async #startOver(run: number, ending: Ending): Promise<Ending> {
    try {
      const cursor = await this.#backend.startOver(ending.reason);
      if (run !== this.#run) return left;
      this.#stream.moveTo(cursor);
      return { ...ending, verdict: 'now' };
    } catch (thrown) {
      // Not read: the next attempt is refused for the same reason, and comes here again.
      const refusal = endingOfError(asLifelineError(thrown, 'unreachable', true));
      return refusal.verdict === 'stop' ? refusal : { ...ending, verdict: 'backoff' };
    }
  }

  #frame(frame: ServerFrame): void {
    if (this.#beside?.frame(frame)) return;
    switch (frame.op) {
      case 'hello':
        this.#retry.obey(frame);
        this.#lineage.greeted(frame);
        this.#events.hello(frame);
        this.#stream.hello(frame);
        if (this.#line) this.#beside?.lineUp(this.#line, frame.epoch);
        return;
      case 'token':
        return this.#lineage.rotated(frame.resumeToken);
      case 'token.expiring':
        return this.#line ? this.#renewal.expiring(this.#line) : undefined;
      case 'error':
        this.#renewal.refused(frame);
        return this.#stream.frame(frame);
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

  /** The server asks us to move; when exactly is ours to choose, so that not all move at once. */
  #goaway({ reason, deadlineMs, reconnect, resume }: GoawayFrame): void {
    const line = this.#line;
    const ownMs = Math.round(reconnect.afterMs + this.#platform.random() * reconnect.jitterMs);
    const inMs = Math.min(ownMs, deadlineMs);
    this.#closesAt = this.#platform.now() + inMs;
    this.#cancelGoaway();
    this.#cancelGoaway = this.#platform.after(inMs, () =>
      line?.end(ownEnding(resume ? 'now' : 'reset', reason, 4200), 1000),
    );
    this.#show(this.status.value.state, null);
  }

  async #stop(run: number, ending: Ending): Promise<void> {
    if (overReasons.has(ending.reason) && !this.#stream.over) await this.#readToTheEnd(run);
    if (run === this.#run) this.#finish(ending);
  }

  /**
   * The call ended while we were away: what was missed is read, so that all see the same. In the history of
   * the cursor only: where the server has another one now, it is all read anew.
   */
  async #readToTheEnd(run: number): Promise<void> {
    this.#show('replaying', null);
    for (;;) {
      const { epoch, seq } = this.#stream;
      try {
        const past = await this.#backend.replay({ epoch, seq });
        if (run !== this.#run) return;
        this.#stream.past(past);
        if (this.#stream.seq === seq) return;
      } catch (thrown) {
        const error = asLifelineError(thrown, 'unreachable', true);
        const refused = ownEnding('reset', error.code);
        const then = cursorRefusals.has(error.code) ? await this.#startOver(run, refused) : null;
        if (then?.verdict !== 'now') return this.#events.error(error);
      }
    }
  }

  #finish(ending: Ending): void {
    this.#run = 0;
    this.#backend.lineBack();
    this.#hangUp();
    // After giving up, the network's return is reason enough to try again. Not so where another
    // tab has taken over: the two would take the call from each other for ever.
    if (ending.reason !== 'gave_up') this.#stopHints();
    const why = refusalOf(ending);
    this.#stream.close(why);
    this.#beside?.over(why);
    this.#events.closed(why);
    this.#show('closed', ending); // Last: whoever hears of it may want it back at once.
  }

  #show(state: ConnectionStatus['state'], ending: Ending | null, delayMs?: number): void {
    const before = this.status.value;
    const live = state === 'live';
    const { reason, code, error } = live ? idleStatus : ending ? told(ending) : before;
    this.status.set({
      state,
      attempt: this.#retry.attempt,
      retryAt: delayMs === undefined ? null : this.#platform.now() + delayMs,
      reason,
      code,
      error,
      waitsUntil: state === 'reconnecting' ? this.#retry.waitsUntil : null,
      closesAt: this.#closesAt,
    });
  }
}
