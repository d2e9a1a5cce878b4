// A call that is over is looked at again: the same words at each moment, by mouse, by keys, in the dark and on a phone.

import assert from 'node:assert/strict';

import { joinCall, redeemInvite } from '../../../sdk/dist/lifeline.js';
import { inviteOf } from '../support/agent.mjs';
import { barriers } from '../support/browser.mjs';
import { eventsOf, transcriptOf } from '../support/journal.mjs';
import { keepPicture, story } from '../support/story.mjs';

/** An agent that asks for something which is then refused. */
async function agentAsks(server, sessionId) {
  const token = await server.token({ user: 'usr_backend', role: 'service' });
  const { url } = await inviteOf(server, sessionId, token, { role: 'agent' });
  const agent = await joinCall(await redeemInvite(url, { displayName: 'Antonio', baseUrl: server.url }));
  const asked = agent.requestAction({ actionType: 'nobody.knows', summary: 'Do the impossible.', args: {} });
  await asked.catch(() => undefined);
  agent.leave();
}

const slider = (person) => person.page.getByRole('slider', { name: 'Time in the call' });
const where = async (person) => Number(/, (\d+) of \d+ events$/.exec(await slider(person).getAttribute('aria-valuetext'))[1]);
const isAt = (person, event) => person.page.getByText(new RegExp(`^Event ${event} of \\d+$`)).waitFor();

story('a call that is over is played again, moment by moment', { devAgent: false }, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  const sessionId = await anna.sessionId();
  await anna.says('The first thing.');
  await anna.sees('The first thing.');
  await agentAsks(server, sessionId);
  await anna.says('The second thing.');
  await anna.sees('The second thing.');
  await anna.endsCall();
  await anna.seesTheEnd();
  const shown = await anna.transcript();
  const cards = await anna.page.locator('.action').allTextContents();

  // From the end of the call to its beginning.
  await anna.page.getByRole('link', { name: 'Replay the call' }).click();
  await isAt(anna, 0);
  assert.deepEqual(await anna.transcript(), []);
  assert.deepEqual(await barriers(anna.page), []);

  // At each event, what had been said by then.
  const events = await eventsOf(server, sessionId, await server.token({ user: 'usr_backend', role: 'service' }));
  const settled = ({ type }) => type === 'transcript.final';
  for (let n = 1; n <= events.length; n++) {
    await anna.page.keyboard.press('ArrowRight');
    await isAt(anna, n);
    if (!settled(events[n - 1])) continue;
    assert.deepEqual(await anna.transcript(), transcriptOf(events.slice(0, n)), `after ${n}`);
  }
  assert.deepEqual(await anna.transcript(), shown, 'the same screen as when it ended');
  assert.deepEqual(await anna.page.locator('.action').allTextContents(), cards);
  await anna.page.getByRole('heading', { name: 'The call was ended.' }).waitFor();

  // Keys, and what happened before and next.
  await anna.page.keyboard.press('Home');
  await isAt(anna, 0);
  await anna.page.getByRole('button', { name: 'On to what happened next' }).click();
  await anna.page.getByRole('status').getByText('Asked for: Do the impossible.').waitFor();
  const asked = events.findIndex(({ type }) => type === 'orchestration.action.requested') + 1;
  assert.equal(await where(anna), asked);
  await anna.page.keyboard.press('PageUp');
  await anna.page.getByRole('status').getByText('Not possible: Do the impossible.').waitFor();
  assert.ok(await anna.page.getByRole('button', { name: 'On to what happened next' }).isDisabled(), 'nothing worse happened');
  await anna.page.getByText('2 things that happened').click();
  await keepPicture(anna, 'replay, light');
  await anna.page.emulateMedia({ colorScheme: 'dark' });
  await keepPicture(anna, 'replay, dark');
  await anna.page.getByRole('button', { name: /Asked for/ }).click();
  await isAt(anna, asked);

  // Played, it comes to its end by itself.
  await slider(anna).focus();
  await anna.page.keyboard.press('Home');
  await anna.page.getByRole('button', { name: '32 times' }).click();
  await slider(anna).focus();
  await anna.page.keyboard.press('Space');
  await isAt(anna, events.length);
  await anna.page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  assert.deepEqual(await anna.transcript(), shown);

  await anna.page.getByRole('button', { name: 'Back to the call' }).click();
  await anna.seesTheEnd();
});

story('a link shows the past of a call to whoever was in it, and to nobody else', { devAgent: false }, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  await anna.says('Only between us.');
  await anna.sees('Only between us.');
  const link = `${server.url}/?replay=${await anna.sessionId()}`;

  // On her phone, in the dark, while the call goes on.
  const phone = await browser.person('Anna on her phone', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await phone.opens(link);
  await phone.page.getByLabel('Your name').fill('Anna');
  await phone.page.getByRole('button', { name: 'Show the call' }).click();
  await phone.page.getByText('This call is not over').waitFor();
  await phone.page.keyboard.press('End');
  await phone.sees('Only between us.');
  await anna.says('And one thing more.');
  await anna.sees('And one thing more.');
  const before = await phone.page.getByText(/^Event \d+ of \d+$/).textContent();
  await phone.page.getByRole('button', { name: 'Read what came since' }).click();
  await phone.page.getByText(before, { exact: true }).waitFor({ state: 'detached' });
  await phone.page.keyboard.press('End');
  await phone.sees('And one thing more.');
  assert.deepEqual(await barriers(phone.page), []);
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.ok(!wide, 'nothing is wider than the phone');
  await keepPicture(phone, 'replay, phone, dark');

  const eve = await browser.person('Eve', { colorScheme: 'dark' });
  await eve.opens(link);
  await eve.page.getByLabel('Your name').fill('Eve');
  await eve.page.getByRole('button', { name: 'Show the call' }).click();
  await eve.page.getByRole('heading', { name: 'This call does not exist, or is not yours to enter.' }).waitFor();
  await eve.page.getByRole('button', { name: 'Use another name' }).click();
  await eve.page.getByLabel('Your name').waitFor();
});

story('a past that cannot be read says so, and is read on', { devAgent: false }, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  await anna.says('Still here.');
  await anna.sees('Still here.');
  await anna.endsCall();
  await anna.seesTheEnd();
  await anna.page.route('**/events?*', (route) => route.abort());
  await anna.page.getByRole('link', { name: 'Replay the call' }).click();
  await anna.page.getByRole('heading', { name: 'The server cannot be reached.' }).waitFor();
  assert.deepEqual(await barriers(anna.page), []);
  await anna.page.unroute('**/events?*');
  await anna.page.getByRole('button', { name: 'Try again' }).click();
  await isAt(anna, 0);
  await anna.page.keyboard.press('End');
  await anna.sees('Still here.');
});

story('where somebody was erased, the call says so', { devAgent: false }, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  const ben = await browser.person('Ben');
  await ben.joins(await anna.makesInvite());
  await ben.says('I would rather not have said this.');
  await anna.sees('I would rather not have said this.');
  await anna.says('Then it shall be forgotten.');
  await ben.sees('Then it shall be forgotten.');
  await anna.endsCall();
  await anna.seesTheEnd();

  const sessionId = await anna.sessionId();
  const events = await eventsOf(server, sessionId, await server.token({ user: 'usr_backend', role: 'service' }));
  const { payload } = events.find((one) => one.type === 'call.participant.joined' && one.payload.identity?.displayName === 'Ben');
  const admin = await server.token({ user: 'usr_root', role: 'admin' });
  const ask = async (path, method = 'GET', body = undefined) => {
    const headers = { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' };
    const reply = await fetch(`${server.url}/v1/records/erasures${path}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(reply.ok, `${reply.status}`);
    return reply.json();
  };
  const { erasureId } = await ask('', 'POST', { userId: payload.participantId, reason: 'He asked for it.' });
  for (let state = 'requested'; state !== 'done'; ) ({ state } = await ask(`/${erasureId}`));

  await anna.page.getByRole('link', { name: 'Replay the call' }).click();
  await isAt(anna, 0);
  assert.equal(await anna.page.locator('.erased').count(), 0, 'not before it was');
  await anna.page.keyboard.press('End');
  await anna.page.locator('.erased').getByText(/^What they said and did was erased on .*, on request: \d+ events\.$/).waitFor();
  assert.deepEqual((await anna.transcript()).map(({ text }) => text).filter(Boolean), ['Then it shall be forgotten.']);
  assert.deepEqual(await barriers(anna.page), []);
  await keepPicture(anna, 'erased, replayed');
});
