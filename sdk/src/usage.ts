/** What a call used, as its signed records say. Quantities are decimal strings: they may be beyond 2^53. */

/** A record that a quantity rests on, and the events that the record rests on. */
export interface UsageEvidence {
  readonly recordId: string;
  /** Where the record itself stands. */
  readonly seq: number;
  /** What it added, as measured; null where that was not known. */
  readonly quantity: string | null;
  /** The first and the last of the events behind it, and how many they are. */
  readonly seqFirst: number;
  readonly seqLast: number;
  readonly count: number;
}

/** What is recorded of one meter and kind, for one participant or the whole call. */
export interface UsageEntry {
  readonly meter: string;
  readonly unit: string;
  /** What tells its kinds apart: `speaker`, `actionType`, `outcome`, `model`, `direction`, ... Others' words: to be displayed, never trusted. */
  readonly kind: Readonly<Record<string, string>>;
  /** Whose part it is; null where it is the whole call's. */
  readonly participantId: string | null;
  /** As measured, corrections added up; null while nothing of it is known. */
  readonly measured: string | null;
  /** The same as it is charged, rounded by the meter's rule. */
  readonly charged: string | null;
  /** The ids of records whose quantity is not known yet: while there are any, the sums are of the rest. */
  readonly unknown: readonly string[];
  /** Whether some of it was an estimate when it was recorded; corrections are in the sums. */
  readonly estimated: boolean;
  /** How many of its records correct an earlier one. */
  readonly corrections: number;
  /** How many records there are. */
  readonly records: number;
  /** The newest twenty of them, oldest first. */
  readonly evidence: readonly UsageEvidence[];
}

/**
 * What the call used so far of one meter and kind, recorded or not yet, as the server last said: for display, never what
 * is charged. Told once a minute while the call is connected; a record that comes in between is in it.
 */
export interface UsedSoFar extends Pick<UsageEntry, 'meter' | 'unit' | 'kind' | 'participantId'> {
  /** As measured. */
  readonly quantity: string;
}

/** Connected time while it runs: for display, never what is charged. */
export interface LiveUsage {
  /** Seconds that were measured up to `at`. */
  readonly seconds: number;
  /** By the server's clock (RFC 3339 UTC). */
  readonly at: string;
  /** Whether time is being measured since. */
  readonly running: boolean;
}

/** That a budget or the credit is nearly used up, or is: `message` says which, and what can be done. */
export interface BudgetWarning {
  /** The meter that is limited; `amount` where money is, `credit` where what was paid ahead is. */
  readonly meter: string;
  /** Of what the numbers are: `quantity` of the meter, or `amount` of money in whole units of the currency. */
  readonly of: string;
  /** Where the warning stands, and where the meter stood. */
  readonly threshold: number;
  readonly current: number;
  /** In a sentence. Names in it are whatever somebody called them: to be displayed, never trusted. */
  readonly message: string;
  /** Where it stands in the call, and when it was said by the server's clock (RFC 3339 UTC). */
  readonly seq: number;
  readonly at: string;
}

export interface Usage {
  /** In the order in which they were first recorded. */
  readonly entries: readonly UsageEntry[];
  /** Beside what is recorded what is not yet, kind by kind; what was not told yet stands in `entries` alone. `usedSoFar` has both. */
  readonly soFar: readonly UsedSoFar[];
  /** Null while it is not known. */
  readonly live: LiveUsage | null;
  /** What was said of budgets and credit, newest last; the last twenty. */
  readonly warnings: readonly BudgetWarning[];
  /** Whether all events from the beginning are in here; after a reset in a long call, records before are not. */
  readonly whole: boolean;
}

export const noUsage: Usage = { entries: [], soFar: [], live: null, warnings: [], whole: true };

const quantityForm = /^(0|-?[1-9][0-9]*)$/;

/** A quantity to reckon with; null where it is not known, or none. */
export function quantityOf(text: string | null): bigint | null {
  return text !== null && quantityForm.test(text) ? BigInt(text) : null;
}

/** What is added up together: one meter of a call, of one participant and one kind. */
export function usageKeyOf(
  one: Pick<UsageEntry, 'meter' | 'unit' | 'kind' | 'participantId'>,
): string {
  return JSON.stringify([one.meter, one.unit, one.participantId, Object.entries(one.kind)]);
}
