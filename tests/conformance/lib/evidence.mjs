// What a run found, as the file that the project publishes.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

function commit() {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  } catch {
    return "unknown"; // From a source archive.
  }
}

export function writeEvidence(name, { seconds, counts, failures }) {
  mkdirSync(new URL("../../../evidence/", import.meta.url), { recursive: true });
  const host = `${cpus()[0]?.model ?? "unknown"} x ${cpus().length}, Linux ${release()}, Node ${process.version}`;
  const record = {
    name,
    commit: commit(),
    date: new Date().toISOString(),
    host,
    seconds: Math.round(seconds * 10) / 10,
    counts,
    failures,
  };
  writeFileSync(`${root}/evidence/${name}.json`, JSON.stringify(record, null, 2) + "\n");
}
