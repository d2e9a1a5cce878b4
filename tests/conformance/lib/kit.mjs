import { cases } from "../cases/index.mjs";
import { exchange } from "./exchange.mjs";
import { judge } from "./verdict.mjs";

const atOnce = 16;

async function runOne(url, test, chop, patienceMs) {
  try {
    return judge(test, await exchange(url, test.steps, chop, patienceMs));
  } catch (error) {
    return { verdict: "FAIL", why: `the kit: ${error.stack}` };
  }
}

const size = (test) =>
  test.steps.reduce((sum, step) => sum + (Buffer.isBuffer(step) ? step.length : 0), 0);

// Every case as it is, and cut into pieces of each size in `chops` where that is bearable.
function plan({ chops, only, bytesMax }) {
  const jobs = [];
  for (const test of cases) {
    if ((only && !only.includes(test.id)) || size(test) > bytesMax) continue;
    for (const chop of chops) {
      if (chop === 0 || size(test) / chop <= 3000) jobs.push({ test, chop });
    }
  }
  return jobs;
}

const everything = {
  chops: [0, 1, 2, 3, 5, 7, 16],
  only: null, // Or a list of case numbers.
  bytesMax: Infinity,
  patienceMs: 10_000, // For an answer, and for the server to close.
};

// Runs the kit and counts: {cases, ok, nonStrict, failed} and who failed how.
export async function run(url, options = {}) {
  const settings = { ...everything, ...options };
  const jobs = plan(settings);
  const counts = { cases: jobs.length, ok: 0, nonStrict: 0, failed: 0 };
  const findings = [];
  let next = 0;
  const worker = async () => {
    while (next < jobs.length) {
      const { test, chop } = jobs[next++];
      const { verdict, why } = await runOne(new URL(url), test, chop, settings.patienceMs);
      if (verdict === "OK") counts.ok += 1;
      else {
        counts[verdict === "FAIL" ? "failed" : "nonStrict"] += 1;
        findings.push({ case: test.id, title: test.title, chop, verdict, why });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  findings.sort((a, b) => a.case.localeCompare(b.case, "en", { numeric: true }) || a.chop - b.chop);
  return { counts, findings };
}
