// The kit against our own server, which must pass without a single remark; against npm ws, which
// proves that the kit asks for nothing unusual; and against flawed servers, which prove that it looks.
import assert from "node:assert/strict";
import { test } from "node:test";

import { cases } from "./cases/index.mjs";
import { writeEvidence } from "../system/support/evidence.mjs";
import { run } from "./lib/kit.mjs";
import * as flawed from "./servers/flawed.mjs";
import * as npmWs from "./servers/npm_ws.mjs";
import * as wsEcho from "./servers/ws_echo.mjs";

const report = (findings) => findings.map((f) => `${f.case} /${f.chop} ${f.verdict}: ${f.why}`);

test("no two cases have one number", () => {
  const numbers = cases.map((each) => each.id);
  assert.equal(new Set(numbers).size, numbers.length);
  assert.ok(numbers.length >= 230, `only ${numbers.length} cases`);
});

test("our server, whole and in pieces", async () => {
  const server = await wsEcho.serve();
  const begin = performance.now();
  const { counts, findings } = await run(server.url);
  const seconds = (performance.now() - begin) / 1000;
  assert.ok(await server.stop(), "the server died on the way");
  writeEvidence("conformance", seconds, counts, report(findings));
  console.log(`conformance: ${JSON.stringify(counts)} in ${seconds.toFixed(1)} s`);
  assert.deepEqual(report(findings), []);
});

test("npm ws", async () => {
  const server = await npmWs.serve();
  const { findings } = await run(server.url, { chops: [0, 7] });
  server.stop();
  // It takes lengths longer than they need be, and looks at a text when it is whole.
  const known = { "L.2": "FAIL", "L.3": "FAIL", "6.4.1": "NON-STRICT", "6.4.2": "NON-STRICT",
    "6.4.3": "NON-STRICT", "6.4.4": "NON-STRICT" };
  assert.deepEqual(report(findings.filter((f) => known[f.case] !== f.verdict)), []);
});

test("a plain server without a flaw", async () => {
  const server = await flawed.serve(null);
  const { findings } = await run(server.url, { chops: [0], bytesMax: 200_000 });
  server.stop();
  assert.deepEqual(report(findings), []);
});

test("every flaw is found", async (t) => {
  for (const [flaw, number] of Object.entries(flawed.flaws)) {
    await t.test(flaw, async () => {
      const server = await flawed.serve(flaw);
      const { findings } = await run(server.url, { chops: [0], only: [number], patienceMs: 500 });
      server.stop();
      assert.equal(findings.length, 1, `case ${number} did not notice`);
    });
  }
});
