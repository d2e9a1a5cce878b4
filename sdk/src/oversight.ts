/**
 * Actions, confirmations, decisions and tools over REST: for backends, consoles and whoever is not connected
 * to the call. (Preview, like the events they come from.)
 */
import { clientOf, pathOf, type ClientOptions } from './create.js';
import { mintId } from './id.js';
import type { ActionSnapshot } from './snapshot_actions.js';

/** An action as REST tells of it. */
export interface ActionRecord extends ActionSnapshot {
  /** How it came to be over: `succeeded`, `failed`, `cancelled`, `blocked`, `duplicate`, ... */
  readonly outcome?: string;
  /** Why, in one word: a failure's code, a cancellation's cause, what was found of an unknown one. */
  readonly code?: string;
  readonly duplicateOf?: string;
  readonly cancelAsked?: boolean;
  /** The agent has its outcome. */
  readonly toldAgent?: boolean;
}

/** A decision of policy, or of a person after it: one line of the audit view. */
export interface DecisionRecord {
  readonly decisionId: string;
  readonly outcome: string;
  readonly [more: string]: unknown;
}

/** What agents can ask for. */
export interface ToolRecord {
  readonly name: string;
  readonly risk: string;
  readonly [more: string]: unknown;
}

export interface ListPage {
  /** `next` of the page before. */
  readonly cursor?: string;
  readonly limit?: number;
}

interface OfCall extends ClientOptions {
  readonly sessionId: string;
}

interface OfAction extends OfCall {
  readonly actionId: string;
}

/** The actions of a call, in the order in which they were asked for, and whether they are switched off. */
export async function listActions(
  options: OfCall,
): Promise<{ readonly actions: readonly ActionRecord[]; readonly killed: boolean }> {
  return read(options, `${pathOf(options.sessionId)}/actions`);
}

/** One action; rejects with `action_unknown`. */
export async function getAction(options: OfAction): Promise<ActionRecord> {
  return read(options, actionPath(options));
}

/** What has not started will not; what has is asked to stop. */
export async function cancelAction(
  options: OfAction & { readonly reason?: string },
): Promise<ActionRecord> {
  const { reason } = options;
  return change(options, `${actionPath(options)}/cancel`, reason === undefined ? {} : { reason });
}

/**
 * Answers a question without being connected to the call. `argsHash` is that of the confirmation which was
 * shown: if its arguments are others by now, the answer is refused.
 */
export async function answerConfirmation(
  options: OfCall & {
    readonly confirmationId: string;
    readonly decision: 'approve' | 'edit' | 'deny';
    readonly argsHash: string;
    readonly args?: Readonly<Record<string, unknown>>;
    readonly reason?: string;
  },
): Promise<ActionRecord> {
  const { sessionId, confirmationId, decision, argsHash, args, reason } = options;
  return change(
    options,
    `${pathOf(sessionId)}/confirmations/${encodeURIComponent(confirmationId)}`,
    {
      decision,
      argsHash,
      ...(args === undefined ? {} : { args }),
      ...(reason === undefined ? {} : { reason }),
    },
  );
}

/** What a person found out about an action whose outcome was `unknown`. */
export async function resolveAction(
  options: OfAction & {
    readonly resolution: 'succeeded' | 'failed' | 'not_executed';
    /** How they know. */
    readonly evidence: string;
  },
): Promise<ActionRecord> {
  const { resolution, evidence } = options;
  return change(options, `${actionPath(options)}/resolve`, { resolution, evidence });
}

/** The audit view: who allowed what, and by which rules. */
export async function listDecisions(
  options: ClientOptions & ListPage & { readonly sessionId?: string },
): Promise<{ readonly decisions: readonly DecisionRecord[]; readonly next?: string }> {
  const { sessionId } = options;
  const which: Record<string, string> = sessionId === undefined ? {} : { session: sessionId };
  return read(options, `/v1/safety/decisions${pageOf(options, which)}`);
}

/** What agents can ask for here. */
export async function listTools(
  options: ClientOptions,
): Promise<{ readonly tools: readonly ToolRecord[] }> {
  return read(options, '/v1/tools');
}

/** An agent that the server runs itself. */
export interface AgentRecord {
  readonly name: string;
  /** Who it is in a call. */
  readonly userId: string;
  readonly driver: string;
  readonly model?: string;
  /** `all`: it comes to every call; `asked`: to those made with it among the participants. */
  readonly join: string;
}

/** The agents that can be asked into a call here. */
export async function listAgents(
  options: ClientOptions,
): Promise<{ readonly agents: readonly AgentRecord[] }> {
  return read(options, '/v1/agents');
}

/** Stops all actions of a call, or lets them go on. For its owner, its account's services and operators. */
export async function setKillSwitch(
  options: OfCall & { readonly enabled: boolean; readonly reason: string },
): Promise<unknown> {
  const { sessionId, enabled, reason } = options;
  return change(options, `${pathOf(sessionId)}/killswitch`, { enabled, reason });
}

/** What is stopped beyond single calls. */
export interface KillSwitchRecord {
  readonly scope: 'instance' | 'account' | 'action_type';
  readonly accountId?: string;
  readonly actionType?: string;
  readonly by: string;
  readonly reason: string;
}

/** What of that concerns the asker: an operator, auditor or service of an account, or an admin. */
export async function listKillSwitches(
  options: ClientOptions,
): Promise<{ readonly switches: readonly KillSwitchRecord[] }> {
  return read(options, '/v1/safety/killswitch');
}

/**
 * Stops the instance (an admin), an account or a type of action (an operator, in their own account), or takes
 * that back. Nothing is claimed any more once this resolves, with what is stopped then.
 */
export async function setKillSwitchBeyondCalls(
  options: ClientOptions & {
    readonly scope: 'instance' | 'account' | 'action_type';
    readonly accountId?: string;
    readonly actionType?: string;
    readonly enabled: boolean;
    readonly reason: string;
  },
): Promise<{ readonly switches: readonly KillSwitchRecord[] }> {
  const { scope, accountId, actionType, enabled, reason } = options;
  return change(options, '/v1/safety/killswitch', {
    scope,
    ...(accountId === undefined ? {} : { accountId }),
    ...(actionType === undefined ? {} : { actionType }),
    enabled,
    reason,
  });
}

async function read<Reply>(options: ClientOptions, path: string): Promise<Reply> {
  const { rest } = await clientOf(options);
  return rest.requestPatiently<Reply>({ method: 'GET', path });
}

/** Tried up to three times under one key, so that a lost answer changes nothing. */
async function change<Reply>(options: ClientOptions, path: string, body: object): Promise<Reply> {
  const { rest, platform } = await clientOf(options);
  const idempotencyKey = mintId('idem_', platform.now(), platform.fillRandom);
  return rest.requestPatiently<Reply>({ method: 'POST', path, body, idempotencyKey });
}

function actionPath({ sessionId, actionId }: OfAction): string {
  return `${pathOf(sessionId)}/actions/${encodeURIComponent(actionId)}`;
}

function pageOf({ cursor, limit }: ListPage, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(more);
  if (cursor !== undefined) query.set('cursor', cursor);
  if (limit !== undefined) query.set('limit', String(limit));
  return query.size === 0 ? '' : `?${query}`;
}
