import { isOver, type Action } from './action.js';
import { claimsHere, type Claims } from './claims.js';
import type { PayloadOf } from './contract.js';
import { asLifelineError, LifelineError } from './error.js';
import type { Published } from './outbox.js';
import type { Self } from './self.js';
import type { CallState } from './state.js';

/** What a handler is told beside the action. */
export interface ToolRun {
  readonly attempt: number;
  /** Aborted when the action was stopped or its claim has ended: what is reported then is refused. */
  readonly signal: AbortSignal;
}

/** An app's own tool. What it returns is the result; what it throws, the failure (`code` and `message` of it). */
export type ToolHandler = (action: Action, run: ToolRun) => unknown;

export interface OnActionOptions {
  /**
   * Whether this very client may run it. Of the devices of the person whose app is to do it, one does:
   * whichever was first to say so in the call.
   */
  readonly when?: (action: Action) => boolean;
  /** Where it is remembered what was begun; `localStorage` in browsers, else memory. */
  readonly claims?: Claims;
}

/** What running needs of the call. */
export interface ToolHost {
  readonly sessionId: string;
  /** The state, and whether all that there is has been read. */
  look(): { readonly state: CallState; readonly live: boolean; readonly nowMs: number };
  self(): Promise<Self>;
  /** What tells this app from the same person's others; minted anew for each page. */
  readonly client: string;
  /** Says that an attempt is begun, under an eventId that can be used once in the call. */
  begin(eventId: string, payload: PayloadOf<'orchestration.action.progress'>): Promise<Published>;
  report(payload: PayloadOf<'orchestration.action.outcome.reported'>): Promise<Published>;
  after(ms: number, fn: () => void): () => void;
  error(error: LifelineError): void;
}

interface Tool {
  readonly handler: ToolHandler;
  readonly when: (action: Action) => boolean;
  readonly claims: Claims;
}

interface Running {
  readonly fence: number;
  readonly stopper: AbortController;
}

const executor = 'client';
const codePattern = /^[a-z][a-z0-9_]{0,63}$/;
const messageMax = 1_024;
/** setTimeout can wait no longer. */
const waitMsMax = 2 ** 31 - 1;

/**
 * Runs an app's own tools: once for each attempt, and only what is to be done now, never what a replay
 * tells of. Looked at whenever the state has changed.
 */
export class ClientTools {
  readonly #host: ToolHost;
  readonly #tools = new Map<string, Tool>();
  readonly #running = new Map<string, Running>();
  #claims: Claims | null = null;

  constructor(host: ToolHost) {
    this.#host = host;
  }

  add(type: string, handler: ToolHandler, { when, claims }: OnActionOptions): () => void {
    if (this.#tools.has(type)) {
      const message = `There is a handler for ${type} already.`;
      throw new LifelineError({
        code: 'handler_exists',
        message,
        fix: 'Stop the other one first.',
      });
    }
    const own = claims ?? (this.#claims ??= claimsHere());
    const tool = { handler, when: when ?? (() => true), claims: own };
    this.#tools.set(type, tool);
    this.look();
    return () => {
      if (this.#tools.get(type) === tool) this.#tools.delete(type);
    };
  }

  /** Begins what is to be done, stops what is not to be done any more. */
  look(): void {
    if (this.#tools.size === 0 && this.#running.size === 0) return;
    const { state, live, nowMs } = this.#host.look();
    for (const action of state.actions) {
      const running = this.#running.get(action.actionId);
      if (running && (isOver(action) || action.fence !== running.fence))
        this.#stop(action.actionId);
      const tool = this.#tools.get(action.actionType);
      if (!tool || !live || action.state !== 'running' || action.executor !== executor) continue;
      if (this.#running.get(action.actionId)?.fence === action.fence) continue;
      const leftMs = Date.parse(action.leaseUntil ?? '') - nowMs;
      if (leftMs > 0 && tool.when(action)) void this.#run(tool, action, leftMs);
    }
  }

  #stop(actionId: string): void {
    this.#running.get(actionId)?.stopper.abort();
    this.#running.delete(actionId);
  }

  async #run(tool: Tool, action: Action, leftMs: number): Promise<void> {
    const { actionId, attempt } = action;
    const fence = action.fence ?? 0;
    const stopper = new AbortController();
    this.#running.set(actionId, { fence, stopper });
    const cancel = this.#host.after(Math.min(leftMs, waitMsMax), () => stopper.abort());
    try {
      if (action.runBy !== null && action.runBy !== (await this.#host.self()).participantId) return;
      if (!(await tool.claims.claim(`${this.#host.sessionId} ${actionId} ${fence}`))) return;
      if (!(await this.#isFirst(actionId, fence))) return;
      if (stopper.signal.aborted) return;
      const said = await outcomeOf(() => tool.handler(action, { attempt, signal: stopper.signal }));
      await this.#report({ actionId, attempt, fence, ...said });
    } catch (thrown) {
      this.#host.error(asLifelineError(thrown, 'outcome_not_reported', false));
    } finally {
      cancel();
    }
  }

  /** The server takes one event of an id, and refuses another one: of all devices one is told yes. */
  async #isFirst(actionId: string, fence: number): Promise<boolean> {
    try {
      const message = `begun by ${this.#host.client}`;
      await this.#host.begin(`begun:${fence}`, { actionId, message });
      return true;
    } catch (thrown) {
      const { code } = asLifelineError(thrown, 'internal', false);
      // Somebody else's, or not wanted any more.
      if (code === 'id_conflict' || code === 'action_not_ready') return false;
      throw thrown;
    }
  }

  async #report(outcome: PayloadOf<'orchestration.action.outcome.reported'>): Promise<void> {
    try {
      await this.#host.report(outcome);
    } catch (thrown) {
      const { code } = asLifelineError(thrown, 'internal', false);
      if (outcome.result === undefined || !tooLarge.has(code)) throw thrown;
      const { result: _, ...which } = outcome;
      const message = 'It was done, but its result is too large to be sent.';
      await this.#host.report({ ...which, error: { code: 'result_too_large', message } });
    }
  }
}

const tooLarge: ReadonlySet<string> = new Set([
  'event_too_large',
  'payload_too_large',
  'json_invalid',
]);

type Said = Pick<PayloadOf<'orchestration.action.outcome.reported'>, 'result' | 'error'>;

async function outcomeOf(handler: () => unknown): Promise<Said> {
  try {
    const value = await handler();
    if (value === undefined || value === null) return { result: {} };
    const isObject = typeof value === 'object' && !Array.isArray(value);
    return { result: isObject ? (value as Record<string, unknown>) : { value } };
  } catch (thrown) {
    const said = (thrown as { readonly code?: unknown } | null)?.code;
    const code = typeof said === 'string' && codePattern.test(said) ? said : 'handler_failed';
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return { error: { code, message: text.slice(0, messageMax) || code } };
  }
}
