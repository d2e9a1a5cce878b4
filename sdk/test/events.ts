import {
  callEventOf,
  initialState,
  reduce,
  type CallEvent,
  type CallState,
} from '../src/lifeline.js';
import type { EventRecord, EventType } from '../src/lifeline.js';

/** An event in a few words. */
export type Told = readonly [type: EventType, payload: object, who?: string, kind?: string];

export const moment = (seq: number) =>
  new Date(Date.parse('2026-02-16T10:00:00.000Z') + seq * 1_000).toISOString();

export function eventOf([type, payload, who, kind]: Told, seq: number): CallEvent {
  const event = { eventId: `evt_${seq}`, sessionId: 'sess_1', ts: moment(seq), type, payload };
  const actor = { kind: kind ?? 'server', id: who ?? 'lifeline' };
  const meta = { actor, recordedAt: moment(seq) };
  return callEventOf({ seq, event: { ...event, schemaVersion: '1.0' }, meta } as EventRecord);
}

export const eventsOf = (told: readonly Told[]) => told.map((one, i) => eventOf(one, i + 1));

export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** Folds over frozen states, so that a change in place throws. */
export const fold = (events: readonly CallEvent[], from: CallState = initialState): CallState =>
  events.reduce((state, event) => frozen(reduce(state, frozen(event))), frozen(from));

export const hash = (digit: string) => digit.repeat(64);
const agent = ['usr_agent', 'agent'] as const;

/** The life of an action, one word at a time. */
export const act = (actionId: string) => ({
  proposed: [
    'orchestration.action.proposed',
    { actionId, actionType: 't', summary: 's' },
    ...agent,
  ] as Told,
  requested: [
    'orchestration.action.requested',
    {
      actionId,
      actionType: 'mail.send',
      summary: 'Send it.',
      args: { to: 'a' },
      risk: 'read_only',
    },
    ...agent,
  ] as Told,
  accepted: [
    'orchestration.action.accepted',
    { actionId, argsHash: hash('1'), policyVersion: '7', risk: 'high_risk_external_send' },
  ] as Told,
  duplicate: (duplicateOf: string): Told => [
    'orchestration.action.accepted',
    { actionId, argsHash: hash('1'), policyVersion: '7', duplicateOf },
  ],
  rejected: [
    'orchestration.action.rejected',
    { actionId, code: 'schema', message: 'no "to"' },
  ] as Told,
  evaluated: (decisionId: string, outcome: string): Told => [
    'safety.evaluated',
    {
      decisionId,
      subject: { kind: 'action', id: actionId },
      outcome,
      policyId: 'p',
      policyVersion: '7',
      rules: ['r'],
      inputsHash: hash('9'),
      latencyMs: 0,
      automatic: true,
    },
  ],
  allowed: (decisionId: string, by?: object): Told => [
    'safety.approved',
    { policyId: 'p', decision: 'approved', decisionId, actionId, ...(by ? { by } : {}) },
  ],
  blocked: (decisionId: string): Told => [
    'safety.blocked',
    {
      policyId: 'p',
      reason: 'policy',
      decision: 'blocked',
      decisionId,
      actionId,
      userMessage: 'No.',
    },
  ],
  asks: (confirmationId: string, argsHash = hash('1'), more: object = {}): Told => [
    'safety.confirmation.requested',
    {
      confirmationId,
      actionId,
      title: 'Send?',
      description: 'It goes out.',
      severity: 'warning',
      scope: { kind: 'message_send', target: 'a', audience: 'external' },
      preview: 'Dear a',
      argsHash,
      allowedDecisions: ['approve', 'edit', 'deny'],
      expiresAt: moment(600),
      channel: 'ui',
      ...more,
    },
  ],
  waits: (confirmationId: string): Told => [
    'orchestration.action.awaiting_confirmation',
    { actionId, confirmationId, reason: 'it goes out', expiresAt: moment(600) },
  ],
  replaced: (args: object, argsHash: string): Told => [
    'orchestration.action.args.replaced',
    { actionId, args, argsHash, by: 'usr_a' },
  ],
  approved: (argsHash = hash('1')): Told => [
    'orchestration.action.approved',
    { actionId, decisionId: 'd', argsHash },
  ],
  started: (attempt = 1, executor = 'http', leaseUntil = moment(900), runBy?: string): Told => [
    'orchestration.action.started',
    {
      actionId,
      executor,
      attempt,
      leaseUntil,
      ...(runBy === undefined ? {} : { participantId: runBy }),
    },
  ],
  progress: ['orchestration.action.progress', { actionId, message: 'half', pct: 50 }] as Told,
  attemptFailed: (attempt: number): Told => [
    'orchestration.action.attempt.failed',
    { actionId, attempt, code: 'busy', message: '503', willRetryAt: moment(30) },
  ],
  succeeded: [
    'orchestration.action.succeeded',
    { actionId, durationMs: 8, resultSummary: 'sent', effectId: 'm1', result: { id: 1 } },
  ] as Told,
  failed: [
    'orchestration.action.failed',
    { actionId, code: 'refused', message: '550', attempt: 1 },
  ] as Told,
  timedOut: ['orchestration.action.timed_out', { actionId, deadlineMs: 100 }] as Told,
  cancelled: (cause: string): Told => ['orchestration.action.cancelled', { actionId, cause }],
  unknown: ['orchestration.action.outcome_unknown', { actionId, lastKnown: 'it had left' }] as Told,
  resolved: (resolution: string): Told => [
    'orchestration.action.resolved',
    { actionId, resolution, by: 'usr_op', evidence: 'seen' },
  ],
  delivered: (target: string): Told => [
    'orchestration.result.delivered',
    { actionId, target, status: 'completed' },
  ],
});

export const closes = (confirmationId: string) => ({
  answered: (decision: string, by = 'usr_a'): Told => [
    'safety.confirmation.resolved',
    { confirmationId, decision, by: { kind: 'user', id: by }, via: 'ui', argsHash: hash('1') },
  ],
  expired: ['safety.confirmation.expired', { confirmationId, cause: 'timeout' }] as Told,
  cancelled: ['safety.confirmation.cancelled', { confirmationId, cause: 'session_end' }] as Told,
  superseded: (byConfirmationId: string): Told => [
    'safety.confirmation.superseded',
    { confirmationId, cause: 'edited', byConfirmationId },
  ],
});
