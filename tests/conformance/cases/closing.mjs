// 7: closing
import { close, frame, more, open, opcodes, ping, text } from "../lib/frames.mjs";
import { ending, fine, textBack, wrong } from "./build.mjs";

const hello = "Hello World!";
const large = "BAsd7&jh23".repeat(26 * 1024);

const behaviour = [
  fine("7.1.1", "a text, then close", [text(hello)], [textBack(hello)]),
  ending("7.1.2", "two closes", [close(1000), close(1000)], [], 1000),
  ending("7.1.3", "a ping after the close", [close(1000), ping("too late")], [], 1000),
  ending("7.1.4", "a text after the close", [close(1000), text(hello)], [], 1000),
  ending("7.1.5", "a close inside a fragmented text",
    [text("fragment1", open), close(1000), more("fragment2")], [], 1000),
  ending("7.1.6", "256 KiB, a close, and a ping", [text(large), close(1000), ping("too late")],
    [textBack(large)], 1000),
];

const payloads = [
  ending("7.3.1", "no payload", [close()], [], [1000, 1005]),
  wrong("7.3.2", "a payload of one byte", [frame(opcodes.close, "a")]),
  ending("7.3.3", "a code", [close(1000)], [], 1000),
  ending("7.3.4", "a code and a reason", [close(1000, hello)], [], 1000),
  ending("7.3.5", "the longest reason", [close(1000, "*".repeat(123))], [], 1000),
  wrong("7.3.6", "a reason too long", [close(1000, "*".repeat(124))]),
  wrong("7.5.1", "a reason that is not UTF-8",
    [close(1000, Buffer.from("cebae1bdb9cf83cebcceb5eda080656469746564", "hex"))], [], 1007),
];

const good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].map(
  (code, i) => ending(`7.7.${i + 1}`, `close code ${code}`, [close(code)], [], code));
const bad = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999].map((code, i) =>
  wrong(`7.9.${i + 1}`, `close code ${code}`, [close(code)]));
const beyond = [5000, 65535].map((code, i) =>
  wrong(`7.13.${i + 1}`, `close code ${code}`, [close(code)]));

export default [...behaviour, ...payloads, ...good, ...bad, ...beyond];
