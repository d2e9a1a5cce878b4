import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPatch, type Patch } from '../src/json_patch.js';
import { pointerOf, valueAt, type JsonObject } from '../src/json_pointer.js';
import { LifelineError } from '../src/lifeline.js';
import { frozen } from './events.js';

// The appendix of RFC 6902, and what it leaves to be thought of.
// prettier-ignore
const cases: readonly [name: string, before: JsonObject, patch: Patch, after: JsonObject | string][] = [
  ['adds a member', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
  ['adds an item', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
  ['removes a member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  ['removes an item', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
  ['replaces', { baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
  ['moves a member', { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } }, [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }], { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } }],
  ['moves an item', { foo: ['all', 'grass', 'cows', 'eat'] }, [{ op: 'move', from: '/foo/1', path: '/foo/3' }], { foo: ['all', 'cows', 'eat', 'grass'] }],
  ['tests', { baz: 'qux', foo: ['a', 2, 'c'] }, [{ op: 'test', path: '/baz', value: 'qux' }, { op: 'test', path: '/foo/1', value: 2 }], { baz: 'qux', foo: ['a', 2, 'c'] }],
  ['fails a test', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }], 'patch_failed /0'],
  ['adds a nested object', { foo: 'bar' }, [{ op: 'add', path: '/child', value: { grandchild: {} } }], { foo: 'bar', child: { grandchild: {} } }],
  ['adds below nothing', { foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 'qux' }], 'patch_failed /0'],
  ['knows ~1 and ~0', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }, { op: 'replace', path: '/~1', value: 8 }], { '/': 8, '~1': 10 }],
  ['compares strings and numbers', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }], 'patch_failed /0'],
  ['adds an array behind the last', { foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }], { foo: ['bar', ['abc', 'def']] }],
  ['copies', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }, { op: 'add', path: '/b/-', value: 2 }], { a: [1], b: [1, 2] }],
  ['does all or nothing', { a: 1 }, [{ op: 'replace', path: '/a', value: 2 }, { op: 'remove', path: '/b' }], 'patch_failed /1'],
  ['tests members in any order', { a: { x: 1, y: [null] } }, [{ op: 'test', path: '/a', value: { y: [null], x: 1 } }], { a: { x: 1, y: [null] } }],
  ['replaces the whole, by an object', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  ['not by anything else', { a: 1 }, [{ op: 'replace', path: '', value: [] }], 'patch_failed /0'],
  ['does not remove the whole', { a: 1 }, [{ op: 'remove', path: '' }], 'patch_failed /0'],
  ['replaces nothing that is not there', { a: 1 }, [{ op: 'replace', path: '/b', value: 1 }], 'patch_failed /0'],
  ['knows no padded position', { a: [1, 2] }, [{ op: 'remove', path: '/a/01' }], 'patch_failed /0'],
  ['takes no position beyond the end', { a: [1] }, [{ op: 'add', path: '/a/2', value: 1 }], 'patch_failed /0'],
  ['does not read behind the last', { a: [1] }, [{ op: 'test', path: '/a/-', value: 1 }], 'patch_failed /0'],
  ['moves nothing into itself', { a: { b: 1 } }, [{ op: 'move', from: '/a', path: '/a/b' }], 'patch_failed /0'],
  ['sees no inherited members', { a: 1 }, [{ op: 'test', path: '/toString', value: 1 }], 'patch_failed /0'],
  ['writes __proto__ like any member', {}, [{ op: 'add', path: '/__proto__', value: { x: 1 } }], JSON.parse('{"__proto__":{"x":1}}') as JsonObject],
  ['refuses what is no pointer', { a: 1 }, [{ op: 'remove', path: 'a' }], 'patch_invalid /0'],
  ['refuses half an escape', { a: 1 }, [{ op: 'remove', path: '/a~2' }], 'patch_invalid /0'],
  ['refuses what has no value', { a: 1 }, [{ op: 'add', path: '/a' }], 'patch_invalid /0'],
  ['refuses words it does not know', { a: 1 }, [{ op: 'swap' as 'add', path: '/a', value: 1 }], 'patch_invalid /0'],
];

for (const [name, before, patch, after] of cases) {
  test(`JSON Patch ${name}`, () => {
    frozen(before);
    if (typeof after === 'string') {
      assert.throws(
        () => applyPatch(before, patch),
        (thrown) => thrown instanceof LifelineError && `${thrown.code} ${thrown.pointer}` === after,
      );
    } else {
      assert.deepEqual(JSON.stringify(applyPatch(before, patch).content), JSON.stringify(after));
    }
  });
}

test('what did not change is the same object', () => {
  const before = frozen({ a: { b: 1 }, c: [{ d: 1 }, { e: 1 }] });
  const { content } = applyPatch(before, [{ op: 'replace', path: '/c/1/e', value: 2 }]);
  assert.equal(content['a'], before.a);
  assert.equal(valueAt(content, '/c/0'), before.c[0]);
  assert.equal(valueAt(content, '/c/1/e'), 2);
  assert.equal(valueAt(content, '/c/7/e'), undefined);
  assert.equal(pointerOf(['a/b', 0, '~']), '/a~1b/0/~0');
});
