// Somebody is asked before something is done: no, otherwise, and yes on a second device; and it is done once.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after } from 'node:test';

import { joinCall, redeemInvite } from '../../../sdk/dist/lifeline.js';
import { inviteOf } from '../support/agent.mjs';
import { barriers } from '../support/browser.mjs';
import { story } from '../support/story.mjs';

/** The other end of a tool: remembers what it was asked to do. */
class Receiver {
  calls = [];

  static async open() {
    const receiver = new Receiver();
    receiver.server = createServer(async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      receiver.calls.push(JSON.parse(Buffer.concat(pieces).toString()));
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ summary: 'Sent.', effectId: '<1@example.com>' }));
    });
    await new Promise((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const receiver = await Receiver.open();
after(() => receiver.close());
const schema =
  '{ type = "object", required = ["to"], properties = { to = { type = "string" }, text = { type = "string" } } }';
const display = '{ kind = "message_send", title = "Send this message?", target = "/to", preview = "/text" }';
const config = `[tools.send]\nkind = "http"\nurl = "${receiver.url}/send"\nschema = ${schema}\ndisplay = ${display}\n`;

/** An agent that asks for what the story tells it to. */
async function agentIn(server, sessionId) {
  const token = await server.token({ user: 'usr_backend', role: 'service' });
  const { url } = await inviteOf(server, sessionId, token, { role: 'agent' });
  const agent = await joinCall(await redeemInvite(url, { displayName: 'Antonio', baseUrl: server.url }));
  return agent;
}

const asks = {
  actionType: 'send',
  summary: 'Send the letter.',
  args: { to: 'hr@example.com', text: 'Dear Ms Okafor' },
};
const sheet = (person) => person.page.getByRole('alertdialog');
const card = (person, state) => person.page.locator(`.action[data-state="${state}"]`);

story('nothing is sent without a yes, and with one it is sent once', { config }, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  const sessionId = await anna.sessionId();
  const agent = await agentIn(server, sessionId);

  // No.
  const first = agent.requestAction(asks).catch((error) => error);
  await sheet(anna).getByRole('heading', { name: 'Send this message?' }).waitFor();
  assert.deepEqual(await barriers(anna.page), []);
  await sheet(anna).getByText('hr@example.com').first().waitFor();
  await sheet(anna).getByRole('button', { name: 'Say no' }).click();
  await card(anna, 'cancelled').waitFor();
  assert.equal((await first).action.cause, 'denied');
  assert.equal(receiver.calls.length, 0);

  // Otherwise: what was changed is asked again, as it is then.
  const second = agent.requestAction(asks);
  await sheet(anna).getByRole('button', { name: 'Change it' }).click();
  await sheet(anna).getByLabel('to').fill('jobs@example.com');
  await sheet(anna).getByRole('button', { name: 'Use these instead' }).click();
  await sheet(anna).getByText('This was changed.').waitFor();
  await sheet(anna).getByText('jobs@example.com').first().waitFor();

  // Not now, and yes on another device.
  await anna.page.keyboard.press('Escape');
  await sheet(anna).waitFor({ state: 'detached' });
  const [question] = agent.state.value.confirmations.filter((one) => one.state === 'open');
  const phone = await browser.person('Anna on her phone', { viewport: { width: 390, height: 844 } });
  await phone.opens(`${server.url}/approve#session=${sessionId}&confirmation=${question.confirmationId}`);
  await phone.page.getByLabel('Your name').fill('Anna');
  await phone.page.getByRole('button', { name: 'Show the question' }).click();
  await phone.page.getByText('jobs@example.com').first().waitFor();
  assert.deepEqual(await barriers(phone.page), []);
  await phone.page.getByRole('button', { name: 'Approve and send' }).dblclick();
  await phone.page.getByRole('heading', { name: 'You approved this.' }).waitFor();
  await card(anna, 'succeeded').getByText('Allowed by Anna').waitFor();
  assert.equal((await second).resultSummary, 'Sent.');
  assert.equal(receiver.calls.length, 1, 'once, however often it was pressed');
  agent.leave();
});

story('an answer needs a line, and a question ends on every screen', { config }, async ({ server, browser }) => {
  const anna = await browser.person('Anna');
  await anna.startsCall(server.url);
  const agent = await agentIn(server, await anna.sessionId());
  const sent = agent.requestAction(asks).catch((error) => error);
  await sheet(anna).waitFor();

  await anna.losesNetwork();
  await sheet(anna).getByText('The line is down').waitFor();
  assert.ok(await sheet(anna).getByRole('button', { name: 'Approve and send' }).isDisabled());
  await anna.findsNetwork();
  await sheet(anna).getByRole('button', { name: 'Approve and send', disabled: false }).waitFor();

  const [question] = agent.state.value.actions;
  await agent.cancelAction(question.actionId);
  await sheet(anna).getByRole('heading', { name: 'This question fell away.' }).waitFor();
  await sheet(anna).getByRole('button', { name: 'OK' }).click();
  assert.equal((await sent).code, 'action_cancelled');
  agent.leave();
});
