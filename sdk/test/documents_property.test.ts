import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection } from '../src/connection.js';
import { Documents } from '../src/documents.js';
import type { JsonObject } from '../src/json_pointer.js';
import type { EditRejection, LiveDocument } from '../src/lifeline.js';
import { DocumentServer, ruleOfTheServer, type Rule } from './document_server.js';
import { FakeServer } from './fake_server.js';
import { randomPatch } from './rebase.test.js';
import { randomOf, settle, VirtualClock, virtualPlatform } from './virtual.js';

const seeds = Number(process.env['LIFELINE_SEEDS'] ?? 100);
const initial: JsonObject = { name: 'Ada', jobs: [{ at: 'a' }, { at: 'b' }], o: { x: 1, y: 2 } };

/** Refuses whatever was written on an older revision: what clients believe of it is wrong most of the time. */
const strict: Rule = (patch, since) => ({
  patch,
  crossed: since.length > 0 ? patch.map((one) => one.path) : [],
});

interface Editor {
  readonly document: LiveDocument;
  readonly rejections: EditRejection[];
  made: number;
  saved: number;
  lost: number;
}

/** Three editors of one document, over lines that break after any frame, and a server that answers when it likes. */
async function run(
  seed: number,
  rule: Rule,
): Promise<{ there: DocumentServer; editors: Editor[]; cuts: number }> {
  const random = randomOf(seed);
  const pick = (n: number) => Math.floor(random() * n);
  const clock = new VirtualClock();
  const there = new DocumentServer('doc_1', initial);
  there.rule = rule;
  let calm = false;
  const servers: FakeServer[] = [];
  const editors = ['usr_a', 'usr_b', 'agt_c'].map((who): Editor => {
    const server = new FakeServer();
    servers.push(server);
    there.serve(server, who);
    const platform = virtualPlatform(clock, random, (url, protocols) => {
      const socket = server.open(url, protocols);
      if (!calm && pick(2) === 0) socket.framesLeft = pick(30);
      return socket;
    });
    const nothing = () => undefined;
    let minted = 0;
    const mint = (prefix: string) => `${prefix}${who}_${minted++}`;
    const documents = new Documents({ platform, mint, read: null });
    const events = {
      event: nothing,
      hello: nothing,
      error: nothing,
      closed: nothing,
      reopened: nothing,
    };
    new Connection(platform, server.backend, events, null, documents).start(null);
    const document = documents.open('doc_1', { kind: '', title: '' });
    const rejections: EditRejection[] = [];
    document.onRejected((one) => void rejections.push(one));
    return { document, rejections, made: 0, saved: 0, lost: 0 };
  });
  await settle();
  for (let step = 0; step < 40; step++) {
    const editor = editors[pick(3)]!;
    there.slow = pick(2) === 0;
    if (editor.document.state !== 'loading') {
      const patch = randomPatch(editor.document.content, random);
      editor.made++;
      editor.document.edit(patch).then(
        () => editor.saved++,
        () => editor.lost++,
      );
    }
    if (pick(3) === 0) there.answer(pick(3));
    if (pick(3) === 0) await clock.advance(pick(500));
    else if (pick(2) === 0) await settle();
  }
  calm = true;
  there.slow = false;
  there.answer();
  await clock.advance(50_000);
  const cuts = servers.reduce((sum, { sockets }) => sum + sockets.length - 1, 0);
  return { there, editors, cuts };
}

for (const [name, rule] of [
  ['the server’s rule', ruleOfTheServer],
  ['a rule that clients know nothing of', strict],
] as const) {
  test(`${seeds} seeds, ${name}: three editors end with one document, and every edit is in it or given back`, async () => {
    let [cuts, rejected, rebased] = [0, 0, 0];
    for (let seed = 1; seed <= seeds; seed++) {
      const { there, editors, ...world } = await run(seed, rule);
      cuts += world.cuts;
      rebased += there.journal.filter(({ event }) => {
        const { rev, baseRev } = event.payload as { rev?: number; baseRev?: number };
        return event.type === 'document.edited' && rev !== baseRev! + 1;
      }).length;
      const ids = there.journal.map(({ event }) => event.eventId);
      assert.equal(new Set(ids).size, ids.length, `seed ${seed}: no request is made twice`);
      for (const { document, made, saved, lost, rejections } of editors) {
        assert.deepEqual(
          [document.state, document.view.value.unsaved],
          ['live', 0],
          `seed ${seed}`,
        );
        assert.deepEqual(document.content, there.content, `seed ${seed}: one document`);
        assert.equal(document.rev, there.rev, `seed ${seed}`);
        assert.equal(saved + lost, made, `seed ${seed}: every edit has its end`);
        assert.ok(
          rejections.length <= lost && (lost === 0 || rejections.length > 0),
          `seed ${seed}`,
        );
        rejected += rejections.length;
      }
    }
    assert.ok(cuts > seeds && rejected > seeds / 4, `${cuts} cuts, ${rejected} given back`);
    assert.ok(rule === strict || rebased > seeds, `${rebased} carried over others`);
  });
}
