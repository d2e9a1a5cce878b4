import { isOver, newAction, type Action } from './action.js';
import type { Confirmation } from './confirmation.js';
import type { CallEvent } from './event.js';
import { actionAfter, actionIdOf } from './reduce_action.js';
import type { UiTypeV1 } from './ui_v1_types.js';

type Said = [UiTypeV1, object];

const actionsMax = 500;
/** The old contract had no "approved automatically": an approval was a confirmation. */
const confirmed = { decision: 'confirmed' };

/** What becomes of actions: the old contract's approval states and its audit trail. */
export class ActionsV1 {
  readonly #actions = new Map<string, Action>();

  restore(actions: readonly Action[]): void {
    this.#actions.clear();
    for (const one of actions) if (!isOver(one)) this.#actions.set(one.actionId, one);
  }

  /** `asked` is the confirmation that the event just before has opened. */
  asked(confirmation: Confirmation): Said[] {
    const { actionId, confirmationId, title, description, argsHash, preview, scope } = confirmation;
    const action = this.#actions.get(actionId) ?? newAction(actionId, 0);
    const startedAt = Date.parse(confirmation.requestedAt ?? confirmation.expiresAt);
    const requested = Date.parse(action.requestedAt ?? '') || startedAt;
    const expiresAt = Date.parse(confirmation.expiresAt);
    const { documentId } = action.args ?? {};
    const details = {
      action: action.actionType,
      callTimestamp: requested,
      ...(documentId === undefined ? {} : { deliverableId: documentId }),
      // What an answer needs beside the old names.
      confirmationId,
      argsHash,
      title,
      preview,
      target: scope.target,
    };
    return [
      [
        'confirm.required',
        {
          actionId,
          message: description,
          details,
          riskTier: tierOf(action),
          onConfirm: `${action.actionType}.execute`,
          onCancel: `${action.actionType}.cancel`,
          timeout: Math.max(0, expiresAt - startedAt),
          expiresAt,
        },
      ],
      this.#audit(action, 'pending', 'awaiting-user-confirmation'),
    ];
  }

  take(event: CallEvent): Said[] {
    const id = actionIdOf(event);
    if (id === null) return [];
    const requested = event.type === 'orchestration.action.requested';
    const before = this.#actions.get(id);
    if (!before && !requested) return [];
    const action = actionAfter(before ?? newAction(id, event.seq), event);
    this.#actions.delete(id);
    if (!isOver(action)) this.#keep(action);
    if (requested) return before ? [] : [this.#audit(action, 'pending', 'requested')];
    if (action === before && event.type !== 'safety.approved') return [];
    return this.#after(action, event);
  }

  #after(action: Action, event: CallEvent): Said[] {
    const resolvedAt = Date.parse(event.recordedAt);
    const { error } = action;
    switch (event.type) {
      case 'orchestration.action.accepted': {
        const { duplicateOf } = action;
        return duplicateOf === null
          ? []
          : [this.#audit(action, 'cancelled', `duplicate-of:${duplicateOf}`)];
      }
      case 'safety.approved': {
        const { actionId } = action;
        return [
          ['action.approval.state', { actionId, state: 'approved', ...confirmed, resolvedAt }],
        ];
      }
      case 'orchestration.action.succeeded':
        return this.#executed(action, action.resultSummary ?? 'executed', resolvedAt);
      case 'orchestration.action.resolved': {
        const { resolution, evidence } = event.payload;
        if (resolution === 'succeeded') return this.#executed(action, evidence, resolvedAt);
        return this.#failed(action, 'confirmed', evidence, resolvedAt);
      }
      case 'orchestration.action.cancelled': {
        const { cause } = event.payload;
        const decision = cause === 'expired' ? 'timed_out' : 'cancelled';
        return this.#failed(action, decision, cause, resolvedAt);
      }
      case 'safety.blocked': {
        const { reason, userMessage } = event.payload;
        const result = userMessage ?? reason;
        const blocked = this.#failed(action, 'cancelled', result, resolvedAt);
        if (!action.actionType.includes('voice')) return blocked;
        return [...blocked, ['error', { code: reason, message: result, recoverable: false }]];
      }
      case 'orchestration.action.rejected':
        return this.#failed(action, 'cancelled', event.payload.message, resolvedAt);
      case 'orchestration.action.failed':
      case 'orchestration.action.outcome_unknown':
        return this.#failed(action, 'confirmed', error?.message ?? 'failed', resolvedAt);
      case 'orchestration.action.timed_out':
        return this.#failed(action, 'timed_out', 'timed_out', resolvedAt);
      default:
        return [];
    }
  }

  #executed(action: Action, result: string, resolvedAt: number): Said[] {
    const { actionId } = action;
    return [
      ['action.approval.state', { actionId, state: 'executed', ...confirmed, result, resolvedAt }],
      this.#audit(action, 'confirmed', 'executed'),
    ];
  }

  #failed(action: Action, decision: string, result: string, resolvedAt: number): Said[] {
    const { actionId } = action;
    return [
      ['action.approval.state', { actionId, state: 'failed', decision, result, resolvedAt }],
      this.#audit(action, decision, result),
    ];
  }

  #audit(action: Action, decision: string, result: string): Said {
    const { actionId, actionType, requestedAt } = action;
    const callTimestamp = Date.parse(requestedAt ?? '') || 0;
    const what = { actionId, callTimestamp, action: actionType, riskTier: tierOf(action) };
    return ['action.audit', { ...what, decision, result }];
  }

  #keep(action: Action): void {
    this.#actions.set(action.actionId, action);
    const oldest = this.#actions.size > actionsMax ? this.#actions.keys().next() : null;
    if (oldest && !oldest.done) this.#actions.delete(oldest.value);
  }
}

/** The old contract wrote its tiers with dashes; what is not known is the highest. */
function tierOf({ risk }: Action): string {
  return (risk ?? 'high_risk_external_send').replaceAll('_', '-');
}
