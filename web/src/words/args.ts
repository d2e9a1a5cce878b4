// The arguments of an action as a person reads them: one line for each value, named by where it stands.

import { hides, plain } from './plain';

export interface ArgRow {
  /** Where the value stands: `to[0].name`. */
  readonly name: string;
  readonly text: string;
  /** Not text but a number, a truth value, or structure: shown as it is written in JSON. */
  readonly code: boolean;
  /** There is something in it that cannot be seen; it is shown as a code. */
  readonly hides: boolean;
}

/** Deeper than anybody reads; below it, JSON. */
const DEPTH = 5;

export function argRows(args: Readonly<Record<string, unknown>>): readonly ArgRow[] {
  return Object.entries(args).flatMap(([key, value]) => rowsOf(key, value, 1));
}

function rowsOf(name: string, value: unknown, depth: number): ArgRow[] {
  if (typeof value === 'string') {
    return [
      { name: plain(name), text: value === '' ? '(empty)' : plain(value), code: value === '', hides: hides(value) },
    ];
  }
  const parts = depth < DEPTH ? partsOf(name, value) : [];
  if (parts.length > 0) return parts.flatMap(([part, inner]) => rowsOf(part, inner, depth + 1));
  const text = JSON.stringify(value) ?? 'null';
  return [{ name: plain(name), text: plain(text), code: true, hides: hides(text) || hides(name) }];
}

function partsOf(name: string, value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.map((one, at) => [`${name}[${at}]`, one]);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, one]) => [`${name}.${key}`, one]);
}

/** A field of the form in which arguments are changed: text as text, everything else as JSON. */
export interface Field {
  readonly key: string;
  readonly kind: 'text' | 'json';
  readonly value: string;
}

export function fieldsOf(args: Readonly<Record<string, unknown>>): readonly Field[] {
  return Object.entries(args).map(([key, value]) =>
    typeof value === 'string'
      ? { key, kind: 'text', value }
      : { key, kind: 'json', value: JSON.stringify(value, null, 2) ?? 'null' },
  );
}

/** The arguments that the form holds, or what is wrong with which field. */
export function argsOfFields(
  fields: readonly Field[],
): { readonly args: Readonly<Record<string, unknown>> } | { readonly wrong: Readonly<Record<string, string>> } {
  const wrong: Record<string, string> = {};
  const pairs = fields.map(({ key, kind, value }): [string, unknown] => {
    if (kind === 'text') return [key, value];
    try {
      return [key, JSON.parse(value)];
    } catch {
      wrong[key] = 'This is not JSON. Text stands in "quotes"; numbers, true and false stand alone.';
      return [key, null];
    }
  });
  return Object.keys(wrong).length > 0 ? { wrong } : { args: Object.fromEntries(pairs) };
}

/** The field that a server's pointer is about (`/payload/args/to/0`, `/args/to`); null if it is none of them. */
export function fieldOfPointer(pointer: string | null, fields: readonly Field[]): string | null {
  const steps = (pointer ?? '').split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = steps[steps.indexOf('args') + 1];
  return steps.includes('args') && fields.some((one) => one.key === key) ? key! : null;
}
