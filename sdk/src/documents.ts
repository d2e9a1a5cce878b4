import type { ServerFrame } from './contract.js';
import type { Beside } from './connection.js';
import type { LifelineError } from './error.js';
import type { Line } from './line.js';
import { LiveDocument, type DocumentHome } from './live_document.js';

/** The documents that this client follows on the line of its call, each from a cursor of its own. */
export class Documents implements Beside {
  readonly #home: DocumentHome;
  readonly #open = new Map<string, LiveDocument>();
  #line: { readonly line: Line; readonly epoch: string } | null = null;

  constructor(home: Omit<DocumentHome, 'closed'>) {
    this.#home = { ...home, closed: (document) => void this.#open.delete(document.id) };
  }

  /** One for all who open it. */
  open(id: string, known: { readonly kind: string; readonly title: string }): LiveDocument {
    const found = this.#open.get(id);
    if (found && found.state !== 'gone') return found.used();
    const document = new LiveDocument(id, this.#home, known).used();
    this.#open.set(id, document);
    if (this.#line) document.lineUp(this.#line.line, this.#line.epoch);
    return document;
  }

  lineUp(line: Line, epoch: string): void {
    this.#line = { line, epoch };
    for (const document of this.#open.values()) document.lineUp(line, epoch);
  }

  lineDown(): void {
    this.#line = null;
    for (const document of this.#open.values()) document.lineDown();
  }

  over(why: LifelineError): void {
    this.lineDown();
    for (const document of this.#open.values()) document.lineOver(why);
  }

  /** True when it is a document's, whether it is followed still or not. */
  frame(frame: ServerFrame): boolean {
    const stream = streamOf(frame);
    if (stream !== null) {
      this.#open.get(stream)?.frame(frame);
      return true;
    }
    if ((frame.op !== 'error' && frame.op !== 'accepted') || frame.eventId === undefined)
      return false;
    const { eventId } = frame;
    const document = [...this.#open.values()].find((one) => one.asked(eventId));
    document?.frame(frame);
    return document !== undefined;
  }
}

function streamOf(frame: ServerFrame): string | null {
  if (frame.op === 'event') {
    const { sessionId } = frame.event;
    return sessionId.startsWith('doc_') ? sessionId : null;
  }
  const { stream } = frame as { readonly stream?: string };
  return stream?.startsWith('doc_') ? stream : null;
}
