// The server is killed in the middle of a call, and the call goes on as if nothing had been.

import assert from 'node:assert/strict';

import { development } from '../support/agent.mjs';
import { assertSound, eventsOf, transcriptOf } from '../support/journal.mjs';
import { story } from '../support/story.mjs';

story('two people and an agent talk through a crash of the server, and nothing is lost', {}, async (cast) => {
  const { server, browser } = cast;
  const anna = await browser.person('Anna');
  const ben = await browser.person('Ben', { colorScheme: 'dark' });
  const both = [anna, ben];

  await anna.startsCall(server.url);
  await anna.sees('I am a scripted agent');
  await ben.joins(await anna.makesInvite());
  await ben.sees('I am a scripted agent');

  const lines = Array.from({ length: 30 }, (_, index) => `This is line ${index + 1}.`);
  const converse = async (from, to) => {
    for (let at = from; at < to; at++) {
      await both[at % 2].says(lines[at]);
      for (const person of both) await person.sees(lines[at]);
    }
  };

  await converse(0, 14);
  await anna.says(lines[14]); // On its way when the server dies, or just there: nobody knows.
  await server.kill9();
  for (const person of both) await person.connectionIs('Reconnecting');
  await ben.says(lines[15]); // Said while there is no server at all.
  await ben.seesWaiting(lines[15]);
  await server.restart();
  for (const person of both) {
    await person.isLive();
    for (const line of [lines[14], lines[15]]) await person.sees(line);
  }
  await converse(16, 30);
  await anna.sees(`Ben said: ${lines[29]}`);

  const sessionId = await anna.sessionId();
  for (const person of both) await person.allIsSaid();
  await anna.endsCall();
  for (const person of both) await person.seesTheEnd();

  const { token } = await development(server.url, '/v1/dev/token', 'POST', { name: 'Anna' });
  const events = await eventsOf(server, sessionId, token);
  assertSound(assert, events);
  const said = transcriptOf(events);
  for (const person of both) assert.deepEqual(await person.transcript(), said, `${person.name}’s page`);
  const heard = said.map(({ text }) => text).filter((text) => lines.includes(text));
  assert.deepEqual([...heard].sort(), [...lines].sort(), 'every line, once');
  for (const [who, parity] of [['Anna', 0], ['Ben', 1]]) {
    const own = (_, at) => at % 2 === parity;
    const inOrder = heard.filter((line) => lines.indexOf(line) % 2 === parity);
    assert.deepEqual(inOrder, lines.filter(own), `${who}’s lines in the order in which they were said`);
  }
});
