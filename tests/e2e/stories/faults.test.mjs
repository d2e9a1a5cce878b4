// Bad networks, sleeping phones, second tabs and servers that restart, as people at a page live through them.

import assert from 'node:assert/strict';

import { development } from '../support/agent.mjs';
import { barriers } from '../support/browser.mjs';
import { eventsUntil } from '../support/journal.mjs';
import { story } from '../support/story.mjs';

/** Ben comes by the way on which things can go wrong, Anna directly. */
async function bothIn({ server, proxy, browser }) {
  const anna = await browser.person('Anna');
  const ben = await browser.person('Ben');
  await anna.startsCall(server.url);
  await ben.joins((await anna.makesInvite()).replace(server.url, proxy.url));
  return { anna, ben };
}

async function press({ page }, name) {
  await page.getByRole('button', { name, exact: true }).click();
}

async function sameTranscript(...people) {
  for (const person of people) await person.allIsSaid();
  const [first, ...rest] = await Promise.all(people.map((person) => person.transcript()));
  for (const other of rest) assert.deepEqual(other, first);
}

story('a line that is reset in the middle of a word comes back with every word, once', {}, async (cast) => {
  const { anna, ben } = await bothIn(cast);
  for (const [direction, text] of [['down', 'Lost on its way down.'], ['up', 'Lost on its way up.']]) {
    const reset = cast.proxy.add({ do: 'rst', when: { direction, type: 'transcript.final' } });
    await (direction === 'up' ? ben : anna).says(text);
    await reset;
    for (const person of [anna, ben]) await person.sees(text);
  }
  await ben.isLive();
  await sameTranscript(anna, ben);
});

story('a line on which nothing arrives any more is found out and replaced', {}, async (cast) => {
  const { anna, ben } = await bothIn(cast);
  cast.proxy.apply({ do: 'half_open' });
  await ben.says('Into the dark.');
  await anna.sees('Into the dark.');
  await ben.sees('Into the dark.');
  await sameTranscript(anna, ben);
});

story('bytes that arrive one by one make the same words', {}, async (cast) => {
  void cast.proxy.add({ do: 'split', times: 0 });
  const { anna, ben } = await bothIn(cast);
  await anna.says('Grüße 👋');
  await ben.sees('Grüße 👋');
  await sameTranscript(anna, ben);
});

story('a pass that is said to have expired does not end the call', {}, async (cast) => {
  const { anna, ben } = await bothIn(cast);
  const refused = cast.proxy.add({ do: 'expire_token', when: { connection: 1 } });
  cast.proxy.apply({ do: 'rst' });
  await refused;
  await ben.isLive();
  await anna.says('Still there?');
  await ben.sees('Still there?');
});

story('a page that was put to sleep has every word when it wakes', {}, async (cast) => {
  const { anna, ben } = await bothIn(cast);
  await ben.sleeps(true);
  await anna.says('Said while Ben’s phone slept.');
  await anna.sees('Said while Ben’s phone slept.');
  await ben.sleeps(false);
  await ben.sees('Said while Ben’s phone slept.');
  await sameTranscript(anna, ben);

  await ben.sleeps(true);
  cast.proxy.apply({ do: 'rst' }); // And the line goes while it sleeps.
  await anna.says('And once more.');
  await ben.sleeps(false);
  await ben.sees('And once more.');
  await ben.isLive();
  await sameTranscript(anna, ben);
});

story('a second tab is a line of its own; one that takes the line over is told from it', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  const second = await anna.duplicatesTab();
  await second.isLive();
  await anna.isLive();
  await anna.says('From the first tab.');
  await second.sees('From the first tab.');

  // What a tab leaves behind when it goes is for its successor; here two have it.
  await anna.page.evaluate(() => void window.dispatchEvent(new Event('pagehide')));
  const thief = await anna.duplicatesTab();
  await thief.isLive();
  await anna.page.getByRole('heading', { name: 'This call is open in another place.' }).waitFor();
  assert.deepEqual(await barriers(anna.page), []);
  await thief.says('From the other place.');
  await thief.sees('From the other place.');
  await anna.page.getByRole('button', { name: 'Use the call here' }).click();
  await anna.isLive();
  await anna.sees('From the other place.');
  await thief.isLive();
});

story('a page that is loaded again takes its own place, and leaves no token behind', {}, async (cast) => {
  const { anna, ben } = await bothIn(cast);
  cast.proxy.apply({ do: 'half_open' }); // The server believes in the old line for another minute.
  await ben.page.reload();
  await ben.isLive();
  await ben.says('I am back.');
  await anna.sees('I am back.');
  assert.deepEqual((await ben.storedKeys()).sort(), ['lifeline.call', 'lifeline.pass']);
  assert.equal((await anna.names()).filter((name) => name.startsWith('Ben')).length, 1);
});

story('a server that restarts in good order says so before, and the call goes on', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  await anna.says('Before.');
  await anna.sees('You said: Before.');
  await server.stop();
  await anna.connectionIs('Reconnecting');
  await anna.says('Meanwhile.');
  await anna.seesWaiting('Meanwhile.');
  await server.restart();
  await anna.isLive();
  await anna.sees('You said: Meanwhile.');
});

const shortWindow = { config: '[calls]\nreconnect_window_ms = 1500\n' };

story('the others are told whom the call waits for and until when', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  const ben = await browser.person('Ben');
  await anna.startsCall(server.url);
  await ben.joins(await anna.makesInvite());
  await anna.page.getByRole('button', { name: 'Events' }).click();
  await press(anna, 'Go offline');
  await anna.connectionIs('Reconnecting');
  await ben.connectionIs('Waiting');
  await ben.page.getByText(/until \d{1,2}:\d{2}.*Anna.* lost the connection/).waitFor();
  await ben.says('Anna?');
  await ben.sees('Anna?');
  await press(anna, 'Go offline');
  await anna.isLive();
  await ben.isLive();
  await anna.sees('Anna?');
});

story('a call that could not wait any longer is carried on with one tap', shortWindow, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  await anna.says('We were just talking.');
  await anna.sees('You said: We were just talking.');
  const before = await anna.sessionId();
  await anna.page.getByRole('button', { name: 'Events' }).click();
  await press(anna, 'Go offline');
  await anna.connectionIs('Reconnecting');
  const { token } = await development(server.url, '/v1/dev/token', 'POST', { name: 'Anna' });
  await eventsUntil(server, before, token, (events) => events.some(({ type }) => type === 'call.terminal_failure'));
  await press(anna, 'Go offline');
  await anna.page.getByRole('heading', { name: /^The call broke off\./ }).waitFor();
  await anna.sees('You said: We were just talking.');
  assert.deepEqual(await barriers(anna.page), [], 'with the drawer and its switches open');
  await anna.page.getByRole('button', { name: 'Carry on in a new call' }).click();
  await anna.isLive();
  await anna.sees('I am a scripted agent');
  const after = await anna.sessionId();
  assert.notEqual(after, before);
  const [created] = await eventsUntil(server, after, token, (events) => events.length > 0);
  assert.equal(created.payload.continues, before);
});

story('in development the drawer breaks the line, and shows that nothing is lost by it', {}, async (cast) => {
  const { anna, ben } = await bothIn(cast);
  await ben.page.getByRole('button', { name: 'Events' }).click();
  await ben.page.getByRole('complementary', { name: 'Events' }).waitFor();
  assert.equal(await ben.page.getByRole('button', { name: 'Cut' }).count(), 0, 'only in development');

  await anna.page.getByRole('button', { name: 'Events' }).click();
  await press(anna, 'Cut');
  await anna.isLive();
  await press(anna, 'Expire the token');
  await anna.isLive();
  await press(anna, 'Stall');
  await anna.says('Held back.');
  await press(anna, 'Stall');
  await ben.sees('Held back.');
  await press(anna, 'Go offline');
  await anna.connectionIs('Reconnecting');
  await ben.says('Are you there, Anna?');
  await ben.sees('Are you there, Anna?');
  await press(anna, 'Go offline');
  await anna.isLive();
  await anna.sees('Are you there, Anna?');
  await sameTranscript(anna, ben);
});
