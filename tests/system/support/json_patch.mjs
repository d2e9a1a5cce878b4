// What a client of documents does with their events: JSON Patch (RFC 6902), as far as it is sent.

const steps = (pointer) =>
  pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

function parentOf(root, path) {
  const way = steps(path);
  const last = way.pop();
  let at = root;
  for (const step of way) at = at[step];
  return { at, last };
}

function get(root, path) {
  let at = root;
  for (const step of steps(path)) at = at[step];
  return at;
}

function add(root, path, value) {
  if (path === '') return value;
  const { at, last } = parentOf(root, path);
  if (!Array.isArray(at)) at[last] = value;
  else at.splice(last === '-' ? at.length : Number(last), 0, value);
  return root;
}

function remove(root, path) {
  const { at, last } = parentOf(root, path);
  if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete at[last];
}

/** The content after the patch; what was given stays as it is. */
export function apply(content, patch) {
  let root = structuredClone(content);
  for (const { op, path, from, value } of patch) {
    if (op === 'remove') remove(root, path);
    else if (op === 'copy') root = add(root, path, structuredClone(get(root, from)));
    else if (op === 'move') {
      const moved = get(root, from);
      remove(root, from);
      root = add(root, path, moved);
    } else if (op === 'replace' && path !== '') {
      const { at, last } = parentOf(root, path);
      at[last] = structuredClone(value);
    } else if (op !== 'test') root = add(root, path, structuredClone(value));
  }
  return root;
}

/** Equal as JSON: objects have no order. */
export function same(a, b) {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && same(a[key], b[key]))
  );
}
