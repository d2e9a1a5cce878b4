import type { Call } from './call.js';
import type { LiveDocument } from './live_document.js';
import { toUiContractV1, type UiContractV1Options, type UiEventV1 } from './ui_v1.js';
import type { Deliverable } from './work.js';

/** The part of a call that the first UI contract is made from. */
export type UiCall = Pick<Call, 'on' | 'state' | 'openDocument'>;

/**
 * Drives a frontend of the first UI contract: everything that happens in `call` from now on goes to `show` under
 * the old names, and its documents are followed live, so that `deliverable.*` carries what they hold. Begins with
 * what stands on the screen. Returns the function that stops it.
 *
 *     const stop = driveUiContractV1(call, processEvent);
 */
export function driveUiContractV1(
  call: UiCall,
  show: (event: UiEventV1) => void,
  options: Omit<UiContractV1Options, 'document'> & {
    /** What old panels take of a document; the content as it is if left out. */
    readonly dataOf?: (document: LiveDocument) => unknown;
    /** The buttons to show with it. */
    readonly actionsOf?: (of: Deliverable) => readonly unknown[];
  } = {},
): () => void {
  const open = new Map<string, { readonly document: LiveDocument; readonly stop: () => void }>();
  const { dataOf = (document: LiveDocument): unknown => document.content, actionsOf } = options;
  const ui = toUiContractV1({
    ...options,
    document: (of) => {
      const document = open.get(of.documentId)?.document;
      if (!document || document.state === 'loading' || document.state === 'gone') return null;
      return { data: dataOf(document), actions: actionsOf?.(of) ?? [] };
    },
  });
  const known = (documentId: string) =>
    call.state.value.deliverables.find((one) => one.documentId === documentId);

  const follow = ({ documentId }: Deliverable) => {
    if (open.has(documentId)) return;
    const document = call.openDocument(documentId);
    let shown = document.content;
    const stop = document.onChange(({ content, rev, lastEdit }) => {
      const of = known(documentId);
      if (!of || content === shown) return;
      shown = content;
      const at = lastEdit?.at ?? new Date(0).toISOString(); // What was read whole has no time.
      ui.document({ ...of, rev, by: lastEdit?.by ?? of.by }, at).forEach(show);
    });
    open.set(documentId, { document, stop });
  };
  const followAll = () => {
    const { deliverables } = call.state.value;
    deliverables.forEach(follow);
    for (const [id, { document, stop }] of open) {
      if (deliverables.some((one) => one.documentId === id)) continue;
      stop();
      document.close();
      open.delete(id);
    }
  };

  const stops = [
    // Documents say themselves what they hold, at the moment when it is here.
    call.on('*', (event) => {
      if (event.type !== 'orchestration.deliverable.updated') ui.take(event).forEach(show);
    }),
    call.on('reset', () => ui.restore(call.state.value).forEach(show)),
    call.state.subscribe(followAll),
  ];
  ui.restore(call.state.value).forEach(show);
  followAll();
  return () => {
    for (const stop of stops) stop();
    for (const { document, stop } of open.values()) {
      stop();
      document.close();
    }
    open.clear();
  };
}
