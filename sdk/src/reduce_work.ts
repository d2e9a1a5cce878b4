import type { CallEvent } from './event.js';
import type { Deliverable, Intent, KillSwitch, Mode } from './work.js';

const switchesMax = 100;
const modesMax = 50;
const intentsMax = 20;
const deliverablesMax = 100;

export function withKillSwitch(
  switches: readonly KillSwitch[],
  event: CallEvent<'safety.killswitch.changed'>,
): readonly KillSwitch[] {
  const { scope, enabled, by, reason } = event.payload;
  const subject = event.payload.subject ?? null;
  const others = switches.filter((one) => one.scope !== scope || one.subject !== subject);
  if (!enabled) return others.length === switches.length ? switches : others;
  return [...others, { scope, subject, by, reason, at: event.recordedAt }].slice(-switchesMax);
}

/** A change that is older than what is known is none. */
export function withMode(
  modes: readonly Mode[],
  event: CallEvent<'orchestration.mode.changed'>,
): readonly Mode[] {
  const { mode, state, reason, rev, context } = event.payload;
  const before = modes.find((one) => one.mode === mode);
  if (before && rev <= before.rev) return modes;
  const after: Mode = {
    mode,
    // Of a word that is not known here, what was is what is.
    active: state === 'activated' || (state !== 'deactivated' && (before?.active ?? true)),
    rev,
    context: context ?? before?.context ?? null,
    reason,
  };
  return before
    ? modes.map((one) => (one === before ? after : one))
    : [...modes, after].slice(-modesMax);
}

export function withIntent(
  intents: readonly Intent[],
  { payload }: CallEvent<'orchestration.intent.detected'>,
): readonly Intent[] {
  const { turnId, intent, confidence, evidenceUtteranceIds, slots } = payload;
  const one: Intent = { turnId, intent, confidence, evidenceUtteranceIds, slots: slots ?? null };
  const others = intents.filter((other) => other.turnId !== turnId || other.intent !== intent);
  return [...others, one].slice(-intentsMax);
}

/** A revision that is older than what is known is none; a document that is not shared any more is gone. */
export function withDeliverable(
  deliverables: readonly Deliverable[],
  { payload }: CallEvent<'orchestration.deliverable.updated'>,
): readonly Deliverable[] {
  const { documentId, kind, rev, by, title, unshared }: DeliverableUpdated = payload;
  const before = deliverables.find((one) => one.documentId === documentId);
  if (unshared === true)
    return before ? deliverables.filter((one) => one !== before) : deliverables;
  if (before && rev <= before.rev) return deliverables;
  const after = { documentId, kind, title: title ?? before?.title ?? null, rev, by };
  return before
    ? deliverables.map((one) => (one === before ? after : one))
    : [...deliverables, after].slice(-deliverablesMax);
}

/** As servers say it today; older ones neither gave the title nor took a document away. */
type DeliverableUpdated = CallEvent<'orchestration.deliverable.updated'>['payload'] & {
  readonly title?: string;
  readonly unshared?: boolean;
};
