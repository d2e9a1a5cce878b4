// The publisher as a program (sink_probe.cpp): what is said to it, and what it says.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const binary = process.env.LIFELINE_SINK_PROBE ?? '../../build/asan/tests/sinks/sink_probe';
export const hour = 3_600_000;

// The hour before the one that is now, less so many more.
export const hourAgo = (hours = 1) => new Date(Math.floor(Date.now() / hour - hours) * hour).toISOString().slice(0, 16) + 'Z';

export function charge(id, more = {}) {
  return { id, account: 'acct_1', item: 'minutes', window: hourAgo(), quantity: 312_000, recorded: new Date(Date.now()).toISOString(), ...more };
}

export class Probe {
  constructor(t, sink) {
    this.heard = [];
    this.waiting = [];
    this.process = spawn(binary, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.process.stdout }).on('line', (line) => {
      this.heard.push(JSON.parse(line));
      this.#look();
    });
    this.process.on('exit', (code) => (this.ended = code) ?? this.#look());
    this.send(sink);
    t.after(() => this.end());
  }
  send(line) {
    this.process.stdin.write((typeof line === 'string' ? line : JSON.stringify(line)) + '\n');
  }
  add(...charges) {
    for (const one of charges) this.send(`add ${JSON.stringify(one)}`);
  }
  reopen(...charges) {
    for (const one of charges) this.send(`reopen ${JSON.stringify(one)}`);
  }
  // The first that was said, or is, of which this is true; it is not handed out again.
  said(fits, what = String(fits)) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`never heard ${what}; heard ${JSON.stringify(this.heard)}`)), 20_000);
      this.waiting.push({ fits, resolve: (one) => (clearTimeout(late), resolve(one)) });
      this.#look();
    });
  }
  of(id) {
    return this.said((one) => one.id === id, id);
  }
  ask(line, event = line.split(' ')[0]) {
    this.send(line);
    return this.said((one) => one.event === event, event);
  }
  // As kill -9 does.
  kill() {
    this.process.kill('SIGKILL');
  }
  end() {
    this.process.stdin.end();
    return this.ended === undefined ? new Promise((resolve) => this.process.on('exit', resolve)) : undefined;
  }
  #look() {
    this.waiting = this.waiting.filter(({ fits, resolve }) => {
      const index = this.heard.findIndex(fits);
      if (index < 0) return true;
      resolve(this.heard.splice(index, 1)[0]);
      return false;
    });
  }
}
