import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialState, type CallState } from '../src/lifeline.js';
import { Modules, type Shown } from '../src/modules.js';

const state = (modes: string[], kinds: string[]): CallState => ({
  ...initialState,
  modes: ['cv', 'interview'].map((mode) => ({
    mode,
    active: modes.includes(mode),
    rev: 1,
    context: null,
    reason: 'r',
  })),
  deliverables: kinds.map((kind) => ({
    documentId: `doc_${kind}`,
    kind,
    title: null,
    rev: 1,
    by: 'x',
  })),
});

const words = ({ kind, modes, documents }: Shown) => `${kind} ${modes.length} ${documents.length}`;

test('a panel shows in its modes, and where it says so whenever there is a document', () => {
  const modules = new Modules<string>()
    .add({ kind: 'cv', panel: words })
    .add({ kind: 'questions', modes: ['interview'], panel: words })
    .add({ kind: 'note', showsDocuments: true, panel: words });
  const shown = (one: CallState) =>
    modules.shown(one).map(({ module, shown: what }) => module.panel(what));
  assert.deepEqual(shown(initialState), []);
  assert.equal(modules.of('interview')?.kind, 'questions');
  assert.equal(modules.of('recipe'), undefined);
  assert.deepEqual(shown(state(['cv'], ['note'])), ['cv 1 0', 'note 0 1']);
  assert.deepEqual(shown(state(['interview'], ['cv', 'questions'])), ['questions 1 1']);
});

test('a kind and an action type have one module', () => {
  const modules = new Modules<null>().add({ kind: 'cv', panel: () => null, tools: { t: () => 1 } });
  assert.throws(() => modules.add({ kind: 'cv', panel: () => null }), /module for cv/);
  assert.throws(
    () => modules.add({ kind: 'x', panel: () => null, tools: { t: () => 1 } }),
    /cv.*tool t/,
  );
});

test('tools run in the call they are attached to, until they are not', () => {
  const running = new Set<string>();
  const call = {
    onAction: (type: string) => {
      running.add(type);
      return () => void running.delete(type);
    },
  };
  const stop = new Modules<null>()
    .add({ kind: 'cv', panel: () => null, tools: { 'cv.export': () => 1, 'cv.print': () => 2 } })
    .add({ kind: 'note', panel: () => null })
    .attach(call);
  assert.deepEqual([...running], ['cv.export', 'cv.print']);
  stop();
  assert.equal(running.size, 0);
});
