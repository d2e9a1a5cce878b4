// 9: sizes and numbers, as far as a minute goes · 10: automatic fragmentation
import { binary, close, fragments, opcodes, text } from "../lib/frames.mjs";
import { binaryBack, fine, textBack } from "./build.mjs";

const kib = 1024;
const sizes = [64 * kib, 256 * kib, 1024 * kib, 4096 * kib];

const whole = sizes.flatMap((size, i) => {
  const letters = Buffer.alloc(size, "*");
  const bytes = Buffer.alloc(size, 0xfe);
  return [
    fine(`9.1.${i + 1}`, `text of ${size / kib} KiB`, [text(letters)], [textBack(letters)]),
    fine(`9.2.${i + 1}`, `binary of ${size / kib} KiB`, [binary(bytes)], [binaryBack(bytes)]),
  ];
});

// Lifeline takes at most 256 fragments a message, so these are Autobahn's from that size on.
const pieces = [16, 64, 256, 1024].map((size, i) => {
  const letters = Buffer.alloc(4096 * kib, "*");
  return fine(`9.3.${i + 5}`, `4 MiB in fragments of ${size} KiB`,
    fragments(opcodes.text, letters, size * kib), [textBack(letters)]);
});

const many = [0, 16, 64, 256, 1024, 4096].flatMap((size, i) => {
  const letters = "*".repeat(size);
  const bytes = Buffer.alloc(size, 0xfe);
  const count = 1000;
  const inTurns = (frames) => ({
    steps: [...Array.from({ length: 10 }, (_, part) => Buffer.concat(frames.slice(part * 100, part * 100 + 100))), close(1000)],
  });
  return [
    { ...fine(`9.7.${i + 1}`, `${count} texts of ${size} bytes`, [],
        Array(count).fill(textBack(letters))),
      ...inTurns(Array.from({ length: count }, () => text(letters))) },
    { ...fine(`9.8.${i + 1}`, `${count} binaries of ${size} bytes`, [],
        Array(count).fill(binaryBack(bytes))),
      ...inTurns(Array.from({ length: count }, () => binary(bytes))) },
  ];
});

const auto = "*".repeat(65536);

export default [
  ...whole,
  ...pieces,
  ...many,
  fine("10.1.1", "64 KiB in fragments of 1300 bytes", fragments(opcodes.text, auto, 1300),
    [textBack(auto)]),
];
