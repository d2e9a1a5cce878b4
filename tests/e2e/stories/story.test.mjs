// A call that is over is read as a story: what happened and why, what is odd, and each line leads to its moment.

import assert from 'node:assert/strict';

import { joinCall, redeemInvite } from '../../../sdk/dist/lifeline.js';
import { inviteOf } from '../support/agent.mjs';
import { barriers } from '../support/browser.mjs';
import { Receiver } from '../support/lifeos.mjs';
import { keepPicture, story } from '../support/story.mjs';

const receiver = await Receiver.open();
const config = `[tools.send]
kind = "http"
url = "${receiver.url}"
schema = { type = "object", required = ["to"], properties = { to = { type = "string" }, text = { type = "string" } } }
display = { kind = "message_send", title = "Send this message?", target = "/to", preview = "/text" }
`;

/** A call with a letter that is refused, one that is sent, a lost line, and an utterance from a clock that is wrong. */
async function livesThrough(anna, server) {
  await anna.startsCall(server.url);
  const sessionId = await anna.sessionId();
  const token = await server.token({ user: 'usr_backend', role: 'service' });
  const { url } = await inviteOf(server, sessionId, token, { role: 'agent' });
  const invited = await redeemInvite(url, { displayName: 'Antonio', baseUrl: server.url });
  const agent = await joinCall(invited);
  const sheet = anna.page.getByRole('alertdialog');
  const asks = { actionType: 'send', summary: 'Send the letter.', args: { to: 'hr@example.com', text: 'Dear Ms Okafor' } };

  await anna.says('Write to HR.');
  await anna.sees('Write to HR.');
  const first = agent.requestAction(asks).catch((error) => error);
  await sheet.getByRole('button', { name: 'Say no' }).click();
  await anna.page.locator('.action[data-state="cancelled"]').waitFor();
  await first;
  const second = agent.requestAction({ ...asks, summary: 'Send it after all.' });
  await sheet.getByRole('button', { name: 'Approve and send' }).click();
  await anna.page.locator('.action[data-state="succeeded"]').waitFor();
  await second;

  await anna.losesNetwork();
  await anna.connectionIs('Offline');
  await anna.findsNetwork();
  await anna.isLive();
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const late = { utteranceId: 'u_late', speaker: 'agent', text: 'It was sent.', startMs: 0, endMs: 900 };
  const reply = await fetch(`${server.url}/v1/call/sessions/${sessionId}/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await invited.getToken({ refused: null })}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ eventId: 'late_1', sessionId, ts: hourAgo, type: 'transcript.final', payload: late, schemaVersion: '1.0' }),
  });
  assert.equal(reply.status, 201, await reply.clone().text());
  await anna.sees('It was sent.');
  agent.leave();
  await anna.endsCall();
  await anna.seesTheEnd();
  return sessionId;
}

const panel = (person) => person.page.getByRole('region', { name: 'Story', exact: true });
const isAt = (person, event) => person.page.getByText(new RegExp(`^Event ${event} of \\d+$`)).waitFor();

/** Every sentence of the story, from top to bottom, as the page shows it. */
const sentences = (person) => panel(person).locator('.story-what').allTextContents();

/** The same, of what the command says. */
const told = ({ entries, anomalies }) => [
  ...anomalies.map(({ what }) => what),
  ...entries.flatMap(({ what, why = [], steps = [] }) => [what, ...[...why, ...steps].map((one) => one.what)]),
];

story('a call is read as a story, and each line leads to its moment', { devAgent: false, config }, async ({ server, browser }) => {
  try {
    const anna = await browser.person('Anna');
    const sessionId = await livesThrough(anna, server);
    const said = JSON.parse(await server.command('explain', sessionId, '--json'));

    await anna.page.getByRole('link', { name: 'Replay the call' }).click();
    await isAt(anna, 0);
    await anna.page.getByRole('button', { name: 'Story', exact: true }).click();
    await panel(anna).getByRole('heading', { name: 'What happened' }).waitFor();
    assert.deepEqual(await sentences(anna), told(said), 'the same as lifeline explain');
    assert.deepEqual(await barriers(anna.page), []);

    // Who said no, who yes, and by which rules.
    await panel(anna).getByText(/answered deny, by ui/).waitFor();
    await panel(anna).getByText(/answered approve, by ui/).waitFor();
    assert.equal(await panel(anna).getByText(/^judged by policy .+: require_confirmation/).count(), 2);
    await panel(anna).getByText(/^Took .+ · Waited for people /).first().waitFor();
    await panel(anna).getByText(/'s line was lost; back after /).first().waitFor();

    // What is odd has a word beside its colour, and leads to where it was.
    const odd = said.anomalies.find(({ code, what }) => code === 'clock_jump' && what.includes('behind'));
    const line = panel(anna).getByRole('button', { name: new RegExp(`Worth a look.*Event ${odd.seq},`) });
    await line.focus();
    await anna.page.keyboard.press('Enter');
    await isAt(anna, odd.seq);
    await anna.sees('It was sent.');
    const current = panel(anna).locator('[aria-current="step"]');
    await current.getByText('It was sent.').waitFor();
    assert.equal(await current.count(), 1);
    assert.ok(await current.evaluate((at) => at.getBoundingClientRect().top < innerHeight), 'it is in sight');

    // By keys from line to line, and the replay's own keys move the mark.
    await panel(anna).getByRole('button', { name: /answered deny/ }).focus();
    await anna.page.keyboard.press('ArrowUp');
    await anna.page.keyboard.press('ArrowDown');
    await anna.page.keyboard.press('Enter');
    const denied = said.entries.flatMap(({ steps = [] }) => steps).find(({ what }) => what.includes('answered deny'));
    await isAt(anna, denied.seq);
    await current.getByText(/answered deny/).waitFor();
    await anna.page.keyboard.press('ArrowLeft');
    await isAt(anna, denied.seq - 1);
    await current.getByText(/a person is asked/).waitFor();
    await keepPicture(anna, 'story, light');
    await anna.page.emulateMedia({ colorScheme: 'dark' });
    await keepPicture(anna, 'story, dark');
    assert.deepEqual(await barriers(anna.page), []);

    // It closes, and gives the focus back.
    await anna.page.keyboard.press('Escape');
    await panel(anna).waitFor({ state: 'detached' });
    await anna.hasFocus('Story');

    // On the phone it stands where the words stood, and nothing is wider than the screen.
    await anna.page.setViewportSize({ width: 360, height: 740 });
    await anna.page.getByRole('button', { name: 'Story', exact: true }).click();
    await panel(anna).getByRole('heading', { name: 'What happened' }).waitFor();
    assert.ok(!(await anna.page.locator('.words').isVisible()));
    const wide = await anna.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.ok(!wide, 'nothing is wider than the phone');
    assert.deepEqual(await barriers(anna.page), []);
    await keepPicture(anna, 'story, phone, dark');
    await anna.page.emulateMedia({ colorScheme: 'light' });
    await panel(anna).getByRole('button', { name: /answered approve/ }).click();
    await current.getByText(/answered approve/).waitFor();
    await keepPicture(anna, 'story, phone, light');
  } finally {
    receiver.close();
  }
});

story('a story that cannot be had says what to do, and is told of a call that goes on', { devAgent: false }, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  await anna.says('The first thing.');
  await anna.sees('The first thing.');
  const link = `${server.url}/?replay=${await anna.sessionId()}`;
  const reader = await browser.person('Anna at her desk');
  await reader.opens(link);
  await reader.page.getByLabel('Your name').fill('Anna');
  await reader.page.getByRole('button', { name: 'Show the call' }).click();
  await reader.page.getByText('This call is not over').waitFor();

  await reader.page.route('**/explain?*', (route) => route.abort());
  await reader.page.getByRole('button', { name: 'Story', exact: true }).click();
  await panel(reader).getByRole('alert').getByText('The server cannot be reached.').waitFor();
  assert.deepEqual(await barriers(reader.page), []);
  await reader.page.unroute('**/explain?*');
  await panel(reader).getByRole('button', { name: 'Tell it again' }).click();
  await panel(reader).getByText(/The first thing\./).first().waitFor();

  // Taken out of the call since: not allowed, in words.
  const refused = { code: 'session_not_found', title: 'Not found', status: 404 };
  await reader.page.route('**/explain?*', (route) => route.fulfill({ status: 404, contentType: 'application/problem+json', json: refused }));
  await anna.says('The second thing.');
  await anna.sees('The second thing.');
  await reader.page.getByRole('button', { name: 'Read what came since' }).click();
  await panel(reader).getByRole('alert').getByText('This call does not exist, or is not yours to enter.').waitFor();
  await panel(reader).getByText(/The first thing\./).first().waitFor();
  await reader.page.unroute('**/explain?*');
  await panel(reader).getByRole('button', { name: 'Tell it again' }).click();
  await panel(reader).getByText(/The second thing\./).first().waitFor();
});
