// Who is not in the call is told that they are asked: by a message to a URL of the operator's, signed, sent
// again until it is taken, and with nothing in it that opens anything.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { callWithAgent, Desk } from './support/agent_call.mjs';
import { ToolServer } from './support/tool_server.mjs';

test('a question is told, again until it is taken, and its link leads to it', { timeout: 60_000 }, async (t) => {
  const receiver = await new ToolServer().start();
  t.after(() => receiver.close());
  let taken;
  const told = new Promise((resolve) => (taken = resolve));
  receiver.answer = () => {
    if (receiver.calls.length === 1) return { status: 503 };
    if (receiver.calls.length === 2) return null; // Hangs up.
    taken();
    return {};
  };
  const call = await callWithAgent(t, (folder) => {
    writeFileSync(join(folder, 'hook'), receiver.secret, { mode: 0o600 });
    return `[safety.confirmation_webhook]\nurl = "${receiver.url}/asked"\nsecret_file = "${join(folder, 'hook')}"\n`;
  });
  const { server } = call;
  // Its own address is known only now.
  writeFileSync(server.config, `public_url = "${server.url}"\n${readFileSync(server.config, 'utf8')}`);
  server.signal('SIGHUP');
  await server.logged('configuration reloaded');

  const desk = new Desk(call);
  await desk.ask('mail', 'send', { to: 'hr@example.com', text: 'Dear all' });
  const { confirmation } = await desk.action('mail');
  await told;
  assert.equal(receiver.calls.length, 3);
  const [first, ...again] = receiver.calls;
  for (const { headers, text } of again) {
    assert.equal(headers['webhook-id'], first.headers['webhook-id']);
    assert.equal(text, first.text);
  }
  for (const message of receiver.calls) {
    assert.ok(receiver.isSigned(message));
    assert.equal(message.headers.authorization, undefined);
  }
  const { body, text } = again.at(-1);
  assert.equal(body.type, 'safety.confirmation.requested');
  assert.equal(body.sessionId, call.id);
  assert.equal(body.confirmation.confirmationId, confirmation.confirmationId);
  assert.equal(body.confirmation.preview, 'Dear all');
  // Nothing in it is a pass: no token, no key, no secret of the configuration.
  for (const secret of [call.ada, call.bot, receiver.secret, call.tools.secret, receiver.secret.slice(6)])
    assert.ok(!text.includes(secret));
  assert.doesNotMatch(text, /eyJ|token|llk_|whsec_/);

  // The link opens the page, which finds the question by what stands in the fragment.
  const link = new URL(body.url);
  assert.equal(link.origin, server.url);
  const page = await fetch(link);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('Content-Type'), /text\/html/);
  const fields = new URLSearchParams(link.hash.slice(1));
  const session = `/v1/call/sessions/${fields.get('session')}`;
  assert.equal((await server.rest('GET', session)).json.code, 'token_missing');
  const open = (await server.rest('GET', `${session}/snapshot`, call.ada)).json.actions;
  assert.deepEqual(open.map(({ confirmation: { confirmationId } }) => confirmationId), [fields.get('confirmation')]);
  assert.equal((await desk.answer(confirmation, 'deny')).status, 200);
  assert.equal((await desk.action('mail')).outcome, 'cancelled');

  // What needs nobody's yes is nobody's to be told.
  await desk.ask('note', 'note', {});
  await desk.until('note', 'over');
  assert.equal(receiver.calls.length, 3);
});
