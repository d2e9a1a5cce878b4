import { connect, type Socket } from 'node:net';
import { closeFrame, FrameReader, nameOf, serverFrame, text, type WireFrame } from './frames.js';
import { headLength, readHead, switching, type Head } from './head.js';
import { Pipe, type Clock } from './pipe.js';
import type { Fault } from './rules.js';
import type { Passing } from './watch.js';

/** Whom a connection asks what is to go wrong on it. */
export interface Overseer {
  readonly clock: Clock;
  /** Where the server is now. */
  target(): { readonly host: string; readonly port: number };
  began(link: Link): void;
  /** Whether the frame goes on; a promise holds back what comes behind it. */
  passing(link: Link, frame: Passing): boolean | Promise<boolean>;
  ended(link: Link): void;
}

/** A client's connection and the one to the server that stands for it. */
export class Link {
  readonly #overseer: Overseer;
  readonly #client: Socket;
  #server: Socket | null = null;
  #request: Buffer = Buffer.alloc(0);
  #head: Head | null = null;
  #down: Pipe | null = null;
  #up: Pipe | null = null;
  #held = false;
  #deaf = false;
  /** Text frames that have passed so far. */
  readonly frames = { up: 0, down: 0 };

  constructor(client: Socket, overseer: Overseer) {
    this.#client = client;
    this.#overseer = overseer;
    client.setNoDelay(true);
    client.on('error', () => undefined);
    client.on('close', (broken) => {
      if (broken && !this.#deaf) this.#server?.resetAndDestroy();
      this.#gone();
    });
    const gather = (bytes: Buffer) => {
      this.#request = Buffer.concat([this.#request, bytes]);
      const length = headLength(this.#request);
      if (length === null) return;
      client.off('data', gather);
      this.#begin(length);
    };
    client.on('data', gather);
    client.on('end', () => {
      if (!this.#head) client.destroy();
    });
  }

  /** What it asked for; null until that has arrived. */
  get head(): Head | null {
    return this.#head;
  }

  /** Lets what was stalled go on. */
  flow(): void {
    this.#up?.flow();
    this.#down?.flow();
  }

  apply(fault: Exclude<Fault, { do: 'kill' | 'drop' }>): void {
    switch (fault.do) {
      case 'rst':
        return this.destroy();
      case 'half_open':
        this.#held = this.#deaf = true;
        this.#up?.swallow();
        return this.#down?.swallow();
      case 'stall':
        for (const pipe of this.#pipes(fault.direction)) pipe.stall();
        if (fault.ms !== undefined) this.#overseer.clock.after(fault.ms, () => this.flow());
        return;
      case 'split':
        return this.#pipes().forEach((pipe) => pipe.split(fault.bytes ?? 1));
      case 'delay':
        return this.#pipes().forEach((pipe) => pipe.delay(fault.ms));
      case 'duplicate':
        return this.#duplicate(fault.order ?? 'after');
      case 'expire_token':
        return this.#refuse();
      case 'say':
        return this.#down?.write(serverFrame(text, Buffer.from(JSON.stringify(fault.frame))));
    }
  }

  destroy(): void {
    this.#held = true;
    for (const socket of [this.#client, this.#server]) socket?.resetAndDestroy();
  }

  /** Neither side is told, but nothing is left open: for the end of the proxy itself. */
  abandon(): void {
    this.#client.destroy();
    this.#server?.destroy();
  }

  #pipes(direction?: 'up' | 'down'): Pipe[] {
    const pipes = { up: this.#up, down: this.#down };
    const chosen = direction ? [pipes[direction]] : [this.#up, this.#down];
    return chosen.filter((pipe) => pipe !== null);
  }

  #begin(length: number): void {
    const rest = this.#request.subarray(length);
    this.#request = this.#request.subarray(0, length);
    this.#head = readHead(this.#request);
    const { host, port } = this.#overseer.target();
    const server = connect({ port, host, allowHalfOpen: true });
    this.#up = new Pipe(this.#client, server, this.#overseer.clock);
    this.#down = new Pipe(server, this.#client, this.#overseer.clock);
    this.#server = server;
    server.setNoDelay(true);
    server.on('error', () => undefined);
    server.on('close', (broken) => {
      if (broken && !this.#held) this.#client.resetAndDestroy();
      this.#gone();
    });
    this.#overseer.began(this); // Whatever is to go wrong from the beginning goes wrong here.
    this.#up.write(this.#request);
    const ws = this.#head.kind === 'ws';
    this.#flowBetween(this.#client, this.#up, ws ? 'up' : null, rest);
    this.#flowBetween(server, this.#down, ws ? 'down' : null);
  }

  /** Passes on what `from` says; of WebSockets frame by frame, after the server's own head. */
  #flowBetween(from: Socket, to: Pipe, direction: 'up' | 'down' | null, first?: Buffer): void {
    const reader = new FrameReader();
    let head: Buffer | null = direction === 'down' ? Buffer.alloc(0) : null;
    let turn = Promise.resolve();
    const take = (bytes: Buffer) => {
      if (direction === null) return to.write(bytes);
      if (head !== null) {
        head = Buffer.concat([head, bytes]);
        const length = headLength(head);
        if (length === null) return;
        to.write(head.subarray(0, length));
        bytes = head.subarray(length);
        head = null;
      }
      for (const frame of reader.push(bytes)) {
        turn = turn.then(() => this.#pass(frame, direction, to));
      }
    };
    if (first && first.length > 0) take(first);
    from.on('data', take);
    from.on('end', () => void turn.then(() => to.end()));
  }

  async #pass(frame: WireFrame, direction: 'up' | 'down', to: Pipe): Promise<void> {
    if (frame.opcode !== text) return to.write(frame.raw);
    this.frames[direction]++;
    const goesOn = await this.#overseer.passing(this, { direction, ...nameOf(frame) });
    if (goesOn) to.write(frame.raw);
  }

  /** The ghost reads all it is told, so that the server finds nothing wrong with it. */
  #duplicate(order: 'before' | 'after'): void {
    const { host, port } = this.#overseer.target();
    const ghost = connect(port, host, () => ghost.write(this.#request));
    ghost.on('error', () => undefined);
    this.#client.on('close', () => ghost.destroy());
    ghost.resume();
    if (order === 'after') return;
    // The real one follows when the ghost has had its answer.
    this.#up?.stall();
    ghost.once('data', () => this.#up?.flow());
    ghost.once('close', () => this.#up?.flow());
  }

  /** A page is told on the open socket, since it cannot read a refused upgrade; others by status. */
  #refuse(): void {
    const head = this.#head;
    if (!head) return;
    this.#held = true;
    this.#up?.swallow();
    this.#server?.destroy();
    const why = { code: 4300, reason: 'token_expired', message: 'The access token has expired.' };
    if (head.kind === 'ws' && head.headers.has('origin')) {
      const bye = JSON.stringify({ op: 'bye', ...why, reconnect: true, resume: true });
      this.#down?.write(Buffer.from(switching(head)));
      this.#down?.write(serverFrame(text, Buffer.from(bye)));
      this.#down?.write(closeFrame(why.code));
    } else {
      const problem = JSON.stringify({ code: why.reason, title: why.message, status: 401 });
      const lines = [
        'HTTP/1.1 401 Unauthorized',
        'Content-Type: application/problem+json',
        `Content-Length: ${Buffer.byteLength(problem)}`,
        'Connection: close',
      ];
      this.#down?.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${problem}`));
    }
    this.#down?.end();
  }

  #gone(): void {
    if (this.#client.destroyed && this.#server?.destroyed !== false) this.#overseer.ended(this);
  }
}
