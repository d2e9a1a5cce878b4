/**
 * Carries a patch that was written on an older revision over what was done since, by the server's own rule
 * (src/document/rebase.h there): positions in arrays move with what was put in or taken out before them. Two
 * edits cross when one wrote, moved or looked at what the other changed: at the same place, around it or
 * within it. Who only puts something in at the same position does not cross; the later one comes behind.
 */
import type { Effect, Patch, PatchOperation } from './json_patch.js';
import { indexOf, pathOfPointer, pointerOf } from './json_pointer.js';

export interface Rebased {
  readonly patch: Patch;
  /** What was done, as it would be done after the patch. */
  readonly done: readonly Effect[];
  /**
   * The paths of the patch, as they were written, that cross what was done; empty when it can be applied.
   * Operations that cross are carried as well, as far as their place is still there.
   */
  readonly crossed: readonly string[];
}

export function rebase(patch: Patch, done: readonly Effect[]): Rebased {
  const effects = done.map(({ kind, place }): Moving => ({ kind, place: [...place] }));
  const crossed = new Set<string>();
  const carried = patch.map((operation) => {
    const after = carry(operation, effects);
    if (after.crosses) crossed.add(operation.path);
    return after.operation;
  });
  return { patch: carried, done: effects, crossed: [...crossed].sort() };
}

/** What takes back what was done, newest first. */
export function inverse(done: readonly Effect[]): readonly Effect[] {
  const back = { write: 'write', insert: 'remove', remove: 'insert' } as const;
  return [...done].reverse().map(({ kind, place }) => ({ kind: back[kind], place }));
}

interface Moving {
  readonly kind: Effect['kind'];
  readonly place: (string | number)[];
}

/** One thing that an operation does at one path. A move is two: it takes out and puts in. */
type Touch = 'look' | 'write' | 'put_in' | 'take_out';

const touches: Readonly<Record<PatchOperation['op'], readonly [from: Touch | null, path: Touch]>> =
  {
    add: [null, 'put_in'],
    remove: [null, 'take_out'],
    replace: [null, 'write'],
    test: [null, 'look'],
    move: ['take_out', 'put_in'],
    copy: ['look', 'put_in'],
  };

/** The operation after what was done, which is changed to stand after it. */
function carry(
  operation: PatchOperation,
  done: Moving[],
): { readonly operation: PatchOperation; readonly crosses: boolean } {
  const [fromTouch, touch] = touches[operation.op];
  const from = fromTouch === null ? null : carryPointer(operation.from ?? '', fromTouch, done);
  const path = carryPointer(operation.path, touch, done);
  return {
    operation: { ...operation, path: path.pointer, ...(from && { from: from.pointer }) },
    crosses: path.crosses || from?.crosses === true,
  };
}

function carryPointer(
  pointer: string,
  touch: Touch,
  done: Moving[],
): { readonly pointer: string; readonly crosses: boolean } {
  const path = [...(pathOfPointer(pointer) ?? [])];
  let crosses = false;
  for (const effect of done) {
    const before = [...path];
    if (carryPath(path, touch, effect)) carryEffect(effect, before, touch);
    else crosses = true;
  }
  return { pointer: pointerOf(path), crosses };
}

const takes = (step: string | number | undefined, written: string | undefined) =>
  written !== undefined &&
  (typeof step === 'number' ? indexOf(written) === step : step === written);

/** False when they cross. */
function carryPath(path: string[], touch: Touch, { kind, place }: Moving): boolean {
  let common = 0;
  while (common < path.length && common < place.length && takes(place[common], path[common])) {
    common++;
  }
  // Put in before an item of an array: nothing of what is there is touched.
  const putBefore =
    touch === 'put_in' &&
    path.length > 0 &&
    path.length <= place.length &&
    typeof place[path.length - 1] === 'number';
  if (kind === 'write') return common === path.length ? putBefore : common < place.length;
  const depth = place.length - 1;
  if (common < depth) return common === path.length ? putBefore : true;
  if (path.length === depth) return putBefore;
  return carryInArray(path, touch, kind, place[depth] as number, depth);
}

/** The step of the path that is a position in the array into which something was put, or from which it was taken. */
function carryInArray(
  path: string[],
  touch: Touch,
  kind: 'insert' | 'remove',
  where: number,
  depth: number,
): boolean {
  const index = indexOf(path[depth] ?? '');
  if (index === null) return true; // "-", behind all of them; anything else leads nowhere.
  if (kind === 'insert') {
    if (index >= where) path[depth] = String(index + 1);
    return true;
  }
  const between = touch === 'put_in' && path.length === depth + 1;
  if (index === where && !between) return false;
  if (index > where) path[depth] = String(index - 1);
  return true;
}

/** What was done, as it would have been done after the touch. They do not cross. */
function carryEffect(done: Moving, path: readonly string[], touch: Touch): void {
  if (touch === 'look' || touch === 'write' || path.length === 0) return;
  const depth = path.length - 1;
  const where = done.place[depth];
  if (typeof where !== 'number') return;
  for (let at = 0; at < depth; at++) if (!takes(done.place[at], path[at])) return;
  const index = indexOf(path[depth]!);
  if (index === null) return; // "-": behind all of them.
  const between = done.kind === 'insert' && done.place.length === depth + 1;
  if (touch === 'take_out') {
    if (where > index) done.place[depth] = where - 1;
  } else if (between ? where > index : where >= index) {
    done.place[depth] = where + 1;
  }
}
