// An agent without a model, by the rules of a file.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Call, Server, tools } from './support/house.mjs';

test('a script talks, changes the mode, and acts once it may', async () => {
  const server = new Server((folder) => {
    const rules = path.join(folder, 'rules.toml');
    writeFileSync(
      rules,
      `otherwise = "I heard: {text}"
[[rules]]
words = ["interview"]
intent = "practise"
mode = "interview"
say = "Let us practise."
[[rules]]
match = ["write to {to} {text}"]
actions = [{ type = "mail.send", args = { to = "{to}" } }]
results = { waiting_for_the_person = "Shall I write to {to}?", denied = "I did not write to {to}." }
`,
    );
    return `${tools}
[agents.helper]
driver = "scripted"
rules_file = "${rules}"
join = "all"
debounce_ms = 50
name = "Helper"`;
  });
  await server.start();
  const call = await Call.make(server, null);
  await call.say('Hm');
  assert.equal((await call.until('orchestration.turn.completed')).text, 'I heard: Hm');
  await call.say('The interview, please');
  assert.equal((await call.until('orchestration.turn.completed', 2)).text, 'Let us practise.');
  assert.equal((await call.until('orchestration.mode.changed')).mode, 'interview');
  assert.equal((await call.until('orchestration.intent.detected')).intent, 'practise');
  await call.say('Write to bob@example.com I am late');
  assert.equal((await call.until('orchestration.turn.completed', 3)).text, 'Shall I write to bob@example.com?');
  const asked = await call.until('safety.confirmation.requested');
  await server.rest('POST', `/v1/call/sessions/${call.id}/confirmations/${asked.confirmationId}`, call.token, {
    decision: 'deny',
    argsHash: asked.argsHash,
  });
  assert.equal((await call.until('orchestration.turn.completed', 4)).text, 'I did not write to bob@example.com.');
  await server.close();
});
