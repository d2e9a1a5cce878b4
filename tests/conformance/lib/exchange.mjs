// One connection: opens it, sends a case's bytes in the pieces asked for, and writes down everything
// that comes back until the server has closed.
import { createHash, randomBytes } from "node:crypto";
import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";

import { FrameReader, opcodes } from "./frames.mjs";

// So long a server has to notice a violation before the rest of its frame is sent.
const noticeMs = 1_000;

export function handshake(url, headers = {}) {
  const key = randomBytes(16).toString("base64");
  const all = {
    Host: url.host,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": key,
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== null);
  const request =
    "GET / HTTP/1.1\r\n" + lines.map(([name, value]) => `${name}: ${value}\r\n`).join("") + "\r\n";
  const accept = createHash("sha1")
    .update(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    .digest("base64");
  return { request, accept };
}

// What a connection has brought so far. `changed` resolves at the next news.
class Tape {
  head = null;
  frames = [];
  closeCode = null; // null: no close frame came.
  afterClose = 0;
  ended = false;
  fault = null;
  #reader = new FrameReader();
  #held = Buffer.alloc(0);
  #waiters = [];

  take(bytes) {
    if (this.head === null) {
      this.#held = Buffer.concat([this.#held, bytes]);
      const end = this.#held.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.head = this.#held.subarray(0, end + 4).toString("latin1");
      bytes = this.#held.subarray(end + 4);
      if (!this.head.startsWith("HTTP/1.1 101 ")) return this.#news();
    }
    try {
      for (const frame of this.#reader.read(bytes)) this.#note(frame);
    } catch (error) {
      this.fault = error.message;
    }
    this.#news();
  }
  end() {
    this.ended = true;
    this.#news();
  }
  #note(frame) {
    if (this.closeCode !== null) this.afterClose += 1;
    else if (frame.opcode !== opcodes.close) this.frames.push(frame);
    else this.closeCode = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
  }
  #news() {
    for (const wake of this.#waiters.splice(0)) wake();
  }
  // Whether it came true in time.
  async until(holds, ms = 10_000) {
    const deadline = Date.now() + ms;
    while (!holds(this)) {
      const left = deadline - Date.now();
      if (left <= 0) return false;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return true;
  }
}

export function dial(url) {
  const tape = new Tape();
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  socket.on("data", (bytes) => tape.take(bytes));
  socket.on("end", () => tape.end());
  socket.on("close", () => tape.end());
  socket.on("error", () => tape.end()); // A reset ends it, too; what came before counts.
  return { socket, tape };
}

async function send(socket, bytes, chop) {
  if (chop === 0) return void socket.write(bytes);
  for (let at = 0; at < bytes.length && socket.writable; at += chop) {
    socket.write(bytes.subarray(at, at + chop));
    await turn(); // One write, one segment: the server sees the cut.
  }
}

// Runs one case's exchange; chop = 0 sends each step as it is.
export async function exchange(url, steps, chop, patienceMs) {
  const { socket, tape } = dial(url);
  const { request, accept } = handshake(url);
  try {
    socket.write(request);
    if (!(await tape.until((t) => t.head !== null || t.ended, patienceMs))) return { ...tape, fault: "no answer" };
    if (!tape.head?.includes(accept)) return { ...tape, fault: "the handshake failed" };
    let noticedInTime = true;
    for (const step of steps) {
      if (Buffer.isBuffer(step)) await send(socket, step, chop);
      else if (step.mustBeNoticed) {
        noticedInTime = await tape.until((t) => t.closeCode !== null || t.ended, noticeMs);
      }
    }
    // The server closes first, always: it got our close frame or found our fault.
    const inTime = await tape.until((t) => t.ended, patienceMs);
    return { ...tape, noticedInTime, fault: tape.fault ?? (inTime ? null : "it did not close") };
  } finally {
    socket.destroy();
  }
}
