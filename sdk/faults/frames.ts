/** One WebSocket frame as it went over the wire. */
export interface WireFrame {
  readonly opcode: number;
  /** Without its mask. */
  readonly payload: Buffer;
  /** The very bytes, header included. */
  readonly raw: Buffer;
}

export const text = 1;
export const closing = 8;

/** Cuts what arrives, however it is cut itself, into frames. Knows nothing of what they mean. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): WireFrame[] {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const frames: WireFrame[] = [];
    for (let frame = first(this.#held); frame; frame = first(this.#held)) {
      this.#held = this.#held.subarray(frame.raw.length);
      frames.push(frame);
    }
    return frames;
  }
}

function first(held: Buffer): WireFrame | null {
  if (held.length < 2) return null;
  const short = held[1]! & 0x7f;
  const masked = (held[1]! & 0x80) !== 0;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const head = 2 + lengthBytes + (masked ? 4 : 0);
  if (held.length < head) return null;
  let length = short;
  if (lengthBytes === 2) length = held.readUInt16BE(2);
  if (lengthBytes === 8) length = Number(held.readBigUInt64BE(2));
  if (held.length < head + length) return null;
  const raw = held.subarray(0, head + length);
  const payload = Buffer.from(raw.subarray(head));
  if (masked) payload.forEach((byte, i) => (payload[i] = byte ^ raw[head - 4 + (i % 4)]!));
  return { opcode: raw[0]! & 0x0f, payload, raw };
}

/** A frame as a server sends it: whole and unmasked. */
export function serverFrame(opcode: number, payload: Buffer): Buffer {
  const long = payload.length > 125;
  const head = Buffer.alloc(long ? 4 : 2);
  head[0] = 0x80 | opcode;
  head[1] = long ? 126 : payload.length;
  if (long) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return serverFrame(closing, payload);
}

/** What a text frame of the protocol calls itself; nulls where it is something else. */
export function nameOf(frame: WireFrame): { op: string | null; type: string | null } {
  if (frame.opcode !== text) return { op: null, type: null };
  try {
    const value = JSON.parse(frame.payload.toString('utf8')) as {
      op?: unknown;
      event?: { type?: unknown };
    };
    const { op, event } = value;
    const type = typeof event?.type === 'string' ? event.type : null;
    return { op: typeof op === 'string' ? op : null, type };
  } catch {
    return { op: null, type: null };
  }
}
