// The first product, from the first word to what is sent: a CV that three write at once, questions, a message that is
// asked about, refused, changed, allowed on a second device, and goes out once.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { getDocument, joinCall, listActions, listDecisions, redeemInvite } from '../../../sdk/dist/lifeline.js';
import { inviteOf } from '../support/agent.mjs';
import { barriers } from '../support/browser.mjs';
import { assertSound, eventsOf, eventsUntil, transcriptOf } from '../support/journal.mjs';
import { pageOf, Receiver, settings, whyNoAgent } from '../support/lifeos.mjs';
import { story } from '../support/story.mjs';

const receiver = await Receiver.open();
after(() => receiver.close());
const whole = await settings(receiver, { agent: true });
const bare = await settings(receiver, { agent: false });
const skip = await whyNoAgent(whole);
if (skip) console.log(`# skipped: ${skip}`);

const sheet = (person) => person.page.getByRole('alertdialog');
const card = (person, state) => person.page.locator(`.action[data-state="${state}"]`);
const panel = (person, kind) => person.page.locator('.panel[data-document]', { has: person.page.getByText(kind, { exact: true }) });
const field = (person, kind, label) => panel(person, kind).getByRole('textbox', { name: label, exact: true });

/** Until the field holds exactly this. */
async function holds(person, kind, label, value) {
  const box = await field(person, kind, label).elementHandle();
  await person.page.waitForFunction(([one, wanted]) => one.value === wanted, [box, value]);
}

/** Goes on writing where the text ends; a field that is only focused has its caret at the beginning. */
async function writesOn(person, kind, label, text) {
  const box = field(person, kind, label);
  await box.press('End');
  await box.pressSequentially(text);
}

/** On a screen with room for one side only. */
const turnsToDocuments = (person) => person.page.getByRole('button', { name: /^Document/ }).click();

/** The question's address, for another device. */
async function openQuestion(server, sessionId) {
  const token = await server.token({ user: 'usr_backend', role: 'service' });
  const { actions } = await listActions({ baseUrl: server.url, getToken: () => token, sessionId });
  const { confirmation } = actions.find((one) => one.confirmation);
  return `${server.url}/approve#session=${sessionId}&confirmation=${confirmation.confirmationId}`;
}

async function answersOnThePhone(browser, address, name) {
  const phone = await browser.person(`${name} on her phone`, { viewport: { width: 390, height: 844 } });
  await phone.opens(address);
  await phone.page.getByLabel('Your name').fill(name);
  await phone.page.getByRole('button', { name: 'Show the question' }).click();
  await phone.page.getByText('hr@example.com').first().waitFor();
  await phone.page.getByRole('button', { name: 'Approve and send' }).dblclick();
  await phone.page.getByRole('heading', { name: 'You approved this.' }).waitFor();
}

story('Life OS: a CV of three hands, an interview, and a message sent once', { config: whole, devAgent: false, skip: skip ?? false }, async (cast) => {
  const { server, browser } = cast;
  const page = await pageOf(server);
  try {
    const anna = await browser.person('Anna', { viewport: { width: 1280, height: 900 } });
    await anna.startsCall(page.url);
    const sessionId = await anna.sessionId();

    // The CV appears.
    await anna.says('My name is Anna and I am a nurse');
    await holds(anna, 'CV', 'Name', 'Anna');
    await anna.page.getByText('Working on').getByText('CV').waitFor();
    await anna.sees('Your CV is on the screen.');
    assert.deepEqual(await barriers(anna.page), []);

    // Two people and the agent write in it at once.
    const ben = await browser.person('Ben', { viewport: { width: 390, height: 844 } });
    await ben.joins(await anna.makesInvite());
    await turnsToDocuments(ben);
    await holds(ben, 'CV', 'Name', 'Anna');
    assert.deepEqual(await barriers(ben.page), []);
    await anna.says('Add the skill triage');
    await Promise.all([
      writesOn(anna, 'CV', 'What you are', ' on intensive care'),
      writesOn(ben, 'CV', 'Name', ' Lindqvist'),
    ]);
    for (const person of [anna, ben]) {
      await holds(person, 'CV', 'Name', 'Anna Lindqvist');
      await holds(person, 'CV', 'What you are', 'nurse on intensive care');
      await holds(person, 'CV', 'Skills 1', 'triage');
    }

    // Both at the same line: the first stays, and the other is told and may insist.
    await ben.losesNetwork();
    await ben.connectionIs('Offline');
    await field(ben, 'CV', 'Name').fill('A. Lindqvist');
    await field(anna, 'CV', 'Name').fill('Anna M. Lindqvist');
    await panel(anna, 'CV').getByText('Saving …').waitFor({ state: 'detached' });
    await ben.findsNetwork();
    await panel(ben, 'CV').getByText('Anna changed “Name” at the same time; yours was not kept.').waitFor();
    await holds(ben, 'CV', 'Name', 'Anna M. Lindqvist');
    await panel(ben, 'CV').getByRole('button', { name: 'Show mine' }).click();
    await panel(ben, 'CV').getByText('A. Lindqvist', { exact: true }).waitFor();
    await panel(ben, 'CV').getByRole('button', { name: 'Use mine' }).click();
    await holds(anna, 'CV', 'Name', 'A. Lindqvist');

    // Questions.
    await anna.says('Let us practise an interview');
    await panel(anna, 'Interview').locator('textarea', { hasText: 'What are you proud of?' }).waitFor();
    await anna.says('I am proud of my team');
    await panel(ben, 'Interview').locator('textarea', { hasText: 'my team' }).first().waitFor();

    // A message is drafted, and put right by hand.
    await anna.says('Draft a message to jobs@example.com saying I would like to work with you');
    await holds(anna, 'Message', 'To', 'jobs@example.com');
    await field(anna, 'Message', 'Message').fill('Dear team, I would like to work with you.');
    const ask = panel(anna, 'Message').getByRole('button', { name: 'Ask to have it sent' });

    // No.
    await ask.click();
    await sheet(anna).getByText('jobs@example.com').first().waitFor();
    await sheet(anna).getByRole('button', { name: 'Say no' }).click();
    await card(anna, 'cancelled').waitFor();
    await anna.sees('As you wish, I did not send it.');
    assert.equal(receiver.calls.length, 0);

    // Otherwise, and yes on another device.
    await ask.click();
    await sheet(anna).getByRole('button', { name: 'Change it' }).click();
    await sheet(anna).getByRole('textbox', { name: 'to', exact: true }).fill('hr@example.com');
    await sheet(anna).getByRole('button', { name: 'Use these instead' }).click();
    await sheet(anna).getByText('This was changed.').waitFor();
    await anna.page.keyboard.press('Escape');
    await sheet(anna).waitFor({ state: 'detached' });
    await answersOnThePhone(browser, await openQuestion(server, sessionId), 'Anna');
    await card(anna, 'succeeded').filter({ hasText: 'outreach.send' }).waitFor();
    await anna.sees('It is sent.');
    assert.equal(receiver.calls.length, 1, 'once, however often it was pressed');
    const letter = JSON.stringify(receiver.calls[0]);
    assert.match(letter, /hr@example\.com/, 'to whom it was changed to');
    assert.doesNotMatch(letter, /jobs@example\.com/);
    assert.match(letter, /Dear team, I would like to work with you\./);

    // In the record: what was said, what was decided, what was sent, and the documents as they stand on the screen.
    const token = await server.token({ user: 'usr_auditor', role: 'operator' });
    const getToken = () => token;
    const sent = ({ type }) => type === 'orchestration.action.succeeded';
    const events = await eventsUntil(server, sessionId, token, (all) => all.some(sent));
    assertSound(assert, events);
    const of = events.filter(({ payload }) => payload.actionType === 'outreach.send').map(({ payload }) => payload.actionId);
    assert.equal(events.filter((one) => sent(one) && of.includes(one.payload.actionId)).length, 1);
    assert.ok(transcriptOf(events).some(({ text }) => text === 'It is sent.'));
    const { decisions } = await listDecisions({ baseUrl: server.url, getToken, sessionId });
    const told = decisions.filter(({ type }) => /^safety\.confirmation\.(resolved|superseded)$/.test(type)).reverse();
    assert.deepEqual(told.map(({ outcome }) => outcome), ['deny', 'edited', 'approve'], JSON.stringify(decisions));
    const asked = decisions.filter(({ actionId, type }) => of.includes(actionId) && type === 'safety.confirmation.requested');
    assert.equal(asked.length, 3, 'asked, asked again, and once more as it was changed');
    const [cv] = events.filter(({ payload }) => payload.kind === 'cv').map(({ payload }) => payload.documentId);
    const { content } = await getDocument({ baseUrl: server.url, getToken, documentId: cv });
    assert.deepEqual([content.name, content.skills], ['A. Lindqvist', ['triage']]);
  } finally {
    await page.close();
  }
});

story('Life OS with an agent of another make: its modes and words are shown, and nothing is sent without a yes', { config: bare, devAgent: false }, async (cast) => {
  const { server, browser } = cast;
  const page = await pageOf(server);
  try {
    const anna = await browser.person('Anna', { viewport: { width: 390, height: 844 } });
    await anna.startsCall(page.url);
    const sessionId = await anna.sessionId();
    const backend = await server.token({ user: 'usr_backend', role: 'service' });
    const { url } = await inviteOf(server, sessionId, backend, { role: 'agent' });
    const agent = await joinCall(await redeemInvite(url, { displayName: 'Mariana', baseUrl: server.url }));

    // A mode brings its panel, before there is a document.
    await agent.publish('orchestration.mode.changed', { mode: 'outreach', state: 'activated', reason: 'she asked', rev: 1 });
    await anna.page.getByText('Working on').getByText('Message').waitFor();
    await turnsToDocuments(anna);
    await anna.page.getByText('The draft appears here.').waitFor();
    assert.deepEqual(await barriers(anna.page), []);
    await anna.page.getByRole('button', { name: 'Talk' }).click();

    // Its answer is there while it comes, and is the same row when it is said.
    const turnId = 'turn_1';
    await agent.publish('orchestration.turn.started', { turnId, orchestrator: 'mariana', inputUtteranceIds: [] });
    await agent.publish('orchestration.turn.delta', { turnId, itemId: 'item_0', deltaText: 'To whom shall', offset: 0 });
    await anna.seesGrowing('To whom shall');
    await agent.publish('orchestration.turn.delta', { turnId, itemId: 'item_0', deltaText: ' it go?', offset: 13 });
    await anna.seesGrowing('To whom shall it go?');
    const { participantId } = await agent.self;
    const words = { utteranceId: 'utt_turn_1', speaker: 'agent', startMs: 0 };
    await agent.publish('transcript.utterance.started', { ...words, participantId, turnId });
    await agent.publish('transcript.final', { ...words, text: 'To whom shall it go?', endMs: 1, source: 'llm' });
    await agent.publish('orchestration.turn.completed', { turnId, durationMs: 9, stopReason: 'end_turn', text: 'To whom shall it go?' });
    await anna.sees('To whom shall it go?');
    assert.equal(await anna.page.locator('.utterance', { hasText: 'To whom' }).count(), 1);

    // And nothing goes out without a yes.
    const before = receiver.calls.length;
    const args = { to: 'hr@example.com', body: 'Dear team' };
    const asked = agent.requestAction({ actionType: 'outreach.send', summary: 'Send the message.', args });
    await sheet(anna).getByText('hr@example.com').first().waitFor();
    assert.equal(receiver.calls.length, before);
    await answersOnThePhone(browser, await openQuestion(server, sessionId), 'Anna');
    assert.equal((await asked).resultSummary, 'Sent.');
    assert.equal(receiver.calls.length, before + 1);
    const events = await eventsOf(server, sessionId, backend);
    assertSound(assert, events);
    agent.leave();
  } finally {
    await page.close();
  }
});
