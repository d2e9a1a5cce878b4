import type { Actor } from './event.js';

/**
 * Where an action stands. Servers may grow the list; treat a word you do not know as "not over yet".
 *
 * `proposed`: an idea, not asked for. `requested`, `accepted`: not judged yet. `awaiting_confirmation`: a
 * person is asked. `approved`, `running`, `retrying`: it will happen or happens. All others are ends, but
 * `unknown`: the executor was lost after the call had left, and a person or a probe has to find out.
 */
export type ActionState =
  | 'proposed'
  | 'requested'
  | 'accepted'
  | 'rejected'
  | 'awaiting_confirmation'
  | 'approved'
  | 'running'
  | 'retrying'
  | 'succeeded'
  | 'failed'
  | 'timed_out'
  | 'cancelled'
  | 'blocked'
  | 'unknown'
  | 'resolved';

/** What a policy, or a person after it, said of an action. */
export interface Decision {
  readonly decisionId: string;
  /** `allow`, `deny`, `require_confirmation`. */
  readonly outcome: string;
  readonly policyId: string;
  readonly policyVersion: string | null;
  /** The rules that decided. */
  readonly rules: readonly string[];
  /** Who approved it; null where the policy alone decided. */
  readonly by: Actor | null;
  /** For programs, of a refusal. */
  readonly reason: string | null;
  /** For the person, of a refusal. */
  readonly message: string | null;
}

/** Something an agent asked for, from the request to what came of it. */
export interface Action {
  readonly actionId: string;
  readonly actionType: string;
  /** In words that a person can judge; the agent's own, never to be trusted. */
  readonly summary: string;
  /** As last replaced; null once the action is over, to keep long calls small. */
  readonly args: Readonly<Record<string, unknown>> | null;
  /** Of these arguments, as the server computed it; null before it has. */
  readonly argsHash: string | null;
  /** `read_only`, `low_risk_write`, `high_risk_external_send`: the server's word, or the agent's guess before it. */
  readonly risk: string | null;
  readonly requestedBy: {
    readonly kind: string;
    readonly id: string;
    readonly turnId: string | null;
    readonly toolCallId: string | null;
  };
  readonly state: ActionState;
  /** The action that stands for this one; its outcome is this one's, and nothing more follows here. */
  readonly duplicateOf: string | null;
  /** The newest attempt; 0 before the first. */
  readonly attempt: number;
  /** Who runs it: `client` is an app in the call. */
  readonly executor: string | null;
  /** Whose app runs it, where an app does. */
  readonly runBy: string | null;
  /** `seq` of the newest attempt's start: what an outcome has to name. */
  readonly fence: number | null;
  readonly leaseUntil: string | null;
  readonly progress: { readonly message: string; readonly pct: number | null } | null;
  /** The newest question that was asked about it. */
  readonly confirmationId: string | null;
  /** Why a person is asked, in the words of the policy. */
  readonly askedBecause: string | null;
  /** The newest, at most eight. */
  readonly decisions: readonly Decision[];
  /** What the tool answered; of the twenty newest that have one. */
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly resultSummary: string | null;
  /** The receiver's own id for the effect. */
  readonly effectId: string | null;
  /** Why it was rejected, failed, or failed for now. */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Why it was cancelled: `denied`, `expired`, `user`, `agent`, ... */
  readonly cause: string | null;
  /** When the next attempt begins. */
  readonly retryAt: string | null;
  /** Somebody wants it stopped; it may be too late for that. */
  readonly cancelRequestedBy: string | null;
  /** What was found out about an `unknown` outcome. */
  readonly resolution: {
    readonly resolution: string;
    readonly by: string;
    readonly evidence: string;
  } | null;
  /** The action that undid it, and how that went. */
  readonly compensation: { readonly actionId: string; readonly result: string } | null;
  /** Whom the result reached: the model, the screen, the ear. */
  readonly delivered: readonly { readonly target: string; readonly status: string }[];
  readonly requestedAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  /** `seq` of its first event: what actions are ordered by. */
  readonly firstSeq: number;
}

const ends: ReadonlySet<string> = new Set<ActionState>([
  'rejected',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'blocked',
  'resolved',
]);

/** Nothing more will happen in it. An `unknown` outcome is not over until it is resolved. */
export function isOver(action: Action): boolean {
  return ends.has(action.state) || action.duplicateOf !== null;
}

/** The action whose outcome counts for `actionId`: itself, or the one that it repeats. */
export function outcomeOf(actions: readonly Action[], actionId: string): Action | null {
  let found = actions.find((one) => one.actionId === actionId) ?? null;
  for (let hops = 0; found?.duplicateOf && hops < 8; hops++) {
    const next = found.duplicateOf;
    found = actions.find((one) => one.actionId === next) ?? null;
  }
  return found;
}

export function newAction(actionId: string, firstSeq: number): Action {
  return {
    actionId,
    actionType: '',
    summary: '',
    args: null,
    argsHash: null,
    risk: null,
    requestedBy: { kind: '', id: '', turnId: null, toolCallId: null },
    state: 'requested',
    duplicateOf: null,
    attempt: 0,
    executor: null,
    runBy: null,
    fence: null,
    leaseUntil: null,
    progress: null,
    confirmationId: null,
    askedBecause: null,
    decisions: [],
    result: null,
    resultSummary: null,
    effectId: null,
    error: null,
    cause: null,
    retryAt: null,
    cancelRequestedBy: null,
    resolution: null,
    compensation: null,
    delivered: [],
    requestedAt: null,
    startedAt: null,
    endedAt: null,
    durationMs: null,
    firstSeq,
  };
}
