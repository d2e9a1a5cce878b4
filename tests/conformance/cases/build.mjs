// How a case is written down: its Autobahn number, what is sent, and what must come back.
import { close, opcodes } from "../lib/frames.mjs";

const back = (opcode) => (payload = "") => ({ opcode, payload: Buffer.from(payload) });
export const textBack = back(opcodes.text);
export const binaryBack = back(opcodes.binary);
export const pongBack = back(opcodes.pong);

// All is well: everything comes back, then our close is answered.
export const fine = (id, title, sent, frames) => ({
  id,
  title,
  steps: [Buffer.concat([...sent, close(1000)])],
  expect: { frames, close: 1000 },
});

// Something is wrong with the last of what is sent; what came before is answered nevertheless.
export const wrong = (id, title, sent, frames = [], code = 1002) => ({
  id,
  title,
  violation: true,
  steps: [Buffer.concat(sent)],
  expect: { frames, close: code },
});

// Wrong already in `bad`, though the rest of the message is still to come.
export const wrongEarly = (id, title, bad, rest, code) => ({
  id,
  title,
  violation: true,
  steps: [Buffer.concat(bad), { mustBeNoticed: true }, Buffer.concat(rest)],
  expect: { frames: [], close: code },
});

// The close frame itself is the matter.
export const ending = (id, title, sent, frames, code) => ({
  id,
  title,
  steps: [Buffer.concat(sent)],
  expect: { frames, close: code },
});
