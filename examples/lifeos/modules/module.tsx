import type { Module, Shown } from '@lifeline/client/modules';
import { DocumentPanel } from '@lifeline/page/views/DocumentPanel';
import type { ReactNode } from 'react';

/** A kind of document of Life OS: its panel, what the agent is told of it, and what is in it. */
export interface LifeModule extends Module<ReactNode> {
  readonly title: string;
  /** JSON Schema of the document's content. */
  readonly schema: object;
}

interface Given {
  readonly kind: string;
  readonly title: string;
  readonly schema: object;
  /** What its panel says while there is no document yet. */
  readonly before: string;
  /** The fields of one document. */
  fields(): ReactNode;
}

/** A module that shows every document of its kind, and its mode while there is none. */
export function lifeModule({ kind, title, schema, before, fields }: Given): LifeModule {
  const panel = ({ documents }: Shown) =>
    documents.length === 0 ? (
      <section className="panel" aria-label={title}>
        <h2>
          <span className="panel-kind">{title}</span>
        </h2>
        <p className="small">{before}</p>
      </section>
    ) : (
      documents.map(({ documentId }) => (
        <DocumentPanel key={documentId} documentId={documentId} kind={title}>
          {fields()}
        </DocumentPanel>
      ))
    );
  return { kind, title, modes: [kind], showsDocuments: true, schema, panel };
}
