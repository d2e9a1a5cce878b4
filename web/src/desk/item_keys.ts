// Which item of a list is which, from one moment to the next: so that whoever writes in the second one is
// still in the same when somebody puts another before it.

export interface Keyed<T> {
  readonly items: readonly T[];
  readonly keys: readonly number[];
}

/** Items before and after a change keep their keys; what was changed in its place does, too. */
export function keyedAfter<T>(before: Keyed<T>, items: readonly T[], mint: () => number): Keyed<T> {
  if (before.items === items) return before;
  const short = Math.min(before.items.length, items.length);
  let head = 0;
  while (head < short && before.items[head] === items[head]) head++;
  let tail = 0;
  while (tail < short - head && before.items[before.items.length - 1 - tail] === items[items.length - 1 - tail]) tail++;
  const old = before.keys.slice(head, before.keys.length - tail);
  const middle = items.slice(head, items.length - tail);
  const moved = keysOfMoved(before.items.slice(head, before.items.length - tail), old, middle);
  const sameCount = old.length === middle.length;
  const between = middle.map((_, at) => moved[at] ?? (sameCount && !moved.includes(old[at]!) ? old[at]! : mint()));
  return { items, keys: [...before.keys.slice(0, head), ...between, ...before.keys.slice(before.keys.length - tail)] };
}

/** Of objects it is known which they were, wherever they stand now. */
function keysOfMoved<T>(items: readonly T[], keys: readonly number[], now: readonly T[]): (number | undefined)[] {
  const known = new Map<T, number>();
  items.forEach((item, at) => {
    if (typeof item === 'object' && item !== null) known.set(item, keys[at]!);
  });
  return now.map((item) => known.get(item));
}
