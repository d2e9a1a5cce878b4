import type { CallEvent } from './event.js';
import {
  quantityOf,
  usageKeyOf as keyOf,
  type LiveUsage,
  type Usage,
  type UsageEntry,
  type UsageEvidence,
  type UsedSoFar,
} from './usage.js';

type Measured = CallEvent<'billing.usage.measured'>;
type Warning = CallEvent<'billing.budget.warning'>;
type Tick = CallEvent<'billing.usage.tick'>;

/** So many records of an entry are kept: a long call has one each hour, and one for each action. */
const evidenceMax = 20;

const warningsMax = 20;

/** Adds a record to what there is of its meter and kind, and settles what it corrects, wherever that stands. */
export function withRecord(usage: Usage, event: Measured): Usage {
  const { meter, unit, participant = null, corrects } = event.payload;
  const kind = wordsOf(event.payload.dims);
  const entries = corrects === undefined ? [...usage.entries] : settled(usage.entries, corrects);
  const key = keyOf({ meter, unit, kind, participantId: participant });
  const index = entries.findIndex((one) => keyOf(one) === key);
  const before = entries[index] ?? {
    ...{ meter, unit, kind, participantId: participant, measured: null, charged: null },
    ...{ unknown: [], estimated: false, corrections: 0, records: 0, evidence: [] },
  };
  entries[index < 0 ? entries.length : index] = entryAfter(before, event);
  const soFar = usage.soFar.map((one) => (keyOf(one) === key ? soFarAfter(one, event) : one));
  return { ...usage, entries, soFar };
}

/** A record of an hour has what was told before it, and what came since; one of a fact is more, or a correction. */
function soFarAfter(before: UsedSoFar, { payload }: Measured): UsedSoFar {
  const told = quantityOf(before.quantity) ?? 0n;
  if (payload.endCause === undefined) {
    return { ...before, quantity: String(told + (quantityOf(payload.quantityRaw) ?? 0n)) };
  }
  const recorded = quantityOf(payload.cumulative) ?? 0n;
  return recorded > told ? { ...before, quantity: String(recorded) } : before;
}

function entryAfter(before: UsageEntry, { payload, seq }: Measured): UsageEntry {
  const { recordId, quantityRaw, quantity, needsReconciliation, evidence, corrects } = payload;
  const measured = quantityOf(quantityRaw);
  const one: UsageEvidence = {
    ...{ recordId, seq, quantity: measured === null ? null : quantityRaw },
    ...{ seqFirst: evidence.seqFirst, seqLast: evidence.seqLast, count: evidence.count },
  };
  return {
    ...before,
    measured: sum(before.measured, measured),
    charged: sum(before.charged, quantityOf(quantity)),
    unknown: measured === null ? [...before.unknown, recordId] : before.unknown,
    estimated: before.estimated || (needsReconciliation && measured !== null),
    corrections: before.corrections + (corrects === undefined ? 0 : 1),
    records: before.records + 1,
    evidence: [...before.evidence, one].slice(-evidenceMax),
  };
}

/** What was not known is known now, perhaps as another kind: an action's outcome, a report's direction. */
function settled(entries: readonly UsageEntry[], recordId: string): UsageEntry[] {
  return entries.map((one) =>
    one.unknown.includes(recordId)
      ? { ...one, unknown: one.unknown.filter((id) => id !== recordId) }
      : one,
  );
}

function sum(before: string | null, more: bigint | null): string | null {
  return more === null ? before : String((quantityOf(before) ?? 0n) + more);
}

/** In one order, whatever the record's. */
function wordsOf(dims: Record<string, unknown> | undefined): Readonly<Record<string, string>> {
  const words = Object.entries(dims ?? {}).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(words.sort(([a], [b]) => (a < b ? -1 : 1))) as Record<string, string>;
}

/** What the server measured counts; one that was on its way when the line went starts nothing again. */
export function withTick(usage: Usage, { payload, recordedAt }: Tick, runs: boolean): Usage {
  const seconds = secondsIn(payload);
  const running = usage.live?.running ?? runs;
  const live = seconds === null ? usage.live : { seconds, at: recordedAt, running };
  const others = usage.soFar.filter(({ meter }) => meter !== payload.meterId);
  const told = partsOf(payload);
  return { ...usage, live, soFar: told.length === 0 ? usage.soFar : [...others, ...told] };
}

/** Older servers told time alone, in seconds. */
function secondsIn({ meterId, billableSeconds, quantity, unit }: Tick['payload']): number | null {
  if (meterId !== 'call.duration_ms') return null;
  if (billableSeconds !== undefined) return billableSeconds;
  const ms = unit === 'ms' ? quantityOf(quantity ?? null) : null;
  return ms === null ? null : Number(ms / 1_000n);
}

/** All kinds of the meter; of one that has none, the whole. */
function partsOf({ meterId: meter, quantity, unit, parts }: Tick['payload']): UsedSoFar[] {
  if (quantity === undefined || unit === undefined) return [];
  return (parts ?? [{ quantity }]).map((one) => ({
    ...{ meter, unit, kind: wordsOf('dims' in one ? one.dims : undefined) },
    participantId: ('participant' in one ? one.participant : undefined) ?? null,
    quantity: one.quantity,
  }));
}

/** A budget is nearly used up, or is. */
export function withWarning(usage: Usage, { payload, seq, recordedAt }: Warning): Usage {
  const { meterId, thresholdType, thresholdValue, currentValue, message } = payload;
  const numbers = { of: thresholdType, threshold: thresholdValue, current: currentValue };
  const one = { meter: meterId, ...numbers, message, seq, at: recordedAt };
  return { ...usage, warnings: [...usage.warnings, one].slice(-warningsMax) };
}

/** Time is measured from `call.connected` on, or goes on after an outage; where it is not known, it stays so. */
export function withTimeRunning(
  usage: Usage,
  event: CallEvent<'call.connected'> | CallEvent<'call.reconnected'>,
): Usage {
  const from = event.type === 'call.connected' ? (usage.live?.seconds ?? 0) : usage.live?.seconds;
  if (from === undefined) return usage;
  const seconds = usage.live ? secondsAt(usage.live, event.recordedAt) : from;
  return { ...usage, live: { seconds, at: event.recordedAt, running: true } };
}

/** It stands still: nobody whom the call waits for is connected, or it is over. */
export function withTimeStopped(usage: Usage, { recordedAt }: CallEvent): Usage {
  const { live } = usage;
  if (!live?.running) return usage;
  return {
    ...usage,
    live: { seconds: secondsAt(live, recordedAt), at: recordedAt, running: false },
  };
}

function secondsAt({ seconds, at, running }: LiveUsage, until: string): number {
  const more = running ? Math.floor((Date.parse(until) - Date.parse(at)) / 1_000) : 0;
  return seconds + (more > 0 ? more : 0);
}
