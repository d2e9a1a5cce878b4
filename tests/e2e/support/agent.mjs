// The scripted agent, a program of its own beside the server, as `./dev run` starts it.

import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';

import { root } from './server.mjs';

export class Agent {
  #process;
  #log = [];

  /** Follows every call that the server's development mode invites it to. */
  static async start(server) {
    const agent = new Agent();
    const { agent: identity } = await development(server.url, '/v1/dev', 'GET');
    const command = server.tokenCommand({ user: identity.userId, role: 'agent' });
    agent.#process = spawn(process.execPath, [path.join(root, 'sdk/agent/scripted.js')], {
      env: { ...process.env, LIFELINE_URL: server.url, LIFELINE_TOKEN_COMMAND: command },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    readline.createInterface({ input: agent.#process.stderr }).on('line', (line) => agent.#log.push(line));
    return agent;
  }

  get log() {
    return this.#log.join('\n');
  }

  /** It keeps nothing that could be lost, so it need not be asked. */
  async close() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
  }
}

/** Asks development mode for something, as the page itself would: it answers nobody else. */
export async function development(url, address, method, body) {
  const reply = await fetch(url + address, {
    method,
    headers: { Origin: url, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${method} ${address} answered ${reply.status}: ${await reply.text()}`);
  return reply.json();
}

/** An invite of this kind, as an application's backend would make it. */
export async function inviteOf(server, sessionId, token, invite) {
  const reply = await fetch(`${server.url}/v1/call/sessions/${sessionId}/invites`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(invite),
  });
  if (!reply.ok) throw new Error(`the invite answered ${reply.status}: ${await reply.text()}`);
  return reply.json();
}
