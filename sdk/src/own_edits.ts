import { schemaVersion } from './contract.js';
import type { EditRejection } from './document_view.js';
import { Draft, type Edit } from './draft.js';
import { LifelineError } from './error.js';
import type { Patch } from './json_patch.js';
import type { JsonObject } from './json_pointer.js';
import type { Line } from './line.js';
import { notify } from './observable.js';
import type { Platform } from './platform.js';

type Saved = { readonly rev: number };
type Why = Pick<EditRejection, 'code' | 'message' | 'by'>;

/** How long to wait where the server did not say. */
export const retryAfterMs = 1_000;
const answerWithinMs = 3_000;

/**
 * This client's own edits of one document, from the edit to what became of it: sent one request at a time, under
 * the same eventId if it is again, and then saved, carried over the others', or taken back, which whoever
 * made it is told. The document as it is shown is the Draft's; which line it is sent on, LiveDocument's.
 */
export class OwnEdits {
  readonly #documentId: string;
  readonly #platform: Platform;
  readonly #mint: (prefix: string) => string;
  readonly #draft = new Draft();
  readonly #waits = new Map<Edit, Waiting>();
  readonly #rejections = new Set<(rejection: EditRejection) => void>();
  #line: Line | null = null;
  #following = false; // Whoever does not see the document has no business editing it.
  #json: string | null = null; // The request under way, as it was first sent.
  #cancelWait: () => void = () => undefined;

  constructor(documentId: string, platform: Platform, mint: (prefix: string) => string) {
    this.#documentId = documentId;
    this.#platform = platform;
    this.#mint = mint;
  }

  /** The document with them in it. */
  get shown(): { readonly rev: number; readonly content: JsonObject; readonly unsaved: number } {
    const { rev, content, unsaved } = this.#draft;
    return { rev, content, unsaved };
  }

  /** Whether this is the eventId of the request that is under way. */
  asked(eventId: string | undefined): boolean {
    return eventId !== undefined && eventId === this.#draft.asked;
  }

  onRejected(listener: (rejection: EditRejection) => void): () => void {
    this.#rejections.add(listener);
    return () => void this.#rejections.delete(listener);
  }

  /** Shows it, and has it sent with the next flush. Throws where it cannot be made on what is shown. */
  edit(patch: Patch): Promise<Saved> {
    const edit = this.#draft.edit(patch);
    const waiting = this.#waits.get(edit) ?? new Waiting();
    this.#waits.set(edit, waiting);
    return waiting.promise;
  }

  /** The document is followed on this line: what was sent on another and not seen since goes again. */
  follow(line: Line): void {
    this.#line = line;
    this.#following = true;
    if (this.#json !== null) this.#send();
    this.flush();
  }

  /** Nothing new is sent until the document is followed again. */
  pause(): void {
    this.#following = false;
  }

  lineDown(): void {
    this.pause();
    this.#line = null;
    this.#cancelWait();
  }

  /** Sends what waits, unless a request is under way. */
  flush(): void {
    if (!this.#following || this.#json !== null) return;
    const next = this.#draft.send(() => this.#mint('evt_'));
    if (next === null) return;
    const { eventId, baseRev, patch } = next;
    this.#json = JSON.stringify({
      eventId,
      sessionId: this.#documentId,
      ts: new Date(this.#platform.now()).toISOString(),
      type: 'document.edit.requested',
      payload: { baseRev, patch },
      schemaVersion,
    });
    this.#send();
  }

  /** The request has become this revision. */
  saved(rev: number, patch: Patch, by: string): void {
    this.#json = null;
    const { saved, lost } = this.#draft.ours(rev, patch);
    for (const edit of saved) this.#take(edit)?.resolve({ rev });
    this.#lose(lost, by);
  }

  /** Somebody else's revision: what crosses it is taken back. */
  theirs(rev: number, patch: Patch, by: string): void {
    this.#lose(this.#draft.theirs(rev, patch), by);
  }

  /** The request crossed what `by` had changed at these paths. */
  crossed(paths: readonly string[], by: string): void {
    this.#json = null;
    this.#lose(this.#draft.refused(paths), by);
  }

  /** The request was not let through, and never will be. */
  refused(why: LifelineError): void {
    this.#json = null;
    this.#tellAll(this.#draft.refused(null), why);
  }

  /** The request was not let through yet. */
  later(ms: number): void {
    this.#cancelWait();
    this.#cancelWait = this.#platform.after(ms || retryAfterMs, () => this.#send());
  }

  /** The document anew. Edits of what it was before are given up. */
  restart(content: JsonObject, rev: number, why: LifelineError): void {
    this.#json = null;
    this.#tellAll(this.#draft.restart(content, rev), why);
  }

  /** All that are not in the document. */
  giveUp(why: LifelineError): void {
    this.#json = null;
    this.#cancelWait();
    this.#tellAll(this.#draft.giveUp(), why);
  }

  /** Again under the same eventId, if it is again: it is one edit. */
  #send(): void {
    if (this.#json === null || !this.#line) return;
    this.#cancelWait();
    this.#cancelWait = this.#platform.after(answerWithinMs, () => this.#doubt());
    this.#line.publish(this.#json); // Where the line does not take it, the next one will.
  }

  /** An answer is overdue: the line is asked for a sign of life, and nothing is sent again. */
  #doubt(): void {
    if (this.#json === null) return;
    this.#line?.probe();
    this.#cancelWait = this.#platform.after(answerWithinMs, () => this.#doubt());
  }

  #lose(edits: readonly Edit[], by: string): void {
    const message = 'Somebody else changed the same meanwhile.';
    for (const edit of edits) this.#tell(edit, { code: 'edit_conflict', message, by });
  }

  #tellAll(edits: readonly Edit[], { code, message }: LifelineError): void {
    for (const edit of edits) this.#tell(edit, { code, message, by: null });
  }

  #tell(edit: Edit, why: Why): void {
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
}

class Waiting {
  readonly promise: Promise<Saved>;
  resolve: (value: Saved) => void = () => undefined;
  reject: (error: LifelineError) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined); // Whoever does not wait hears it by onRejected.
  }
}
