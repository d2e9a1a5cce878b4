import { LifelineError } from './error.js';
import {
  childOf,
  endStep,
  indexOf,
  isJsonObject,
  pathOfPointer,
  sameJson,
  type Json,
  type JsonObject,
  type Path,
} from './json_pointer.js';

/** One operation of a JSON Patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly value?: unknown;
  readonly from?: string;
}

export type Patch = readonly PatchOperation[];

/** A step as it was taken: a key of an object, or a position in an array. */
export type Step = string | number;

/**
 * What an operation did: something was written at the place (or taken from an object, or put into one), or
 * an array has one item more or less there, and those behind it have moved. The same words as the server's.
 */
export interface Effect {
  readonly kind: 'write' | 'insert' | 'remove';
  readonly place: readonly Step[];
}

export interface Patched {
  readonly content: JsonObject;
  readonly effects: readonly Effect[];
}

/**
 * `content` after `patch`, all of it or nothing; what did not change is shared with `content`. Throws
 * `patch_invalid` for what is no patch, `patch_failed` where an operation cannot be done; both with a pointer
 * to it.
 */
export function applyPatch(content: JsonObject, patch: Patch): Patched {
  const effects: Effect[] = [];
  let at: Json = content;
  patch.forEach((operation, i) => {
    try {
      at = applied(at, operation, effects);
    } catch (thrown) {
      if (thrown instanceof Refusal) throw thrown.at(i);
      throw thrown;
    }
  });
  return { content: at, effects };
}

class Refusal extends Error {
  constructor(
    readonly code: 'patch_invalid' | 'patch_failed',
    message: string,
  ) {
    super(message);
  }

  at(index: number): LifelineError {
    const { code, message } = this;
    return new LifelineError({ code, message, pointer: `/${index}` });
  }
}

const nothingThere = () => new Refusal('patch_failed', 'There is nothing at this path.');

function applied(content: Json, operation: PatchOperation, effects: Effect[]): Json {
  const path = pathIn(operation.path);
  switch (operation.op) {
    case 'add':
      return put(content, path, valueOf(operation), effects);
    case 'replace':
      return replaced(content, path, valueOf(operation), effects);
    case 'remove':
      return taken(content, path, effects);
    case 'test':
      if (!sameJson(found(content, path), valueOf(operation))) {
        throw new Refusal('patch_failed', 'The value is another.');
      }
      return content;
    case 'copy':
      return put(content, path, found(content, pathIn(operation.from)), effects);
    case 'move': {
      const from = pathIn(operation.from);
      const moved = found(content, from);
      if (operation.from === operation.path) return content;
      return put(taken(content, from, effects), path, moved, effects);
    }
    default:
      throw new Refusal('patch_invalid', 'There is no such operation.');
  }
}

function pathIn(pointer: string | undefined): Path {
  const path = typeof pointer === 'string' ? pathOfPointer(pointer) : null;
  if (path === null) throw new Refusal('patch_invalid', 'This is no JSON pointer.');
  return path;
}

function valueOf({ value }: PatchOperation): Json {
  if (value === undefined) throw new Refusal('patch_invalid', 'The operation has no value.');
  return value as Json;
}

function found(content: Json, path: Path): Json {
  let at: Json | undefined = content;
  for (const step of path) at = childOf(at, step);
  if (at === undefined) throw nothingThere();
  return at;
}

/** The whole document is an object, always. */
function whole(value: Json, effects: Effect[]): JsonObject {
  if (!isJsonObject(value)) {
    throw new Refusal('patch_failed', 'The whole document is an object.');
  }
  effects.push({ kind: 'write', place: [] });
  return value;
}

function put(content: Json, path: Path, value: Json, effects: Effect[]): Json {
  if (path.length === 0) return whole(value, effects);
  return changed(content, path, [], (parent, step, place) => {
    if (isJsonObject(parent)) {
      effects.push({ kind: 'write', place: [...place, step] });
      return { ...parent, [step]: value };
    }
    const index = step === endStep ? parent.length : indexOf(step);
    if (index === null || index > parent.length) throw nothingThere();
    effects.push({ kind: 'insert', place: [...place, index] });
    return [...parent.slice(0, index), value, ...parent.slice(index)];
  });
}

function replaced(content: Json, path: Path, value: Json, effects: Effect[]): Json {
  if (path.length === 0) return whole(value, effects);
  return changed(content, path, [], (parent, step, place) => {
    if (childOf(parent, step) === undefined) throw nothingThere();
    if (isJsonObject(parent)) {
      effects.push({ kind: 'write', place: [...place, step] });
      return { ...parent, [step]: value };
    }
    const index = Number(step);
    effects.push({ kind: 'write', place: [...place, index] });
    return parent.map((item, i) => (i === index ? value : item));
  });
}

function taken(content: Json, path: Path, effects: Effect[]): Json {
  if (path.length === 0) throw new Refusal('patch_failed', 'The whole document cannot be removed.');
  return changed(content, path, [], (parent, step, place) => {
    if (childOf(parent, step) === undefined) throw nothingThere();
    if (isJsonObject(parent)) {
      effects.push({ kind: 'write', place: [...place, step] });
      return Object.fromEntries(Object.entries(parent).filter(([key]) => key !== step));
    }
    const index = Number(step);
    effects.push({ kind: 'remove', place: [...place, index] });
    return parent.filter((_, i) => i !== index);
  });
}

type Change = (parent: readonly Json[] | JsonObject, step: string, place: readonly Step[]) => Json;

/** `content` with what holds the path's last step changed, and what holds that, up to the top. */
function changed(content: Json, path: Path, place: readonly Step[], change: Change): Json {
  const [step, ...below] = path as [string, ...string[]];
  if (typeof content !== 'object' || content === null) throw nothingThere();
  if (below.length === 0) return change(content, step, place);
  const child = childOf(content, step);
  if (child === undefined) throw nothingThere();
  if (isJsonObject(content)) {
    return { ...content, [step]: changed(child, below, [...place, step], change) };
  }
  const index = Number(step);
  const after = changed(child, below, [...place, index], change);
  return (content as readonly Json[]).map((item, i) => (i === index ? after : item));
}
