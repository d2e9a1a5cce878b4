// The reading of JSON text itself, against JSON.parse: what is JSON, and that one value has one
// canonical spelling (RFC 8785).
import assert from "node:assert/strict";
import { test } from "node:test";

import { chance, check } from "./support.mjs";

/** RFC 8785, which is what JSON.stringify writes once keys are sorted by their UTF-16 units. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}

function parsed(text) {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

const samples = [
  '{"a":[1,2.5,-3e4,true,false,null,"x"],"b":{"c":"\\u00e9\\n"}}', '[]', '{}', '[[[]]]', '"text"', "0", "-0", "1e21", "true",
  '[1,2,3]', '{"":{"":{"":0}}}', '{"k":"\\ud83d\\ude00"}', '[1.0,10,100,1e2,1E+2,0.1e1]', ' [ 1 , 2 ] ', '{"a" : 1 , "b" : 2}',
  '{"\u{1F600}":1,"\uFB33":2,"\u20ac":3,"1":4,"\\u000d":5}', '["\\\\\\"\\/\\b\\f\\n\\r\\t"]', '[1e-7,1e-6,123456789012345680000,1e300]',
]; // prettier-ignore

// Reasons for which texts that are JSON are refused all the same.
const stricter = ["duplicate_key", "number_out_of_range", "lone_surrogate", "nul_character", "depth_exceeded"];

test("texts and their mutations", (t) => {
  const random = chance(Number(process.env.LIFELINE_SEED ?? 7));
  const alphabet = [...'{}[]:,"\\ \t0123456789.eE+-truefalsn/u\u00e9\u{1F600}\u2028xA'];
  const texts = [...samples];
  for (let i = 0; i < 20000; ++i) {
    const characters = [...random.pick(samples)];
    for (let n = 1 + random.below(3); n > 0; --n) {
      characters.splice(random.below(characters.length + 1), random.below(3), ...(random.next() < 0.7 ? [random.pick(alphabet)] : []));
    }
    texts.push(characters.join(""));
  }
  const verdicts = check("canonical", texts);
  let accepted = 0;
  texts.forEach((text, i) => {
    const js = parsed(text);
    const { ok, reason, json } = verdicts[i];
    if (ok) {
      accepted += 1;
      assert.ok(js, `${text} is no JSON`);
      assert.equal(json, canonical(js.value), text);
    } else {
      assert.ok(!js || stricter.includes(reason), `${text} is JSON, and was refused: ${reason}`);
      assert.ok(js || reason !== "number_out_of_range" || /\d/.test(text));
    }
  });
  t.diagnostic(`${texts.length} texts, ${accepted} accepted`);
  assert.ok(accepted > 1000);
});

test("numbers have ECMAScript's spelling", () => {
  const random = chance(11);
  const numbers = [0, -0, 1, -1, 0.1, 1e21, 1e20, 123456789012345680000, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308, 2 ** 53, 9.5e-7, 333333333.3333333];
  const bits = new DataView(new ArrayBuffer(8));
  while (numbers.length < 20000) {
    bits.setUint32(0, random.next() * 2 ** 32);
    bits.setUint32(4, random.next() * 2 ** 32);
    if (Number.isFinite(bits.getFloat64(0))) numbers.push(bits.getFloat64(0));
    numbers.push(random.below(1e9) / 10 ** random.below(12));
  }
  // With an exponent, so that large ones are not taken for integers beyond 2^53.
  const verdicts = check("canonical", numbers.map((number) => number.toExponential()));
  numbers.forEach((number, i) => assert.equal(verdicts[i].json, String(number === 0 ? 0 : number)));
});

test("equal values have equal canonical forms, however they are spelled", () => {
  const spellings = [
    ['{"b":1,"a":2}', '{ "a" : 2 , "b" : 1 }', '{"\\u0061":2e0,"b":1.0}', '{"a":20E-1,"b":0.1e1}'],
    ['["é","/"]', '["\\u00e9","\\/"]', '["\\u00E9","\\u002f"]'],
    ['["😀"]', '["\\ud83d\\ude00"]', '["\\uD83D\\uDE00"]'],
    ["[0]", "[-0]", "[0.0]", "[0e7]", "[-0.0E-3]"],
  ];
  for (const group of spellings) {
    const forms = check("canonical", group).map(({ json }) => json);
    assert.equal(new Set(forms).size, 1, `${group} became ${forms}`);
  }
});
