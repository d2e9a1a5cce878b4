// The real binary on a data folder of its own.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventText } from './event_text.mjs';
import { lastingPort } from './lasting_port.mjs';

export const binary = process.env.LIFELINE_BINARY ?? '../../build/release/src/app/lifeline';

export class Server {
  #process = null;
  port = 0;
  log = '';
  /** What its processes have in their environment beside what is in this one's. */
  env = {};

  /**
   * `config` is the text of its configuration, or a function that makes it, given the folder;
   * `options` go on the command line of `serve`.
   */
  constructor(config = '', options = []) {
    this.options = options;
    this.folder = mkdtempSync(join(tmpdir(), 'lifeline-system-'));
    this.data = join(this.folder, 'data');
    this.config = join(this.folder, 'lifeline.toml');
    writeFileSync(this.config, typeof config === 'function' ? config(this.folder) : config);
  }

  scheme = 'http';
  get url() {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  /** Starts it, on the same port as before; resolves when it serves. */
  async start() {
    this.port ||= await lastingPort();
    const listen = `127.0.0.1:${this.port}`;
    const child = spawn(
      binary,
      ['serve', '--listen', listen, '--data', this.data, '--config', this.config, ...this.options],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.env } },
    );
    this.#process = child;
    child.stderr.on('data', (bytes) => (this.log = (this.log + bytes).slice(-50_000)));
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready ')) continue;
      const ready = new URL(line.slice('ready '.length));
      this.scheme = ready.protocol.slice(0, -1);
      this.port = Number(ready.port);
      child.stdout.resume();
      return;
    }
    throw new Error(`the server did not start:\n${this.log}`);
  }

  /** kill -9, or another signal; resolves with how it went when the process is gone. */
  async kill(signal = 'SIGKILL') {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode;
    const gone = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return gone;
  }

  signal(name) {
    this.#process.kill(name);
  }

  /** Resolves when its log has this, from `from` on; gives what was logged until then. */
  async logged(text, from = 0) {
    while (!this.log.slice(from).includes(text))
      await new Promise((resolve) => this.#process.stderr.once('data', resolve));
    return this.log.slice(from);
  }

  get running() {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** How its last process ended: the name of a signal, or the status with which it left; null while it runs. */
  get ended() {
    return this.#process?.signalCode ?? this.#process?.exitCode ?? null;
  }

  token(user, role = 'user', account = 'acct_test', minutes = 60) {
    const who = ['--user', user, '--account', account, '--role', role, '--minutes', `${minutes}`];
    return execFileSync(binary, ['token', '--data', this.data, ...who], {
      encoding: 'utf8',
      env: { ...process.env, ...this.env },
    }).trim();
  }

  /** The offline check of the folder; throws with what it says when something is wrong. */
  verify() {
    return JSON.parse(
      execFileSync(binary, ['verify', this.data, '--json'], { encoding: 'utf8' }),
    );
  }

  async rest(method, path, token, body, more = {}) {
    const reply = await fetch(this.url + path, {
      method,
      headers: {
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = await reply.json().catch(() => null);
    return { status: reply.status, json };
  }

  /** Every event of a call, or those after a seq, page by page. */
  async events(sessionId, token, from = 0) {
    const events = [];
    for (let after = from; ; ) {
      const { status, json } = await this.rest(
        'GET',
        `/v1/call/sessions/${sessionId}/events?limit=1000&after=${after}`,
        token,
      );
      if (status !== 200) throw new Error(`events: ${status} ${JSON.stringify(json)}`);
      events.push(...json.events);
      if (json.next === undefined) return events;
      after = json.next;
    }
  }

  /** The stored events of a stream as the folder has them, with their texts; running or not. */
  stored(stream) {
    const lines = execFileSync(binary, ['replay', stream, '--data', this.data, '--json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    return lines
      .trim()
      .split('\n')
      .map((line) => {
        const { seq, event } = JSON.parse(line);
        return { seq, event, text: event === undefined ? '' : eventText(line) }; // Erased.
      });
  }

  /** The views that were not what the journal says. Of a folder that a test has broken, none. */
  #wrongViews() {
    const { stdout } = spawnSync(binary, ['rebuild', this.data, '--json'], { encoding: 'utf8' });
    if (!stdout.startsWith('{')) return [];
    return JSON.parse(stdout).views.filter(({ before }) => before === 'different').map(({ view }) => view);
  }

  /** Stops it; every scenario ends with views that are those which the journal makes anew. */
  async close() {
    await this.kill('SIGTERM');
    const wrong = this.#wrongViews();
    rmSync(this.folder, { recursive: true, force: true });
    if (wrong.length > 0) throw new Error(`views that are not what the journal says: ${wrong.join(', ')}`);
  }
}
