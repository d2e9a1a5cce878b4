// A policy engine in OPA's API shape, on loopback: says what it is told to say, late, wrongly or not at all.

import { createServer } from 'node:http';

export class PolicyEngine {
  /** What was asked, oldest first. */
  asked = [];
  /** Given the input: `{status?, body?, text?}`, or null for no answer at all. May be async. */
  answer = () => ({ body: { result: true } });
  #open = new Set();

  async start() {
    this.server = createServer(async (request, response) => {
      let text = '';
      for await (const piece of request) text += piece;
      const { input } = JSON.parse(text);
      this.asked.push({ input, path: request.url, authorization: request.headers.authorization });
      const said = await this.answer(input);
      if (said === null) return this.#open.add(response);
      response.writeHead(said.status ?? 200, { 'Content-Type': 'application/json' });
      response.end(said.text ?? JSON.stringify(said.body));
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}/v1/data/lifeline/action`;
    return this;
  }

  close() {
    for (const response of this.#open) response.destroy();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
