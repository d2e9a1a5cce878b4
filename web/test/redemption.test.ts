import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Redemption } from '../src/place/redemption';

test('trying again is the same person coming in; another name or link is another', async () => {
  const keys: string[] = [];
  let answers = false;
  const fetcher = ((_url: string, init: RequestInit) => {
    keys.push(new Headers(init.headers).get('Idempotency-Key') ?? '');
    if (!answers) return Promise.resolve(Response.json({ code: 'invite_invalid' }, { status: 410 }));
    return Promise.resolve(Response.json({ session: { sessionId: 'sess_1' }, token: 'pass' }));
  }) as typeof fetch;
  const redemption = new Redemption(fetcher);
  const redeem = (secret: string, name: string) =>
    redemption.redeem(`https://calls.example/#invite=${secret}`, name, 'https://calls.example');
  await assert.rejects(redeem('one', 'Ben'));
  answers = true;
  const { getToken } = await redeem('one', 'Ben');
  assert.equal(await getToken({ refused: null }), 'pass');
  await redeem('one', 'Bea');
  await redeem('two', 'Bea');
  assert.equal(keys[0], keys[1]);
  assert.equal(new Set(keys).size, 3);
  for (const key of keys) assert.match(key, /^idem_[0-9a-f]{32}$/);
});
