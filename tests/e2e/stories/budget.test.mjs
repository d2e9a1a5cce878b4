// A budget in the eyes of those who talk: they are told in good time, and where it ends the call it says so in its own
// words, seen and heard. What the call cost is for whoever answers for the account.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { barriers } from '../support/browser.mjs';
import { faultsOf } from '../support/harmless.mjs';
import { keepPicture, story } from '../support/story.mjs';

const earsAndVoice = await readFile(new URL('../support/ears_and_voice.js', import.meta.url), 'utf8');
const SAID = 'Hello there.'; // Twelve characters.
const WARNED = '50 percent of the budget words are used.';
const STOPPED = /^The budget words is used up, so the call ends here\./;

const card = {
  ...{ card: 'standard', version: 1, kind: 'price', currency: 'EUR', effectiveFrom: `${new Date().toISOString().slice(0, 13)}:00Z` },
  items: [{ item: 'words', meter: 'transcript.chars', per: '1', tiers: [{ unitNano: '500' }] }],
};

const fits = async ({ page }) => {
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(await barriers(page), []);
};

story('a budget is said in good time, and ends a call in its own words', { devAgent: false }, async ({ server, browser }) => {
  const operator = await server.token({ user: 'usr_op', role: 'operator' });
  const admin = await server.token({ user: 'usr_root', role: 'admin' });
  const rest = async (method, where, token, body) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const reply = await fetch(`${server.url}/v1/${where}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(reply.ok, await reply.text());
  };
  const budget = (limit, hard) =>
    rest('PUT', 'billing/accounts/acct_dev/budgets/words', operator, { scope: 'call', period: 'call', meter: 'transcript.chars', limit, warnAt: [50], hard });

  const anna = await browser.person('Anna', { viewport: { width: 390, height: 844 } });
  await anna.context.addInitScript(earsAndVoice);
  await rest('POST', 'accounts', admin, { accountId: 'acct_dev' });
  await budget('24', true);
  await anna.startsCall(server.url);
  const sessionId = await anna.sessionId();
  await anna.says(SAID);
  await anna.sees(SAID);

  // In good time.
  const note = anna.page.getByRole('status').getByText(WARNED);
  await note.waitFor();
  await fits(anna);
  await keepPicture(anna, 'budget, warning, phone');

  // What is used so far, with the keys; the focus comes back.
  const time = anna.page.getByRole('button', { name: /^Connected for/ });
  await time.focus();
  await anna.page.keyboard.press('Enter');
  const dialog = anna.page.getByRole('dialog', { name: 'Used so far' });
  await dialog.getByText(WARNED).waitFor();
  await dialog.getByText('The call goes on', { exact: false }).waitFor();
  await fits(anna);
  await keepPicture(anna, 'budget, used so far, phone');
  await anna.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.match(await anna.page.evaluate(() => document.activeElement.textContent), /^Connected for/);

  // It is used up: the call ends, and says so.
  await anna.says(SAID);
  await anna.page.getByRole('heading', { name: 'What this call may use is used up.' }).waitFor();
  await anna.page.getByText(STOPPED).waitFor();
  await anna.isBeingRead('so the call ends here');
  await fits(anna);
  await keepPicture(anna, 'budget, used up, phone');

  // Who only talks sees what was used, and nothing of money.
  await anna.page.getByRole('button', { name: 'What was used' }).click();
  const used = anna.page.getByRole('dialog', { name: 'Used in this call' });
  await used.getByText('People', { exact: true }).waitFor();
  await used.getByText('Not all of it is recorded yet; it is being looked for.').waitFor({ state: 'detached' });
  assert.equal(await used.getByRole('heading', { name: 'Charged' }).count(), 0);

  // Whoever answers for the account sees that there is no price, and then that it waits for the end of its hour.
  const olga = await browser.person('Olga', { colorScheme: 'dark' });
  await olga.opens(`${server.url}/?replay=${sessionId}#token=${operator}`);
  await olga.page.getByRole('button', { name: 'Used', exact: true }).click();
  const charged = olga.page.getByRole('group', { name: 'Charged', exact: true });
  await charged.getByText('No price card is in force, so nothing is charged.').waitFor();
  await rest('POST', 'billing/cards', admin, { card });
  await olga.page.getByRole('button', { name: 'Close what was used' }).click();
  await olga.page.getByRole('button', { name: 'Used', exact: true }).click();
  await charged.getByText('Not priced yet').waitFor();
  await charged.getByRole('button', { name: 'Ask again' }).waitFor();
  await charged.scrollIntoViewIfNeeded();
  await fits(olga);
  await keepPicture(olga, 'budget, not priced yet, dark');

  // So it stands on the page of the account: what is used, and that it has no price yet.
  const page = await browser.person('Olga at her desk', { viewport: { width: 390, height: 844 } });
  await page.opens(`${server.url}/account#token=${operator}`);
  await page.page.getByRole('navigation', { name: 'Parts of the account' }).getByRole('button', { name: 'Hours' }).click();
  await page.page.getByRole('status').getByText('What was used is not priced yet, or has no price.', { exact: false }).waitFor();
  const slider = page.page.getByRole('slider', { name: 'Used: transcript.chars, step by step' });
  assert.match(await slider.getAttribute('aria-valuetext'), /: 24 characters$/);
  await fits(page);
  await keepPicture(page, 'budget, account not priced yet, phone');

  // A soft one only says so, and the call goes on.
  await budget('24', false);
  await anna.page.keyboard.press('Escape');
  await anna.page.getByRole('button', { name: 'Start a new call' }).click();
  await anna.page.getByRole('button', { name: 'Start the call' }).click();
  await anna.isLive();
  await anna.says(`${SAID} ${SAID}`);
  await anna.page.getByRole('status').getByText('The budget words is used up.', { exact: true }).waitFor();
  await anna.says('We go on.');
  await anna.sees('We go on.');
  await anna.page.setViewportSize({ width: 1280, height: 720 });
  await fits(anna);
  await keepPicture(anna, 'budget, soft stop');
});
