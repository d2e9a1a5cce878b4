// A browser that makes no words of a voice records it, and the server has it recognised: what was said is the
// speaker's own utterance, once, and nothing that was said goes missing in silence.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { development } from '../support/agent.mjs';
import { barriers } from '../support/browser.mjs';
import { eventsOf, transcriptOf } from '../support/journal.mjs';
import { Recogniser } from '../support/recogniser.mjs';
import { story } from '../support/story.mjs';

const recogniser = await Recogniser.open();
after(() => recogniser.close());
const options = { config: recogniser.settings, fakeMicrophone: true, devAgent: false };

/** As in Firefox: nothing that recognises speech. */
const deaf = () => {
  delete globalThis.webkitSpeechRecognition;
  delete globalThis.SpeechRecognition;
};

/** As in a Chromium without its vendor's key: the class is there, and no service behind it. */
const pretending = () => {
  globalThis.SpeechRecognition = class {
    start() {
      queueMicrotask(() => (this.onerror?.({ error: 'network' }), this.onend?.()));
    }
    stop() {}
  };
};

const recordButton = (person) => person.page.getByRole('button', { name: 'Record', exact: true });
const sendButton = (person) => person.page.getByRole('button', { name: 'Send the recording' });

/** Until this much is recorded. */
async function records(person, seconds) {
  await person.page.waitForFunction((wanted) => {
    const [, minutes, rest] = /^(\d+):(\d+) of /.exec(document.querySelector('.recorded')?.textContent ?? '') ?? [];
    return Number(minutes) * 60 + Number(rest) >= wanted;
  }, seconds);
}

async function isTold(person) {
  await recordButton(person).click();
  const dialog = person.page.getByRole('dialog');
  await dialog.getByText('sends the recording to the server of this call').waitFor();
  assert.deepEqual(await barriers(person.page), []);
  await dialog.getByRole('button', { name: 'Record' }).click();
}

story('who cannot be recognised is recorded: held, with keys alone, and once more after a failure', options, async (cast) => {
  const { server, browser } = cast;
  const anna = await browser.person('Anna');
  const ben = await browser.person('Ben');
  for (const person of [anna, ben]) await person.context.addInitScript(deaf);
  await anna.startsCall(server.url);
  await ben.joins(await anna.makesInvite());

  // The first time it is said who hears it; then it records until the next press.
  await anna.page.getByText('it can record you instead').waitFor();
  recogniser.willHear('I would like to change the date.');
  await isTold(anna);
  await records(anna, 1);
  assert.deepEqual(await barriers(anna.page), []);
  await sendButton(anna).click();
  for (const person of [anna, ben]) await person.sees('I would like to change the date.');

  // Held.
  recogniser.willHear('To the fourth of March.');
  const { x, y, width, height } = await recordButton(anna).boundingBox();
  await anna.page.mouse.move(x + width / 2, y + height / 2);
  await anna.page.mouse.down();
  await records(anna, 1);
  await anna.page.mouse.up();
  await ben.sees('To the fourth of March.');

  // With keys alone; what is discarded is heard by nobody.
  const { keyboard } = anna.page;
  await recordButton(anna).focus();
  await keyboard.press('Enter');
  await sendButton(anna).waitFor();
  await keyboard.press('Escape');
  await recordButton(anna).waitFor();
  await anna.hasFocus('Record');
  assert.equal(recogniser.heard.length, 2);

  // The recogniser fails: the call says so, the recording is still here, and is sent once more.
  recogniser.willHear(500, 'Or the fifth.');
  await keyboard.press('Space');
  await records(anna, 1);
  await keyboard.press('Space');
  await anna.page.getByRole('status').getByText('The recogniser did not answer').waitFor();
  await ben.sees('Something was said here that could not be understood.');
  assert.deepEqual(await barriers(anna.page), []);
  await anna.page.getByRole('button', { name: 'Send again' }).click();
  await ben.sees('Or the fifth.');
  await anna.page.getByText('it can record you instead').waitFor();

  // A guest, whose pass is for this call only, may as well.
  recogniser.willHear('The fifth suits me.');
  await isTold(ben);
  await records(ben, 1);
  await sendButton(ben).click();
  await anna.sees('The fifth suits me.');

  assert.deepEqual(recogniser.heard.map(({ type }) => type), Array(5).fill('audio/webm'));
  for (const { bytes } of recogniser.heard) assert.ok(bytes > 500, `${bytes} bytes of a second of sound`);
  const { token } = await development(server.url, '/v1/dev/token', 'POST', { name: 'Anna' });
  const said = transcriptOf(await eventsOf(server, await anna.sessionId(), token)).map(({ text }) => text);
  assert.deepEqual(said.filter(Boolean), [
    'I would like to change the date.',
    'To the fourth of March.',
    'Or the fifth.',
    'The fifth suits me.',
  ]);
});

story('a recording waits for the line, and is said once', options, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.context.addInitScript(deaf);
  await anna.startsCall(server.url);
  const before = recogniser.heard.length;
  recogniser.willHear('Am I still there?');
  await isTold(anna);
  await records(anna, 1);
  await anna.losesNetwork();
  await sendButton(anna).click();
  await anna.page.getByRole('status').getByText('Not sent yet.').waitFor();
  await anna.findsNetwork();
  await anna.sees('Am I still there?');
  assert.equal(recogniser.heard.length - before, 1);
});

story('a browser that only pretends to recognise speech records instead', options, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.context.addInitScript(pretending);
  await anna.startsCall(server.url);
  await anna.beginsToSpeak();
  await anna.page.getByText('it can record you instead').waitFor();
  recogniser.willHear('Then like this.');
  await isTold(anna);
  await records(anna, 1);
  await sendButton(anna).click();
  await anna.sees('Then like this.');
});
