// Talking instead of typing: words appear as they grow, the agent is heard, and falls silent when spoken over.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { development } from '../support/agent.mjs';
import { eventsUntil, transcriptOf } from '../support/journal.mjs';
import { story } from '../support/story.mjs';

const earsAndVoice = await readFile(new URL('../support/ears_and_voice.js', import.meta.url), 'utf8');

story('a person speaks over the agent: it falls silent, and the call knows how far it was heard', {}, async (cast) => {
  const { server, browser } = cast;
  const anna = await browser.person('Anna');
  const ben = await browser.person('Ben');
  await anna.context.addInitScript(earsAndVoice);
  await anna.startsCall(server.url);
  await anna.hearsItOut('Hello!');
  await ben.joins(await anna.makesInvite());

  await anna.beginsToSpeak();
  await anna.page.getByText('Listening. No words yet').waitFor();
  await anna.says('Tell me everything.');
  await anna.isBeingRead('Tell me everything');
  await anna.listensFor(1_500);

  await anna.speaks('wait a', { final: false });
  await ben.seesGrowing('wait a');
  await anna.speaks('Wait a second.', { final: true });
  for (const person of [anna, ben]) await person.sees('Wait a second.');
  assert.equal(await anna.page.evaluate(() => globalThis.story.silenced), 1);

  const { token } = await development(server.url, '/v1/dev/token', 'POST', { name: 'Anna' });
  // The page need not wait for what the agent puts on record of itself; the story does.
  const has = (events, type) => events.some((event) => event.type === type);
  const events = await eventsUntil(server, await anna.sessionId(), token, (all) => has(all, 'transcript.truncated'));
  const ofType = (type) => events.filter((event) => event.type === type).map(({ payload }) => payload);
  const [interruption, ...others] = ofType('call.turn.interrupted');
  assert.deepEqual(others, []);
  const [turn] = ofType('orchestration.turn.completed').filter(({ text }) => text?.includes('Tell me everything'));
  assert.equal(interruption.turnId, turn.turnId);
  assert.equal(interruption.generatedChars, turn.text.length);
  assert.ok(interruption.playedMs >= 1_500, `${interruption.playedMs} ms`);
  const [truncated, ...more] = ofType('transcript.truncated');
  assert.deepEqual(more, []);
  assert.equal(truncated.utteranceId, turn.outputUtteranceId);
  assert.equal(truncated.playedMs, interruption.playedMs);
  assert.equal(truncated.generatedText, turn.text);
  assert.notEqual(truncated.heardText, '');
  assert.notEqual(truncated.heardText, turn.text);
  assert.ok(turn.text.startsWith(truncated.heardText), truncated.heardText);
  const spoken = ofType('transcript.final').find(({ text }) => text === 'Wait a second.');
  assert.equal(spoken.source, 'stt');
  assert.ok(ofType('transcript.partial').some(({ utteranceId }) => utteranceId === spoken.utteranceId));
  for (const person of [anna, ben]) {
    await person.seesCutOff(truncated.utteranceId);
    const shown = await person.transcript();
    const said = transcriptOf(events);
    assert.deepEqual(shown.slice(0, said.length), said, `${person.name}’s page has what was heard, not what was meant`);
  }
});

story('a browser that only pretends to recognise speech is found out', {}, async ({ server, browser }) => {
  // Debian's Chromium has the recogniser's class and no service behind it: the real thing, not a double.
  const anna = await browser.person('Anna', { permissions: ['microphone'] });
  await anna.startsCall(server.url);
  await anna.beginsToSpeak();
  await anna.page.getByText(/in name only|microphone is blocked|No microphone was found/).waitFor();
  await anna.says('Then I type.');
  await anna.sees('Then I type.');
});
