import type { Confirmation, ConfirmationState } from './confirmation.js';
import type { PayloadOf } from './contract.js';
import type { CallEvent } from './event.js';

/** Of those that are closed, so many are kept: to say how they ended. */
const closedMax = 20;
/** More open questions than anybody can have; the oldest are forgotten. */
const confirmationsMax = 200;

type Requested = PayloadOf<'safety.confirmation.requested'> & { readonly answerableBy?: string };

/** The questions after `event`. */
export function withConfirmation(
  confirmations: readonly Confirmation[],
  event: CallEvent,
): readonly Confirmation[] {
  if (!event.type.startsWith('safety.confirmation.')) return confirmations;
  if (event.type === 'safety.confirmation.requested') {
    const { confirmationId } = event.payload;
    const known = confirmations.some((one) => one.confirmationId === confirmationId);
    const asked = known ? null : confirmationOf(event.payload, event.recordedAt, event.seq);
    return asked ? [...confirmations, asked].slice(-confirmationsMax) : confirmations;
  }
  const end = endOf(event);
  if (!end) return confirmations;
  const { confirmationId } = event.payload as { readonly confirmationId: string };
  const open = confirmations.find(
    (one) => one.confirmationId === confirmationId && one.state === 'open',
  );
  if (!open) return confirmations;
  const closed: Confirmation = { ...open, ...end };
  return kept(confirmations.map((one) => (one === open ? closed : one)));
}

/** A question as the server asked it; null if it is none. */
export function confirmationOf(
  payload: unknown,
  requestedAt: string | null,
  seq: number,
): Confirmation | null {
  if (typeof payload !== 'object' || payload === null || !('confirmationId' in payload))
    return null;
  const { scope, answerableBy, ...said } = payload as Requested;
  return {
    confirmationId: said.confirmationId,
    actionId: said.actionId,
    title: said.title,
    description: said.description,
    severity: said.severity,
    scope: {
      kind: scope.kind,
      target: scope.target,
      recipients: scope.recipients ?? [],
      recipientCount: scope.recipientCount ?? null,
      amount: scope.amount ?? null,
      currency: scope.currency ?? null,
      audience: scope.audience,
    },
    preview: said.preview,
    argsHash: said.argsHash,
    allowedDecisions: said.allowedDecisions,
    expiresAt: said.expiresAt,
    channel: said.channel,
    answerableBy: answerableBy ?? 'owner',
    requestedAt,
    seq,
    state: 'open',
    closed: null,
  };
}

const answers: Readonly<Record<string, ConfirmationState>> = {
  approve: 'approved',
  edit: 'edited',
  deny: 'denied',
};

function endOf(event: CallEvent): Pick<Confirmation, 'state' | 'closed'> | null {
  const nobody = { by: null, via: null, reason: null, cause: null, byConfirmationId: null };
  const at = event.recordedAt;
  switch (event.type) {
    case 'safety.confirmation.resolved': {
      const { decision, by, via, reason } = event.payload;
      // A word that is not known here was an answer all the same; it is no yes.
      const state = answers[decision] ?? 'cancelled';
      return { state, closed: { ...nobody, at, by, via, reason: reason ?? null } };
    }
    case 'safety.confirmation.expired':
      return { state: 'expired', closed: { ...nobody, at, cause: event.payload.cause } };
    case 'safety.confirmation.cancelled':
      return { state: 'cancelled', closed: { ...nobody, at, cause: event.payload.cause } };
    case 'safety.confirmation.superseded': {
      const { cause, byConfirmationId } = event.payload;
      return { state: 'superseded', closed: { ...nobody, at, cause, byConfirmationId } };
    }
    default:
      return null;
  }
}

function kept(confirmations: readonly Confirmation[]): readonly Confirmation[] {
  let surplus = confirmations.filter((one) => one.state !== 'open').length - closedMax;
  return confirmations.filter((one) => one.state === 'open' || surplus-- <= 0);
}
