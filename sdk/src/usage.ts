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

/** Connected time while it runs: for display, never what is charged. */
export interface LiveUsage {
  /** Seconds that were measured up to `at`. */
  readonly seconds: number;
  /** By the server's clock (RFC 3339 UTC). */
  readonly at: string;
  /** Whether time is being measured since. */
  readonly running: boolean;
}

export interface Usage {
  /** In the order in which they were first recorded. */
  readonly entries: readonly UsageEntry[];
  /** Null while it is not known. */
  readonly live: LiveUsage | null;
  /** Whether all events from the beginning are in here; after a reset in a long call, records before are not. */
  readonly whole: boolean;
}

export const noUsage: Usage = { entries: [], live: null, whole: true };

const quantityForm = /^(0|-?[1-9][0-9]*)$/;

/** A quantity to reckon with; null where it is not known, or none. */
export function quantityOf(text: string | null): bigint | null {
  return text !== null && quantityForm.test(text) ? BigInt(text) : null;
}
