import { newAction, type Action, type ActionState } from './action.js';
import { confirmationOf } from './reduce_confirmation.js';
import type { CallState } from './state.js';

/** An action that is not over, as a snapshot tells of it. */
export interface ActionSnapshot {
  readonly actionId: string;
  readonly actionType: string;
  readonly state: string;
  readonly risk?: string;
  /** The id of the agent that asked. */
  readonly requestedBy?: string;
  readonly turnId?: string;
  readonly summary?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly argsHash?: string;
  readonly attempt?: number;
  readonly executor?: string;
  readonly runBy?: string;
  readonly fence?: number;
  readonly retryAt?: string;
  /** The open question, as it was asked. */
  readonly confirmation?: unknown;
}

/**
 * What is not over and began before the events that were read: from the snapshot. How long the claim of
 * a running one lasts is not in there, so no client tool begins it anew.
 */
export function withSnapshotActions(
  state: CallState,
  snapshots: readonly ActionSnapshot[],
  killed: boolean,
): CallState {
  const whole = new Set(
    state.actions.filter((one) => one.requestedAt !== null).map((one) => one.actionId),
  );
  const older = snapshots.filter((one) => !whole.has(one.actionId));
  const ids = new Set(older.map((one) => one.actionId));
  const asked = new Set(state.confirmations.map((one) => one.confirmationId));
  const questions = older
    .flatMap(({ confirmation }) => confirmationOf(confirmation, null, 0) ?? [])
    .filter((one) => !asked.has(one.confirmationId));
  const session = state.killSwitches.some((one) => one.scope === 'session');
  const off = { scope: 'session', subject: null, by: '', reason: '', at: '' };
  return {
    ...state,
    actions: [...older.map(actionOf), ...state.actions.filter((one) => !ids.has(one.actionId))],
    confirmations: [...questions, ...state.confirmations],
    killSwitches: killed && !session ? [...state.killSwitches, off] : state.killSwitches,
  };
}

function actionOf(one: ActionSnapshot): Action {
  const { confirmationId = null } = (one.confirmation ?? {}) as { confirmationId?: string | null };
  return {
    ...newAction(one.actionId, 0),
    actionType: one.actionType,
    summary: one.summary ?? '',
    args: one.args ?? null,
    argsHash: one.argsHash ?? null,
    risk: one.risk ?? null,
    requestedBy: {
      kind: 'agent',
      id: one.requestedBy ?? '',
      turnId: one.turnId ?? null,
      toolCallId: null,
    },
    state: states[one.state] ?? 'accepted',
    attempt: one.attempt ?? 0,
    executor: one.executor ?? null,
    runBy: one.runBy ?? null,
    fence: one.fence ?? null,
    retryAt: one.retryAt ?? null,
    confirmationId,
  };
}

/** The server's words for where an action stands; one that is not known here is not over yet. */
const states: Readonly<Record<string, ActionState>> = {
  accepted: 'accepted',
  evaluating: 'accepted',
  awaiting_confirmation: 'awaiting_confirmation',
  approved: 'approved',
  started: 'running',
  retrying: 'retrying',
  unknown: 'unknown',
};
