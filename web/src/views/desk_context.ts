import { createContext, useContext } from 'react';

import type { Call, Json, JsonObject } from '@lifeline/client';
import { valueAt } from '@lifeline/client';

import type { Editing, Touch } from '../desk/editing';

/** What every panel of a call knows. */
export interface DeskPlace {
  readonly call: Call;
  readonly nameOf: (id: string) => string;
  /** They read along, or the call is over. */
  readonly readsOnly: boolean;
}

export const DeskContext = createContext<DeskPlace | null>(null);

export function useDesk(): DeskPlace {
  const place = useContext(DeskContext);
  if (!place) throw new Error('A panel stands in a Desk.');
  return place;
}

/** The document that fields are of. */
export interface DocumentPlace {
  readonly content: JsonObject;
  readonly editing: Editing;
  readonly touches: readonly Touch[];
  readonly locked: boolean;
}

export const DocumentContext = createContext<DocumentPlace | null>(null);

export function useDocumentPlace(): DocumentPlace {
  const place = useContext(DocumentContext);
  if (!place) throw new Error('A field stands in a DocumentPanel.');
  return place;
}

/** What stands at a place of the document around this, and who changed it just now. */
export function useField(path: string): {
  readonly value: Json | undefined;
  readonly by: string | null;
  readonly locked: boolean;
  readonly editing: Editing;
} {
  const { content, editing, touches, locked } = useDocumentPlace();
  const { nameOf } = useDesk();
  const touch = [...touches].reverse().find((one) => one.path === path);
  return { value: valueAt(content, path), by: touch ? nameOf(touch.by) : null, locked, editing };
}
