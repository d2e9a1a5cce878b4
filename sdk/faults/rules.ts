/** To which connection, and to what on it, a rule applies. What is left out is not asked for. */
export interface When {
  /** WebSockets unless said otherwise; what is asked over plain HTTP is otherwise left alone. */
  readonly kind?: 'ws' | 'http' | 'any';
  /** The nth connection of that kind, counted from when the rule was given: 1 is the next one. */
  readonly connection?: number;
  /** `up` to the server, `down` to the client. */
  readonly direction?: 'up' | 'down';
  /** The nth text frame, of those that the other conditions name. */
  readonly frame?: number;
  /** Frames with this `op`. */
  readonly op?: string;
  /** Frames that carry an event of this type. */
  readonly type?: string;
  /** So long after the rest has come true: the frame, or else the connection's beginning. */
  readonly afterMs?: number;
}

/** What goes wrong. */
export type Fault =
  /** Both sides are reset, as by a network that goes away: no close frame, no FIN. */
  | { readonly do: 'rst' }
  /** Everything is swallowed from here on, both ways, and nobody is told. */
  | { readonly do: 'half_open' }
  /** Nothing passes; after `ms`, or when told to flow, all that waited comes at once. */
  | { readonly do: 'stall'; readonly ms?: number; readonly direction?: 'up' | 'down' }
  /** From here on in pieces of `bytes` bytes, 1 unless said otherwise. */
  | { readonly do: 'split'; readonly bytes?: number }
  /** From here on everything arrives `ms` later. */
  | { readonly do: 'delay'; readonly ms: number }
  /** The frame that was waited for is lost, and nothing else. */
  | { readonly do: 'drop' }
  /** The same request, with the same tokens, goes to the server once more; its answers go nowhere. */
  | { readonly do: 'duplicate'; readonly order?: 'before' | 'after' }
  /** Whoever runs the proxy kills the server; the frame is lost with it, or passed on before. */
  | { readonly do: 'kill'; readonly pass?: boolean }
  /** The connection is told that its token has expired, and the server never hears of it. */
  | { readonly do: 'expire_token' }
  /** The client is told this, as if by the server. */
  | { readonly do: 'say'; readonly frame: object };

export type Rule = Fault & {
  readonly name?: string;
  readonly when?: When;
  /** How often it applies: once unless said otherwise; 0 means always. */
  readonly times?: number;
};

type Check = (value: unknown) => boolean;
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const word: Check = (value) => typeof value === 'string' && value !== '';
const one =
  (...words: string[]): Check =>
  (value) =>
    words.includes(value as string);
const object: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const conditions: Readonly<Record<string, Check>> = {
  kind: one('ws', 'http', 'any'),
  connection: count,
  direction: one('up', 'down'),
  frame: count,
  op: word,
  type: word,
  afterMs: count,
};
const options: Readonly<Record<Fault['do'], Readonly<Record<string, Check>>>> = {
  rst: {},
  half_open: {},
  stall: { ms: count, direction: one('up', 'down') },
  split: { bytes: (value) => count(value) && value !== 0 },
  delay: { ms: count },
  drop: {},
  duplicate: { order: one('before', 'after') },
  kill: { pass: (value) => typeof value === 'boolean' },
  expire_token: {},
  say: { frame: object },
};
const needed: Readonly<Record<string, string>> = { delay: 'ms', say: 'frame' };

/** Rules as JSON has them: one, or a list. Throws with the place of what is wrong. */
export function readRules(value: unknown): Rule[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((rule, i) => readRule(rule, Array.isArray(value) ? `[${i}]` : ''));
}

function readRule(value: unknown, at: string): Rule {
  if (!object(value)) throw new TypeError(`rule${at}: an object is wanted`);
  const { name, when, times, ...fault } = value as Record<string, unknown>;
  const { do: what, ...more } = fault;
  if (typeof what !== 'string' || !Object.hasOwn(options, what)) {
    throw new TypeError(`rule${at}.do: one of ${Object.keys(options).join(', ')} is wanted`);
  }
  checkAll({ name, times }, { name: word, times: count }, `rule${at}`);
  if (when !== undefined && !object(when))
    throw new TypeError(`rule${at}.when: an object is wanted`);
  checkAll((when ?? {}) as object, conditions, `rule${at}.when`);
  checkAll(more, options[what as Fault['do']], `rule${at}`);
  const missing = needed[what];
  if (missing && !(missing in more)) throw new TypeError(`rule${at}.${missing}: ${what} needs it`);
  return value as Rule; // Every field was looked at above.
}

function checkAll(given: object, checks: Readonly<Record<string, Check>>, at: string): void {
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (!check) throw new TypeError(`${at}.${key}: nothing is known of that`);
    if (!check(value))
      throw new TypeError(`${at}.${key}: ${JSON.stringify(value)} is not possible`);
  }
}
