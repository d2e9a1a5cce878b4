// People see what their call uses while it runs, and what it used when it is over: the truth of the journal, in words.

import assert from 'node:assert/strict';

import { joinCall, redeemInvite } from '../../../sdk/dist/lifeline.js';
import { inviteOf } from '../support/agent.mjs';
import { barriers } from '../support/browser.mjs';
import { eventsOf } from '../support/journal.mjs';
import { Receiver } from '../support/lifeos.mjs';
import { keepPicture, story } from '../support/story.mjs';

const receiver = await Receiver.open();
const config = `[tools.send]
kind = "http"
url = "${receiver.url}"
schema = { type = "object", required = ["to"], properties = { to = { type = "string" }, text = { type = "string" } } }
display = { kind = "message_send", title = "Send this message?", target = "/to", preview = "/text" }
`;

const MODEL = 'gpt-5:mini';
/** A word that turns the writing around, and would be markup. */
const HOSTILE = 'eu\u202e<b>west</b>';

async function reports(server, sessionId, token, report) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const event = { eventId: `evt_${report.reportId}`, sessionId, ts: new Date().toISOString(), type: 'billing.usage.reported', payload: report, schemaVersion: '1.0' };
  const reply = await fetch(`${server.url}/v1/call/sessions/${sessionId}/events`, { method: 'POST', headers, body: JSON.stringify(event) });
  assert.equal(reply.status, 201, await reply.clone().text());
}

/** Somebody speaks, a letter is sent, and a provider says what it used, as far as it knows. */
async function livesThrough(anna, server) {
  await anna.startsCall(server.url);
  const sessionId = await anna.sessionId();
  const token = await server.token({ user: 'usr_backend', role: 'service' });
  const { url } = await inviteOf(server, sessionId, token, { role: 'agent' });
  const agent = await joinCall(await redeemInvite(url, { displayName: 'Antonio', baseUrl: server.url }));
  await anna.says('Write to HR.');
  await anna.sees('Write to HR.');
  await anna.page.getByRole('region', { name: 'Connection' }).getByText('Connected for less than a minute.').waitFor();
  const sent = agent.requestAction({ actionType: 'send', summary: 'Send the letter.', args: { to: 'hr@example.com', text: 'Dear Ms Okafor' } });
  await anna.page.getByRole('alertdialog').getByRole('button', { name: 'Approve and send' }).click();
  await anna.page.locator('.action[data-state="succeeded"]').waitFor();
  await sent;
  await agent.say('It is sent.');
  await anna.sees('It is sent.');
  const used = { reportId: 'use_1', meter: 'agent.tokens', unit: 'token', quantity: '1830', source: 'provider', model: MODEL, dims: { inputTokens: 1200, outputTokens: 630 } };
  await reports(server, sessionId, token, used);
  await reports(server, sessionId, token, { reportId: 'use_2', meter: 'tts.chars', unit: 'char', quantity: null, source: 'estimated', dims: { region: HOSTILE } });
  await anna.page.setViewportSize({ width: 390, height: 844 });
  await keepPicture(anna, 'connected, phone');
  const strip = await height(anna);
  await anna.losesNetwork();
  await anna.connectionIs('Offline');
  assert.equal(await height(anna), strip, 'nothing jumps');
  await keepPicture(anna, 'connected, offline, phone');
  await anna.page.setViewportSize({ width: 1280, height: 720 });
  await anna.page.getByText('Connected for less than a minute.').waitFor();
  await anna.findsNetwork();
  await anna.isLive();
  agent.leave();
  await anna.endsCall();
  await anna.seesTheEnd();
  return { sessionId, token };
}

const lines = (place) => place.locator('.used-line > p:first-child').evaluateAll((all) => all.map((one) => [...one.children].map((part) => part.textContent)));
const height = async (person) => (await person.page.getByRole('region', { name: 'Connection' }).boundingBox()).height;
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
const isAt = (person, event) => person.page.getByText(new RegExp(`^Event ${event} of \\d+$`)).waitFor();

story('people see what their call used, and what nobody knows yet', { devAgent: false, config }, async ({ server, browser }) => {
  try {
    const anna = await browser.person('Anna');
    const { sessionId, token } = await livesThrough(anna, server);

    // At the end of the call: read from the server, since the line is closed when the last records are written.
    await anna.page.getByRole('button', { name: 'What was used' }).click();
    const dialog = anna.page.getByRole('dialog', { name: 'Used in this call' });
    await dialog.getByText('Connected', { exact: true }).waitFor();
    await dialog.getByText('People', { exact: true }).waitFor();
    await dialog.getByText('gpt-5:mini · written', { exact: true }).waitFor();
    await dialog.getByText('Not all of it is recorded yet; it is being looked for.').waitFor({ state: 'detached' });
    const shown = await lines(dialog);
    const [, time] = shown.find(([label]) => label === 'Connected');
    const events = await eventsOf(server, sessionId, token);
    const measured = events.filter(({ type }) => type === 'billing.usage.measured');
    const ms = measured.filter(({ payload }) => payload.meter === 'call.duration_ms').reduce((sum, { payload }) => sum + Number(payload.quantityRaw), 0);
    assert.ok(ms > 0);
    assert.equal(time, ms < 1000 ? `${ms} ms` : ms < 60_000 ? `${Math.floor(ms / 1000)} s` : `${Math.floor(ms / 60_000)} min ${Math.floor(ms / 1000) % 60} s`);
    assert.deepEqual(
      shown.filter(([label]) => label !== 'Connected').sort(),
      [
        ['People', '12 characters'],
        ['Agents', '11 characters'],
        ['send · done', '1 time'],
        ['gpt-5:mini · read', '1,200 tokens'],
        ['gpt-5:mini · written', '630 tokens'],
        ['tts.chars · region: eu⟨U+202E⟩<b>west</b>', 'not known yet'],
      ].sort(),
    );
    assert.equal(await dialog.locator('b b').count(), 0, 'no word became markup');
    await dialog.getByText('Evidence for send · done').click();
    assert.deepEqual(await barriers(anna.page), []);
    await keepPicture(anna, 'used, at the end');
    await anna.page.emulateMedia({ colorScheme: 'dark' });
    await keepPicture(anna, 'used, at the end, dark');
    await anna.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await anna.page.evaluate(() => document.activeElement.textContent), 'What was used', 'the focus is where it was');

    // In the replay, on a phone in the dark: each piece of evidence is a way to its moment.
    const phone = await browser.person('Anna on her phone', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    await phone.opens(`${server.url}/?replay=${sessionId}`);
    await phone.page.getByLabel('Your name').fill('Anna');
    await phone.page.getByRole('button', { name: 'Show the call' }).click();
    await isAt(phone, 0);
    await phone.page.getByRole('button', { name: 'Used', exact: true }).click();
    const panel = phone.page.getByRole('region', { name: 'Used in this call', exact: true });
    await panel.getByRole('heading', { name: 'What was done' }).waitFor();
    assert.deepEqual(await lines(panel), shown, 'the same as at the end');
    const asked = events.find(({ type }) => type === 'orchestration.action.requested').seq;
    await panel.getByText('Evidence for send · done').focus();
    await phone.page.keyboard.press('Enter');
    await panel.getByRole('button', { name: `To event ${asked}`, exact: true }).press('Enter');
    await isAt(phone, asked);
    assert.deepEqual(await barriers(phone.page), []);
    assert.ok(await fits(phone.page), 'nothing is wider than the phone');
    await keepPicture(phone, 'used, replay, phone, dark');
    await phone.page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    assert.equal(await phone.page.evaluate(() => document.activeElement.textContent), 'Used');

    await anna.page.getByRole('link', { name: 'Replay the call' }).click();
    await isAt(anna, 0);
    await anna.page.getByRole('button', { name: 'Used', exact: true }).click();
    await anna.page.getByRole('region', { name: 'Used in this call', exact: true }).getByText('Evidence for People').click();
    await keepPicture(anna, 'used, replay, dark');
  } finally {
    receiver.close();
  }
});
