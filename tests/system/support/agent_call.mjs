// A call with an agent in it, tools that lead to a server of ours, and the moves of those who take part.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server } from './server.mjs';
import { ToolServer } from './tool_server.mjs';

/**
 * A server with three tools that lead to `tools`, and a call of Ada's with her agent in it. `more` makes what
 * else stands in its configuration, given its folder and the other end of its tools.
 */
export async function callWithAgent(t, more = () => '') {
  const tools = await new ToolServer().start();
  t.after(() => tools.close());
  const server = new Server((folder) => {
    writeFileSync(join(folder, 'secret'), tools.secret, { mode: 0o600 });
    const tool = (name, more) =>
      `[tools.${name}]\nkind = "http"\nurl = "${tools.url}/${name}"\nsecret_file = "${join(folder, 'secret')}"\n${more}\n`;
    return (
      tool('send', 'schema = { type = "object", required = ["to"], properties = { to = { type = "string" } } }\n' +
        'display = { kind = "message_send", title = "Send this message?", target = "/to", preview = "/text" }') +
      tool('look', 'risk = "read_only"\nattempts = 3') +
      tool('note', 'risk = "low_risk_write"') +
      more(folder, tools)
    );
  });
  t.after(() => server.close());
  await server.start();
  const ada = server.token('usr_ada');
  const bot = server.token('usr_bot', 'agent');
  const participants = [{ userId: 'usr_bot', role: 'agent' }];
  const { json } = await server.rest('POST', '/v1/call/sessions', ada, { participants, channel: 'text' });
  return { tools, server, ada, bot, id: json.session.sessionId, ...json.session };
}

export class Desk {
  asked = 0;
  constructor({ server, id, ada, bot }) {
    Object.assign(this, { server, ada, bot, path: `/v1/call/sessions/${id}`, id });
  }
  async ask(actionId, actionType, args, more = {}) {
    const body = {
      eventId: `ask_${(this.asked += 1)}`,
      sessionId: this.id,
      ts: '2026-02-16T10:00:00.000Z',
      type: 'orchestration.action.requested',
      payload: { actionId, actionType, summary: 's', args, ...more },
      schemaVersion: '1.0',
    };
    return this.server.rest('POST', `${this.path}/events`, this.bot, body);
  }
  async action(actionId) {
    return (await this.server.rest('GET', `${this.path}/actions/${actionId}`, this.ada)).json;
  }
  answer(confirmation, decision, more = {}) {
    const { confirmationId, argsHash } = confirmation;
    const body = { decision, argsHash, ...more };
    return this.server.rest('POST', `${this.path}/confirmations/${confirmationId}`, this.ada, body);
  }
  /** The action once it is in one of these states. */
  async until(actionId, ...states) {
    for (;;) {
      const action = await this.action(actionId);
      if (states.includes(action.state)) return action;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  /** What became of the action, by the types of its events; its usage record comes when it comes. */
  async types(actionId) {
    const events = await this.server.events(this.id, this.ada);
    return events
      .filter(({ event }) => event.payload.actionId === actionId && !event.type.startsWith('billing.'))
      .map(({ event }) => event.type);
  }
}
