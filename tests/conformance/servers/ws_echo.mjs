// Starts our echo server, as CMake built it.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const root = fileURLToPath(new URL("../../../", import.meta.url));

// LIFELINE_WS_ECHO names it; otherwise the newest one under build/.
export function findEcho() {
  if (process.env.LIFELINE_WS_ECHO) return process.env.LIFELINE_WS_ECHO;
  const build = join(root, "build");
  const found = (existsSync(build) ? readdirSync(build) : [])
    .map((preset) => join(build, preset, "tests/conformance/ws_echo"))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (found.length === 0) throw new Error("ws_echo is not built: ./dev build, or set LIFELINE_WS_ECHO");
  return found[0];
}

export async function serve() {
  const child = spawn(findEcho(), { stdio: ["ignore", "pipe", "inherit"] });
  const exit = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`ws_echo ended with ${code}`)));
  });
  return {
    url: line.replace(/^ready /, ""),
    // How it ended: it must have lived until told to stop.
    stop: async () => {
      const alive = child.exitCode === null && child.signalCode === null;
      child.kill("SIGTERM");
      await exit;
      return alive;
    },
  };
}
