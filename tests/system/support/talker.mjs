// A client that says numbered things, loses its connection with the server, comes back with its
// cursor and its resume token, and says again what it has not seen yet, under the same eventId. It
// keeps what it said and was told, as text: what is promised is bytes.

import { WebSocket } from 'ws';
import { eventText } from './event_text.mjs';

export class Talker {
  cursor = 0;
  epoch = '';
  said = new Map(); // eventId -> the event's text
  waiting = new Set(); // eventIds that were published and not seen yet
  acknowledged = new Map(); // eventId -> seq
  seen = new Map(); // seq -> { id, text }
  violations = [];
  goaways = []; // with the time at which each came
  byes = [];
  #socket = null;
  #said = 0;
  #resumeToken = '';
  #stopped = false;

  constructor(server, sessionId, user, token) {
    Object.assign(this, { server, sessionId, user, token });
  }

  /** Resolves at the first hello. */
  connect() {
    return new Promise((resolve) => this.#open(resolve));
  }

  #open(onHello) {
    if (this.#stopped) return;
    const query = this.cursor > 0 ? `?after=${this.cursor}&epoch=${this.epoch}` : '';
    const url = `${this.server.url.replace('http', 'ws')}/v1/call/sessions/${this.sessionId}/ws`;
    const protocols = ['lifeline.v1', `auth.${this.token}`];
    if (this.#resumeToken) protocols.push(`resume.${this.#resumeToken}`);
    const socket = new WebSocket(url + query, protocols);
    this.#socket = socket;
    let greeted = false;
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(() => this.#open(greeted ? () => {} : onHello), 20));
    socket.on('message', (message) => {
      const text = String(message);
      const frame = JSON.parse(text);
      if (frame.op === 'hello') {
        greeted = true;
        if (this.epoch && frame.epoch !== this.epoch) this.violations.push('the epoch changed');
        this.epoch = frame.epoch;
        this.#resumeToken = frame.resumeToken;
        for (const eventId of this.waiting) this.#send(this.said.get(eventId));
        onHello();
      } else if (!greeted) {
        if (frame.op !== 'bye') this.violations.push(`the first frame is ${frame.op}`);
      } else if (frame.op === 'goaway') {
        this.goaways.push({ ...frame, at: performance.now() });
      } else if (frame.op === 'bye') {
        this.byes.push({ ...frame, at: performance.now() });
      } else if (frame.op === 'event') {
        this.#saw(frame.seq, frame.event.eventId, eventText(text));
      } else if (frame.op === 'accepted') {
        this.#acknowledge(frame.eventId, frame.seq);
      } else if (frame.op === 'error' && frame.outcome !== 'unknown') {
        this.violations.push(`refused: ${frame.code}`);
      }
    });
  }

  #saw(seq, eventId, text) {
    if (seq !== this.cursor + 1) this.violations.push(`seq ${seq} after ${this.cursor}`);
    this.cursor = seq;
    this.seen.set(seq, { id: eventId, text });
    if (this.waiting.has(eventId)) this.#acknowledge(eventId, seq);
  }

  #acknowledge(eventId, seq) {
    const before = this.acknowledged.get(eventId);
    if (before !== undefined && before !== seq) {
      this.violations.push(`${eventId} at ${before} and at ${seq}`);
    }
    this.acknowledged.set(eventId, seq);
    this.waiting.delete(eventId);
  }

  say() {
    const eventId = `${this.user}.${++this.#said}`;
    const event = JSON.stringify({
      eventId,
      sessionId: this.sessionId,
      ts: new Date().toISOString(),
      type: 'x.said',
      payload: { n: this.#said, by: this.user, pad: 'x'.repeat(this.#said % 200) },
      schemaVersion: '1.0',
    });
    this.said.set(eventId, event);
    this.waiting.add(eventId);
    this.#send(event);
  }

  #send(event) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(`{"op":"publish","event":${event}}`);
  }

  stop() {
    this.#stopped = true;
    this.#socket?.close();
  }
}
