// A model in the OpenAI wire format on loopback, as OpenClaw asks one: it greets, and acts when it is
// told to ("act"), by the first Lifeline tool that echoes.

import { createServer } from 'node:http';

export class FakeModel {
  asked = 0;
  async start() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (bytes) => (body += bytes));
      request.on('end', () => this.#answer(JSON.parse(body || '{}'), response));
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}/v1`;
    return this;
  }
  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  #answer({ messages = [], tools = [] }, response) {
    this.asked += 1;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const send = (json) => response.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'fake-1', ...json })}\n\n`);
    const chunk = (delta, finish_reason = null) => send({ choices: [{ index: 0, delta, finish_reason }] });
    // What OpenClaw adds at the end for itself must not be echoed.
    const last = messages.filter(({ content }) => !`${content}`.startsWith('<<<BEGIN_OPENCLAW')).at(-1);
    const tool = tools.map((one) => one.function.name).find((name) => /^lifeline__.*echo$/.test(name));
    chunk({ role: 'assistant' });
    if (last?.role !== 'tool' && tool && /\bact\b/.test(JSON.stringify(last))) {
      const call = { index: 0, id: 'call_1', type: 'function', function: { name: tool, arguments: '{"to":"hr@example.com"}' } };
      chunk({ tool_calls: [call] });
      chunk({}, 'tool_calls');
    } else {
      for (const word of last?.role === 'tool' ? ['It ', 'is ', 'asked.'] : ['Good ', 'morning', '.']) chunk({ content: word });
      chunk({}, 'stop');
    }
    send({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } });
    response.end('data: [DONE]\n\n');
  }
}
