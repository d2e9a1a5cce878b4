// A model on loopback in the wire format of chat completions: streams words and tool calls, stalls,
// breaks off, is busy, sends nonsense, and refuses what the provider it stands for refuses.

import { createServer } from 'node:http';

const name = /^[a-zA-Z0-9_-]{1,64}$/;

/** What each provider refuses; gives the words of the refusal, or nothing. */
const refusals = {
  generic: () => undefined,
  openai: ({ body }) => {
    if ('max_tokens' in body) return "Unsupported parameter: 'max_tokens'";
  },
  kimi: ({ body }) => {
    if (body.tool_choice !== undefined && body.tool_choice !== 'auto')
      return "tool_choice 'required' is incompatible with thinking enabled";
    if (body.temperature !== undefined) return 'invalid temperature: only 1 is allowed';
    const bare = body.messages.findIndex((one) => one.tool_calls && !one.reasoning_content);
    if (bare >= 0)
      return `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${bare}`;
  },
  opencode: ({ body }) => refusals.kimi({ body }),
  ollama: ({ request }) => {
    if (request.headers.authorization) return 'no key was asked for';
  },
};

/** What every one of them refuses. */
function malformed(body) {
  for (const tool of body.tools ?? [])
    if (!name.test(tool.function.name)) return `Invalid 'tools[0].function.name'`;
  for (let i = 0; i < body.messages.length; i++) {
    const { role, tool_calls } = body.messages[i];
    if (!tool_calls) {
      if (role === 'tool' && !['tool', 'assistant'].includes(body.messages[i - 1]?.role))
        return `messages with role 'tool' must follow tool_calls`;
      continue;
    }
    const asked = tool_calls.map((call) => call.id).sort();
    const answers = body.messages.slice(i + 1, i + 1 + asked.length);
    const answered = answers.map((one) => one.tool_call_id).sort();
    if (JSON.stringify(asked) !== JSON.stringify(answered))
      return 'an assistant message with tool_calls must be followed by a result for each';
    for (const call of tool_calls) {
      if (!name.test(call.function.name)) return 'bad function name';
      JSON.parse(call.function.arguments);
    }
  }
}

export class ModelServer {
  requests = [];
  /** What it does next: ({body, count}) => {text, calls, ...}; see #stream. */
  answer = () => ({ text: ['Yes.'] });

  constructor(profile = 'generic', key = 'secret-key') {
    this.profile = profile;
    this.key = key;
  }

  async start() {
    this.server = createServer((request, response) => {
      let text = '';
      request.on('data', (bytes) => (text += bytes));
      request.on('end', () => void this.#answer(request, JSON.parse(text), response));
    });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.server.address().port}/v1`;
    return this;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }

  async #answer(request, body, response) {
    const refuse = (status, message, headers = {}) => {
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(JSON.stringify({ error: { message, type: 'invalid_request_error' } }));
    };
    this.requests.push(body);
    if (this.key && request.headers.authorization !== `Bearer ${this.key}`)
      return refuse(401, `Incorrect API key provided: ${request.headers.authorization}`);
    if (request.url !== '/v1/chat/completions') return refuse(404, 'no such path');
    const wrong = malformed(body) ?? refusals[this.profile]({ request, body });
    if (wrong) return refuse(400, wrong);
    const does = await this.answer({ body, count: this.requests.length });
    if (does.status) return refuse(does.status, does.message ?? 'no', does.headers);
    await this.#stream(body, does, response);
  }

  async #stream(body, does, response) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const send = (data) => response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
    const delta = (inner, finish = null) =>
      send({ id: 'c', model: body.model, choices: [{ index: 0, delta: inner, finish_reason: finish }] });
    delta({ role: 'assistant', content: '' });
    if (does.thought) delta({ reasoning_content: does.thought });
    for (const piece of does.text ?? []) {
      delta({ content: piece });
      if (does.pause) await new Promise((done) => setTimeout(done, does.pause));
      if (response.destroyed) return;
    }
    if (does.nonsense) return send('{"choices": [oops');
    if (does.error) return send({ error: { message: does.error } });
    if (does.cut) return response.socket.end(); // What was written arrives, and no end of it.
    if (does.stall) return;
    // Name first, then the arguments bit by bit, all calls side by side.
    const calls = does.calls ?? [];
    calls.forEach((call, index) =>
      delta({ tool_calls: [{ index, id: call.id ?? `call_${index}`, type: 'function', function: { name: call.name, arguments: '' } }] }));
    const texts = calls.map((call) => (typeof call.args === 'string' ? call.args : JSON.stringify(call.args)));
    for (let at = 0; at < Math.max(0, ...texts.map((text) => text.length)); at += 5)
      texts.forEach((text, index) => {
        const part = text.slice(at, at + 5);
        if (part) delta({ tool_calls: [{ index, function: { arguments: part } }] });
      });
    delta({}, calls.length > 0 ? 'tool_calls' : (does.finish ?? 'stop'));
    if (body.stream_options?.include_usage && does.usage !== null)
      send({ choices: [], usage: does.usage ?? { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 40 } } });
    response.end('data: [DONE]\n\n');
  }
}

/** What was said last by a person, as the model sees it. */
export function lastWords(body) {
  return body.messages.filter((one) => one.role === 'user').at(-1)?.content ?? '';
}

/** The results of tools that follow the last words. */
export function results(body) {
  const from = body.messages.map((one) => one.role).lastIndexOf('user');
  return body.messages.slice(from + 1).filter((one) => one.role === 'tool').map((one) => JSON.parse(one.content));
}
