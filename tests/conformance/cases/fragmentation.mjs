// 5: fragmentation
import { binary, frame, more, open, opcodes, ping, pong, text } from "../lib/frames.mjs";
import { fine, pongBack, textBack, wrong } from "./build.mjs";

const both = "fragment1fragment2";
const fragmented = [text("fragment1", open), more("fragment2")];

export default [
  wrong("5.1", "ping in two fragments", [ping("fragment1", open), more("fragment2")]),
  wrong("5.2", "pong in two fragments", [pong("fragment1", open), more("fragment2")]),
  fine("5.3", "text in two fragments", fragmented, [textBack(both)]),
  fine("5.6", "a ping between fragments", [fragmented[0], ping("ping payload"), fragmented[1]],
    [pongBack("ping payload"), textBack(both)]),
  wrong("5.9", "a continuation of nothing, final, then a text",
    [more("non-continuation payload"), text("Hello, world!")]),
  wrong("5.12", "a continuation of nothing, not final, then a text",
    [more("non-continuation payload", open), text("Hello, world!")]),
  wrong("5.15", "a continuation after a whole message",
    [...fragmented, more("fragment3", open), text("fragment4")], [textBack(both)]),
  wrong("5.16", "continuations before each fragmented text",
    [more("fragment1", open), text("fragment2", open), more("fragment3")]),
  wrong("5.17", "final continuations before each fragmented text",
    [more("fragment1"), text("fragment2", open), more("fragment3")]),
  wrong("5.18", "a text inside a fragmented text", [text("fragment1", open), text("fragment2")]),
  wrong("5.18a", "a binary inside a fragmented text",
    [text("fragment1", open), binary("fragment2")]),
  fine("5.19", "five fragments with two pings between",
    [text("fragment1", open), more("fragment2", open), ping("pongme 1!"), more("fragment3", open),
      more("fragment4", open), ping("pongme 2!"), more("fragment5")],
    [pongBack("pongme 1!"), pongBack("pongme 2!"),
      textBack("fragment1fragment2fragment3fragment4fragment5")]),
  fine("5.20", "empty fragments around one that is not",
    [text("", open), more("only this", open), more("", open), more("")], [textBack("only this")]),
  wrong("L.5", "a fragmented message that begins with a continuation after a ping",
    [ping(), frame(opcodes.continuation, "x")], [pongBack()]),
];
