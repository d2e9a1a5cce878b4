import { schemaVersion, type ErrorFrame, type ServerFrame } from './contract.js';
import type { DocumentEdit, DocumentRecord, DocumentView, EditRejection } from './document_view.js';
import { Draft, type Edit } from './draft.js';
import { asLifelineError, LifelineError } from './error.js';
import type { EventRecord } from './event.js';
import type { Patch } from './json_patch.js';
import type { JsonObject } from './json_pointer.js';
import type { Line } from './line.js';
import { Cell, notify, type Observable } from './observable.js';
import type { Platform } from './platform.js';

/** What a document needs of the call around it. @internal */
export interface DocumentHome {
  readonly platform: Platform;
  readonly mint: (prefix: string) => string;
  /** The document over REST; null where there is none to ask. */
  readonly read: ((documentId: string) => Promise<DocumentRecord>) | null;
  readonly closed: (document: LiveDocument) => void;
}

const retryAfterMs = 1_000;
const answerWithinMs = 3_000;
/** The cursor is of another history: from the beginning then. */
const cursorRefusals: ReadonlySet<string> = new Set(['epoch_changed', 'cursor_ahead', 'trimmed']);
const goneReasons: ReadonlySet<string> = new Set(['document_not_found', 'forbidden', 'removed']);

/**
 * A document of a call, followed live. Own edits show at once, and are confirmed, carried over the others'
 * or taken back; one request is under way at a time, and what is edited meanwhile goes with the next.
 */
export class LiveDocument {
  readonly id: string;
  readonly #home: DocumentHome;
  readonly #draft = new Draft();
  readonly #view: Cell<DocumentView>;
  readonly #waits = new Map<Edit, Waiting>();
  readonly #rejections = new Set<(rejection: EditRejection) => void>();
  readonly #edits = new Set<(edit: DocumentEdit) => void>();
  #line: Line | null = null;
  #lineEpoch = '';
  #epoch: string | null = null;
  #seq = 0;
  #json: string | null = null; // The request under way, as it was first sent.
  #following = false;
  #resynced = false;
  #cancelWait: () => void = () => undefined;
  #users = 0;

  /** @internal Use call.openDocument. */
  constructor(
    id: string,
    home: DocumentHome,
    known: { readonly kind: string; readonly title: string },
  ) {
    this.id = id;
    this.#home = home;
    this.#view = new Cell<DocumentView>({
      ...known,
      state: 'loading',
      rev: 0,
      content: this.#draft.content,
      unsaved: 0,
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
      const edit = this.#draft.edit(patch);
      const waiting = this.#waits.get(edit) ?? new Waiting();
      this.#waits.set(edit, waiting);
      this.#show({});
      this.#flush();
      return waiting.promise;
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
    this.#rejections.add(listener);
    return () => void this.#rejections.delete(listener);
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
    this.#following = false;
    this.#cancelWait();
    if (this.state === 'live') this.#show({ state: 'stale' });
  }

  /** @internal No line will come any more. */
  lineOver(why: LifelineError): void {
    this.lineDown();
    this.#giveUp(this.#draft.giveUp(), why);
    this.#show({ error: why });
  }

  /** @internal Whether this refusal or receipt is of a request of this document's. */
  asked(eventId: string): boolean {
    return this.#draft.asked === eventId;
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
        this.#draft.restart(record.content, record.rev);
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
    this.#following = true;
    this.#show({ state: 'live', error: null });
    if (this.#json !== null) this.#send(); // Sent on another line, and not seen since.
    this.#flush();
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
    this.#flush();
  }

  /** Erased; counts as received. */
  #skipped(fromSeq: number, toSeq: number): void {
    if (fromSeq > this.#seq + 1) this.#resync();
    else this.#seq = Math.max(this.#seq, toSeq);
  }

  #fold({ event, meta }: EventRecord): void {
    const payload = event.payload as Record<string, unknown>;
    const own = meta.cause !== undefined && meta.cause === this.#draft.asked;
    switch (event.type) {
      case 'document.created':
        this.#draft.restart((payload['initial'] as JsonObject | undefined) ?? {}, 0);
        this.#show({ kind: payload['kind'] as string, title: payload['title'] as string });
        return;
      case 'document.edited':
        return this.#edited(payload as unknown as Edited, own, meta.recordedAt);
      case 'document.edit.rejected':
        return own ? this.#conflict(payload as unknown as Rejected) : undefined;
      default:
        return;
    }
  }

  #edited({ rev, patch, by }: Edited, own: boolean, at: string): void {
    if (own) {
      this.#json = null;
      const { saved, lost } = this.#draft.ours(rev, patch);
      for (const edit of saved) this.#take(edit)?.resolve({ rev });
      this.#lose(lost, by);
    } else {
      this.#lose(this.#draft.theirs(rev, patch), by);
    }
    const edit = { by, rev, patch, at, own };
    this.#show({ lastEdit: edit });
    notify(this.#edits, edit);
  }

  #conflict({ by, paths }: Rejected): void {
    this.#json = null;
    this.#lose(this.#draft.refused(paths), by);
  }

  #refusal(frame: ErrorFrame): void {
    const again = frame.retryAfterMs !== undefined || frame.outcome === 'unknown';
    const error = new LifelineError({ ...frame, retryable: again });
    if (frame.eventId === undefined) return this.#notFollowed(error, again);
    if (again || frame.code === 'not_subscribed') return this.#later(error.retryAfterMs);
    this.#json = null;
    this.#giveUp(this.#draft.refused(null), error);
    this.#show({});
    this.#flush();
  }

  /** The subscription was refused, or has ended. */
  #notFollowed(error: LifelineError, again: boolean): void {
    this.#following = false;
    if (cursorRefusals.has(error.code)) {
      this.#restart(error.code);
      return this.#subscribe();
    }
    if (goneReasons.has(error.code)) return this.#end(error, 'gone');
    this.#show({ state: this.state === 'loading' ? 'loading' : 'stale', error });
    if (again) this.#cancelWait = this.#after(error.retryAfterMs, () => this.#subscribe());
  }

  /** What is here is not what the server has; at most once a line, so that two who disagree do not go on for ever. */
  #resync(): void {
    if (this.#resynced) return this.#line?.probe();
    this.#resynced = true;
    this.#following = false;
    this.#line?.send({ op: 'unsubscribe', stream: this.id });
    this.#restart('gap');
    this.#subscribe();
  }

  #restart(code: string): void {
    this.#epoch = this.#lineEpoch;
    this.#seq = 0;
    this.#json = null;
    const why = gone(code, 'The document was read anew; this edit was not in it.');
    this.#giveUp(this.#draft.restart({}, 0), why);
    this.#show({ state: 'loading' });
  }

  #flush(): void {
    if (!this.#following || this.#json !== null) return;
    const { platform, mint } = this.#home;
    const next = this.#draft.send(() => mint('evt_'));
    if (next === null) return;
    const { eventId, baseRev, patch } = next;
    this.#json = JSON.stringify({
      eventId,
      sessionId: this.id,
      ts: new Date(platform.now()).toISOString(),
      type: 'document.edit.requested',
      payload: { baseRev, patch },
      schemaVersion,
    });
    this.#send();
  }

  /** Again under the same eventId, if it is again: it is one edit. */
  #send(): void {
    if (this.#json === null || !this.#line) return;
    this.#cancelWait();
    this.#cancelWait = this.#home.platform.after(answerWithinMs, () => this.#doubt());
    this.#line.publish(this.#json); // Where the line does not take it, the next one will.
  }

  /** An answer is overdue: the line is asked for a sign of life, and nothing is sent again. */
  #doubt(): void {
    if (this.#json === null) return;
    this.#line?.probe();
    this.#cancelWait = this.#home.platform.after(answerWithinMs, () => this.#doubt());
  }

  #later(ms: number): void {
    this.#cancelWait();
    this.#cancelWait = this.#after(ms, () => this.#send());
  }

  #after(ms: number, fn: () => void): () => void {
    return this.#home.platform.after(ms || retryAfterMs, fn);
  }

  #lose(edits: readonly Edit[], by: string): void {
    for (const edit of edits) {
      this.#tell(edit, {
        code: 'edit_conflict',
        message: 'Somebody else changed the same meanwhile.',
        by,
      });
    }
  }

  #giveUp(edits: readonly Edit[], { code, message }: LifelineError): void {
    for (const edit of edits) this.#tell(edit, { code, message, by: null });
  }

  #tell(edit: Edit, why: Pick<EditRejection, 'code' | 'message' | 'by'>): void {
    const { patch, crossed } = edit;
    const paths = crossed.length > 0 ? crossed : [...new Set(patch.map((one) => one.path))];
    this.#take(edit)?.reject(new LifelineError(why));
    notify(this.#rejections, { ...why, paths, patch, rev: this.#draft.rev });
  }

  #take(edit: Edit): Waiting | undefined {
    const waiting = this.#waits.get(edit);
    this.#waits.delete(edit);
    return waiting;
  }

  #end(error: LifelineError, state: DocumentView['state']): void {
    this.#following = false;
    this.#json = null;
    this.#cancelWait();
    this.#giveUp(this.#draft.giveUp(), error);
    this.#show({ state, error });
  }

  #show(changes: Partial<DocumentView>): void {
    const { rev, content, unsaved } = this.#draft;
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

class Waiting {
  readonly promise: Promise<{ readonly rev: number }>;
  resolve: (value: { readonly rev: number }) => void = () => undefined;
  reject: (error: LifelineError) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined); // Whoever does not wait hears it by onRejected.
  }
}

function refused(error: LifelineError): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => undefined);
  return promise;
}

function gone(code: string, message: string): LifelineError {
  return new LifelineError({ code, message });
}
