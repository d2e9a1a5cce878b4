// RFC 6455 frames as bytes, right and wrong ones alike: a kit must be able to say what no library lets
// it say. Deliberately shares nothing with what it tests.
import { randomBytes } from "node:crypto";

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

function extendedLength(size, lengthBytes) {
  if (lengthBytes === 0) return Buffer.alloc(0);
  const out = Buffer.alloc(lengthBytes);
  if (lengthBytes === 2) out.writeUInt16BE(size);
  else out.writeBigUInt64BE(BigInt(size));
  return out;
}

// One frame from a client: masked, final and shortest unless told otherwise.
export function frame(opcode, payload = "", options = {}) {
  const body = Buffer.from(payload);
  const { fin = true, rsv = 0, masked = true } = options;
  const lengthBytes = options.lengthBytes ?? (body.length < 126 ? 0 : body.length < 65536 ? 2 : 8);
  const length = lengthBytes === 0 ? body.length : lengthBytes === 2 ? 126 : 127;
  const head = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode, (masked ? 0x80 : 0) | length]);
  const extended = extendedLength(options.declared ?? body.length, lengthBytes);
  if (!masked) return Buffer.concat([head, extended, body]);
  const key = randomBytes(4);
  const hidden = Buffer.from(body.map((byte, i) => byte ^ key[i & 3]));
  return Buffer.concat([head, extended, key, hidden]);
}

export const text = (payload, options) => frame(opcodes.text, payload, options);
export const binary = (payload, options) => frame(opcodes.binary, payload, options);
export const more = (payload, options) => frame(opcodes.continuation, payload, options);
export const ping = (payload, options) => frame(opcodes.ping, payload, options);
export const pong = (payload, options) => frame(opcodes.pong, payload, options);
export const open = { fin: false };

export function closePayload(code, reason = "") {
  if (code === undefined) return Buffer.alloc(0);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}
export const close = (code, reason, options) =>
  frame(opcodes.close, closePayload(code, reason), options);

// One message in pieces of `size` bytes each.
export function fragments(opcode, payload, size) {
  const body = Buffer.from(payload);
  const out = [];
  for (let at = 0; at < body.length; at += size) {
    out.push(frame(at === 0 ? opcode : opcodes.continuation, body.subarray(at, at + size), {
      fin: at + size >= body.length,
    }));
  }
  return out;
}

// Takes apart what a server sends. Throws on what no server may send.
export class FrameReader {
  #held = Buffer.alloc(0);

  *read(bytes) {
    this.#held = Buffer.concat([this.#held, bytes]);
    for (;;) {
      const frame = this.#next();
      if (frame === undefined) return;
      yield frame;
    }
  }

  #next() {
    const held = this.#held;
    if (held.length < 2) return undefined;
    if (held[0] & 0x70) throw new Error("the server set a reserved bit");
    if (held[1] & 0x80) throw new Error("the server masked a frame");
    const short = held[1] & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const head = 2 + lengthBytes;
    if (held.length < head) return undefined;
    const size =
      lengthBytes === 0 ? short
      : lengthBytes === 2 ? held.readUInt16BE(2)
      : Number(held.readBigUInt64BE(2));
    if (size < (lengthBytes === 2 ? 126 : lengthBytes === 8 ? 65536 : 0)) {
      throw new Error("the server wrote a length longer than it need be");
    }
    if (held.length < head + size) return undefined;
    this.#held = held.subarray(head + size);
    return {
      fin: (held[0] & 0x80) !== 0,
      opcode: held[0] & 0x0f,
      payload: Buffer.from(held.subarray(head, head + size)),
    };
  }
}
