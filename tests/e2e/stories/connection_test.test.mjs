// The page that says whether a call would work from here, for everybody who wonders.

import assert from 'node:assert/strict';

import { barriers } from '../support/browser.mjs';
import { story } from '../support/story.mjs';

const address = (base) => `${base}/connection-test?seconds=3`;

async function tests(person, base) {
  await person.opens(address(base));
  await person.page.getByRole('heading', { name: 'Will a call work from here?' }).waitFor();
  await person.page.getByRole('button', { name: 'Begin the test' }).click();
}

async function outcomes(person) {
  return person.page.locator('.checks li').evaluateAll((rows) => rows.map((row) => row.dataset.outcome));
}

for (const [colorScheme, viewport] of [['light', { width: 1280, height: 800 }], ['dark', { width: 360, height: 640 }]]) {
  story(`a good connection is said to be good, ${colorScheme}, ${viewport.width} wide`, {}, async ({ server, browser }) => {
    const anna = await browser.person('Anna', { colorScheme, viewport });
    await tests(anna, server.url);
    await anna.page.locator('.check-summary h2').waitFor();
    assert.match(await anna.focused(), /^Calls work/, 'and the answer is read out');
    const network = (await outcomes(anna)).slice(0, 6);
    assert.deepEqual(network, Array(6).fill('good'));
    assert.deepEqual(await barriers(anna.page), []);
    const sideways = await anna.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(sideways, 0);
  });
}

story('with the keyboard alone it can be begun, and begun again', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.opens(address(server.url));
  await anna.tabsTo('Begin the test');
  await anna.page.keyboard.press('Enter');
  await anna.page.locator('.check-summary h2').waitFor();
  await anna.tabsTo('Test again');
  await anna.page.keyboard.press('Enter');
  await anna.page.locator('.check-summary').waitFor({ state: 'detached' });
  await anna.page.locator('.check-summary h2').waitFor();
});

story('where live lines do not get through, it says so and what to do', {}, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.page.routeWebSocket(/\/ws(\?|$)/, (socket) => void socket.close({ code: 1001 }));
  await tests(anna, server.url);
  await anna.page.getByText('Live lines (WebSocket) do not get through.').waitFor();
  await anna.page.getByRole('heading', { name: 'Calls will not work from here as it is.' }).waitFor();
  await anna.page.getByText(/firewall, proxy or virus scanner/).waitFor();
});

story('a guest’s page tests what can be tested without a call', {}, async ({ proxy, browser }) => {
  const ben = await browser.person('Ben');
  await tests(ben, proxy.url);
  await ben.page.locator('.check-summary h2').waitFor();
  assert.deepEqual((await outcomes(ben)).slice(0, 6), ['good', 'good', 'good', 'good', 'skipped', 'skipped']);
});
