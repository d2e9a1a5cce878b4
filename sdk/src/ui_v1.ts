/**
 * The first public UI contract, from today's events: for a frontend that still renders `text.delta`,
 * `mode.activate`, `deliverable.cv`, `confirm.required`, ... The same events give the same output, live and
 * replayed.
 *
 *     const ui = toUiContractV1({ document: ({ documentId }) => documents.get(documentId) });
 *     call.on('*', (event) => ui.take(event).forEach(processEvent));
 *
 * @module
 */
import { openConfirmations, type Confirmation } from './confirmation.js';
import type { CallEvent } from './event.js';
import { withConfirmation } from './reduce_confirmation.js';
import { withDeliverable, withMode } from './reduce_work.js';
import type { CallState } from './state.js';
import { ActionsV1 } from './ui_v1_actions.js';
import { TextV1 } from './ui_v1_text.js';
import type { UiEventV1, UiTypeV1 } from './ui_v1_types.js';
import type { Deliverable, Mode } from './work.js';

export { driveUiContractV1, type UiCall } from './ui_v1_drive.js';
export type { UiEventV1, UiTypeV1 } from './ui_v1_types.js';

export interface UiContractV1Options {
  /** Who speaks until the agent says otherwise; `both` if left out. */
  readonly speaker?: string;
  /**
   * What a document holds now, and the buttons to show with it. Without it, or where it gives nothing, no
   * `deliverable.*` is emitted: the call only says that there is a new revision.
   */
  readonly document?: (
    of: Deliverable,
  ) => { readonly data: unknown; readonly actions?: readonly unknown[] } | null | undefined;
}

export interface UiContractV1 {
  /** What the next event of the call means on the screen; nothing for most. */
  take(event: CallEvent): readonly UiEventV1[];
  /** A document as it is now, for whoever follows it live: `recordedAt` says when it became so. */
  document(of: Deliverable, recordedAt: string): readonly UiEventV1[];
  /** What stands on the screen after the state was read anew; see `call.on('reset')`. */
  restore(state: CallState): readonly UiEventV1[];
}

const kinds: ReadonlySet<string> = new Set(['cv', 'interview', 'outreach']);

export function toUiContractV1(options: UiContractV1Options = {}): UiContractV1 {
  const text = new TextV1(options.speaker ?? 'both');
  const actions = new ActionsV1();
  let seq = 0;
  let asked: readonly Confirmation[] = [];
  let modes: readonly Mode[] = [];
  let deliverables: readonly Deliverable[] = [];

  const said = (type: UiTypeV1, ts: string, payload: object): UiEventV1 => ({
    v: '1.0',
    type,
    payload: payload as UiEventV1['payload'],
    ts: Date.parse(ts),
  });

  const deliverable = (of: Deliverable): [UiTypeV1, object][] => {
    const held = kinds.has(of.kind) ? options.document?.(of) : null;
    if (!held) return [];
    const base = { type: of.kind, data: held.data, actions: held.actions ?? [] };
    const more =
      of.kind === 'cv'
        ? { version: String(of.rev) }
        : of.kind === 'outreach'
          ? { requireConfirmation: true }
          : {};
    return [[`deliverable.${of.kind}` as UiTypeV1, { ...base, ...more }]];
  };

  const meaning = (event: CallEvent): [UiTypeV1, object][] => {
    switch (event.type) {
      case 'orchestration.mode.changed': {
        if (news(modes, (modes = withMode(modes, event))).length === 0) return [];
        const { mode, state, context, reason } = event.payload;
        if (state === 'deactivated') return [['mode.deactivate', { mode, reason }]];
        return [['mode.activate', { mode, ...(context === undefined ? {} : { context }) }]];
      }
      case 'orchestration.deliverable.updated':
        return news(deliverables, (deliverables = withDeliverable(deliverables, event))).flatMap(
          deliverable,
        );
      case 'safety.confirmation.requested':
        asked = openOnly(withConfirmation(asked, event));
        return actions.asked(asked[asked.length - 1]!);
      default:
        asked = openOnly(withConfirmation(asked, event));
        return [...runtime(event), ...text.take(event), ...actions.take(event)];
    }
  };

  return {
    take(event) {
      if (event.seq <= seq) return [];
      seq = event.seq;
      return meaning(event).map(([type, payload]) => said(type, event.recordedAt, payload));
    },
    document(of, recordedAt) {
      return deliverable(of).map(([type, payload]) => said(type, recordedAt, payload));
    },
    restore(state) {
      ({ seq, modes, deliverables } = state);
      actions.restore(state.actions);
      const open = openConfirmations(state);
      asked = open;
      const at = open[0]?.requestedAt ?? new Date(0).toISOString(); // A snapshot has no time.
      const restored: [UiTypeV1, object][] = [
        ...(state.status === 'active'
          ? [runtimeState(phases[state.phase ?? ''] ?? 'connected')]
          : []),
        ...state.modes
          .filter((one) => one.active)
          .map(({ mode, context }): [UiTypeV1, object] => [
            'mode.activate',
            { mode, ...(context === null ? {} : { context }) },
          ]),
        ...state.deliverables.flatMap(deliverable),
        ...open.flatMap((one) => actions.asked(one)),
      ];
      return restored.map(([type, payload]) => said(type, at, payload));
    },
  };
}

const phases: Readonly<Record<string, string>> = {
  connecting: 'connecting',
  connected: 'connected',
  reconnecting: 'reconnecting',
};

/** What an event has put into a list; nothing where it was older than what is known. */
function news<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return after.filter((one) => !before.includes(one));
}

const openOnly = (all: readonly Confirmation[]) => all.filter((one) => one.state === 'open');

function runtimeState(state: string, more: object = {}): [UiTypeV1, object] {
  return ['call.runtime.state', { state, ...more }];
}

function status(type: string, message: string): [UiTypeV1, object] {
  return ['status', { type, message }];
}

/** How the call itself is, and its voice. */
function runtime(event: CallEvent): [UiTypeV1, object][] {
  switch (event.type) {
    case 'call.started': {
      const { provider } = event.payload;
      return [runtimeState('connecting', { provider }), status('loading', 'Connecting')];
    }
    case 'call.connecting':
      return [runtimeState('connecting'), status('loading', 'Connecting')];
    case 'call.connected':
    case 'call.reconnected':
      return [runtimeState('connected'), status('ready', 'Connected')];
    case 'call.reconnecting':
      return [runtimeState('reconnecting'), status('loading', 'Reconnecting')];
    case 'call.ended':
      return [runtimeState('ended')];
    case 'call.terminal_failure': {
      const { code, message } = event.payload;
      return [runtimeState('failed'), ['error', { code, message, recoverable: false }]];
    }
    case 'call.error': {
      const { code, message, retryable, fatal } = event.payload;
      const error: [UiTypeV1, object] = ['error', { code, message, recoverable: retryable }];
      return fatal === true ? [runtimeState('failed'), error] : [error];
    }
    case 'call.voice.config.updated': {
      const { persona, label, voiceProfileId, synthesisAllowed, policyId } = event.payload;
      const more = policyId === undefined ? {} : { policyId };
      return [['voice.config', { persona, label, voiceProfileId, synthesisAllowed, ...more }]];
    }
    case 'call.turn.owner_changed': {
      const { owner, turnId } = event.payload;
      const state = owner === 'user' ? 'listening' : 'thinking';
      return [['turn.state', { owner, turnId, state }]];
    }
    case 'call.turn.timing': {
      const { callId: _, turnId, ...timing } = event.payload;
      return [['turn.state', { turnId, timing }]];
    }
    default:
      return [];
  }
}
