// What the server hands out, made as the build makes it: linted by the linters of the two formats,
// and each schema usable by itself.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { Parser } from "@asyncapi/parser";
import { createConfig, lint } from "@redocly/openapi-core";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

import { events, read, root } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "lifeline-documents-"));
after(() => rmSync(folder, { recursive: true }));
const generator = (...args) => spawnSync("python3", ["-B", join(root, "tools/schemagen.py"), ...args], { encoding: "utf8" });
const made = generator("build", folder);
const document = (path) => readFileSync(join(folder, "documents", path), "utf8");

test("the generator runs", () => assert.equal(made.status, 0, made.stderr));

test("asyncapi.json is AsyncAPI 3", async () => {
  const { document: api, diagnostics } = await new Parser().parse(document("asyncapi.json"));
  const errors = diagnostics.filter(({ severity }) => severity <= 1);
  // The parser knows 3.1; 3.0 is what the tools of others read.
  assert.deepEqual(errors.filter(({ code }) => code !== "asyncapi-latest-version"), []);
  const messages = api.channels().all().flatMap((channel) => channel.messages().all().map((message) => message.id()));
  const frames = read("frames.json").$defs;
  assert.equal(messages.length, Object.keys(frames.client).length + Object.keys(frames.server).length);
});

test("the linter of AsyncAPI does look", async () => {
  const broken = document("asyncapi.json").replace('"action": "send"', '"action": "shout"');
  const { diagnostics } = await new Parser().parse(broken);
  assert.ok(diagnostics.some(({ severity }) => severity === 0));
});

const lintOpenApi = async (path) => lint({ ref: path, config: await createConfig({ extends: ["recommended"] }) });

test("openapi.json is OpenAPI 3.1", async () => {
  process.env.REDOCLY_TELEMETRY = "off";
  const problems = await lintOpenApi(join(folder, "documents/openapi.json"));
  assert.deepEqual(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location?.[0]?.pointer}`), []);
});

test("openapi.json has every route of the server, and no other", () => {
  const source = readFileSync(join(root, "src/api/routes.cpp"), "utf8");
  const served = [...source.matchAll(/Route\{"(\w+)", "([^"]+)"/g)].map(([, method, path]) => `${method} ${path}`);
  assert.ok(served.length > 10);
  const assets = ["GET /openapi.json", "GET /asyncapi.json"]; // Served like the page, as files.
  const described = Object.entries(JSON.parse(document("openapi.json")).paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "{}")}`));
  assert.deepEqual(described.sort(), [...served, ...assets].sort());
});

test("each schema of GET /v1/schema stands alone", () => {
  const index = JSON.parse(document("schema/index.json"));
  assert.deepEqual(index.types.map(({ type }) => type).sort(), Object.keys(events).sort());
  const ajv = addFormats(new Ajv2020({ strict: false }));
  for (const { type, href } of index.types) {
    const validate = ajv.compile(JSON.parse(document(`${href.replace("/v1/", "")}.json`)));
    for (const payload of events[type].examples) assert.ok(validate(payload), `${type}: ${ajv.errorsText(validate.errors)}`);
    for (const { payload, reason } of events[type]["x-lifeline"].invalidExamples) {
      assert.ok(!validate(payload), `${type} accepts what is ${reason}`);
    }
  }
  const files = readdirSync(join(folder, "documents/schema"));
  assert.equal(files.length, index.types.length + 1 + Object.keys(index.documents).length);
});

test("what is committed is fresh, and stable types only grew", () => {
  const checked = generator("check");
  assert.equal(checked.status, 0, checked.stderr);
});
