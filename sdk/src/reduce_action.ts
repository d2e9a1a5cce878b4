import { isOver, newAction, type Action, type ActionState, type Decision } from './action.js';
import type { PayloadOf } from './contract.js';
import type { CallEvent } from './event.js';

const decisionsMax = 8;
const closedMax = 100;
const resultsMax = 20;
const actionsMax = 500;

/** Fields that younger servers say and older contracts do not know. */
type Accepted = PayloadOf<'orchestration.action.accepted'> & { readonly risk?: string };
type Succeeded = PayloadOf<'orchestration.action.succeeded'> & {
  readonly result?: Readonly<Record<string, unknown>>;
};

/** The action that an event is about, or null if it is about none. */
export function actionIdOf(event: CallEvent): string | null {
  if (event.type === 'safety.evaluated') {
    const { kind, id } = event.payload.subject;
    return kind === 'action' ? id : null;
  }
  if (!event.type.startsWith('orchestration.') && !event.type.startsWith('safety.')) return null;
  const { actionId } = event.payload as { readonly actionId?: unknown };
  return typeof actionId === 'string' ? actionId : null;
}

/** The actions after `event`. What is over is kept small, and only so many of them. */
export function withAction(actions: readonly Action[], event: CallEvent): readonly Action[] {
  const id = actionIdOf(event);
  if (id === null) return actions;
  // The one that something happens to is nearly always among the last.
  let index = actions.length - 1;
  while (index >= 0 && actions[index]?.actionId !== id) index--;
  const before = actions[index];
  // An end of what is not known here is that of an action long forgotten.
  if (!before && !begins.has(event.type)) return actions;
  const start = before ?? newAction(id, event.seq);
  const after = actionAfter(start, event);
  if (after === before) return actions;
  const next = [...actions];
  next[index < 0 ? next.length : index] = after;
  return isOver(after) || next.length > actionsMax ? kept(next) : next;
}

/** Events that can be the first one heard of an action: a client may come in the middle of it. */
const begins: ReadonlySet<string> = new Set([
  'orchestration.action.proposed',
  'orchestration.action.requested',
  'orchestration.action.accepted',
  'orchestration.action.rejected',
  'orchestration.action.awaiting_confirmation',
  'orchestration.action.args.replaced',
  'orchestration.action.approved',
  'orchestration.action.started',
  'orchestration.action.attempt.failed',
  'orchestration.action.outcome_unknown',
  'safety.confirmation.requested',
]);

/** The action after one event of its own. */
export function actionAfter(before: Action, event: CallEvent): Action {
  const after = lifeAfter(before, event);
  return after === before ? before : annotated(after, before, event);
}

function lifeAfter(before: Action, event: CallEvent): Action {
  switch (event.type) {
    case 'orchestration.action.proposed':
    case 'orchestration.action.requested':
      return asked(before, event);
    case 'orchestration.action.accepted': {
      const { argsHash, duplicateOf, risk } = event.payload as Accepted;
      const state = advanced(before, 'accepted', ['proposed', 'requested']);
      // Arguments that were edited meanwhile have a younger hash than the request's.
      const hash = before.argsHash ?? argsHash;
      return {
        ...state,
        argsHash: hash,
        risk: risk ?? before.risk,
        duplicateOf: duplicateOf ?? null,
      };
    }
    case 'orchestration.action.rejected': {
      const { code, message } = event.payload;
      return ended(before, 'rejected', { error: { code, message } });
    }
    case 'orchestration.action.awaiting_confirmation':
    case 'safety.confirmation.requested': {
      const { confirmationId } = event.payload;
      const waits: ActionState[] = ['requested', 'accepted', 'approved', 'awaiting_confirmation'];
      if (isOver(before) || !waits.includes(before.state)) return before;
      const said = event.type === 'safety.confirmation.requested' ? null : event.payload.reason;
      const askedBecause = said ?? before.askedBecause;
      return { ...before, state: 'awaiting_confirmation', confirmationId, askedBecause };
    }
    case 'orchestration.action.args.replaced': {
      const { args, argsHash } = event.payload;
      return isOver(before) ? before : { ...before, args, argsHash };
    }
    case 'orchestration.action.approved': {
      const from: ActionState[] = ['requested', 'accepted', 'awaiting_confirmation'];
      const { argsHash } = event.payload;
      const after = advanced(before, 'approved', from);
      return after === before ? before : { ...after, argsHash };
    }
    case 'orchestration.action.started':
      return started(before, event);
    case 'orchestration.action.progress': {
      const { message, pct } = event.payload;
      if (before.state !== 'running') return before;
      return { ...before, progress: { message, pct: pct ?? null } };
    }
    case 'orchestration.action.attempt.failed': {
      const { attempt, code, message, willRetryAt } = event.payload;
      if (isOver(before) || attempt < before.attempt) return before;
      const error = { code, message };
      return { ...before, state: 'retrying', attempt, error, retryAt: willRetryAt, progress: null };
    }
    case 'orchestration.action.succeeded': {
      const { resultSummary, effectId, durationMs, result } = event.payload as Succeeded;
      return ended(before, 'succeeded', {
        result: result ?? null,
        resultSummary: resultSummary ?? null,
        effectId: effectId ?? null,
        durationMs,
        error: null,
      });
    }
    case 'orchestration.action.failed': {
      const { code, message, attempt } = event.payload;
      return ended(before, 'failed', { error: { code, message }, attempt });
    }
    case 'orchestration.action.timed_out':
      return ended(before, 'timed_out', { durationMs: event.payload.deadlineMs });
    case 'orchestration.action.cancelled':
      return ended(before, 'cancelled', { cause: event.payload.cause });
    case 'safety.blocked':
      return ended(withRefusal(before, event), 'blocked', {});
    case 'orchestration.action.outcome_unknown': {
      if (isOver(before)) return before;
      const error = { code: 'outcome_unknown', message: event.payload.lastKnown };
      return { ...before, state: 'unknown', error, progress: null, leaseUntil: null };
    }
    case 'orchestration.action.resolved': {
      if (isOver(before)) return before;
      const { resolution, by, evidence } = event.payload;
      return ended(before, 'resolved', { resolution: { resolution, by, evidence } });
    }
    case 'orchestration.action.compensated': {
      const { compensationActionId: actionId, result } = event.payload;
      return { ...before, compensation: { actionId, result } };
    }
    case 'orchestration.action.cancel.requested':
      return isOver(before) ? before : { ...before, cancelRequestedBy: event.actor.id };
    case 'orchestration.result.delivered': {
      const { target, status } = event.payload;
      const others = before.delivered.filter((one) => one.target !== target).slice(-7);
      return { ...before, delivered: [...others, { target, status }] };
    }
    case 'safety.evaluated':
    case 'safety.approved':
      return withDecision(before, event);
    default:
      return before;
  }
}

type Asked =
  | CallEvent<'orchestration.action.proposed'>
  | CallEvent<'orchestration.action.requested'>;

function asked(before: Action, event: Asked): Action {
  const { actionType, summary } = event.payload;
  const wanted = event.type === 'orchestration.action.requested';
  // The first request counts; an idea that comes after it says nothing new.
  if (before.requestedAt !== null || (!wanted && before.actionType !== '')) return before;
  const first = before.actionType === '' && before.state === 'requested';
  const base = { ...before, actionType, summary };
  if (event.type === 'orchestration.action.proposed') {
    return { ...base, ...(first ? { state: 'proposed' as const } : {}), requestedBy: by(event) };
  }
  const { args, risk, requestedBy } = event.payload;
  return {
    ...base,
    args: isOver(before) ? null : (before.args ?? args ?? {}),
    risk: before.argsHash === null ? (risk ?? null) : (before.risk ?? risk ?? null),
    requestedBy: by(event, requestedBy),
    state: before.state === 'proposed' ? 'requested' : before.state,
    requestedAt: event.recordedAt,
  };
}

function by(
  { actor }: CallEvent,
  within: { turnId?: string; toolCallId?: string } = {},
): Action['requestedBy'] {
  const { turnId, toolCallId } = within;
  return {
    kind: actor.kind,
    id: actor.id,
    turnId: turnId ?? null,
    toolCallId: toolCallId ?? null,
  };
}

function started(before: Action, event: CallEvent<'orchestration.action.started'>): Action {
  const { attempt, executor, leaseUntil, participantId } = event.payload;
  if (isOver(before) || attempt < before.attempt || event.seq <= (before.fence ?? 0)) return before;
  return {
    ...before,
    state: 'running',
    attempt,
    executor,
    runBy: participantId ?? null,
    leaseUntil,
    fence: event.seq,
    startedAt: before.startedAt ?? event.recordedAt,
    retryAt: null,
    progress: null,
  };
}

function advanced(before: Action, to: ActionState, from: readonly ActionState[]): Action {
  return !isOver(before) && from.includes(before.state) ? { ...before, state: to } : before;
}

/** The first end counts. */
function ended(before: Action, state: ActionState, what: Partial<Action>): Action {
  if (isOver(before)) return before;
  return { ...before, ...what, state };
}

/** What closing an action does to what is kept of it. */
function annotated(after: Action, before: Action, event: CallEvent): Action {
  if (!isOver(after) || isOver(before)) return after;
  const endedAt = after.endedAt ?? event.recordedAt;
  return { ...after, endedAt, args: null, progress: null, leaseUntil: null, retryAt: null };
}

function withDecision(
  before: Action,
  event: CallEvent<'safety.evaluated'> | CallEvent<'safety.approved'>,
): Action {
  if (event.type === 'safety.evaluated') {
    const { decisionId, outcome, policyId, policyVersion, rules } = event.payload;
    return decided(before, decisionId, { outcome, policyId, policyVersion, rules });
  }
  const { decisionId, policyId, by: who } = event.payload;
  if (decisionId === undefined) return before;
  return decided(before, decisionId, { policyId, by: who ?? null });
}

function withRefusal(before: Action, { payload }: CallEvent<'safety.blocked'>): Action {
  const { decisionId, policyId, reason, userMessage } = payload;
  if (isOver(before)) return before;
  const message = userMessage ?? null;
  if (decisionId === undefined)
    return { ...before, error: { code: reason, message: message ?? '' } };
  const after = decided(before, decisionId, { policyId, reason, message });
  return { ...after, error: { code: reason, message: message ?? '' } };
}

function decided(before: Action, decisionId: string, what: Partial<Decision>): Action {
  const known = before.decisions.find((one) => one.decisionId === decisionId);
  const fresh: Decision = {
    decisionId,
    outcome: what.reason === undefined ? 'allow' : 'deny',
    policyId: '',
    policyVersion: null,
    rules: [],
    by: null,
    reason: null,
    message: null,
  };
  const one: Decision = { ...(known ?? fresh), ...what };
  const decisions = known
    ? before.decisions.map((other) => (other === known ? one : other))
    : [...before.decisions, one].slice(-decisionsMax);
  return { ...before, decisions };
}

/** All that are open, the newest of those that are over, and the results of fewer still. */
function kept(actions: readonly Action[]): readonly Action[] {
  let closed = 0;
  let results = 0;
  const newestFirst = [...actions].reverse().flatMap((one): Action[] => {
    if (!isOver(one)) return [one];
    if (++closed > closedMax) return [];
    if (one.result === null || ++results <= resultsMax) return [one];
    return [{ ...one, result: null }];
  });
  return newestFirst.slice(0, actionsMax).reverse();
}
