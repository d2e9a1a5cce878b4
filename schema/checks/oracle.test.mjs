// The C++ checker against ajv, which reads the same files by another path: on every example, and on
// thousands of mutations of them. LIFELINE_SEED and LIFELINE_MUTATIONS change what is tried.
import assert from "node:assert/strict";
import { test } from "node:test";

import { mutate } from "./mutate.mjs";
import { chance, check, envelope, events, names, oracle, read } from "./support.mjs";

const validator = oracle();
const seed = Number(process.env.LIFELINE_SEED ?? 20260216);
const perExample = Number(process.env.LIFELINE_MUTATIONS ?? 40);

const kinds = { sess: "call", doc: "document", acct: "account", sys: "instance" };
const fileOf = (type) => (type === "x.*" ? "x" : type);

/** What the contract asks beyond the schemas: what ajv cannot know. */
function beyondSchema(type, event) {
  const { "x-lifeline": marks, properties } = events[type];
  const callId = event.payload?.callId;
  return [
    !marks.streams.includes(kinds[event.sessionId.split("_")[0]]) && "/sessionId",
    properties?.callId && callId !== undefined && callId !== event.sessionId && "/payload/callId",
  ].filter(Boolean);
}

/** The first 128 bytes of a key, in whole characters: what a pointer says of it. */
function shortened(key) {
  let kept = "";
  for (const character of key) {
    if (Buffer.byteLength(kept + character) > 128) break;
    kept += character;
  }
  return kept;
}

const step = (key) => `/${shortened(String(key)).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** All that there is against an event, as pointers; empty when there is nothing. */
function complaints(type, event) {
  const found = [];
  const collect = (validate, value, prefix) => {
    if (validate(value)) return;
    for (const { instancePath, params } of validate.errors) {
      const key = params.missingProperty ?? params.additionalProperty;
      found.push(prefix + instancePath + (key === undefined ? "" : step(key)));
    }
  };
  if (Buffer.byteLength(JSON.stringify(event)) > 65536) found.push("");
  collect(validator("envelope"), event, "");
  if (!events[type]) found.push("/type");
  if (String(event?.eventId).startsWith("ll_")) found.push("/eventId");
  if (found.some((pointer) => pointer !== "/payload")) return found;
  collect(validator(`events/${fileOf(type)}`), event.payload, "/payload");
  if (type === "x.*" && Buffer.byteLength(JSON.stringify(event.payload ?? null)) > 16384) found.push("/payload");
  return [...found, ...beyondSchema(type, event)];
}

const typeOf = (event) =>
  /^x\.[A-Za-z0-9._-]{1,62}$/.test(event?.type) ? "x.*" : event?.type === "x.*" ? undefined : event?.type;

test("every valid example passes, every invalid one fails as it says", () => {
  const cases = [];
  for (const [type, schema] of Object.entries(events)) {
    for (const payload of schema.examples) cases.push({ type, payload, verdict: "ok " });
    for (const { payload, reason, pointer } of schema["x-lifeline"].invalidExamples) {
      cases.push({ type, payload, verdict: `${reason} ${pointer}` });
    }
  }
  const verdicts = check("event", cases.map(({ type, payload }) => JSON.stringify(envelope(type, payload))));
  const wrong = cases.flatMap(({ type, payload, verdict }, i) => {
    const said = verdicts[i].ok ? "ok " : `${verdicts[i].reason} ${verdicts[i].pointer}`;
    const ajvSays = validator(`events/${fileOf(type)}`)(payload) ? "ok" : "no";
    const agreed = said === verdict && (ajvSays === "ok") === verdicts[i].ok;
    return agreed ? [] : [{ type, payload, expected: verdict, said, ajvSays }];
  });
  assert.deepEqual(wrong, []);
  assert.ok(cases.length >= 4 * 100, `only ${cases.length} examples`);
});

const unsafe = (event, pointer) => {
  const value = pointer.split("/").slice(1).reduce((at, key) => at?.[key], event);
  return Number.isInteger(value) && !Number.isSafeInteger(value);
};

test(`mutations, seed ${seed}`, (t) => {
  const random = chance(seed);
  const mutants = [];
  for (const [type, schema] of Object.entries(events)) {
    for (const payload of schema.examples) {
      for (let i = 0; i < perExample; ++i) mutants.push(mutate(random, envelope(type, payload)));
    }
  }
  const verdicts = check("event", mutants.map((event) => JSON.stringify(event)));
  const wrong = [];
  let valid = 0;
  mutants.forEach((event, i) => {
    const pointers = complaints(typeOf(event), event);
    const { ok, pointer, reason } = verdicts[i];
    valid += ok ? 1 : 0;
    // An integer that a double cannot hold is refused wherever it stands; ajv sees it rounded.
    if (!ok && reason === "number_out_of_range" && unsafe(event, pointer)) return;
    // The checker stops at the first fault, so it must be one of those that ajv has.
    if (ok ? pointers.length > 0 : !pointers.includes(pointer)) wrong.push({ event, pointers, verdict: verdicts[i] });
  });
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} of ${mutants.length} differ`);
  t.diagnostic(`${mutants.length} mutants, ${valid} valid`);
  assert.ok(mutants.length >= 5000 && valid > mutants.length / 50 && valid < mutants.length / 2);
});

test("what is stored is what was sent", () => {
  const sent = Object.entries(events).flatMap(([type, schema]) => schema.examples.map((payload) => envelope(type, payload)));
  const spaced = check("event", sent.map((event) => JSON.stringify(event, null, " ").replaceAll("\n", " ")));
  spaced.forEach((verdict, i) => assert.equal(verdict.json, JSON.stringify(sent[i])));
});

test("bodies of REST requests", () => {
  const random = chance(seed);
  for (const name of names("rest")) {
    const schema = read(`rest/${name}.json`);
    const bodies = [...schema.examples, ...schema["x-lifeline"].invalidExamples.map(({ body }) => body)];
    for (const body of schema.examples) {
      for (let i = 0; i < perExample; ++i) bodies.push(mutate(random, body));
    }
    const verdicts = check(`body ${name}`, bodies.map((body) => JSON.stringify(body)));
    bodies.forEach((body, i) => {
      assert.equal(verdicts[i].ok, validator(`rest/${name}`)(body), `${name} ${JSON.stringify(body)} ${JSON.stringify(verdicts[i])}`);
    });
    schema["x-lifeline"].invalidExamples.forEach(({ reason, pointer }, i) => {
      const { reason: said, pointer: where } = verdicts[schema.examples.length + i];
      assert.deepEqual([said, where], [reason, pointer], name);
    });
  }
});
