// A recogniser on loopback, with the wire form of OpenAI's /audio/transcriptions: what it hears is
// what the "recording" says, so that a test can tell what came of it. It misbehaves when told to.

import { createServer } from 'node:http';

export class Recogniser {
  /** Every form it was sent: { path, key, fields, file { name, type, bytes } }. */
  heard = [];
  /** What it does next: 'answer', a status, 'nonsense', 'hang up', or 'hold' until release(). */
  mood = 'answer';
  #held = [];

  static async start(t) {
    const one = new Recogniser();
    one.server = createServer((request, response) => one.#take(request, response));
    await new Promise((resolve) => one.server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      one.release();
      one.server.closeAllConnections();
      one.server.close();
    });
    return one;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}/v1`;
  }

  release() {
    for (const answer of this.#held.splice(0)) answer();
  }

  /** Resolves once it holds `count` recordings. */
  async holds(count) {
    while (this.#held.length < count) await new Promise((resolve) => this.server.once('held', resolve));
  }

  async #take(request, response) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const form = parseForm(body, request.headers['content-type']);
    this.heard.push({ path: request.url, key: request.headers.authorization, ...form });
    const text = form.file.bytes.toString('utf8');
    const answer = (status, sent) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(sent);
    };
    const words = () => answer(200, JSON.stringify({ text: ` ${text} ` }));
    if (this.mood === 'answer') return words();
    if (this.mood === 'nonsense') return answer(200, '{"txt":');
    if (this.mood === 'hang up') return request.socket.destroy();
    if (this.mood === 'hold') {
      this.#held.push(words);
      this.server.emit('held');
      return;
    }
    answer(this.mood, JSON.stringify({ error: { message: 'no' } }));
  }
}

function parseForm(body, contentType) {
  const boundary = `--${/boundary=(\S+)/.exec(contentType)[1]}`;
  const fields = {};
  let file = null;
  const raw = body.toString('latin1');
  for (const part of raw.split(boundary).slice(1, -1)) {
    const [head, ...rest] = part.replace(/^\r\n/, '').split('\r\n\r\n');
    const content = Buffer.from(rest.join('\r\n\r\n').replace(/\r\n$/, ''), 'latin1');
    const name = /name="([^"]+)"/.exec(head)[1];
    const fileName = /filename="([^"]+)"/.exec(head)?.[1];
    if (fileName === undefined) fields[name] = content.toString('utf8');
    else file = { name: fileName, type: /Content-Type: (\S+)/.exec(head)[1], bytes: content };
  }
  return { fields, file };
}
