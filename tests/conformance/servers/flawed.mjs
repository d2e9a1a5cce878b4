// A small echo server that is right, and wrong in one way when asked to be: a kit that passes a
// flawed server proves nothing about a good one.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

// Each flaw, and a case that must find it.
export const flaws = {
  "takes frames that are not masked": "L.1",
  "takes reserved bits": "3.1",
  "takes reserved opcodes": "4.1.1",
  "takes fragmented pings": "5.1",
  "takes long pings": "2.5",
  "takes continuations of nothing": "5.9",
  "takes a text inside a text": "5.18",
  "takes any bytes for text": "6.3.1",
  "checks each fragment's text alone": "6.2.3",
  "checks text only when it is whole": "6.4.1",
  "takes any close code": "7.9.1",
  "takes any close reason": "7.5.1",
  "takes half a close code": "7.3.2",
  "takes long lengths": "L.2",
  "does not answer pings": "2.1",
  "answers pings empty": "2.2",
  "forgets pings inside messages": "5.6",
  "answers after a close": "7.1.4",
  "does not answer a close": "7.1.1",
  "never hangs up": "7.1.1",
  "echoes text as binary": "1.1.2",
  "loses the last byte of 65536": "1.2.7",
  "loses what comes with the violation": "3.2",
};

class Violation extends Error {
  constructor(code) {
    super(`closed with ${code}`);
    this.code = code;
  }
}

function frame(opcode, payload) {
  const size = payload.length;
  const head = Buffer.alloc(size < 126 ? 2 : size < 65536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = size < 126 ? size : size < 65536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(size, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([head, payload]);
}

const isText = (bytes, whole) => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
    return true;
  } catch {
    return false;
  }
};
const isCode = (code) =>
  (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);

class Echo {
  #socket;
  #flaw;
  #held = Buffer.alloc(0);
  #kind = 0;
  #message = Buffer.alloc(0);
  #over = false;
  #out = [];

  constructor(socket, flaw) {
    this.#socket = socket;
    this.#flaw = flaw;
    socket.on("data", (bytes) => this.#take(bytes));
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
  }

  #is(flaw) {
    return this.#flaw === flaw;
  }
  #send(opcode, payload) {
    this.#out.push(frame(opcode, payload));
  }

  #take(bytes) {
    this.#held = Buffer.concat([this.#held, bytes]);
    try {
      while (this.#next());
    } catch (error) {
      if (this.#is("loses what comes with the violation")) this.#out = [];
      this.#finish(error.code);
    }
    for (const frame of this.#out.splice(0)) this.#socket.write(frame);
    if (this.#over && !this.#is("never hangs up")) this.#socket.end();
  }

  #finish(code, reason = Buffer.alloc(0)) {
    if (this.#over) return;
    this.#over = true;
    const payload = Buffer.concat([Buffer.from([code >> 8, code & 255]), reason]);
    if (!this.#is("does not answer a close")) this.#send(8, payload);
  }

  #next() {
    if (this.#over && !this.#is("answers after a close")) return false;
    const held = this.#held;
    if (held.length < 2) return false;
    const fin = (held[0] & 0x80) !== 0;
    const opcode = held[0] & 15;
    const masked = (held[1] & 0x80) !== 0;
    const short = held[1] & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (held[0] & 0x70 && !this.#is("takes reserved bits")) throw new Violation(1002);
    if (!masked && !this.#is("takes frames that are not masked")) throw new Violation(1002);
    this.#checkOpcode(opcode, fin, short);
    const head = 2 + lengthBytes + (masked ? 4 : 0);
    if (held.length < head) return false;
    const size = lengthBytes === 0 ? short
      : lengthBytes === 2 ? held.readUInt16BE(2) : Number(held.readBigUInt64BE(2));
    const minimum = lengthBytes === 2 ? 126 : lengthBytes === 8 ? 65536 : 0;
    if (size < minimum && !this.#is("takes long lengths")) throw new Violation(1002);
    if (size > 2 ** 53) throw new Violation(1009);
    const there = held.subarray(head, head + size);
    const key = held.subarray(head - 4, head);
    const payload = Buffer.from(masked ? there.map((byte, i) => byte ^ key[i & 3]) : there);
    const whole = there.length === size;
    if (opcode < 8) this.#checkText(opcode, payload, fin && whole);
    if (!whole) return false;
    this.#held = held.subarray(head + size);
    this.#handle(opcode, fin, payload);
    return true;
  }

  #checkOpcode(opcode, fin, short) {
    const known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    if (!known && !this.#is("takes reserved opcodes")) throw new Violation(1002);
    if (opcode >= 8 && !fin && !this.#is("takes fragmented pings")) throw new Violation(1002);
    if (opcode >= 8 && short > 125 && !this.#is("takes long pings")) throw new Violation(1002);
    if (opcode === 0 && this.#kind === 0 && !this.#is("takes continuations of nothing")) {
      throw new Violation(1002);
    }
    if ((opcode === 1 || opcode === 2) && this.#kind !== 0 &&
        !this.#is("takes a text inside a text")) {
      throw new Violation(1002);
    }
  }

  #checkText(opcode, payload, last) {
    if ((opcode === 1 ? 1 : this.#kind) !== 1 || this.#is("takes any bytes for text")) return;
    if (!last && this.#is("checks text only when it is whole")) return;
    const alone = this.#is("checks each fragment's text alone");
    const text = alone ? payload : Buffer.concat([this.#message, payload]);
    if (!isText(text, last || alone)) throw new Violation(1007);
  }

  #handle(opcode, fin, payload) {
    if (opcode === 8) return this.#close(payload);
    if (opcode === 9) return this.#pong(payload);
    if (opcode === 10 || (opcode > 2 && opcode < 8)) return;
    if (opcode !== 0) this.#kind = opcode;
    this.#message = Buffer.concat([this.#message, payload]);
    if (!fin) return;
    let message = this.#message;
    if (message.length === 65536 && this.#is("loses the last byte of 65536")) {
      message = message.subarray(1);
    }
    this.#send(this.#is("echoes text as binary") ? 2 : this.#kind || 1, message);
    this.#kind = 0;
    this.#message = Buffer.alloc(0);
  }

  #pong(payload) {
    if (this.#is("does not answer pings")) return;
    if (this.#is("forgets pings inside messages") && this.#kind !== 0) return;
    this.#send(10, this.#is("answers pings empty") ? Buffer.alloc(0) : payload);
  }

  #close(payload) {
    if (payload.length === 1 && !this.#is("takes half a close code")) throw new Violation(1002);
    if (payload.length < 2) return this.#finish(1000);
    const code = payload.readUInt16BE(0);
    const reason = payload.subarray(2);
    if (!isCode(code) && !this.#is("takes any close code")) throw new Violation(1002);
    if (!isText(reason, true) && !this.#is("takes any close reason")) throw new Violation(1007);
    this.#finish(code, reason);
  }
}

// Resolves to {url, stop}. No flaw: it is as right as it can be.
export function serve(flaw) {
  const sockets = new Set();
  const server = createServer();
  server.on("upgrade", (request, socket) => {
    sockets.add(socket);
    const key = request.headers["sec-websocket-key"];
    const accept = createHash("sha1")
      .update(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
      .digest("base64");
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
      `Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    new Echo(socket, flaw);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({
      url: `http://127.0.0.1:${server.address().port}`,
      stop: () => {
        for (const socket of sockets) socket.destroy();
        server.close();
      },
    }));
  });
}
