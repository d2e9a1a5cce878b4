// OK: as the RFC has it. NON-STRICT: allowed, but a better server would have done it otherwise.
// FAIL: wrong.
const show = (frame) =>
  `${frame.opcode}:${frame.payload.length > 24 ? `${frame.payload.length} bytes` : JSON.stringify(frame.payload.toString("latin1"))}`;

// A message may come back in as many frames as the server likes.
function joined(frames) {
  const out = [];
  let message = null;
  for (const frame of frames) {
    if (frame.opcode >= 8) out.push(frame);
    else if (message) message.payload = Buffer.concat([message.payload, frame.payload]);
    else message = { ...frame };
    if (frame.opcode < 8 && frame.fin) {
      out.push(message);
      message = null;
    }
  }
  return message ? [...out, message] : out;
}

const equal = (left, right) =>
  left.length === right.length &&
  left.every((frame, i) => frame.opcode === right[i].opcode && frame.payload.equals(right[i].payload));

export function judge(test, heard) {
  const fail = (why) => ({ verdict: "FAIL", why });
  const nonStrict = (why) => ({ verdict: "NON-STRICT", why });
  const got = joined(heard.frames);
  if (heard.fault) return fail(heard.fault);
  if (heard.afterClose > 0) return fail("it sent frames after its close frame");

  const wanted = test.expect.frames;
  const codes = [test.expect.close].flat();
  const isViolation = test.violation === true;
  if (!equal(got, wanted)) {
    const lostBeforeViolation = isViolation && equal(got, wanted.slice(0, got.length));
    if (!lostBeforeViolation) {
      return fail(`it sent [${got.map(show)}] instead of [${wanted.map(show)}]`);
    }
    return nonStrict("what came before the violation was not answered");
  }
  if (heard.closeCode === null) {
    return isViolation ? nonStrict("it dropped the connection without a close frame")
      : fail("it dropped the connection without a close frame");
  }
  if (!codes.includes(heard.closeCode)) {
    return fail(`it closed with ${heard.closeCode} instead of ${codes.join(" or ")}`);
  }
  if (heard.noticedInTime === false) return nonStrict("it noticed only after the whole message");
  return { verdict: "OK", why: "" };
}
