import type { Action } from './action.js';
import { ClientTools, type OnActionOptions, type ToolHandler } from './client_tool.js';
import type { Confirmation } from './confirmation.js';
import type { EventType, PayloadOf } from './contract.js';
import { asLifelineError, LifelineError } from './error.js';
import type { CallEvent } from './event.js';
import type { Observable } from './observable.js';
import type { Published } from './outbox.js';
import { PendingActions } from './pending_actions.js';
import type { Self } from './self.js';
import type { CallState } from './state.js';
import type { ConnectionStatus } from './status.js';

/** What an agent asks for. */
export interface ActionRequest {
  /** Which kind, as the server's tools are named. */
  readonly actionType: string;
  /** In words that a person can judge. */
  readonly summary: string;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Your own id for it, to be able to ask again after a restart; minted if left out. */
  readonly actionId?: string;
  /** The same key in the same call is one action, whoever asks and however often. */
  readonly idempotencyKey?: string;
  readonly requestedBy?: { readonly turnId?: string; readonly toolCallId?: string };
  /** Your own guess; the server takes the higher of it and the tool's. */
  readonly risk?: 'read_only' | 'low_risk_write' | 'high_risk_external_send';
  readonly deadlineMs?: number;
  /** True when speaking over the agent also stops it. */
  readonly cancelOnInterrupt?: boolean;
}

/** What may go with an answer to a confirmation. */
export interface Answer {
  /** With `edit`: the arguments as they should be, all of them. */
  readonly args?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

/** What acting needs of the call. */
export interface ActingHost {
  readonly sessionId: string;
  readonly connection: Observable<ConnectionStatus>;
  readonly state: Observable<CallState>;
  self(): Promise<Self>;
  /** The state as of the last event, also while views are spared a replay. */
  folded(): CallState;
  serverNow(): number;
  mint(prefix: string): string;
  publish<T extends EventType>(type: T, payload: PayloadOf<T>): Promise<Published>;
  /** Under an eventId of the caller's own. */
  publishAs<T extends EventType>(
    eventId: string,
    type: T,
    payload: PayloadOf<T>,
  ): Promise<Published>;
  /** An answer by REST, for those who may not give it in the stream. */
  answer(confirmationId: string, answer: object): Promise<unknown>;
  after(ms: number, fn: () => void): () => void;
  error(error: LifelineError): void;
}

/** The part of a call in which something is done: requests, answers, tools of the app's own. */
export class Acting {
  readonly #host: ActingHost;
  readonly #pending = new PendingActions();
  readonly #tools: ClientTools;

  constructor(host: ActingHost) {
    this.#host = host;
    this.#tools = new ClientTools({
      sessionId: host.sessionId,
      look: () => ({
        state: host.folded(),
        live: host.connection.value.state === 'live',
        nowMs: host.serverNow(),
      }),
      self: () => host.self(),
      client: host.mint('app_'),
      begin: (eventId, payload) =>
        host.publishAs(eventId, 'orchestration.action.progress', payload),
      report: (payload) => host.publish('orchestration.action.outcome.reported', payload),
      after: host.after,
      error: host.error,
    });
  }

  async request(request: ActionRequest): Promise<Action> {
    const { actionId = this.#host.mint('act_'), ...asked } = request;
    const { actions } = this.#host.folded();
    if (actions.some((one) => one.actionId === actionId && one.requestedAt !== null)) {
      return this.outcome(actionId);
    }
    const { outcome, isAskedFor, forget } = this.#pending.wait(actionId, actions);
    outcome.catch(() => undefined); // Heard below, or else the refusal that came before it.
    const payload = { actionId, ...asked } as PayloadOf<'orchestration.action.requested'>;
    await this.#host.publish('orchestration.action.requested', payload).catch((thrown: unknown) => {
      // Asked for before, by this app: then it is that one's outcome that is waited for.
      if ((thrown as LifelineError).code === 'action_exists' && isAskedFor()) return;
      forget();
      throw thrown;
    });
    return outcome;
  }

  outcome(actionId: string): Promise<Action> {
    return this.#pending.wait(actionId, this.#host.folded().actions).outcome;
  }

  cancel(actionId: string, reason?: string): Promise<Published> {
    const payload = { actionId, ...(reason === undefined ? {} : { reason }) };
    return this.#host.publish('orchestration.action.cancel.requested', payload);
  }

  async answer(
    shown: Confirmation,
    decision: 'approve' | 'edit' | 'deny',
    { args, reason }: Answer,
  ): Promise<Confirmation> {
    const { confirmationId, argsHash } = shown;
    const before = this.#closed(confirmationId);
    if (before) return before;
    const answer = {
      decision,
      argsHash,
      ...(args === undefined ? {} : { args: { ...args } }),
      ...(reason === undefined || reason === '' ? {} : { reason }),
    };
    try {
      const { role } = await this.#host.self();
      if (role === 'user') {
        await this.#host.publish('safety.confirmation.answered', { confirmationId, ...answer });
      } else {
        await this.#host.answer(confirmationId, answer); // In the stream only users answer.
      }
    } catch (thrown) {
      const recorded = this.#closed(confirmationId);
      if (recorded?.closed?.by) return recorded; // Somebody was faster, and it is known who.
      throw asLifelineError(thrown, 'internal', false);
    }
    return this.#closed(confirmationId) ?? this.#closes(confirmationId);
  }

  onAction(type: string, handler: ToolHandler, options: OnActionOptions): () => void {
    return this.#tools.add(type, handler, options);
  }

  event(event: CallEvent): void {
    this.#pending.event(event, this.#host.folded().actions);
    this.#tools.look();
  }

  live(): void {
    this.#tools.look();
  }

  reset(): void {
    this.#pending.reset(this.#host.folded().actions);
  }

  close(why: LifelineError): void {
    this.#pending.close(why);
  }

  #closed(id: string): Confirmation | null {
    const { confirmations } = this.#host.folded();
    const one = confirmations.find((other) => other.confirmationId === id);
    return one && one.state !== 'open' ? one : null;
  }

  /** The answer is on record; what it led to comes right behind it, or with the next connection. */
  #closes(id: string): Promise<Confirmation> {
    const { state, error } = this.#host.connection.value;
    if (state === 'closed') return Promise.reject(error ?? new LifelineError(closedUnseen));
    return new Promise((resolve, reject) => {
      const stops = [
        this.#host.connection.subscribe(({ state, error }) => {
          if (state === 'closed') settle(() => reject(error ?? new LifelineError(closedUnseen)));
        }),
        this.#host.state.subscribe(() => {
          const closed = this.#closed(id);
          if (closed) settle(() => resolve(closed));
        }),
      ];
      const settle = (how: () => void) => {
        for (const stop of stops) stop();
        how();
      };
    });
  }
}

const closedUnseen = {
  code: 'connection_closed',
  message: 'The answer was given; what came of it was not seen any more.',
  fix: 'Join the call again to see it.',
};
