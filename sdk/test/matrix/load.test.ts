// Readers that do not keep up, and the others, who must not notice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertWhole, cannotRun, House, listening, live, record, until } from '../server/house.js';

const options = { skip: cannotRun, timeout: 180_000 };
const participants = [{ userId: 'usr_tom', role: 'user' }] as const;

test(
  'a reader that stops reading misses nothing, and nobody waits for them',
  options,
  async (t) => {
    const house = await House.open(t);
    const slow = await house.create('usr_mia', { participants });
    await live(slow);
    const quick = await house.join('usr_tom', slow.sessionId, { baseUrl: house.directUrl });
    await live(quick);
    const seen = record(slow);
    const first = slow.state.value.seq;
    house.proxy.apply({ do: 'stall', direction: 'down' });
    const pad = 'x'.repeat(8_000);
    const all = Array.from({ length: 300 }, (_, i) => quick.publish('x.bulk', { i, pad }));
    const last = (await Promise.all(all)).at(-1)!.seq; // 2.4 MB, seen by their publisher.
    house.proxy.flow();
    await until(slow, 'all is there', () => slow.state.value.seq >= last);
    assertWhole(seen, first);
  },
);

test(
  'words that a later word has overtaken may be left out for who is behind, and it is said',
  options,
  async (t) => {
    const house = await House.open(t);
    const { Socket, frames } = listening();
    const slow = await house.create('usr_mia', { participants, WebSocket: Socket });
    await live(slow);
    const quick = await house.join('usr_tom', slow.sessionId, { baseUrl: house.directUrl });
    await live(quick);
    const seen = record(slow);
    const first = slow.state.value.seq;
    house.proxy.apply({ do: 'stall', direction: 'down' });
    const utteranceId = 'utt_long';
    const at = { speaker: 'user', startMs: 0, endMs: 1 } as const;
    await quick.publish('transcript.utterance.started', {
      utteranceId,
      speaker: 'user',
      participantId: 'usr_tom',
      startMs: 0,
    });
    const text = 'word '.repeat(3_200);
    for (let rev = 0; rev < 380; rev++) {
      await quick.publish('transcript.partial', { utteranceId, ...at, text, rev });
    }
    const { seq } = await quick.publish('transcript.final', {
      utteranceId,
      ...at,
      text: 'The end.',
      source: 'stt',
    });
    house.proxy.flow();
    await until(slow, 'the end is there', () => slow.state.value.seq >= seq);
    assert.equal(slow.transcript.value[0]?.text, 'The end.');
    const skipped = frames.filter(({ op }) => op === 'skipped');
    assert.ok(skipped.length > 0, 'something was left out');
    const left = skipped.reduce(
      (sum, one) => sum + Number(one['toSeq']) - Number(one['fromSeq']) + 1,
      0,
    );
    assert.equal(seen.length + left, seq - first, 'and all of it was accounted for');
    assert.ok(
      seen.some(({ type }) => type === 'transcript.final'),
      'durable events are never left out',
    );
  },
);
