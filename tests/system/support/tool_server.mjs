// The other end of `http` tools: remembers what it was asked to do, for ever, as the world does.

import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';

export class ToolServer {
  calls = []; // { path, headers, body }: in the order in which they came
  /** What it answers: (call) => { status?, body? } or null to hang up. */
  answer = () => ({ body: { summary: 'done' } });
  secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

  async start() {
    this.server = createServer((request, response) => {
      const pieces = [];
      request.on('data', (piece) => pieces.push(piece));
      request.on('end', async () => {
        const text = Buffer.concat(pieces).toString();
        const call = { path: request.url, headers: request.headers, text, body: JSON.parse(text) };
        this.calls.push(call);
        const answer = await this.answer(call);
        if (answer === null) return request.socket.destroy();
        response.writeHead(answer.status ?? 200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(answer.body ?? {}));
      });
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  /** How often each action was carried out. */
  executions() {
    const counts = new Map();
    for (const { body } of this.calls)
      counts.set(body.actionId, (counts.get(body.actionId) ?? 0) + 1);
    return counts;
  }

  /** Whether it was signed by Lifeline, as Standard Webhooks has it. */
  isSigned({ headers, text }) {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
    const key = Buffer.from(this.secret.slice('whsec_'.length), 'base64');
    const mac = createHmac('sha256', key).update(signed).digest('base64');
    return headers['webhook-signature'].split(' ').includes(`v1,${mac}`);
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
