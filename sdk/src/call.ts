import type { Action } from './action.js';
import { Acting, type ActionRequest, type Answer } from './acting.js';
import type { OnActionOptions, ToolHandler } from './client_tool.js';
import type { Confirmation } from './confirmation.js';
import { Connection, type Backend, type Ticket } from './connection.js';
import { schemaVersion, type EventType, type HelloFrame, type PayloadOf } from './contract.js';
import { Deferred } from './deferred.js';
import type { DocumentRecord } from './document_view.js';
import { Documents } from './documents.js';
import type { LifelineError } from './error.js';
import { callEventOf, type CallEvent, type EventRecord } from './event.js';
import { mintId } from './id.js';
import { Listeners } from './listeners.js';
import type { LiveDocument } from './live_document.js';
import { Cell, notify, partOf, type Observable } from './observable.js';
import type { Published } from './outbox.js';
import type { Platform } from './platform.js';
import { reduce } from './reduce.js';
import type { Self } from './self.js';
import type { Session } from './session.js';
import { initialState, type CallState, type Participant, type Utterance } from './state.js';
import type { ConnectionStatus } from './status.js';
import { writeUtterance, type UtteranceOptions, type UtteranceWriter } from './utterance.js';
import type { Deliverable } from './work.js';

/** The cursor was refused, and state was read anew from the snapshot: redraw from `call.state`. */
export interface Reset {
  readonly type: 'reset';
  /** `epoch_changed`, `trimmed` or `cursor_ahead`. */
  readonly reason: string;
  /** The state that the call goes on from; events between are not delivered one by one. */
  readonly seq: number;
}

/** What a person says to being recorded. */
export type RecordingConsent = PayloadOf<'call.consent.updated'>['state'];

/** During a replay, views are told at most this often. */
const replayViewEveryMs = 100;

/**
 * A call, as one participant sees it. It keeps itself connected until it ends or `leave()` is
 * called; whatever was published before is seen by all, in one order, exactly once.
 */
export class Call {
  readonly #platform: Platform;
  readonly #connection: Connection;
  readonly #listeners = new Listeners();
  readonly #resetListeners = new Set<(reset: Reset) => void>();
  readonly #errorListeners = new Set<(error: LifelineError) => void>();
  readonly #state = new Cell<CallState>(initialState);
  readonly #acting: Acting;
  readonly #documents: Documents;
  #self = new Deferred<Self>();
  #folded: CallState = initialState;
  #viewDue: (() => void) | null = null;
  #serverAheadMs = 0;
  #connectedAt: number | null = null;

  /** The call as REST described it when it was created or joined. */
  readonly session: Session;
  /** Everything the events add up to so far. */
  readonly state: Observable<CallState> = this.#state;
  /** What was said, in order: `state.utterances`. */
  readonly transcript: Observable<readonly Utterance[]> = partOf(this.state, (s) => s.utterances);
  /** Who is or was in the call: `state.participants`. */
  readonly participants: Observable<readonly Participant[]> = partOf(
    this.state,
    (s) => s.participants,
  );
  /** The call's documents and their newest revisions: `state.deliverables`. What is in one, openDocument() shows. */
  readonly documents: Observable<readonly Deliverable[]> = partOf(
    this.state,
    (s) => s.deliverables,
  );

  /** @internal Use createCall or joinCall. */
  constructor(
    session: Session,
    platform: Platform,
    backend: CallBackend,
    resumeToken: string | null = null,
  ) {
    this.session = session;
    this.#platform = platform;
    this.#documents = new Documents({
      platform,
      mint: (prefix) => this.#mint(prefix),
      read: backend.document ?? null,
    });
    this.#connection = new Connection(
      platform,
      {
        ...backend,
        startOver: async (reason) => {
          const { cursor, state } = await backend.snapshot();
          this.#reset(state, reason);
          return cursor;
        },
      },
      {
        event: (record) => this.#event(record),
        hello: (hello) => this.#hello(hello),
        error: (error) => notify(this.#errorListeners, error),
        closed: (why) => this.#closed(why),
        reopened: () => this.#reopened(),
      },
      resumeToken,
      this.#documents,
    );
    this.#acting = new Acting({
      sessionId: session.sessionId,
      connection: this.connection,
      state: this.state,
      self: () => this.self,
      folded: () => this.#folded,
      serverNow: () => this.serverNow(),
      mint: (prefix) => this.#mint(prefix),
      publish: this.publish,
      publishAs: this.#publishAs,
      answer: backend.answer,
      after: platform.after,
      error: (error) => notify(this.#errorListeners, error),
    });
    this.connection.subscribe(({ state }) => {
      if (state !== 'live') return;
      this.#view();
      this.#acting.live();
    });
  }

  get sessionId(): string {
    return this.session.sessionId;
  }

  /** How the call is connected, for a status line: live, reconnecting since, closed and why. */
  get connection(): Observable<ConnectionStatus> {
    return this.#connection.status;
  }

  /**
   * What makes another connection of this client the same one: hand it to joinCall as `resumeToken`
   * after a reload, and the connection of before makes way at once. It changes; null before the first
   * connection. Keep it for this tab alone: two that have the same take the call from each other.
   */
  get resumeToken(): string | null {
    return this.#connection.resumeToken;
  }

  /**
   * Who this client is; resolves with the first connection, rejects if there will be none. Ask again
   * after the connection was closed and came back: a promise that was rejected stays so.
   */
  get self(): Promise<Self> {
    return this.#self.promise;
  }

  /**
   * Calls `listener` for each event of `type` (`'*'` for all), once, in order, own events included.
   * `'reset'` and `'error'` are the SDK's own: see Reset; an error is a refusal that no publish()
   * waits for. Returns the function that stops it.
   */
  on<T extends EventType>(type: T, listener: (event: CallEvent<T>) => void): () => void;
  on(type: '*', listener: (event: CallEvent) => void): () => void;
  on(type: 'reset', listener: (reset: Reset) => void): () => void;
  on(type: 'error', listener: (error: LifelineError) => void): () => void;
  on(type: string, listener: (value: never) => void): () => void {
    if (type === 'reset') return keep(this.#resetListeners, listener as (reset: Reset) => void);
    if (type === 'error') return keep(this.#errorListeners, listener as (e: LifelineError) => void);
    return this.#listeners.on(type, listener as (event: CallEvent) => void);
  }

  /**
   * The events from now on: `for await (const event of call.events())`. Ends when the connection is
   * closed; throws `reader_too_slow` if 10,000 events wait to be taken.
   */
  events(): AsyncIterableIterator<CallEvent> {
    return this.#listeners.events();
  }

  /**
   * Publishes an event. Resolves when the event itself came back in the stream: then it is durable
   * and everybody sees it at `seq`. Through outages it waits and is sent again under the same
   * eventId. Rejects with the server's refusal, or, when the connection is closed, with the reason
   * of that as its code: `session_ended`, `left`, `superseded`, `gave_up`, ...
   */
  readonly publish = <T extends EventType>(type: T, payload: PayloadOf<T>): Promise<Published> =>
    this.#publishAs(this.#mint('evt_'), type, payload);

  readonly #publishAs = <T extends EventType>(
    eventId: string,
    type: T,
    payload: PayloadOf<T>,
  ): Promise<Published> =>
    this.#connection.publish({
      eventId,
      sessionId: this.sessionId,
      ts: new Date(this.#platform.now()).toISOString(),
      type,
      payload,
      schemaVersion,
    });

  /** Says `text` as one whole utterance. Resolves when everybody can see it. */
  say(text: string): Promise<Published> {
    return this.utterance({ source: 'typed' }).final(text);
  }

  /**
   * Says whether this client's person agrees to being recorded: gives, refuses or takes back. Where
   * `state.recordingConsentRequired`, nothing that they say is kept or seen before they `granted` it:
   * say(), utterance() and uploadSpeech() reject with `consent_required`. What was kept while they
   * agreed stays after they have `withdrawn`. Resolves when it is on record; asking a person is the
   * application's.
   */
  async answerRecordingConsent(state: RecordingConsent): Promise<Published> {
    const { participantId: by } = await this.self;
    return this.publish('call.consent.updated', {
      callId: this.sessionId,
      subject: 'recording',
      state,
      by,
    });
  }

  /** Begins an utterance that grows while it is spoken. Announced with its first words. */
  utterance(options: UtteranceOptions = {}): UtteranceWriter {
    const speaker = {
      self: () => this.self,
      publish: this.publish,
      callMs: () => this.#callMs(),
      sleep: (ms: number) => new Promise<void>((resolve) => void this.#platform.after(ms, resolve)),
    };
    return writeUtterance(speaker, this.#mint('utt_'), options);
  }

  /**
   * Asks for an action, as an agent may, and resolves with it once it has succeeded: `result`,
   * `resultSummary` and `effectId` say what came of it. Rejects with an ActionError if it was rejected,
   * blocked, cancelled, denied, failed, or nobody knows; with the reason of the connection's end, if that
   * comes first. Lost connections in between change nothing. An `actionId` that the call knows already is
   * not asked for again: its outcome is waited for.
   */
  requestAction(request: ActionRequest): Promise<Action> {
    return this.#acting.request(request);
  }

  /** The outcome of an action that was asked for, by whomever; like requestAction without asking. */
  actionOutcome(actionId: string): Promise<Action> {
    return this.#acting.outcome(actionId);
  }

  /** Asks for an action to be stopped. Resolves when the wish is on record; its outcome says what it did. */
  cancelAction(actionId: string, reason?: string): Promise<Published> {
    return this.#acting.cancel(actionId, reason);
  }

  /**
   * Answers a question, as a person may. `shown` is the confirmation as it was on the screen: what is
   * approved is what was seen, and if that was changed meanwhile, the answer is refused (`args_changed`).
   * Resolves with the confirmation as it was closed: `closed.by` says whose answer counted, which may be
   * another device's. Rejects with the server's refusal: `confirmation_expired`, `confirmation_forbidden`,
   * `decision_not_allowed`, or what is wrong with the arguments.
   */
  answerConfirmation(
    shown: Confirmation,
    decision: 'approve' | 'edit' | 'deny',
    answer: Answer = {},
  ): Promise<Confirmation> {
    return this.#acting.answer(shown, decision, answer);
  }

  /**
   * Runs `handler` for each action of `type` that is to be done by an app in the call (executor `client`),
   * and reports what it returns or throws. Once for each attempt, also across lost connections and reloads
   * of the page; what was begun when the page went is not begun again, and comes to an end on the server by
   * its lease. Every client that registers a handler runs it: register it in one place, or say `when`. Tabs
   * of one browser share what they have begun; different devices do not. Returns the function that stops it.
   */
  onAction(type: string, handler: ToolHandler, options: OnActionOptions = {}): () => void {
    return this.#acting.onAction(type, handler, options);
  }

  /**
   * Follows a document of this call live and edits it, on the connection that there is. It need not be known
   * yet, nor the call be connected: the document loads by itself, see its `view`. Opened twice it is one;
   * each has its own close(). At most 16 at a time.
   */
  openDocument(documentId: string): LiveDocument {
    const known = this.#folded.deliverables.find((one) => one.documentId === documentId);
    return this.#documents.open(documentId, { kind: known?.kind ?? '', title: known?.title ?? '' });
  }

  /** Asks the server to end the call for everybody. Resolves when the request is on record. */
  end(reason?: PayloadOf<'call.end.requested'>['reason']): Promise<Published> {
    return this.publish('call.end.requested', reason === undefined ? {} : { reason });
  }

  /** Closes this client's connection and stops reconnecting. The call goes on without it. */
  leave(): void {
    this.#connection.leave();
  }

  /**
   * The server's time as it is known here, in milliseconds since 1970: what `expiresAt` and `leaseUntil` are
   * to be held against, since this device's clock may be wrong.
   */
  serverNow(): number {
    return this.#platform.now() + this.#serverAheadMs;
  }

  /** Tries at once instead of waiting, or makes sure that a connection which looks alive is. */
  reconnectNow(): void {
    this.#connection.reconnectNow();
  }

  /** @internal */
  start(ticket: Ticket | null): this {
    this.#connection.start(ticket);
    return this;
  }

  #hello(hello: HelloFrame): void {
    this.#serverAheadMs = Date.parse(hello.serverTime) - this.#platform.now();
    const participantId = hello.session.participantId ?? '';
    this.#self.resolve({ participantId, role: hello.session.role });
  }

  #event(record: EventRecord): void {
    const event = callEventOf(record);
    if (event.type === 'call.connected') this.#connectedAt = Date.parse(event.recordedAt);
    this.#folded = reduce(this.#folded, event);
    if (this.connection.value.state === 'live') this.#view();
    else this.#viewDue ??= this.#platform.after(replayViewEveryMs, () => this.#view());
    this.#listeners.emit(event);
    this.#acting.event(event);
  }

  #view(): void {
    this.#viewDue?.();
    this.#viewDue = null;
    this.#state.set(this.#folded);
  }

  #reset(state: CallState, reason: string): void {
    this.#folded = state;
    this.#view();
    this.#acting.reset();
    notify(this.#resetListeners, { type: 'reset', reason, seq: state.seq });
  }

  #closed(why: LifelineError): void {
    this.#view();
    this.#listeners.close();
    this.#acting.close(why);
    this.#self.reject(why);
  }

  /** Whoever waits from here on waits for the new connection. */
  #reopened(): void {
    this.#listeners.reopen();
    this.#self = new Deferred();
  }

  #callMs(): number {
    if (this.#connectedAt === null) return 0;
    return Math.max(0, Math.round(this.serverNow() - this.#connectedAt));
  }

  #mint(prefix: string): string {
    return mintId(prefix, this.#platform.now(), this.#platform.fillRandom);
  }
}

/** What a call needs of REST. */
export interface CallBackend extends Omit<Backend, 'startOver'> {
  answer(confirmationId: string, answer: object): Promise<unknown>;
  document?(documentId: string): Promise<DocumentRecord>;
  snapshot(): Promise<{ cursor: { epoch: string; seq: number }; state: CallState }>;
}

function keep<L>(set: Set<L>, listener: L): () => void {
  set.add(listener);
  return () => void set.delete(listener);
}
