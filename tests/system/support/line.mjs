// One socket of one client, frame by frame: for tests of what the server says, and when.

import { WebSocket } from 'ws';

export class Line {
  frames = [];
  #waiting = [];

  /** `how`: token, resume, query (without the question mark), origin. */
  constructor(server, sessionId, how) {
    const url = `${server.url.replace('http', 'ws')}/v1/call/sessions/${sessionId}/ws`;
    const protocols = ['lifeline.v1', `auth.${how.token}`];
    if (how.resume) protocols.push(`resume.${how.resume}`);
    this.socket = new WebSocket(how.query ? `${url}?${how.query}` : url, protocols, {
      origin: how.origin,
    });
    this.socket.on('error', () => {});
    this.socket.on('message', (message) => this.#take(JSON.parse(String(message))));
    /** The HTTP status of a refused upgrade and its problem, or the code of the close. */
    this.over = new Promise((resolve) => {
      this.socket.on('close', (code) => resolve({ code }));
      this.socket.on('unexpected-response', (request, response) => {
        let text = '';
        response.on('data', (piece) => (text += piece));
        response.on('end', () => resolve({ status: response.statusCode, problem: JSON.parse(text) }));
      });
    });
  }

  #take(frame) {
    this.frames.push(frame);
    this.#waiting = this.#waiting.filter(({ wanted, resolve }) => !wanted(frame) || resolve(frame));
  }

  /** The first frame that is so, whether it came already or not. */
  frame(wanted) {
    const is = typeof wanted === 'string' ? (frame) => frame.op === wanted : wanted;
    const there = this.frames.find(is);
    if (there) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wanted: is, resolve });
      const vain = () => reject(new Error(`waited in vain: ${wanted}; came: ${this.#seen()}`));
      setTimeout(vain, 20_000).unref();
      void this.over.then((how) =>
        reject(new Error(`it closed before that frame came: ${JSON.stringify(how)}`)),
      );
    });
  }

  #seen() {
    return this.frames.map(({ op, event }) => event?.type ?? op).join(', ');
  }

  /** The first event of a type. */
  event(type) {
    return this.frame((frame) => frame.op === 'event' && frame.event.type === type);
  }

  send(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  close() {
    this.socket.terminate();
  }
}
