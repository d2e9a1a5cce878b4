// The real binary, started the way anybody would, and killed the way nobody should.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lastingPort } from '../../system/support/lasting_port.mjs';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const binary = process.env.LIFELINE_BINARY ?? path.join(root, 'build/release/src/app/lifeline');
const readyWithinMs = 30_000;
const account = 'acct_dev'; // Whose calls development mode makes.

export class Server {
  #folder;
  #origins;
  #devAgent;
  #env;
  #process = null;
  #log = [];
  /** `http://127.0.0.1:PORT`, the same after a restart. */
  url = '';

  /**
   * A server in development mode on a folder of its own. `origins` are the pages it accepts besides its own,
   * `config` is the text of its configuration, `env` what it has in its environment, both may be made for its folder; without `devAgent` no call is given the scripted agent of development.
   */
  static async start({ origins = [], config = '', devAgent = true, env = null } = {}) {
    const server = new Server();
    server.#folder = await mkdtemp(path.join(tmpdir(), 'lifeline-e2e-'));
    const made = (what) => (typeof what === 'function' ? what(server.#folder) : what);
    await writeFile(server.#config, made(config));
    server.#env = made(env) ?? {};
    server.#origins = origins;
    server.#devAgent = devAgent;
    await server.#run(`127.0.0.1:${await lastingPort()}`);
    return server;
  }

  /** No goodbye, no flush: what was not on the disk is gone. */
  async kill9() {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
    this.#process = null;
  }

  /** In good order: everybody is told before. */
  async stop() {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await gone;
    this.#process = null;
  }

  /** On the same folder and port. */
  async restart() {
    await this.#run(new URL(this.url).host);
  }

  async close() {
    if (this.#process) await this.kill9();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A token from the command line, as an application's backend would fetch one. */
  async token(whom) {
    const { stdout } = await promisify(execFile)(binary, this.#tokenArguments(whom), { env: this.#environment });
    return stdout.trim();
  }

  /** What a command of the binary prints about this server's folder, beside the running server. */
  async command(name, ...words) {
    const { stdout } = await promisify(execFile)(binary, [name, ...words, '--data', this.#data], { maxBuffer: 64 << 20 });
    return stdout;
  }

  /** A token as above, as a command for whoever needs fresh ones. */
  tokenCommand(whom) {
    return [binary, ...this.#tokenArguments(whom)].map((word) => `'${word}'`).join(' ');
  }

  /** Whether these words stand in any file of the data folder. */
  async holds(words) {
    const entries = await readdir(this.#data, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const all = await Promise.all(files.map(({ parentPath, path: folder, name }) => readFile(path.join(parentPath ?? folder, name))));
    return all.some((bytes) => bytes.includes(words));
  }

  /** What the server wrote to its log: for a failed story. */
  get log() {
    return this.#log.join('\n');
  }

  #tokenArguments({ user, name = user, role = 'user', of = account }) {
    const whom = ['--user', user, '--name', name, '--account', of, '--role', role];
    return ['token', '--data', this.#data, ...whom];
  }

  /** Commands live in the server's time. */
  get #environment() {
    return { ...process.env, ...this.#env };
  }

  get #data() {
    return path.join(this.#folder, 'data');
  }

  get #config() {
    return path.join(this.#folder, 'lifeline.toml');
  }

  async #run(listen) {
    const args = ['serve', '--listen', listen, '--data', this.#data, '--config', this.#config];
    args.push('--dev', ...(this.#devAgent ? ['--dev-agent'] : []));
    for (const origin of this.#origins) args.push('--origin', origin);
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'], env: this.#environment });
    this.#process = child;
    readline.createInterface({ input: child.stderr }).on('line', (line) => this.#log.push(line));
    const exited = new Promise((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}\n${this.log}`)));
    });
    exited.catch(() => undefined); // Only while starting does anybody wait for it.
    const late = AbortSignal.timeout(readyWithinMs);
    const tooLate = new Promise((_, reject) => {
      late.addEventListener('abort', () => reject(new Error(`not ready in time\n${this.log}`)));
    });
    tooLate.catch(() => undefined);
    this.url = await Promise.race([readyUrl(child.stdout), exited, tooLate]);
  }
}

async function readyUrl(stdout) {
  for await (const line of readline.createInterface({ input: stdout })) {
    const ready = /^ready (http:\/\/\S+)/.exec(line);
    if (ready) return ready[1];
  }
  return new Promise(() => undefined); // It ended; whoever watches its exit knows why.
}
