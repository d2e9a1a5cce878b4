// 1: framing · 2: pings and pongs · 3: reserved bits · 4: opcodes
import { binary, close, frame, ping, pong, text } from "../lib/frames.mjs";
import { binaryBack, fine, pongBack, textBack, wrong } from "./build.mjs";

const sizes = [0, 125, 126, 127, 128, 65535, 65536];

const framing = sizes.flatMap((size, i) => {
  const letters = "*".repeat(size);
  const bytes = Buffer.alloc(size, 0xfe);
  return [
    fine(`1.1.${i + 1}`, `text of ${size} bytes`, [text(letters)], [textBack(letters)]),
    fine(`1.2.${i + 1}`, `binary of ${size} bytes`, [binary(bytes)], [binaryBack(bytes)]),
  ];
});

const odd = Buffer.from([0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]);
const ten = Array.from({ length: 10 }, (_, i) => `payload-${i}`);

const pings = [
  fine("2.1", "ping without a payload", [ping()], [pongBack()]),
  fine("2.2", "ping with text", [ping("Hello, world!")], [pongBack("Hello, world!")]),
  fine("2.3", "ping with bytes", [ping(odd)], [pongBack(odd)]),
  fine("2.4", "ping of 125 bytes", [ping("*".repeat(125))], [pongBack("*".repeat(125))]),
  wrong("2.5", "ping of 126 bytes", [ping("*".repeat(126))]),
  fine("2.7", "pong nobody asked for", [pong()], []),
  fine("2.8", "the same with a payload", [pong("unsolicited pong payload")], []),
  fine("2.9", "pong, then ping", [pong("unsolicited"), ping("ping payload")],
    [pongBack("ping payload")]),
  fine("2.10", "ten pings", ten.map((payload) => ping(payload)), ten.map(pongBack)),
];

const small = "small text";
const reserved = [
  wrong("3.1", "reserved bits 1", [text(small, { rsv: 1 })]),
  wrong("3.2", "text, then reserved bits 2, then ping",
    [text(small), text(small, { rsv: 2 }), ping()], [textBack(small)]),
  wrong("3.3", "text, then reserved bits 3", [text(small), text(small, { rsv: 3 })],
    [textBack(small)]),
  wrong("3.4", "text, then reserved bits 4", [text(small), text(small, { rsv: 4 }), ping()],
    [textBack(small)]),
  wrong("3.5", "binary with reserved bits 5", [binary(odd, { rsv: 5 })]),
  wrong("3.6", "ping with reserved bits 6", [ping(odd, { rsv: 6 })]),
  wrong("3.7", "close with reserved bits 7", [close(1000, "", { rsv: 7 })]),
];

const opcodeCases = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => {
  const control = opcode > 7;
  const id = `4.${control ? 2 : 1}.${(opcode & 7) - 2}`;
  return [
    wrong(id, `reserved opcode ${opcode}`, [frame(opcode)]),
    wrong(`${id}a`, `reserved opcode ${opcode} with a payload, after a text, before a ping`,
      [text(small), frame(opcode, "reserved opcode payload"), ping()], [textBack(small)]),
  ];
});

// Ours: what the RFC says and Autobahn, being a polite client, never sends.
const forms = [
  wrong("L.1", "not masked", [text(small, { masked: false })]),
  wrong("L.2", "16 bits of length where 7 do", [text(small, { lengthBytes: 2 })]),
  wrong("L.3", "64 bits of length where 16 do", [text("*".repeat(200), { lengthBytes: 8 })]),
  wrong("L.4", "a length with its highest bit set",
    [Buffer.from("81ff8000000000000000a1b2c3d4", "hex")], [], [1002, 1009]),
];

export default [...framing, ...pings, ...reserved, ...opcodeCases, ...forms];
