// Both sides of the WebSocket against frames.json.
import assert from "node:assert/strict";
import { test } from "node:test";

import { mutate } from "./mutate.mjs";
import { chance, check, envelope, oracle, read, run } from "./support.mjs";

const validator = oracle();
const frames = read("frames.json").$defs;
const schemaOf = (side, op) => validator("frames", `#/$defs/${side}/${op}`);

test("what the server writes is what frames.json says", () => {
  const samples = run("samples").map((line) => JSON.parse(line));
  for (const frame of samples) {
    const validate = schemaOf("server", frame.op);
    assert.ok(validate(frame), `${JSON.stringify(frame)}: ${JSON.stringify(validate.errors)}`);
  }
  const written = new Set(samples.map(({ op }) => op));
  assert.deepEqual([...written].sort(), Object.keys(frames.server).sort(), "every frame is written once");
});

test("the examples of server frames are right", () => {
  for (const [op, { examples }] of Object.entries(frames.server)) {
    for (const example of examples) assert.ok(schemaOf("server", op)(example), JSON.stringify(example));
  }
});

test("what the server reads is what frames.json says", (t) => {
  const random = chance(Number(process.env.LIFELINE_SEED ?? 3));
  const examples = [
    { op: "publish", event: envelope("call.end.requested", {}) },
    ...Object.values(frames.client).flatMap((schema) => schema.examples),
  ];
  const sent = [...examples];
  while (sent.length < 4000) sent.push(mutate(random, random.pick(examples)));
  const verdicts = check("frame", sent.map((frame) => JSON.stringify(frame)));
  let accepted = 0;
  sent.forEach((frame, i) => {
    const known = Object.hasOwn(frames.client, String(frame?.op));
    const { ok, pointer } = verdicts[i];
    accepted += ok ? 1 : 0;
    assert.ok(ok || Buffer.byteLength(pointer) <= 2048, "no refusal is larger than its frame may be");
    // A publish may also fail for its event, which oracle.test.mjs looks at.
    const right = known && schemaOf("client", frame.op)(frame);
    const eventAtFault = !ok && frame?.op === "publish" && frame.event !== undefined && pointer !== "/op";
    assert.ok(ok === Boolean(right) || eventAtFault, `${JSON.stringify(frame)} ${JSON.stringify(verdicts[i])}`);
  });
  t.diagnostic(`${sent.length} frames, ${accepted} accepted`);
  assert.ok(accepted > 300);
});
