import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { lastingPort } from '../../../tests/system/support/lasting_port.mjs';
import { FaultProxy } from '../../faults/faults.js';
import {
  createCall,
  joinCall,
  type Call,
  type CallEvent,
  type CreateCallOptions,
  type JoinCallOptions,
} from '../../src/lifeline.js';

const binary = process.env['LIFELINE_BINARY'] ?? '../build/release/src/app/lifeline';

/** Why these tests cannot run here, or false. */
export const cannotRun = existsSync(binary)
  ? false
  : `no server at ${binary}; build it, or set LIFELINE_BINARY`;

/** A WebSocket as a page has one: with its Origin, so that the server says in words what is wrong. */
export class PageSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { origin: new URL(url).origin.replace('ws', 'http') });
  }
}

/** A socket class that keeps every frame that was heard through it. */
export function listening() {
  const frames: { op: string; [key: string]: unknown }[] = [];
  class Socket extends PageSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      this.on('message', (text) => frames.push(JSON.parse(String(text)) as { op: string }));
    }
  }
  return { Socket, frames };
}

/** The real server on a data folder of its own, behind a proxy on which things go wrong. */
export class House {
  readonly folder = mkdtempSync(join(tmpdir(), 'lifeline-sdk-'));
  readonly proxy: FaultProxy;
  readonly #calls: Call[] = [];
  #process: ChildProcess | null = null;
  #port = 0;
  log = '';

  static async open(t: TestContext): Promise<House> {
    const proxy = await FaultProxy.open({ target: 1, kill: () => house.kill() });
    const house: House = new House(proxy);
    t.after(() => house.close());
    await house.start();
    return house;
  }

  private constructor(proxy: FaultProxy) {
    this.proxy = proxy;
  }

  /** The address through the proxy, the same whichever process is behind it. */
  get baseUrl(): string {
    return this.proxy.url;
  }

  /** The server's own address, past the proxy. */
  get directUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts it, on the same port as before. */
  async start(): Promise<void> {
    this.#port ||= await lastingPort();
    const listen = `127.0.0.1:${this.#port}`;
    const child = spawn(binary, ['serve', '--listen', listen, '--data', this.data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stderr.on('data', (bytes: Buffer) => (this.log = (this.log + bytes).slice(-20_000)));
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready ')) continue;
      this.#port = Number(new URL(line.slice('ready '.length)).port);
      this.proxy.target = this.#port;
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
    return this.command('token', '--data', this.data, ...who);
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** What an operator types; gives what it printed. */
  command(...words: string[]): string {
    return execFileSync(binary, words, { encoding: 'utf8' }).trim();
  }

  async rest(method: string, path: string, token: string, body?: object): Promise<Response> {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    return fetch(this.directUrl + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Something published from a server, past the proxy. */
  async publish(token: string, sessionId: string, type: string, payload: object): Promise<number> {
    const event = {
      eventId: `srv_${randomUUID()}`,
      sessionId,
      ts: new Date().toISOString(),
      type,
      payload,
      schemaVersion: '1.0',
    };
    const reply = await this.rest('POST', `/v1/call/sessions/${sessionId}/events`, token, event);
    assert.equal(reply.status, 201, await reply.clone().text());
    return ((await reply.json()) as { seq: number }).seq;
  }

  /** Options for createCall and joinCall as this user. */
  as(user: string, role = 'user') {
    const token = this.token(user, role);
    return { baseUrl: this.baseUrl, getToken: () => token, WebSocket: PageSocket };
  }

  async create(
    user: string,
    body: Omit<Partial<CreateCallOptions>, 'baseUrl'> = {},
  ): Promise<Call> {
    return this.keep(await createCall({ ...this.as(user), ...body }));
  }

  /** A call that a backend makes for one of its users; gives its id. */
  async createFor(ownerId: string, service: string, body: object): Promise<string> {
    const reply = await this.rest('POST', '/v1/call/sessions', service, { ownerId, ...body });
    assert.equal(reply.status, 201, await reply.clone().text());
    return ((await reply.json()) as { session: { sessionId: string } }).session.sessionId;
  }

  async join(
    user: string,
    sessionId: string,
    more: Partial<JoinCallOptions> & { readonly role?: string } = {},
  ): Promise<Call> {
    const { role, ...options } = more;
    return this.keep(await joinCall({ ...this.as(user, role), sessionId, ...options }));
  }

  /** Leaves the call when the test ends, however it ends. */
  keep(call: Call): Call {
    this.#calls.push(call);
    return call;
  }

  async close(): Promise<void> {
    for (const call of this.#calls) call.leave();
    await this.kill('SIGTERM');
    await this.proxy.close();
    rmSync(this.folder, { recursive: true, force: true });
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

/** All events of a call as this client was given them, from now on. */
export function record(call: Call): CallEvent[] {
  const seen: CallEvent[] = [];
  call.on('*', (event) => void seen.push(event));
  return seen;
}

/** Fails unless what was seen is exactly the events after `first`, in order: no gap, no repeat. */
export function assertWhole(seen: readonly CallEvent[], first: number): void {
  assert.deepEqual(
    seen.map((event) => event.seq),
    seen.map((_, i) => first + 1 + i),
  );
}
