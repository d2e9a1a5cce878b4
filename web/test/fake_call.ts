// A call without a server: the same types as the SDK's, and the SDK's own `reduce`, so that what it shows is
// what these events add up to. Tests put events in and look at what was published.

import {
  initialState,
  reduce,
  type Call,
  type CallEvent,
  type CallState,
  type ConnectionStatus,
  type EventType,
  type LifelineError,
  type PayloadOf,
  type Confirmation,
  type Published,
  type Self,
} from '@lifeline/client';

import { FakeDocuments } from './fake_documents';

type Listener = (event: CallEvent) => void;

export interface PublishedEvent {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly seen: () => void;
  readonly refuse: (error: LifelineError) => void;
}

/** A line that lives; whatever else a test needs is changed. */
export const lineOf = (change: Partial<ConnectionStatus> = {}): ConnectionStatus => ({
  state: 'live',
  attempt: 0,
  retryAt: null,
  reason: null,
  code: null,
  error: null,
  waitsUntil: null,
  closesAt: null,
  ...change,
});

export class FakeCall {
  readonly sessionId = 'sess_fake';
  readonly session: { readonly recordingConsentRequired?: boolean } = {};
  readonly published: PublishedEvent[] = [];
  readonly seen: CallEvent[] = [];
  readonly connection: Watched<ConnectionStatus>;
  readonly state = new Watched<CallState>(initialState);
  readonly transcript = new Watched<CallState['utterances']>([]);
  readonly participants = new Watched<CallState['participants']>([]);
  self: Promise<Self> = Promise.resolve({ participantId: 'usr_anna', role: 'user' });
  readonly left = new Watched(false);
  readonly resumeToken = null;
  readonly documents = new FakeDocuments();
  tries = 0;
  private readonly listeners_ = new Map<string, Set<Listener>>();
  private minted_ = 0;

  constructor(state: ConnectionStatus['state'] = 'live') {
    this.connection = new Watched(lineOf({ state }));
  }

  /** The same object, for code that wants the SDK's class. */
  get call(): Call {
    return this as unknown as Call;
  }

  on(type: string, listener: Listener): () => void {
    const set = this.listeners_.get(type) ?? new Set();
    this.listeners_.set(type, set.add(listener));
    return () => void set.delete(listener);
  }

  /** The event comes by in the stream. */
  see<T extends EventType>(type: T, payload: PayloadOf<T>, by = { kind: 'server', id: 'server' }): void {
    const seq = this.state.value.seq + 1;
    const event = {
      eventId: `evt_${seq}`,
      sessionId: this.sessionId,
      ts: '2026-02-16T10:00:00.000Z',
      type,
      payload,
      schemaVersion: '1.0',
      seq,
      actor: by,
      cause: null,
      recordedAt: '2026-02-16T10:00:00.000Z',
    } as unknown as CallEvent;
    this.seen.push(event);
    this.state.set(reduce(this.state.value, event));
    this.transcript.set(this.state.value.utterances);
    this.participants.set(this.state.value.participants);
    for (const listener of this.listeners_.get(type) ?? []) listener(event);
    for (const listener of this.listeners_.get('*') ?? []) listener(event);
  }

  /** A refusal that nobody waits for. */
  report(error: LifelineError): void {
    for (const listener of this.listeners_.get('error') ?? []) (listener as unknown as (e: LifelineError) => void)(error);
  }

  publish(type: string, payload: object): Promise<Published> {
    return new Promise((resolve, reject) => {
      this.published.push({
        type,
        payload: payload as Record<string, unknown>,
        seen: () => resolve({ eventId: 'evt', seq: 1 }),
        refuse: reject,
      });
    });
  }

  utterance(options: { source?: string } = {}) {
    const utteranceId = `utt_${++this.minted_}`;
    return {
      utteranceId,
      partial: (text: string) => void this.publish('transcript.partial', { utteranceId, text, ...options }),
      final: (text: string) => this.publish('transcript.final', { utteranceId, text, ...options }),
      truncate: () => Promise.reject(new Error('not used by the page')),
    };
  }

  end(reason?: string): Promise<Published> {
    return this.publish('call.end.requested', { reason });
  }

  /** Held open until the test says what became of it: `seen` with how it was closed, or `refuse`. */
  answerConfirmation(shown: Confirmation, decision: string, more: object = {}): Promise<Confirmation> {
    const { confirmationId, argsHash } = shown;
    const published = this.publish('safety.confirmation.answered', { confirmationId, decision, argsHash, ...more });
    return published.then(() => this.state.value.confirmations.find((one) => one.confirmationId === confirmationId)!);
  }

  async answerRecordingConsent(state: string): Promise<Published> {
    const { participantId: by } = await this.self;
    return this.publish('call.consent.updated', { callId: this.sessionId, subject: 'recording', state, by });
  }

  cancelAction(actionId: string): Promise<Published> {
    return this.publish('orchestration.action.cancel.requested', { actionId });
  }

  openDocument(documentId: string) {
    return this.documents.open(documentId);
  }

  serverNow(): number {
    return Date.now();
  }

  leave(): void {
    this.left.set(true);
  }

  reconnectNow(): void {
    this.tries += 1;
  }
}

export class Watched<T> {
  private readonly listeners_ = new Set<(value: T) => void>();

  constructor(private value_: T) {}

  get value(): T {
    return this.value_;
  }

  set(value: T): void {
    this.value_ = value;
    for (const listener of [...this.listeners_]) listener(value);
  }

  subscribe(listener: (value: T) => void): () => void {
    this.listeners_.add(listener);
    return () => void this.listeners_.delete(listener);
  }
}
