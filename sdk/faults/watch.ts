import type { Rule } from './rules.js';

/** A frame that is about to pass. */
export interface Passing {
  readonly direction: 'up' | 'down';
  readonly op: string | null;
  readonly type: string | null;
}

/** A rule in force: what it has seen go by, and how often it still applies. */
export class Watch {
  readonly rule: Rule;
  /** Resolves when the rule has applied for the first time. */
  readonly fired: Promise<void>;
  #tell: () => void = () => undefined;
  #connections = 0;
  #frames = 0;
  #left: number;
  #chosen: unknown = null;

  constructor(rule: Rule) {
    this.rule = rule;
    this.#left = rule.times === 0 ? Infinity : (rule.times ?? 1);
    this.fired = new Promise((resolve) => (this.#tell = resolve));
  }

  get waitsForFrame(): boolean {
    const { direction, frame, op, type } = this.rule.when ?? {};
    return [direction, frame, op, type].some((condition) => condition !== undefined);
  }

  get spent(): boolean {
    return this.#left === 0;
  }

  /** A connection has begun: whether the rule applies to it there and then. */
  begins(connection: unknown, kind: 'ws' | 'http'): boolean {
    const wanted = this.rule.when?.kind ?? 'ws';
    if (this.spent || (wanted !== 'any' && wanted !== kind)) return false;
    this.#connections++;
    const { connection: nth } = this.rule.when ?? {};
    if (nth !== undefined && nth !== this.#connections) return false;
    if (nth !== undefined) this.#chosen = connection;
    return !this.waitsForFrame;
  }

  /** A text frame is about to pass on `connection`: whether it is the one. */
  passes(connection: unknown, frame: Passing): boolean {
    if (this.spent || !this.waitsForFrame) return false;
    const { connection: nth, direction, frame: wanted, op, type } = this.rule.when ?? {};
    if (nth !== undefined && this.#chosen !== connection) return false;
    if (direction !== undefined && direction !== frame.direction) return false;
    if (op !== undefined && op !== frame.op) return false;
    if (type !== undefined && type !== frame.type) return false;
    this.#frames++;
    return wanted === undefined || wanted === this.#frames;
  }

  /** It applies now. */
  apply(): void {
    this.#left--;
    this.#tell();
  }
}
