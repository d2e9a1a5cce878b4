import type { ErrorFrame, ServerFrame } from './contract.js';
import type { DocumentEdit, DocumentRecord, DocumentView, EditRejection } from './document_view.js';
import { asLifelineError, LifelineError } from './error.js';
import type { EventRecord } from './event.js';
import type { Patch } from './json_patch.js';
import type { JsonObject } from './json_pointer.js';
import type { Line } from './line.js';
import { Cell, notify, type Observable } from './observable.js';
import { OwnEdits, retryAfterMs } from './own_edits.js';
import type { Platform } from './platform.js';
import { cursorRefusals } from './verdict.js';

/** What a document needs of the call around it. @internal */
export interface DocumentHome {
  readonly platform: Platform;
  readonly mint: (prefix: string) => string;
  /** The document over REST; null where there is none to ask. */
  readonly read: ((documentId: string) => Promise<DocumentRecord>) | null;
  readonly closed: (document: LiveDocument) => void;
}

/** The cursor is of another history: from the beginning then. */
const goneReasons: ReadonlySet<string> = new Set(['document_not_found', 'forbidden', 'removed']);

/**
 * A document of a call, followed live. Own edits show at once, and are confirmed, carried over the others'
 * or taken back; one request is under way at a time, and what is edited meanwhile goes with the next.
 */
export class LiveDocument {
  readonly id: string;
  readonly #home: DocumentHome;
  readonly #own: OwnEdits;
  readonly #view: Cell<DocumentView>;
  readonly #edits = new Set<(edit: DocumentEdit) => void>();
  #line: Line | null = null;
  #lineEpoch = '';
  #epoch: string | null = null;
  #seq = 0;
  #resynced = false;
  #cancelRetry: () => void = () => undefined;
  #users = 0;

  /** @internal Use call.openDocument. */
  constructor(
    id: string,
    home: DocumentHome,
    known: { readonly kind: string; readonly title: string },
  ) {
    this.id = id;
    this.#home = home;
    this.#own = new OwnEdits(id, home.platform, home.mint);
    this.#view = new Cell<DocumentView>({
      ...known,
      ...this.#own.shown,
      state: 'loading',
      lastEdit: null,
      error: null,
    });
  }

  /** Everything there is to show, as one value. */
  get view(): Observable<DocumentView> {
    return this.#view;
  }
  get state(): DocumentView['state'] {
    return this.#view.value.state;
  }
  get kind(): string {
    return this.#view.value.kind;
  }
  get title(): string {
    return this.#view.value.title;
  }
  get rev(): number {
    return this.#view.value.rev;
  }
  get content(): JsonObject {
    return this.#view.value.content;
  }

  /**
   * Edits what is shown (JSON Patch, RFC 6902). It shows at once; resolves when it is in the document for
   * everybody. Rejects, and tells onRejected, when it is taken back. Without the line it waits for it.
   * Rejects at once with `patch_failed` or `patch_invalid` if it cannot be made, with `document_loading`
   * before the document was read, and with why the document is gone.
   */
  edit(patch: Patch): Promise<{ readonly rev: number }> {
    try {
      this.#mayEdit();
      const saved = this.#own.edit(patch);
      this.#show({});
      this.#own.flush();
      return saved;
    } catch (thrown) {
      return refused(asLifelineError(thrown, 'patch_invalid', false));
    }
  }

  /** After every change of `view`. Returns the function that stops it. */
  onChange(listener: (view: DocumentView) => void): () => void {
    return this.#view.subscribe(listener);
  }

  /** Every revision from now on, once, in order; own ones too. */
  onEdited(listener: (edit: DocumentEdit) => void): () => void {
    this.#edits.add(listener);
    return () => void this.#edits.delete(listener);
  }

  /** Own edits that were taken back, and by whose. */
  onRejected(listener: (rejection: EditRejection) => void): () => void {
    return this.#own.onRejected(listener);
  }

  /** Follows it no longer; each openDocument() has its own close(). Edits that are not confirmed are given up. */
  close(): void {
    if (this.#users === 0 || --this.#users > 0) return;
    this.#line?.send({ op: 'unsubscribe', stream: this.id });
    this.#end(gone('document_closed', 'The document was closed here.'), 'stale');
    this.#home.closed(this);
  }

  /** @internal */
  used(): this {
    this.#users++;
    return this;
  }

  /** @internal A line to the server is there: follow the document on it. */
  lineUp(line: Line, epoch: string): void {
    this.lineDown();
    this.#line = line;
    this.#lineEpoch = epoch;
    this.#resynced = false;
    if (this.state === 'gone') return;
    const { read } = this.#home;
    if (this.#epoch === null && read !== null) return void this.#readFirst(line, read);
    if (this.#epoch !== null && this.#epoch !== epoch) this.#restart('epoch_changed');
    this.#subscribe();
  }

  /** @internal */
  lineDown(): void {
    this.#line = null;
    this.#own.lineDown();
    this.#cancelRetry();
    if (this.state === 'live') this.#show({ state: 'stale' });
  }

  /** @internal No line will come any more. */
  lineOver(why: LifelineError): void {
    this.lineDown();
    this.#own.giveUp(why);
    this.#show({ error: why });
  }

  /** @internal Whether this refusal or receipt is of a request of this document's. */
  asked(eventId: string): boolean {
    return this.#own.asked(eventId);
  }

  /** @internal */
  frame(frame: ServerFrame): void {
    if (frame.op === 'event') return this.#record(frame);
    if (frame.op === 'replay.complete') return this.#caughtUp();
    if (frame.op === 'skipped') return this.#skipped(frame.fromSeq, frame.toSeq);
    if (frame.op === 'error') return this.#refusal(frame);
  }

  #mayEdit(): void {
    const { state, error } = this.#view.value;
    if (this.#users === 0 || state === 'gone')
      throw error ?? gone('document_closed', 'It is closed.');
    if (state !== 'loading') return;
    throw new LifelineError({
      code: 'document_loading',
      message: 'The document is not here yet.',
      fix: 'Edit it when its state is live or stale.',
      retryable: true,
    });
  }

  /** Not through all of its history, where REST can say what it comes to. */
  async #readFirst(line: Line, read: (id: string) => Promise<DocumentRecord>): Promise<void> {
    try {
      const record = await read(this.id);
      if (line !== this.#line || this.#epoch !== null) return;
      if (record.epoch === this.#lineEpoch) {
        this.#epoch = record.epoch;
        this.#seq = record.seq;
        this.#own.restart(record.content, record.rev, readAnew('loaded'));
        this.#show({ kind: record.kind, title: record.title });
      }
    } catch (thrown) {
      const error = asLifelineError(thrown, 'unreachable', true);
      if (line !== this.#line) return;
      if (goneReasons.has(error.code)) return this.#end(error, 'gone');
      // Whatever it was: the stream has it all.
    }
    if (line === this.#line) this.#subscribe();
  }

  #subscribe(): void {
    this.#epoch ??= this.#lineEpoch;
    this.#line?.send({ op: 'subscribe', stream: this.id, after: this.#seq, epoch: this.#epoch });
  }

  #caughtUp(): void {
    this.#show({ state: 'live', error: null });
    if (this.#line) this.#own.follow(this.#line);
  }

  #record(record: EventRecord): void {
    if (record.seq <= this.#seq || this.state === 'gone') return;
    if (record.seq > this.#seq + 1) return this.#resync();
    this.#seq = record.seq;
    try {
      this.#fold(record);
    } catch {
      return this.#resync(); // Not what the server holds: from its beginning then.
    }
    if (this.state === 'live') this.#show({});
    this.#own.flush();
  }

  /** Erased; counts as received. */
  #skipped(fromSeq: number, toSeq: number): void {
    if (fromSeq > this.#seq + 1) this.#resync();
    else this.#seq = Math.max(this.#seq, toSeq);
  }

  #fold({ event, meta }: EventRecord): void {
    const payload = event.payload as Record<string, unknown>;
    const own = this.#own.asked(meta.cause);
    switch (event.type) {
      case 'document.created':
        const initial = (payload['initial'] as JsonObject | undefined) ?? {};
        this.#own.restart(initial, 0, readAnew('created'));
        this.#show({ kind: payload['kind'] as string, title: payload['title'] as string });
        return;
      case 'document.edited':
        return this.#edited(payload as unknown as Edited, own, meta.recordedAt);
      case 'document.edit.rejected':
        return own ? this.#crossed(payload as unknown as Rejected) : undefined;
      default:
        return;
    }
  }

  #edited({ rev, patch, by }: Edited, own: boolean, at: string): void {
    if (own) this.#own.saved(rev, patch, by);
    else this.#own.theirs(rev, patch, by);
    const edit = { by, rev, patch, at, own };
    this.#show({ lastEdit: edit });
    notify(this.#edits, edit);
  }

  #crossed({ by, paths }: Rejected): void {
    this.#own.crossed(paths, by);
  }

  #refusal(frame: ErrorFrame): void {
    const again = frame.retryAfterMs !== undefined || frame.outcome === 'unknown';
    const error = new LifelineError({ ...frame, retryable: again });
    if (frame.eventId === undefined) return this.#notFollowed(error, again);
    if (again || frame.code === 'not_subscribed') return this.#own.later(error.retryAfterMs);
    this.#own.refused(error);
    this.#show({});
    this.#own.flush();
  }

  /** The subscription was refused, or has ended. */
  #notFollowed(error: LifelineError, again: boolean): void {
    this.#own.pause();
    if (cursorRefusals.has(error.code)) {
      this.#restart(error.code);
      return this.#subscribe();
    }
    if (goneReasons.has(error.code)) return this.#end(error, 'gone');
    this.#show({ state: this.state === 'loading' ? 'loading' : 'stale', error });
    if (!again) return;
    const { after } = this.#home.platform;
    this.#cancelRetry = after(error.retryAfterMs || retryAfterMs, () => this.#subscribe());
  }

  /** What is here is not what the server has; at most once a line, so that two who disagree do not go on for ever. */
  #resync(): void {
    if (this.#resynced) return this.#line?.probe();
    this.#resynced = true;
    this.#own.pause();
    this.#line?.send({ op: 'unsubscribe', stream: this.id });
    this.#restart('gap');
    this.#subscribe();
  }

  #restart(code: string): void {
    this.#epoch = this.#lineEpoch;
    this.#seq = 0;
    this.#own.restart({}, 0, readAnew(code));
    this.#show({ state: 'loading' });
  }

  #end(error: LifelineError, state: DocumentView['state']): void {
    this.#own.pause();
    this.#cancelRetry();
    this.#own.giveUp(error);
    this.#line = null; // What is still being read for it subscribes to nothing any more.
    this.#show({ state, error });
  }

  #show(changes: Partial<DocumentView>): void {
    const { rev, content, unsaved } = this.#own.shown;
    const read = (changes.state ?? this.state) !== 'loading';
    this.#view.set({ ...this.#view.value, ...(read && { rev, content }), unsaved, ...changes });
  }
}

interface Edited {
  readonly rev: number;
  readonly patch: Patch;
  readonly by: string;
}

interface Rejected {
  readonly by: string;
  readonly paths: readonly string[];
}

function refused(error: LifelineError): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => undefined);
  return promise;
}

function gone(code: string, message: string): LifelineError {
  return new LifelineError({ code, message });
}

function readAnew(code: string): LifelineError {
  return gone(code, 'The document was read anew; this edit was not in it.');
}
