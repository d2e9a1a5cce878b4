// What the conversation shows from top to bottom: what was said, and what was done, each where it began; and what was
// erased, where it went.

import type { Action, Erasure } from '@lifeline/client';

import { actionWords, type ActionWords } from './action';
import type { Line } from './lines';
import { plain } from './plain';

export interface ActionRow {
  readonly kind: 'action';
  readonly key: string;
  readonly action: Action;
  readonly words: ActionWords;
  readonly by: string;
}

export interface ErasureRow {
  readonly kind: 'erasure';
  readonly key: string;
  readonly erasure: Erasure;
  /** Whose it was; empty where it was not one person's. */
  readonly name: string;
}

export type Row = { readonly kind: 'line'; readonly key: string; readonly line: Line } | ActionRow | ErasureRow;

/** Something to be read aloud once, when it is there. */
export interface Announced {
  readonly key: string;
  /** Who it is of: one's own is not read back. */
  readonly speakerKey: string;
  readonly name: string;
  readonly text: string;
}

/** Finished words, and what became of an action. Unfinished words would be read again at every syllable. */
export function announcedOf(rows: readonly Row[]): readonly Announced[] {
  return rows.flatMap((row): Announced[] => {
    if (row.kind === 'action') {
      const { action, words, by } = row;
      if (!TOLD.has(words.tone)) return [];
      const text = [`${words.state}: ${plain(action.summary)}`, words.note].filter(Boolean).join(' ');
      return [{ key: `${row.key} ${action.state}`, speakerKey: row.key, name: by, text }];
    }
    if (row.kind === 'erasure') return [];
    const { key, speakerKey, name, text, note, state } = row.line;
    return state === 'kept' ? [{ key, speakerKey, name, text: text || note }] : [];
  });
}

const TOLD: ReadonlySet<string> = new Set(['done', 'not_done', 'unclear']);

/** Ideas that were never asked for are the agent's own and not shown. What is on its way stays at the end. */
export function rowsOf(
  lines: readonly Line[],
  actions: readonly Action[],
  erasures: readonly Erasure[],
  nameOf: (id: string) => string,
): readonly Row[] {
  const cards = actions
    .filter((one) => one.state !== 'proposed')
    .map(
      (action): ActionRow => ({
        kind: 'action',
        key: `action ${action.actionId}`,
        action,
        words: actionWords(action, nameOf),
        by: nameOf(action.requestedBy.id),
      }),
    );
  const gone = erasures.map(
    (one): ErasureRow => ({
      kind: 'erasure',
      key: `erasure ${one.seq}`,
      erasure: one,
      name: one.participantId === null ? '' : nameOf(one.participantId),
    }),
  );
  const between = [...cards, ...gone].sort((one, other) => placeOf(one) - placeOf(other));
  const rows: Row[] = [];
  let next = 0;
  for (const line of lines) {
    const at = line.seq ?? Infinity;
    while (next < between.length && placeOf(between[next]!) < at) rows.push(between[next++]!);
    rows.push({ kind: 'line', key: line.key, line });
  }
  // Own words that have no place yet stand below everything that has one: before them, the rest of these.
  return [...rows, ...between.slice(next)];
}

function placeOf(row: ActionRow | ErasureRow): number {
  return row.kind === 'action' ? row.action.firstSeq : row.erasure.seq;
}
