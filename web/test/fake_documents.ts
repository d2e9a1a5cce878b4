// The documents of a call without a server: the SDK's own side of them, against the server of the SDK's tests.

import type { JsonObject, LiveDocument } from '@lifeline/client';

import { Documents } from '../../sdk/src/documents';
import type { Line } from '../../sdk/src/line';
import { DocumentServer } from '../../sdk/test/document_server';
import type { FakeServer } from '../../sdk/test/fake_server';
import type { FakeSocket } from '../../sdk/test/virtual';

export class FakeDocuments {
  readonly served = new Map<string, DocumentServer>();
  private readonly documents_: Documents;
  private readonly socket_: FakeSocket;
  private readonly server_ = { beside: () => false } as unknown as FakeServer;
  private minted_ = 0;

  constructor() {
    const platform = {
      now: () => Date.now(),
      after: (ms: number, fn: () => void) => {
        const timer = setTimeout(fn, ms);
        return () => clearTimeout(timer);
      },
    };
    this.documents_ = new Documents({
      platform: platform as never,
      mint: (prefix) => `${prefix}${++this.minted_}`,
      read: null,
    });
    this.socket_ = { say: (frame: object) => void this.documents_.frame(frame as never) } as FakeSocket;
    this.line_up();
  }

  /** A document that is there from the beginning. */
  serve(documentId: string, kind: string, title: string, initial: JsonObject): DocumentServer {
    const there = new DocumentServer(documentId, initial, kind, title).serve(this.server_, 'usr_anna');
    this.served.set(documentId, there);
    return there;
  }

  open(documentId: string): LiveDocument {
    return this.documents_.open(documentId, { kind: '', title: '' });
  }

  line_up(): void {
    const say = (frame: object) => this.server_.beside(this.socket_, frame as never);
    const line = {
      send: say,
      publish: (json: string) => say({ op: 'publish', event: JSON.parse(json) as object }),
      probe: () => undefined,
    };
    this.documents_.lineUp(line as unknown as Line, 'epoch-1');
  }

  line_down(): void {
    this.documents_.lineDown();
  }
}
