import assert from 'node:assert/strict';
import { test } from 'node:test';

import { inviteFromPasted, inviteLink, takeInvite } from '../src/place/invite';

const secret = 'sess_a:01JKQ~inv_1~kq3N0-hQ7_Zr2';

test('an invite is taken out of the address bar, and only the invite', () => {
  const shown: string[] = [];
  const address = { hash: `#invite=${secret}`, pathname: '/call', search: '?lang=de' };
  assert.equal(takeInvite(address, (url) => shown.push(url)), secret);
  assert.deepEqual(shown, ['/call?lang=de']);
});

test('a broken invite leaves the address bar too: it may be nearly a secret', () => {
  const shown: string[] = [];
  assert.equal(takeInvite({ hash: '#invite=%E0%A4%A', pathname: '/', search: '' }, (url) => shown.push(url)), null);
  assert.deepEqual(shown, ['/']);
});

test('an address without an invite is left alone', () => {
  const untouched = () => assert.fail('the address bar was changed');
  assert.equal(takeInvite({ hash: '', pathname: '/', search: '' }, untouched), null);
  assert.equal(takeInvite({ hash: '#about', pathname: '/', search: '' }, untouched), null);
});

const pasted: [text: string, then: string | null][] = [
  [`https://calls.example/#invite=${secret}`, secret],
  [`  https://calls.example/x?y=1#invite=${secret}\n`, secret],
  [secret, secret],
  ['', null],
  ['hello you', null],
  ['https://calls.example/', null],
  ['#invite=', null],
];
for (const [text, then] of pasted) {
  test(`pasted: ${JSON.stringify(text)}`, () => assert.equal(inviteFromPasted(text), then));
}

test('a link carries the secret in its fragment, and comes back whole', () => {
  const link = inviteLink('https://calls.example/page?x=1', secret);
  assert.ok(link.startsWith('https://calls.example/page?x=1#'));
  assert.equal(inviteFromPasted(link), secret);
});
