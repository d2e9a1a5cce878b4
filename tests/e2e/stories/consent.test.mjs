// A call that keeps words only with consent: who has not agreed says nothing that is kept, who agreed is kept, and
// who took it back says nothing more. Looked for in the very files of the folder.

import assert from 'node:assert/strict';

import { development } from '../support/agent.mjs';
import { barriers } from '../support/browser.mjs';
import { eventsOf, transcriptOf } from '../support/journal.mjs';
import { keepPicture, story } from '../support/story.mjs';

const options = { config: '[consent]\nrecording = "required"\n' };

const panel = (person, title) => person.page.getByRole('region', { name: title });
const agree = (person) => person.page.getByRole('button', { name: 'I agree', exact: true });
const field = (person) => person.page.getByLabel('Say something');
const isOff = (person) => person.page.waitForFunction(() => document.querySelector('.speak textarea').readOnly);
const isOn = (person) => person.page.waitForFunction(() => !document.querySelector('.speak textarea').readOnly);

story('nothing is kept before a person agreed, and nothing more once they took it back', options, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  await panel(anna, 'May what you say be kept?').getByText('Everybody in this call can read it').waitFor();
  await anna.hasFocus('May what you say be kept?');
  assert.deepEqual(await barriers(anna.page), []);
  await isOff(anna);
  await anna.page.getByText('Typing and speaking are off until you agree.').waitFor();
  assert.ok(await anna.page.getByRole('button', { name: 'Send', exact: true }).isDisabled());

  // A no, by the keyboard alone. What she says all the same, past the page's own gate, is refused and nowhere.
  await anna.tabsTo('I do not agree');
  await anna.page.keyboard.press('Enter');
  await panel(anna, 'What you say is not kept.').waitFor();
  await anna.hasFocus('What you say is not kept.');
  // Her answer is the call's: she is not asked again after a reload, and may change it all the same.
  await anna.page.reload();
  await panel(anna, 'What you say is not kept.').waitFor();
  await isOff(anna);
  const sessionId = await anna.sessionId();
  const { token } = await development(server.url, '/v1/dev/token', 'POST', { name: 'Anna' });
  const publish = (text) =>
    fetch(`${server.url}/v1/call/sessions/${sessionId}/events`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        eventId: `past_${text.length}`,
        sessionId,
        ts: new Date().toISOString(),
        type: 'transcript.final',
        payload: { utteranceId: `utt_${text.length}`, speaker: 'user', text, startMs: 0, endMs: 1 },
        schemaVersion: '1.0',
      }),
    });
  const refusal = await publish('a word against my will');
  assert.equal(refusal.status, 403);
  assert.equal((await refusal.json()).code, 'consent_required');

  // Agreed: it is kept, and the agent answers.
  await agree(anna).click();
  await isOn(anna);
  await anna.hasFocus('Say something');
  await anna.page.getByText('What you say is kept.').waitFor();
  await anna.says('Now you may keep it.');
  await anna.sees('Now you may keep it.');

  // Somebody else has an answer of their own, and it is seen that it is missing.
  const link = await anna.makesInvite();
  const ben = await browser.person('Ben', { viewport: { width: 375, height: 700 }, colorScheme: 'dark' });
  await ben.joins(link);
  await panel(ben, 'May what you say be kept?').waitFor();
  await ben.page.getByRole('button', { name: 'I do not agree' }).waitFor();
  await keepPicture(ben, 'consent asked on a phone');
  assert.deepEqual(await barriers(ben.page), []);
  const people = anna.page.getByRole('region', { name: 'Who is here' });
  await people.getByText('has not agreed to recording').waitFor();
  await agree(ben).click();
  await people.getByText('has not agreed to recording').waitFor({ state: 'detached' });

  // Taken back with a draft on the page: the draft stays here and is not sent.
  await field(anna).fill('A thought that I keep to myself');
  await anna.page.getByRole('button', { name: 'Take that back' }).click();
  const dialog = anna.page.getByRole('dialog');
  await dialog.getByText('What was kept until now stays until it is erased').waitFor();
  assert.deepEqual(await barriers(anna.page), []);
  await dialog.getByRole('button', { name: 'Take it back' }).click();
  await panel(anna, 'What you say is no longer kept.').waitFor();
  await isOff(anna);
  assert.equal(await field(anna).inputValue(), 'A thought that I keep to myself');
  await keepPicture(anna, 'consent taken back');
  assert.equal((await publish('a later word against my will')).status, 403);

  // After a reload that is still her answer, and what was kept is still there.
  await anna.page.reload();
  await panel(anna, 'What you say is no longer kept.').waitFor();
  await anna.sees('Now you may keep it.');

  const events = await eventsOf(server, sessionId, token);
  const own = transcriptOf(events.filter(({ actor }) => actor.kind === 'user'));
  assert.deepEqual(own.map(({ text }) => text), ['Now you may keep it.']);
  assert.deepEqual(
    events.filter(({ type }) => type === 'call.consent.updated').map(({ payload }) => payload.state),
    ['denied', 'granted', 'granted', 'withdrawn'],
  );
  assert.ok(await server.holds('Now you may keep it.'));
  for (const words of ['a word against my will', 'a later word against my will', 'A thought that I keep'])
    assert.ok(!(await server.holds(words)), `${words}: stands in a file`);
});
