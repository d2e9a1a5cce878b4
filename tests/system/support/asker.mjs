// An agent that asks for actions and the owner who answers, by REST, while the server dies under both:
// who hears nothing says the same again, under the same ids. Remembers what the owner said yes to.

import { pause } from './waiting.mjs';

/** What it asks for, in turn; of the last one the owner never hears. */
const kinds = ['note', 'send', 'put', 'send', 'look', 'note', 'send', 'put', 'send'];

export class Asker {
  asked = new Map(); // actionId -> the tool, once the server has taken it
  approved = new Set(); // actionIds to which the owner says yes, heard or not
  events = []; // of the journal, as far as it was read
  #stopped = false;

  constructor(server, sessionId, name, owner, agent) {
    Object.assign(this, { server, sessionId, name, owner, agent, path: `/v1/call/sessions/${sessionId}` });
  }

  /** Until the server says something, whatever becomes of it in the meantime. */
  async #insist(method, path, token, body) {
    for (;;) {
      const reply = await this.server.rest(method, path, token, body).catch(() => null);
      if (reply && reply.status < 500) return reply;
      await pause(10);
    }
  }

  async work() {
    for (let n = 0; !this.#stopped; n += 1) {
      const actionId = `${this.name}_${n}`;
      const actionType = kinds[n % kinds.length];
      const payload = { actionId, actionType, summary: 's', args: { to: `${actionId}@example.com` } };
      const event = {
        eventId: `ask_${actionId}`,
        sessionId: this.sessionId,
        ts: new Date().toISOString(),
        type: 'orchestration.action.requested',
        payload,
        schemaVersion: '1.0',
      };
      const { status, json } = await this.#insist('POST', `${this.path}/events`, this.agent, event);
      if (status >= 300) throw new Error(`${actionId} was refused: ${JSON.stringify(json)}`);
      this.asked.set(actionId, actionType);
      // Of every twelfth question nobody takes notice; the call's end cancels it.
      if (actionType === 'send' && n % 12 !== 3) await this.#answer(actionId, n % 4 === 3 ? 'deny' : 'approve');
      await pause(2);
    }
  }

  async #answer(actionId, decision) {
    const { json } = await this.#insist('GET', `${this.path}/actions/${actionId}`, this.owner);
    if (!json.confirmation) throw new Error(`${actionId}: nobody was asked: ${JSON.stringify(json)}`);
    const { confirmationId, argsHash } = json.confirmation;
    if (decision === 'approve') this.approved.add(actionId);
    const path = `${this.path}/confirmations/${confirmationId}`;
    const { status, json: said } = await this.#insist('POST', path, this.owner, { decision, argsHash });
    if (status >= 300) throw new Error(`${actionId}: no ${decision}: ${JSON.stringify(said)}`);
  }

  stop() {
    this.#stopped = true;
  }

  async #actions() {
    return (await this.#insist('GET', `${this.path}/actions`, this.owner)).json.actions;
  }

  /** The owner looks what came of what nobody knows, and says so; `did` knows. */
  async resolve(did) {
    for (const { actionId, state } of await this.#actions()) {
      if (state !== 'unknown') continue;
      const resolution = did(actionId) ? 'succeeded' : 'not_executed';
      const path = `${this.path}/actions/${actionId}/resolve`;
      await this.#insist('POST', path, this.owner, { resolution, evidence: 'looked' });
    }
  }

  /** Resolves when no action is on its way any more. */
  async settled() {
    while ((await this.#actions()).some(({ state }) => state !== 'over' && state !== 'unknown')) await pause(20);
  }

  /** Everything that stands in the call by now. */
  async read() {
    this.events.push(...(await this.server.events(this.sessionId, this.owner, this.events.at(-1)?.seq ?? 0)));
    return this.events;
  }
}
