// Everything with the keyboard alone: no click, no tap, no mouse.

import assert from 'node:assert/strict';

import { story } from '../support/story.mjs';

story('a call is started, held and ended with the keyboard alone', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  const { keyboard } = anna.page;
  await anna.opens(server.url);
  await anna.hasFocus('Your name');
  await keyboard.type('Anna');
  await keyboard.press('Enter');
  await anna.isLive();

  await anna.hasFocus('Say something');
  await keyboard.type('Only keys.');
  await keyboard.press('Shift+Enter');
  await keyboard.type('On two lines.');
  await keyboard.press('Enter');
  await anna.sees('Only keys.');
  await anna.hasFocus('Say something');

  // The drawer opens, takes the focus, and gives it back.
  await anna.tabsTo('Events');
  await keyboard.press('Enter');
  await anna.hasFocus('Filter events');
  await keyboard.type('transcript.final');
  await keyboard.press('Escape'); // Empties the field, as a search field does everywhere ...
  await keyboard.press('Escape'); // ... and then closes the drawer, if the first did not.
  await anna.page.getByRole('complementary', { name: 'Events' }).waitFor({ state: 'detached' });
  await anna.hasFocus('Events');

  // The dialog can be left, and the focus is where it was.
  await anna.tabsTo('End call');
  await keyboard.press('Enter');
  await anna.hasFocus('Stay');
  await keyboard.press('Escape');
  await anna.hasFocus('End call');

  await keyboard.press('Enter');
  await anna.hasFocus('Stay');
  await anna.tabsTo('End for everyone');
  await keyboard.press('Enter');
  await anna.seesTheEnd();
  assert.equal(await anna.focused(), 'The call was ended.', 'the focus is on what happened, not lost');
});

story('the focus goes round the whole page and never gets stuck', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  await anna.sees('I am a scripted agent');
  const stops = new Set();
  for (let i = 0; i < 40; i++) {
    await anna.page.keyboard.press('Tab');
    stops.add(await anna.focused());
  }
  for (const stop of ['Events', 'Invite', 'End call', 'What was said, oldest first', 'Say something']) {
    assert.ok(stops.has(stop), `Tab reaches ${stop}; it reached ${[...stops].join(', ')}`);
  }
});
