// A recogniser on loopback, in the wire form of OpenAI's /audio/transcriptions. It hears what the story has it hear,
// whatever is in the recording: what a browser makes of a pretended microphone is a tone.

import { createServer } from 'node:http';

export class Recogniser {
  /** Every recording it was sent: { type, bytes, language }. */
  heard = [];
  #answers = [];

  static async open() {
    const recogniser = new Recogniser();
    recogniser.server = createServer((request, response) => recogniser.#take(request, response));
    await new Promise((resolve) => recogniser.server.listen(0, '127.0.0.1', resolve));
    return recogniser;
  }

  /** What it makes of the next recordings, one after the other: words, or a status. */
  willHear(...answers) {
    this.#answers.push(...answers);
  }

  /** For the server's configuration. */
  get settings() {
    return `[speech]\nbase_url = "http://127.0.0.1:${this.server.address().port}/v1"\n`;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #take(request, response) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const headers = { 'Content-Type': request.headers['content-type'] };
    const form = await new Response(Buffer.concat(pieces), { headers }).formData();
    const file = form.get('file');
    this.heard.push({ type: file.type, bytes: file.size, language: form.get('language') });
    const next = this.#answers.shift() ?? 500;
    const status = typeof next === 'number' ? next : 200;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? { text: next } : { error: { message: 'no' } }));
  }
}
