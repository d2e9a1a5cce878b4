// People lose pages and networks all the time; the call does not mind.

import assert from 'node:assert/strict';

import { story } from '../support/story.mjs';

story('a page that is loaded again is back in its call, with every word', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  await anna.says('Before the reload.');
  await anna.sees('Anna said: Before the reload.'.replace('Anna', 'You'));
  await anna.allIsSaid();
  const before = await anna.transcript();

  await anna.page.reload();
  await anna.isLive();
  await anna.sees('Before the reload.');
  await anna.allIsSaid();
  assert.deepEqual((await anna.transcript()).slice(0, before.length), before);
  assert.equal((await anna.names()).filter((name) => name.startsWith('Anna')).length, 1, 'and she is here once');

  await anna.says('After the reload.');
  await anna.sees('After the reload.');
  assert.deepEqual(await anna.storedKeys(), ['lifeline.call'], 'the tab keeps the call’s id and nothing else');
});

story('a guest whose page is loaded again is back in the call, without a new invite', {}, async (cast) => {
  const { server, browser } = cast;
  const anna = await browser.person('Anna');
  const ben = await browser.person('Ben');
  await anna.startsCall(server.url);
  await ben.joins(await anna.makesInvite());
  await ben.says('Before the reload.');
  await anna.sees('Before the reload.');

  await ben.page.reload();
  await ben.isLive();
  await ben.sees('Before the reload.');
  await ben.says('After the reload.');
  await anna.sees('After the reload.');
  assert.equal((await anna.names()).filter((name) => name.startsWith('Ben')).length, 1, 'and he is here once');

  await ben.page.getByRole('button', { name: 'End call' }).click();
  await ben.page.getByRole('button', { name: 'Leave' }).click();
  await ben.page.getByRole('heading', { name: 'You have left.' }).waitFor();
  assert.deepEqual(await ben.storedKeys(), [], 'who leaves keeps no pass');
});

story('a page that is loaded again after the end shows how it ended, and what was said', {}, async (cast) => {
  const { server, browser } = cast;
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  await anna.says('The last word.');
  await anna.sees('You said: The last word.');
  await anna.allIsSaid();
  await anna.endsCall();
  await anna.seesTheEnd();
  const before = await anna.transcript();

  await anna.page.reload();
  await anna.seesTheEnd();
  await anna.sees('The last word.');
  assert.deepEqual(await anna.transcript(), before);
  await anna.page.getByRole('button', { name: 'Start a new call' }).click();
  await anna.page.getByRole('heading', { name: 'Start a call.' }).waitFor();
});

story('what is said without a network is sent when it is back', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  const ben = await browser.person('Ben');
  await anna.startsCall(server.url);
  await ben.joins(await anna.makesInvite());

  await anna.losesNetwork();
  await anna.connectionIs('Offline');
  await anna.says('Said into the dark.');
  await anna.seesWaiting('Said into the dark.');
  await ben.says('Anna, are you there?');
  await ben.sees('Anna, are you there?');

  await anna.findsNetwork();
  await anna.isLive();
  for (const person of [anna, ben]) {
    await person.sees('Said into the dark.');
    await person.sees('Anna, are you there?');
    await person.allIsSaid();
  }
  assert.deepEqual(await anna.transcript(), await ben.transcript());
});

story('an invite works once, and leaves no trace in the address bar', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  const ben = await browser.person('Ben');
  const eve = await browser.person('Eve');
  await anna.startsCall(server.url);
  const link = await anna.makesInvite();
  await ben.joins(link);
  assert.equal(new URL(ben.page.url()).hash, '');
  for (const url of await ben.addressesGoneThrough()) assert.doesNotMatch(url, /invite/);

  await eve.triesToJoin(link);
  await eve.page.getByRole('heading', { name: 'This invite link no longer works.' }).waitFor();
  assert.equal(await eve.focused(), 'This invite link no longer works.');
});
