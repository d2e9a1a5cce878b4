import type { CallEvent } from './event.js';
import {
  quantityOf,
  type LiveUsage,
  type Usage,
  type UsageEntry,
  type UsageEvidence,
} from './usage.js';

type Measured = CallEvent<'billing.usage.measured'>;
type Tick = CallEvent<'billing.usage.tick'>;

/** So many records of an entry are kept: a long call has one each hour, and one for each action. */
const evidenceMax = 20;

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
  return { ...usage, entries };
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

function keyOf(one: Pick<UsageEntry, 'meter' | 'unit' | 'kind' | 'participantId'>): string {
  return JSON.stringify([one.meter, one.unit, one.participantId, Object.entries(one.kind)]);
}

/** In one order, whatever the record's. */
function wordsOf(dims: Measured['payload']['dims']): Readonly<Record<string, string>> {
  const words = Object.entries(dims ?? {}).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(words.sort(([a], [b]) => (a < b ? -1 : 1))) as Record<string, string>;
}

/** What the server measured counts; one that was on its way when the line went starts nothing again. */
export function withTick(usage: Usage, { payload, recordedAt }: Tick, runs: boolean): Usage {
  const { meterId, billableSeconds } = payload;
  if (meterId !== 'call.duration_ms' || billableSeconds === undefined) return usage;
  const running = usage.live?.running ?? runs;
  return { ...usage, live: { seconds: billableSeconds, at: recordedAt, running } };
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
