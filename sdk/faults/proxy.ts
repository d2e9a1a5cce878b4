import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Head } from './head.js';
import { Link, type Overseer } from './link.js';
import { realClock, type Clock } from './pipe.js';
import { readRules, type Fault, type Rule } from './rules.js';
import { Watch, type Passing } from './watch.js';

export interface ProxyOptions {
  /** `http://host:port` of the server, or its port on this machine. May be changed later. */
  readonly target: string | number;
  /** Where to listen, on this machine only; any free port unless said otherwise. */
  readonly port?: number;
  /** Kills the server, for rules that say `kill`. What is held back waits until it is done. */
  readonly kill?: () => void | Promise<void>;
  readonly clock?: Clock;
}

/** Something that happened, for assertions and for eyes. */
export interface Happening {
  /** The connection it happened on: 1 is the first that the proxy ever took. */
  readonly connection: number;
  readonly what: 'began' | 'ended' | Fault['do'];
  /** The rule's name, where one had it done. */
  readonly rule?: string;
  /** Of `began`: what was asked for. It holds tokens; whoever shows it hides them. */
  readonly head?: Head;
}

/**
 * A TCP proxy between a client and a Lifeline server, on which things go wrong when rules say so. It
 * understands just enough of HTTP and WebSocket to know what it is that it breaks.
 */
export class FaultProxy {
  /** All that has happened, oldest first. */
  readonly log: Happening[] = [];
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #kill: () => void | Promise<void>;
  readonly #links = new Map<Link, number>();
  readonly #waiting = new Set<() => void>();
  #watches: Watch[] = [];
  #count = 0;
  #target: { host: string; port: number };

  /** Resolves when it takes connections. */
  static async open(options: ProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  private constructor({ target, kill, clock }: ProxyOptions) {
    this.#target = targetOf(target);
    this.#clock = clock ?? realClock;
    this.#kill = kill ?? (() => undefined);
    const overseer: Overseer = {
      clock: this.#clock,
      target: () => this.#target,
      began: (link) => this.#began(link),
      passing: (link, frame) => this.#passing(link, frame),
      ended: (link) => this.#ended(link),
    };
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.#links.set(new Link(client, overseer), ++this.#count);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Another server, for connections to come. */
  set target(target: string | number) {
    this.#target = targetOf(target);
  }

  get rules(): readonly Rule[] {
    return this.#watches.filter((watch) => !watch.spent).map((watch) => watch.rule);
  }

  /** From now on these rules hold too. Resolves, once each of them has applied. Throws on nonsense. */
  add(rules: Rule | readonly Rule[]): Promise<void> {
    const watches = readRules(rules).map((rule) => new Watch(rule));
    this.#watches.push(...watches);
    return Promise.all(watches.map((watch) => watch.fired)).then(() => undefined);
  }

  /** No rule holds any more; what they have done stays done. */
  clear(): void {
    this.#watches = [];
  }

  /** At once, on every open connection of that kind. */
  apply(fault: Exclude<Fault, { do: 'kill' | 'drop' }>, kind: 'ws' | 'http' | 'any' = 'ws'): void {
    for (const [link, connection] of [...this.#links]) {
      if (!link.head || (kind !== 'any' && link.head.kind !== kind)) continue;
      this.#note({ connection, what: fault.do });
      link.apply(fault);
    }
  }

  /** Lets everything go on that was stalled. */
  flow(): void {
    for (const link of this.#links.keys()) link.flow();
  }

  /** What the connections of that kind asked for, oldest first. */
  asked(kind: 'ws' | 'http' = 'ws'): Head[] {
    return this.log.flatMap(({ head }) => (head?.kind === kind ? [head] : []));
  }

  /** Resolves when `holds` does, looked at whenever something has happened. */
  until(holds: (proxy: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds(this)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  close(): Promise<void> {
    this.clear();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const link of [...this.#links.keys()]) link.abandon();
    return closed;
  }

  #began(link: Link): void {
    const connection = this.#links.get(link) ?? 0;
    const { head } = link;
    if (!head) return;
    this.#note({ connection, what: 'began', head });
    for (const watch of this.#watches) {
      if (watch.begins(link, head.kind)) this.#soon(watch, link, () => undefined);
    }
  }

  async #passing(link: Link, frame: Passing): Promise<boolean> {
    let goesOn = true;
    const matching = this.#watches.filter((watch) => watch.passes(link, frame));
    for (const watch of matching) {
      await this.#soon(watch, link, () => (goesOn = false));
    }
    return goesOn;
  }

  /** Applies the rule, at once or after its time; resolves when the frame need not wait any more. */
  #soon(watch: Watch, link: Link, lose: () => void): Promise<void> | void {
    const ms = watch.rule.when?.afterMs;
    if (ms === undefined) return this.#do(watch, link, lose);
    this.#clock.after(ms, () => void this.#do(watch, link, () => undefined));
  }

  #do(watch: Watch, link: Link, lose: () => void): Promise<void> | void {
    if (watch.spent) return;
    const { rule } = watch;
    const connection = this.#links.get(link) ?? 0;
    watch.apply();
    this.#note({ connection, what: rule.do, ...(rule.name ? { rule: rule.name } : {}) });
    switch (rule.do) {
      case 'drop':
        return lose();
      case 'kill':
        if (!rule.pass) lose();
        return rule.pass ? this.#killNext() : Promise.resolve(this.#kill());
      case 'rst':
      case 'expire_token':
        lose();
        return link.apply(rule);
      default:
        return link.apply(rule);
    }
  }

  /** After the frame has gone its way. */
  #killNext(): void {
    setImmediate(() => void this.#kill());
  }

  #ended(link: Link): void {
    const connection = this.#links.get(link);
    if (connection === undefined) return;
    this.#links.delete(link);
    this.#note({ connection, what: 'ended' });
  }

  #note(happening: Happening): void {
    this.log.push(happening);
    for (const look of [...this.#waiting]) look();
  }
}

function targetOf(target: string | number): { host: string; port: number } {
  if (typeof target === 'number') return { host: '127.0.0.1', port: target };
  const { hostname, port } = new URL(target);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
}
