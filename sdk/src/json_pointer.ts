/** A JSON value; what documents hold. Never changed in place. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The steps of a JSON pointer (RFC 6901). What one means, a key or a position, is seen where it is taken. */
export type Path = readonly string[];

/** Behind an array's last item. */
export const endStep = '-';

/** Null for what is no pointer. */
export function pathOfPointer(pointer: string): Path | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
}

export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}

/** A position in an array, as RFC 6901 spells it; null for what is none. */
export function indexOf(step: string): number | null {
  return /^(0|[1-9][0-9]{0,14})$/.test(step) ? Number(step) : null;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands at `pointer` in `value`; undefined where there is nothing. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  let at: Json | undefined = value;
  for (const step of pathOfPointer(pointer) ?? ['', '']) at = childOf(at, step);
  return at;
}

export function childOf(value: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(value)) {
    const index = indexOf(step);
    return index === null ? undefined : (value as readonly Json[])[index];
  }
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** Equal as JSON: members have no order. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameJson(item as Json, b[i] as Json));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}
