// The real binary with an agent in it, a call, and a person who talks and listens by REST.

import { randomUUID } from 'node:crypto';
import path from 'node:path';

process.env.LIFELINE_BINARY ??= path.resolve(import.meta.dirname ?? '.', '../../../build/release/src/app/lifeline');
const { Server } = await import('../../system/support/server.mjs');

export { Server };

export const tools = `
[tools."lifeline.echo"]
kind = "builtin"
description = "Gives back what it is given."

[tools."mail.send"]
kind = "client"
risk = "high_risk_external_send"
description = "Sends a mail."
schema = { type = "object", required = ["to"], properties = { to = { type = "string" } } }
`;

export function openai(model, more = '') {
  return `
[agents.helper]
driver = "openai"
base_url = "${model.url}"
model = "first"
key_env = "LIFELINE_TEST_KEY"
persona = "You help."
debounce_ms = 50
idle_ms = 2000
${more}`;
}

export class Call {
  /** Ada's, with the agent in it, and running. */
  static async make(server, agent = 'agt_helper', options = {}) {
    const call = new Call();
    call.server = server;
    call.token = server.token('ada');
    const made = await server.rest('POST', '/v1/call/sessions', call.token, {
      channel: 'text',
      participants: agent ? [{ userId: agent, role: 'agent' }] : [],
      ...options,
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.json));
    call.id = made.json.session.sessionId;
    await server.rest('POST', `/v1/call/sessions/${call.id}/state`, call.token, { status: 'active' });
    return call;
  }

  async publish(type, payload) {
    const event = {
      eventId: `evt_${randomUUID()}`,
      sessionId: this.id,
      ts: new Date().toISOString(),
      type,
      payload,
      schemaVersion: '1.0',
    };
    const reply = await this.server.rest('POST', `/v1/call/sessions/${this.id}/events`, this.token, event);
    if (reply.status !== 201) throw new Error(`${type}: ${JSON.stringify(reply.json)}`);
    return reply.json;
  }

  async say(text) {
    const utteranceId = `utt_${randomUUID()}`;
    await this.publish('transcript.final', { utteranceId, speaker: 'user', text, startMs: 0, endMs: 1 });
    return utteranceId;
  }

  async events(type) {
    const all = (await this.server.events(this.id, this.token)).map((one) => one.event);
    return type ? all.filter((event) => event.type === type).map((event) => event.payload) : all;
  }

  /** The payload of the nth event of that type, as soon as it is there. */
  async until(type, count = 1, ms = 15_000) {
    for (const end = Date.now() + ms; ; ) {
      const found = await this.events(type);
      if (found.length >= count) return found[count - 1];
      if (Date.now() > end) {
        const seen = (await this.events()).map((event) => event.type).join(' ');
        throw new Error(`no ${type} (${count}) came; there are: ${seen}\n${this.server.log}`);
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** POST .../turns: the status, and the lines of the answer. */
  async turn(text, headers = {}, timeoutMs = 15_000) {
    const reply = await fetch(`${this.server.url}/v1/call/sessions/${this.id}/turns`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ text, timeoutMs }),
    });
    const body = await reply.text();
    const lines = reply.status === 200 ? body.split('\n').filter(Boolean).map((line) => JSON.parse(line)) : [];
    return { status: reply.status, lines, problem: reply.status === 200 ? null : JSON.parse(body) };
  }
}
