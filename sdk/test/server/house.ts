import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { createCall, joinCall, type Call, type CreateCallBody } from '../../src/lifeline.js';

const binary = process.env['LIFELINE_BINARY'] ?? '../build/release/src/app/lifeline';

/** Why these tests cannot run here, or false. */
export const cannotRun = existsSync(binary)
  ? false
  : `no server at ${binary}; build it, or set LIFELINE_BINARY`;

/** The real server on a data folder of its own, behind a line that the test can cut. */
export class House {
  readonly folder = mkdtempSync(join(tmpdir(), 'lifeline-sdk-'));
  readonly line = new CuttableLine();
  readonly #calls: Call[] = [];
  #process: ChildProcess | null = null;
  log = '';

  static async open(t: TestContext): Promise<House> {
    const house = new House();
    t.after(() => house.close());
    await house.line.listen();
    await house.start();
    return house;
  }

  /** The address through the line, the same whichever process is behind it. */
  get baseUrl(): string {
    return `http://127.0.0.1:${this.line.port}`;
  }

  async start(): Promise<void> {
    const child = spawn(binary, ['serve', '--listen', '127.0.0.1:0', '--data', this.folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stderr.on('data', (bytes: Buffer) => (this.log = (this.log + bytes).slice(-20_000)));
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready ')) continue;
      this.line.target = Number(new URL(line.slice('ready '.length)).port);
      child.stdout.resume();
      return;
    }
    assert.fail(`the server did not start:\n${this.log}`);
  }

  /** kill -9, or the given signal; resolves when the process is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  token(user: string, role = 'user'): string {
    const who = ['--user', user, '--account', 'acct_test', '--role', role, '--name', user];
    return execFileSync(binary, ['token', '--data', this.folder, ...who], {
      encoding: 'utf8',
    }).trim();
  }

  /** Options for createCall and joinCall as this user. */
  as(user: string, role = 'user'): { baseUrl: string; getToken: () => string } {
    const token = this.token(user, role);
    return { baseUrl: this.baseUrl, getToken: () => token };
  }

  async create(user: string, body: CreateCallBody = {}): Promise<Call> {
    return this.keep(await createCall({ ...this.as(user), ...body }));
  }

  async join(user: string, sessionId: string): Promise<Call> {
    return this.keep(await joinCall({ ...this.as(user), sessionId }));
  }

  /** Leaves the call when the test ends, however it ends. */
  keep(call: Call): Call {
    this.#calls.push(call);
    return call;
  }

  async close(): Promise<void> {
    for (const call of this.#calls) call.leave();
    this.line.close();
    await this.kill('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A TCP relay. Cutting it resets every connection, as a network that goes away does. */
export class CuttableLine {
  target = 0;
  /** Takes connections and passes nothing on, until it is false again. */
  dead = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((near) => {
      this.#keep(near);
      if (this.dead) return;
      const far = this.#keep(connect(this.target, '127.0.0.1'));
      near.pipe(far).pipe(near);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** Nothing passes any more on what is open, and nobody is told. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy?.() ?? socket.destroy();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

/** Resolves when `holds` does, looked at on every change; fails after `ms`. */
export function until(call: Call, what: string, holds: () => boolean, ms = 60_000): Promise<void> {
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const done = (error: Error | null) => {
      clearTimeout(timer);
      stops.forEach((stop) => stop());
      if (error) reject(error);
      else resolve();
    };
    const look = () => holds() && done(null);
    const timer = setTimeout(() => {
      const { state, reason } = call.connection.value;
      done(
        new Error(
          `not in ${ms} ms: ${what}; connection ${state} ${reason}, seq ${call.state.value.seq}`,
        ),
      );
    }, ms);
    stops.push(call.connection.subscribe(look), call.state.subscribe(look));
    look();
  });
}

export const live = (call: Call) =>
  until(call, 'live', () => call.connection.value.state === 'live');
export const closed = (call: Call) =>
  until(call, 'closed', () => call.connection.value.state === 'closed');
export const said = (call: Call) =>
  call.transcript.value.filter((one) => one.state === 'final').map((one) => one.text);
