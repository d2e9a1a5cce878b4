import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromLegacy, toLegacy } from '../src/lifeline.js';

const schema = join('..', 'schema', 'v1', 'legacy.json');
const { types } = JSON.parse(readFileSync(schema, 'utf8')) as { types: Record<string, string> };

test('every old name has a new one, and back', () => {
  assert.ok(Object.keys(types).length > 0);
  for (const [old, now] of Object.entries(types)) {
    assert.equal(fromLegacy(old), now);
    assert.equal(toLegacy(now), old);
  }
});

test('what was never renamed keeps its name', () => {
  for (const name of ['call.started', 'x.usage.tick', 'toString', '__proto__', '']) {
    assert.equal(fromLegacy(name), name);
    assert.equal(toLegacy(name), name);
  }
});
