// A clock of some days ago, for a server's process: nobody can wait until days have passed.

import { compiled } from './preloaded.mjs';

/** The environment in which a process has it; null where nothing here compiles. */
export function clock_behind(folder, days) {
  const library = compiled(folder, 'clock_behind');
  return library && { LD_PRELOAD: library, CLOCK_BEHIND_S: `${days * 86_400}` };
}

/** A clock by which the next hour begins in so many seconds. */
export class ClockBehind {
  constructor(untilEdge) {
    this.behind = Math.floor(Date.now() / 1000 + untilEdge) % 3600;
  }
  now = () => Date.now() - this.behind * 1000;

  /** Its processes have it from now on; false where nothing here compiles it. */
  give(server) {
    const env = clock_behind(server.folder, this.behind / 86_400);
    Object.assign(server.env, env);
    return env !== null;
  }
  /** So many hours later by it, at once: for the next process of the server. */
  async later(server, hours, signal) {
    await server.kill(signal);
    this.behind -= hours * 3600;
    server.env.CLOCK_BEHIND_S = `${this.behind}`;
    await server.start();
  }
}
