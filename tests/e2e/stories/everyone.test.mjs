// The page is for everyone: screen readers, phones, dark rooms, other scripts, and people who mean harm.

import assert from 'node:assert/strict';

import { development, inviteOf } from '../support/agent.mjs';
import { barriers, refuses } from '../support/browser.mjs';
import { story } from '../support/story.mjs';

for (const colorScheme of ['light', 'dark']) {
  story(`axe finds no barrier in any state, ${colorScheme}`, {}, async ({ server, browser }) => {
    const anna = await browser.person('Anna', { colorScheme });
    const { page } = anna;
    const free = async (state) => assert.deepEqual(await barriers(page), [], state);

    await anna.opens(server.url);
    await page.getByRole('heading', { name: 'Start a call.' }).waitFor();
    await free('before the call');
    await anna.startsCall(server.url);
    await anna.sees('I am a scripted agent');
    await anna.says('Is this readable?');
    await anna.sees('You said: Is this readable?');
    await free('in the call');

    await page.getByRole('button', { name: 'Events' }).click();
    await page.getByRole('complementary', { name: 'Events' }).waitFor();
    await page.locator('.drawer summary').first().click();
    await free('with the drawer open');
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'End call' }).click();
    await page.getByRole('dialog').waitFor();
    await free('asked whether to end');
    await page.getByRole('button', { name: 'Stay' }).click();

    await server.kill9();
    await anna.connectionIs('Reconnecting');
    await anna.says('Is anybody there?');
    await anna.seesWaiting('Is anybody there?');
    await free('while reconnecting');
    await server.restart();
    await anna.isLive();
    await anna.endsCall();
    await anna.seesTheEnd();
    await free('after the end');
  });
}

story('axe does find barriers where there are some', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.opens(server.url);
  await anna.page.getByRole('heading', { name: 'Start a call.' }).waitFor();
  await anna.page.evaluate(() => {
    document.querySelector('label > span').remove();
    document.querySelector('.lede').style.color = '#ccc';
  });
  const found = (await barriers(anna.page)).map((barrier) => barrier.split(':')[0]);
  assert.deepEqual(found.sort(), ['color-contrast', 'label-title-only']);
});

story('a phone shows all of it, without sideways scrolling or small buttons', {}, async ({ server, browser }) => {
  const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
  const anna = await browser.person('Anna', phone);
  await refuses(anna.page, 'Refuse this.');
  await anna.startsCall(server.url);
  await anna.sees('I am a scripted agent');
  await anna.says(`${'Donaudampfschifffahrtsgesellschaft'.repeat(12)} https://example.org/${'x'.repeat(300)}`);
  await anna.sees('Donaudampfschifffahrt');
  await fits(anna, 'in the call');
  await anna.page.getByRole('button', { name: 'Invite' }).click();
  await anna.page.getByRole('dialog').waitFor();
  await fits(anna, 'asked for an invite');
  await anna.page.getByRole('button', { name: 'Close' }).click();
  await anna.says('Refuse this.');
  await anna.page.getByRole('button', { name: 'Say it again' }).waitFor();
  await fits(anna, 'after a refusal');
  await server.kill9();
  await anna.page.getByRole('button', { name: 'Try now' }).waitFor();
  await fits(anna, 'without a line');
});

/** Nothing is wider than the screen, and whatever is there to be tapped is as large as a thumb. */
async function fits({ page }, state) {
  const measured = await page.evaluate(() => ({
    sideways: document.documentElement.scrollWidth - innerWidth,
    small: [...document.querySelectorAll('button')]
      .filter((button) => button.checkVisibility())
      .map((button) => [button.textContent || button.ariaLabel, button.getBoundingClientRect()])
      .filter(([, box]) => box.width < 44 || box.height < 44)
      .map(([name, { width, height }]) => `${name}: ${width} x ${height}`),
  }));
  assert.deepEqual(measured, { sideways: 0, small: [] }, state);
}

story('who may only read is offered nothing else, and can leave', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  const vera = await browser.person('Vera');
  await anna.startsCall(server.url);
  const { token } = await development(server.url, '/v1/dev/token', 'POST', { name: 'Anna' });
  const { url } = await inviteOf(server, await anna.sessionId(), token, { role: 'viewer' });
  await vera.joins(url);
  await anna.says('Can you read this?');
  await vera.sees('Can you read this?');
  for (const name of ['Speak', 'Send', 'Invite', 'End call']) {
    assert.equal(await vera.page.getByRole('button', { name, exact: true }).count(), 0, name);
  }
  assert.equal(await vera.page.getByLabel('Say something').count(), 0);
  await vera.page.getByRole('button', { name: 'Leave' }).click();
  await vera.page.getByRole('heading', { name: 'You have left.' }).waitFor();
  await anna.says('And the call goes on.');
  await anna.sees('And the call goes on.');
});

story('hostile words are words', {}, async ({ server, browser }) => {
  const anna = await browser.person('<img src=x onerror=alert(1)>');
  const ben = await browser.person('\u202Eneb'); // Right to left, whatever comes after.
  await anna.startsCall(server.url);
  await ben.joins(await anna.makesInvite());
  const words = [
    '<script>alert(1)</script><img src=x onerror=alert(1)><style>*{display:none}</style>',
    'javascript:alert(1) &lt;b&gt; {{7*7}} ${7*7} \\u003cb\\u003e',
    '\u202Edlrow olleh\u202C and on \u2066isolated\u2069',
    'مرحبا <b>بك</b> 123',
    '𝕷𝖎𝖋𝖊𝖑𝖎𝖓𝖊 👩‍👩‍👧‍👦 e\u0301\u0301\u0301\u0301',
  ];
  for (const text of words) await anna.says(text);
  for (const person of [anna, ben]) {
    await person.sees(words.at(-1));
    await person.allIsSaid();
    const shown = (await person.transcript()).map(({ text }) => text);
    assert.deepEqual(words.filter((text) => !shown.includes(text)), [], 'each stands there as it was typed');
    assert.equal(await person.page.locator('.utterance img, .utterance script, .utterance b').count(), 0);
    assert.equal(await person.page.locator('.people bdi').count(), 3, 'names keep their direction to themselves');
  }
});
