// 6: UTF-8, after Markus Kuhn's stress test, whose order Autobahn follows
import { fragments, more, open, opcodes, text } from "../lib/frames.mjs";
import { fine, textBack, wrong, wrongEarly } from "./build.mjs";

const hex = (digits) => Buffer.from(digits.replaceAll(" ", ""), "hex");
const invalid = 1007;

// Spelt in bytes: its second letter has two forms, and this one takes three of them.
const kosme = hex("cebae1bdb9cf83cebcceb5");
const greeting = "Hello-µ@ßöäüàá-UTF-8!!";
const broken = hex("cebae1bdb9cf83cebcceb5 eda080 656469746564"); // κόσμε, a surrogate, "edited"

const messages = [
  fine("6.1.1", "an empty text", [text("")], [textBack()]),
  fine("6.1.2", "three empty fragments", [text("", open), more("", open), more("")], [textBack()]),
  fine("6.1.3", "an empty fragment on either side",
    [text("", open), more("middle frame payload", open), more("")],
    [textBack("middle frame payload")]),
  fine("6.2.1", "valid, in one frame", [text(greeting)], [textBack(greeting)]),
  fine("6.2.2", "valid, cut between characters", [text("Hello-µ@ßöä", open), more("üàá-UTF-8!!")],
    [textBack(greeting)]),
  fine("6.2.3", "valid, in fragments of one byte", fragments(opcodes.text, greeting, 1),
    [textBack(greeting)]),
  fine("6.2.4", "Greek, in fragments of one byte", fragments(opcodes.text, kosme, 1),
    [textBack(kosme)]),
  wrong("6.3.1", "invalid, in one frame", [text(broken)], [], invalid),
  wrong("6.3.2", "invalid, in fragments of one byte", fragments(opcodes.text, broken, 1), [],
    invalid),
  wrongEarly("6.4.1", "invalid in the second of three fragments",
    [text(kosme, open), more(hex("f4908080"), open)], [more("edited")], invalid),
  wrongEarly("6.4.2", "impossible, though it could go on",
    [text(kosme, open), more(hex("f490"), open)], [more(hex("8080"), open), more("edited")],
    invalid),
];

// The same as 6.4.1 and 6.4.2 inside a single frame that is not all there yet.
const early = (() => {
  const whole = text(Buffer.concat([kosme, hex("f4908080"), Buffer.from("edited")]));
  return [["6.4.3", 4], ["6.4.4", 2]].map(([id, shown]) => {
    const cut = 6 + kosme.length + shown;
    return wrongEarly(id, `invalid, seen ${shown} bytes into the bad character`,
      [whole.subarray(0, cut)], [whole.subarray(cut)], invalid);
  });
})();

const section = (number, valid, name, sequences) =>
  sequences.map((sequence, i) => {
    const bytes = Buffer.isBuffer(sequence) ? sequence : hex(sequence);
    const id = `6.${number}.${i + 1}`;
    const title = `${name}: ${bytes.toString("hex")}`;
    return valid ? fine(id, title, [text(bytes)], [textBack(bytes)])
      : wrong(id, title, [text(bytes)], [], invalid);
  });

const prefixes = Array.from({ length: kosme.length }, (_, i) =>
  kosme.subarray(0, i + 1));
const ends = new Set([2, 5, 7, 9, 11]);
const starts = (from, to) =>
  Buffer.concat(Array.from({ length: to - from + 1 }, (_, i) => Buffer.from([from + i, 0x20])));
const incomplete = ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf",
  "fbbfbfbf", "fdbfbfbfbf"];
const planes = Array.from({ length: 17 }, (_, plane) => [0xfffe, 0xffff].map((low) =>
  Buffer.from(String.fromCodePoint(plane * 0x10000 + low)))).flat();

const sequences = [
  ...section(5, true, "whole words", [kosme, Buffer.from(greeting)]),
  ...section(6, true, "cut between characters", prefixes.filter((p) => ends.has(p.length))),
  ...section("6a", false, "cut inside a character", prefixes.filter((p) => !ends.has(p.length))),
  ...section(7, true, "first of its length", ["00", "c280", "e0a080", "f0908080"]),
  ...section(8, false, "first of five and of six bytes", ["f888808080", "fc8480808080"]),
  ...section(9, true, "last of its length", ["7f", "dfbf", "efbfbf", "f48fbfbf"]),
  ...section(10, false, "last of longer ones", ["f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"]),
  ...section(11, true, "other borders", ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf"]),
  ...section("11a", false, "beyond the border", ["f4908080"]),
  ...section(12, false, "continuations of nothing", ["80", "bf", "80bf", "80bf80", "80bf80bf",
    "80bf80bf80", "80bf80bf80bf",
    Buffer.from(Array.from({ length: 64 }, (_, i) => 0x80 + i))]),
  ...section(13, false, "lonely starts",
    [starts(0xc0, 0xdf), starts(0xe0, 0xef), starts(0xf0, 0xf7), starts(0xf8, 0xfb),
      starts(0xfc, 0xfd)]),
  ...section(14, false, "the last byte is missing", incomplete),
  ...section(15, false, "incomplete ones in a row", [incomplete.join("")]),
  ...section(16, false, "impossible bytes", ["fe", "ff", "fefeffff"]),
  ...section(17, false, "a slash, overlong", ["c0af", "e080af", "f08080af", "f8808080af",
    "fc80808080af"]),
  ...section(18, false, "the longest overlong", ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf",
    "fc83bfbfbfbf"]),
  ...section(19, false, "NUL, overlong", ["c080", "e08080", "f0808080", "f880808080",
    "fc8080808080"]),
  ...section(20, false, "a surrogate", ["eda080", "edadbf", "edae80", "edafbf", "edb080",
    "edbe80", "edbfbf"]),
  ...section(21, false, "a pair of surrogates", ["eda080edb080", "eda080edbfbf", "edadbfedb080",
    "edadbfedbfbf", "edae80edb080", "edae80edbfbf", "edafbfedb080", "edafbfedbfbf"]),
  ...section(22, true, "a noncharacter is a character", planes),
  ...section(23, true, "specials", ["efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe",
    "efbfbf"]),
];

export default [...messages, ...early, ...sequences];
