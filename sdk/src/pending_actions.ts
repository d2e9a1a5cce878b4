import { isOver, newAction, outcomeOf, type Action } from './action.js';
import { failureOf } from './action_error.js';
import { Deferred } from './deferred.js';
import type { LifelineError } from './error.js';
import type { CallEvent } from './event.js';
import { actionAfter, actionIdOf } from './reduce_action.js';

interface Pending {
  /** The action whose outcome counts: the one that was asked for, or what it repeats. */
  action: Action;
  readonly resolve: (action: Action) => void;
  readonly reject: (error: LifelineError) => void;
}

export interface Waiting {
  /** The action once it has succeeded; rejects with an ActionError, or why nothing will come. */
  readonly outcome: Promise<Action>;
  /** Whether the call has that action, as far as it is known here, or somebody else here waits for it. */
  isAskedFor(): boolean;
  /** It was not asked for after all. */
  forget(): void;
}

/**
 * Who waits for an action's outcome. Each holds the action itself, folded from the stream, so that nothing
 * is lost when the state of a long call has forgotten it.
 */
export class PendingActions {
  readonly #pending = new Set<Pending>();

  /** Somebody waits for its outcome from here on. */
  wait(actionId: string, known: readonly Action[]): Waiting {
    const outcome = new Deferred<Action>();
    const { resolve, reject } = outcome;
    const action = outcomeOf(known, actionId) ?? newAction(actionId, 0);
    const one: Pending = { action, resolve, reject };
    this.#settle(one, known);
    const others = () => [...this.#pending].filter((other) => other !== one);
    return {
      outcome: outcome.promise,
      isAskedFor: () =>
        one.action.requestedAt !== null ||
        others().some((other) => other.action.actionId === actionId),
      forget: () => void this.#pending.delete(one),
    };
  }

  event(event: CallEvent, known: readonly Action[]): void {
    const id = this.#pending.size === 0 ? null : actionIdOf(event);
    if (id === null) return;
    for (const one of [...this.#pending]) {
      if (one.action.actionId !== id) continue;
      one.action = actionAfter(one.action, event);
      this.#settle(one, known);
    }
  }

  /** The state was read anew: what happened in between is in it, if it is known at all. */
  reset(known: readonly Action[]): void {
    for (const one of [...this.#pending]) {
      one.action = outcomeOf(known, one.action.actionId) ?? one.action;
      this.#settle(one, known);
    }
  }

  close(why: LifelineError): void {
    const waiting = [...this.#pending];
    this.#pending.clear();
    for (const { reject } of waiting) reject(why);
  }

  #settle(one: Pending, known: readonly Action[]): void {
    const { duplicateOf } = one.action;
    if (duplicateOf !== null) {
      one.action = outcomeOf(known, duplicateOf) ?? newAction(duplicateOf, 0);
    }
    const failure = failureOf(one.action);
    if (!failure && !isOver(one.action)) return void this.#pending.add(one);
    this.#pending.delete(one);
    if (failure) one.reject(failure);
    else one.resolve(one.action);
  }
}
