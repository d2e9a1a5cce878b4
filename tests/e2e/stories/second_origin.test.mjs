// The people are on pages that did not come from the server: an app that loads the SDK from it, and the page
// itself, hosted elsewhere.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { development } from '../support/agent.mjs';
import { assertSound, eventsOf, transcriptOf } from '../support/journal.mjs';
import { OtherApp } from '../support/other_app.mjs';
import { SecondOrigin } from '../support/second_origin.mjs';
import { story } from '../support/story.mjs';

const origin = await SecondOrigin.start();
after(() => origin.close()); // Also where the story does not even begin.

story('a call between an app, a page of another origin and an agent survives a crash', { origins: [origin.url] }, async (cast) => {
  const { server, browser } = cast;
  origin.server = server;
  origin.agent = (await development(server.url, '/v1/dev', 'GET')).agent.userId;
  const cleo = new OtherApp(await browser.person('Cleo'));
  const dora = await browser.person('Dora');

  await cleo.startsCall(origin.url);
  await cleo.sees('I am a scripted agent');
  const invite = new URL(await cleo.invite());
  await dora.joins(`${origin.url}/${invite.hash}`);
  const both = [cleo, dora];

  const lines = Array.from({ length: 30 }, (_, index) => `Line ${index + 1} from elsewhere.`);
  for (const [at, line] of lines.entries()) {
    await both[at % 2].says(line);
    if (at === 14) {
      await server.kill9();
      for (const person of both) await person.isCutOff();
      await server.restart();
    }
    for (const person of both) await person.sees(line);
  }
  for (const person of both) await person.sees(`Dora said: ${lines.at(-1)}`);
  await dora.allIsSaid();
  await cleo.endsCall();
  for (const person of both) await person.seesTheEnd();

  const token = await server.token({ user: 'usr_cleo', name: 'Cleo' });
  const events = await eventsOf(server, await cleo.sessionId(), token);
  assertSound(assert, events);
  const said = transcriptOf(events);
  for (const person of both) assert.deepEqual(await person.transcript(), said, `${person.name}’s page`);
  assert.deepEqual(said.map(({ text }) => text).filter((text) => lines.includes(text)), lines);
});
