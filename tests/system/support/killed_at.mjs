// A server's process that dies at a step which the test names by its number: see killed_at.c for what a step is.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compiled } from './preloaded.mjs';

export class Steps {
  /** Of the server's next processes, beside what else is preloaded into them. */
  constructor(server) {
    this.server = server;
    this.log = join(server.folder, 'steps');
    this.library = compiled(server.folder, 'killed_at');
  }

  /** The next process counts from its beginning, and dies at `point`, { step, when, only }, if one is given. */
  arm(point = null) {
    const { env } = this.server;
    rmSync(this.log, { force: true });
    if (!env.LD_PRELOAD?.includes(this.library)) env.LD_PRELOAD = [env.LD_PRELOAD, this.library].filter(Boolean).join(':');
    env.STEP_LOG = this.log;
    this.#die(point);
  }

  /** Those that come after it do not. */
  disarm() {
    delete this.server.env.STEP_LOG;
    this.#die(null);
  }

  #die(point) {
    const { env } = this.server;
    delete env.STEP_AT;
    delete env.STEP_WHEN;
    delete env.STEP_ONLY;
    if (point) Object.assign(env, { STEP_AT: `${point.step}`, STEP_WHEN: point.when });
    if (point?.only) env.STEP_ONLY = point.only;
  }

  /** What was counted, in the order of the numbers: [{ step, what }]. */
  taken() {
    const lines = readFileSync(this.log, 'utf8').trim().split('\n').filter(Boolean);
    return lines.map((line) => ({ step: Number.parseInt(line, 10), what: line.slice(line.indexOf(' ') + 1) })).sort((a, b) => a.step - b.step);
  }
}

export const nameOfPoint = ({ step, when }) => `${step} ${when}`;

/** Every point of so many steps once, in an order of which any beginning is spread evenly over all of them. */
export function spread(steps, seed) {
  const all = Array.from({ length: steps * 2 }, (_, n) => ({ step: (n >> 1) + 1, when: n % 2 === 0 ? 'before' : 'after' }));
  const divisor = (a, b) => (b === 0 ? a : divisor(b, a % b));
  let stride = Math.max(1, Math.round(all.length * 0.618));
  while (divisor(stride, all.length) !== 1) stride += 1;
  return all.map((_, n) => all[(seed + n * stride) % all.length]);
}
