import { useEffect, useId, useState, type ReactNode } from 'react';

import { useDocument } from '@lifeline/client/react';

import { Editing } from '../desk/editing';
import { Store, useStore } from '../talk/store';
import { placeOf, stateWords, titleOf } from '../words/document';
import { plain } from '../words/plain';
import { Conflicts } from './Conflicts';
import { DocumentContext, useDesk } from './desk_context';
import { AnyField } from './fields';

interface Props {
  readonly documentId: string;
  /** The fields; all there is, as it is, if left out. */
  readonly children?: ReactNode;
  /** What is called before its title: the kind, in a person's words. */
  readonly kind?: string;
}

const NOTHING = new Store({ touches: [], conflicts: [] } as Editing['view']['value']);

/** A document of the call, live: what is in it, who changes it, and what of one's own was not kept. */
export function DocumentPanel({ documentId, children, kind }: Props) {
  const { call, nameOf, readsOnly } = useDesk();
  const { document, view } = useDocument(call, documentId);
  const [editing, setEditing] = useState<Editing | null>(null);
  useEffect(() => {
    if (!document) return;
    const made = new Editing(document);
    setEditing(made);
    return () => {
      made.close();
      setEditing(null);
    };
  }, [document]);
  const { touches, conflicts } = useStore(editing?.view ?? NOTHING);
  const heading = useId();
  const last = touches[touches.length - 1];
  const said = stateWords(view);
  const locked = readsOnly || view.state === 'gone' || view.state === 'loading';
  return (
    <section className="panel" aria-labelledby={heading} data-state={view.state} data-document={documentId}>
      <header>
        <h2 id={heading} dir="auto">
          <span className="panel-kind">{kind ?? titleOf(view.kind)}</span>
          {view.title !== '' && <> {plain(view.title)}</>}
        </h2>
        <p className="small panel-state" role="status">
          {last ? `${plain(nameOf(last.by))} changed “${placeOf(last.path)}” just now.` : said}
        </p>
      </header>
      {last && said !== '' && <p className="small">{said}</p>}
      {editing && <Conflicts conflicts={conflicts} editing={editing} nameOf={nameOf} locked={locked} />}
      {editing && view.state !== 'loading' && (
        <DocumentContext value={{ content: view.content, editing, touches, locked }}>
          <div className="fields">{children ?? <AllFields />}</div>
        </DocumentContext>
      )}
    </section>
  );
}

/** For a kind that nobody has brought a panel for: every member, by what it is. */
function AllFields() {
  return <AnyField path="" label="" />;
}

export { DocumentPanel as default };
