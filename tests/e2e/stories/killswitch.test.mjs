// Stopping more than one call: an operator does it with a reason and a second look, on a page of its own and beside
// the call; whose pass is for one call only is told so.

import assert from 'node:assert/strict';

import { inviteOf } from '../support/agent.mjs';
import { barriers } from '../support/browser.mjs';
import { story } from '../support/story.mjs';

const stopped = (person) => person.page.getByRole('region', { name: 'Stopped now' });
const dialog = (person) => person.page.getByRole('dialog').last();

story('an operator stops a type of action with keys alone, and allows it again', { devAgent: false }, async ({ server, browser }) => {
  const pass = await server.token({ user: 'usr_op', role: 'operator' });
  const olga = await browser.person('Olga', { viewport: { width: 390, height: 844 } });
  const { keyboard } = olga.page;
  await olga.opens(`${server.url}/killswitch`);
  assert.deepEqual(await barriers(olga.page), []);
  await olga.hasFocus('Pass (access token)');
  await keyboard.insertText(await server.token({ user: 'usr_anna' }));
  await keyboard.press('Enter');
  await olga.page.getByRole('heading', { name: 'Your pass is not for this.' }).waitFor();
  await olga.page.getByLabel('Pass (access token)').fill(pass);
  await keyboard.press('Enter');
  await stopped(olga).getByText('Nothing is stopped beyond single calls.').waitFor();
  assert.deepEqual(await olga.storedKeys(), [], 'a pass is kept nowhere');

  await olga.tabsTo('Type of action');
  await keyboard.type('outreach.send');
  await keyboard.press('Enter');
  await dialog(olga).getByRole('heading', { name: 'Stop the action outreach.send?' }).waitFor();
  await olga.hasFocus('Why');
  assert.deepEqual(await barriers(olga.page), []);
  assert.ok(await dialog(olga).getByRole('button', { name: 'Stop', exact: true }).isDisabled(), 'not without a reason');
  await keyboard.press('Escape');
  await olga.page.getByRole('dialog').waitFor({ state: 'detached' });
  await olga.page.getByRole('button', { name: 'Stop …' }).click();
  await dialog(olga).getByLabel('Why').fill('Two letters went to the wrong people.');
  await keyboard.press('Enter');
  const row = stopped(olga).getByRole('listitem');
  await row.getByText('Two letters went to the wrong people.').waitFor();
  await row.getByText('usr_op').waitFor();
  await olga.hasFocus('Stopped now');
  assert.deepEqual(await barriers(olga.page), []);

  await row.getByRole('button', { name: /^Allow again/ }).click();
  await dialog(olga).getByLabel('Why').fill('Mended.');
  await dialog(olga).getByRole('button', { name: 'Allow again' }).click();
  await stopped(olga).getByText('Nothing is stopped beyond single calls.').waitFor();

  // Only an admin stops everything, and nobody without the word.
  await olga.page.getByLabel('Everything on this server').check();
  await olga.page.getByRole('button', { name: 'Stop …' }).click();
  await dialog(olga).getByLabel('Why').fill('Fire.');
  assert.ok(await dialog(olga).getByRole('button', { name: 'Stop', exact: true }).isDisabled());
  await dialog(olga).getByLabel(/Type stop/).fill('stop');
  await dialog(olga).getByRole('button', { name: 'Stop', exact: true }).click();
  await dialog(olga).getByText('Your pass is not for this.').waitFor();
});

story('beside a call an operator sees what is stopped beyond it', { devAgent: false }, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  const sessionId = await anna.sessionId();
  const service = await server.token({ user: 'usr_backend', role: 'service' });

  // By an invite: this call only.
  const guest = await browser.person('Gus');
  const { url } = await inviteOf(server, sessionId, service, { role: 'operator' });
  await guest.joins(url);
  await guest.page.getByRole('button', { name: 'Beyond this call …' }).click();
  await dialog(guest).getByText('Your pass is for this call only.').waitFor();
  assert.deepEqual(await barriers(guest.page), []);
  await dialog(guest).getByRole('button', { name: 'Back to the call' }).click();

  // With a pass of their own for the account.
  const olga = await browser.person('Olga');
  const pass = await server.token({ user: 'usr_op', name: 'Olga', role: 'operator' });
  await olga.opens(`${server.url}/approve#session=${sessionId}&token=${pass}`);
  await olga.isLive();
  await olga.opens(server.url);
  await olga.isLive();
  await olga.page.getByRole('button', { name: 'Beyond this call …' }).click();
  await dialog(olga).getByLabel('A whole account').check();
  await dialog(olga).getByRole('button', { name: 'Stop …' }).click();
  await dialog(olga).getByLabel('Why').fill('Drill.');
  await dialog(olga).getByLabel(/Type stop/).fill('stop');
  await dialog(olga).getByRole('button', { name: 'Stop', exact: true }).click();
  await stopped(olga).getByRole('listitem').getByText('Drill.').waitFor();
  assert.deepEqual(await barriers(olga.page), []);
  await olga.page.keyboard.press('Escape');
  await olga.page.getByRole('dialog').waitFor({ state: 'detached' });
  await olga.page.getByRole('region', { name: 'Actions' }).getByText('All actions in the account').waitFor();
});
