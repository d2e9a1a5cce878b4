// What the tests share: the schema as it stands in the repository, read without the generator; the
// C++ checker as a program; chance from a seed.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const read = (path) => JSON.parse(readFileSync(join(root, "schema/v1", path), "utf8"));
export const names = (folder) =>
  readdirSync(join(root, "schema/v1", folder)).map((name) => name.replace(/\.json$/, "")).sort();

/** Type -> schema of its payload, as written. "x.*" stands for the application's own. */
export const events = Object.fromEntries(
  names("events").map((name) => read(`events/${name}.json`)).map((schema) => [schema.title, schema]),
);

/** ajv over the files as they are; schemas are named by their path. */
export function oracle() {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  addFormats(ajv);
  for (const keyword of ["x-lifeline", "x-lifeline-deferred"]) ajv.addKeyword(keyword);
  ajv.addSchema(read("words.json"), "lifeline:/v1/words.json");
  ajv.addSchema(read("frames.json"), "lifeline:/v1/frames.json");
  ajv.addSchema(read("envelope.json"), "lifeline:/v1/envelope.json");
  for (const folder of ["events", "rest"]) {
    for (const name of names(folder)) {
      ajv.addSchema(read(`${folder}/${name}.json`), `lifeline:/v1/${folder}/${name}.json`);
    }
  }
  return (path, place = "") => ajv.getSchema(`lifeline:/v1/${path}.json${place}`);
}

/** An envelope around a payload, in a stream where the type belongs. */
export function envelope(type, payload, more = {}) {
  const streams = { call: "sess_01JKQ8V4Z7", document: "doc_7", account: "acct_01JKQ8S0", instance: "sys_instance" };
  return {
    eventId: "evt_1",
    sessionId: streams[(events[type] ?? events["x.*"])["x-lifeline"].streams[0]],
    ts: "2026-02-16T10:00:00.000Z",
    type: type === "x.*" ? "x.test" : type,
    payload,
    schemaVersion: "1.0",
    ...more,
  };
}

/** LIFELINE_CONTRACT_CHECK names the program; otherwise the newest one under build/. */
function findChecker() {
  if (process.env.LIFELINE_CONTRACT_CHECK) return process.env.LIFELINE_CONTRACT_CHECK;
  const build = join(root, "build");
  const found = (existsSync(build) ? readdirSync(build) : [])
    .map((preset) => join(build, preset, "tests/contract/contract_check"))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (found.length === 0) throw new Error("contract_check is not built: ./dev build, or set LIFELINE_CONTRACT_CHECK");
  return found[0];
}

/** What the program prints. */
export function run(mode, input = "") {
  const done = spawnSync(findChecker(), mode.split(" "), { input, maxBuffer: 1 << 30 });
  if (done.status !== 0) throw new Error(`contract_check ended with ${done.status ?? done.signal}: ${done.stderr}`);
  return done.stdout.toString("utf8").trimEnd().split("\n");
}

/** The verdicts of the C++ checker on texts, in order. */
export function check(mode, texts) {
  const lines = run(mode, texts.map((text) => `${text}\n`).join(""));
  if (lines.length !== texts.length) throw new Error(`${lines.length} verdicts for ${texts.length} texts`);
  return lines.map((line) => JSON.parse(line));
}

/** mulberry32: numbers in [0, 1) that repeat with the seed. */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)] };
}
