// Documents in plain words: what is called what, and who did what there.

import type { DocumentView, Json } from '@lifeline/client';
import type { Conflict } from '../desk/editing';
import { plain } from './plain';

/** `first_name` → `First name`, `cv` → `CV`: what an application's identifier reads like. */
export function titleOf(identifier: string): string {
  const words = plain(identifier)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_.:-]+/g, ' ')
    .trim();
  if (/^[bcdfghjklmnpqrstvwxz]{2,3}$/.test(words)) return words.toUpperCase(); // No word has no vowel.
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/** `/jobs/1/role` → `Jobs, 2, Role`. */
export function placeOf(path: string): string {
  if (path === '') return 'the whole document';
  return path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? String(Number(step) + 1) : step === '-' ? 'the end' : titleOf(step)))
    .join(', ');
}

export function conflictWords({ path, by, code }: Conflict, nameOf: (id: string) => string): string {
  const place = placeOf(path);
  if (by !== null) return `${plain(nameOf(by))} changed “${place}” at the same time; yours was not kept.`;
  return `Your change of “${place}” was not kept${REASONS[code] ?? '.'}`;
}

const REASONS: Readonly<Record<string, string>> = {
  forbidden: ': you may read this document, and not change it.',
  document_too_large: ': the document would be too large.',
  document_not_found: ': the document is not shared with this call any more.',
  epoch_changed: ': the server has gone back to an earlier state.',
};

/** How it is with the document as a whole; nothing while all is well. */
export function stateWords({ state, error, unsaved }: DocumentView): string {
  switch (state) {
    case 'loading':
      return 'Opening …';
    case 'gone':
      return error?.code === 'document_closed' ? 'Closed.' : 'This document is not shared with this call any more.';
    case 'stale':
      return 'The line is down. What you change stays here and is kept as soon as it is back.';
    case 'live':
      return unsaved > 0 ? 'Saving …' : '';
  }
}

/** Something that was wanted, short enough to be read. */
export function valueWords(value: Json | undefined): string {
  if (value === undefined) return 'It was to be removed or moved.';
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
  return text === '' ? '(empty)' : plain(text);
}

/** Another like this one, with nothing in it. */
export function blankLike(value: Json | undefined): Json {
  if (typeof value === 'number') return 0;
  if (typeof value === 'boolean') return false;
  if (Array.isArray(value)) return [];
  if (typeof value !== 'object' || value === null) return '';
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, blankLike(one as Json)]));
}
