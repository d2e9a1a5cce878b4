import { Suspense, useMemo, type ReactNode } from 'react';

import type { Call, CallState } from '@lifeline/client';
import type { Modules } from '@lifeline/client/modules';

import { titleOf } from '../words/document';
import { DeskContext } from './desk_context';
import { later } from './later';

/** An application that brings panels has it anyway; elsewhere few calls have a document. */
const DocumentPanel = later(() => import('./DocumentPanel'));

/** The panels that an application brings; the page itself knows no kind. */
export type Panels = Modules<ReactNode>;

/** How many panels there are to show. */
export function panelsOf(panels: Panels, state: CallState): number {
  return panels.shown(state).length + strangersOf(panels, state).length;
}

/** Documents of kinds that nobody has brought a module for: they get fields as they are. */
function strangersOf(panels: Panels, { deliverables }: CallState): CallState['deliverables'] {
  return deliverables.filter((one) => panels.of(one.kind) === undefined);
}

interface Props {
  readonly call: Call;
  readonly state: CallState;
  readonly panels: Panels;
  readonly nameOf: (id: string) => string;
  readonly readsOnly: boolean;
}

/** The documents of the call, each in its panel. */
export function Desk({ call, state, panels, nameOf, readsOnly }: Props) {
  const place = useMemo(() => ({ call, nameOf, readsOnly }), [call, nameOf, readsOnly]);
  return (
    <section className="desk" aria-label="Documents" id="desk">
      <DeskContext value={place}>
        {panels.shown(state).map(({ module, shown }) => (
          <div key={module.kind} className="desk-module">
            {module.panel(shown)}
          </div>
        ))}
        {strangersOf(panels, state).map(({ documentId, kind }) => (
          <Suspense key={documentId}>
            <DocumentPanel documentId={documentId} kind={titleOf(kind)} />
          </Suspense>
        ))}
      </DeskContext>
    </section>
  );
}

/** What is being worked on, as the agent leads it. */
export function ModeBar({ state, panels }: Pick<Props, 'state' | 'panels'>) {
  const active = state.modes.filter((one) => one.active);
  if (active.length === 0) return null;
  const names = active.map(({ mode }) => panels.of(mode)?.title ?? titleOf(mode));
  return (
    <p className="modes" role="status">
      Working on <b>{names.join(', ')}</b>
    </p>
  );
}
