/**
 * What the server tells of an account's money. Amounts are nano-units of the currency, quantities are in the
 * base unit of their meter: decimal texts, for BigInt.
 */
import type { PayloadOf } from './contract.js';
import type { UsageRecord } from './usage_rest.js';

/** A charge or an adjustment, and where it stands in the journal. */
export type ChargeEntry = Booked & {
  /** Its place in the account's stream. */
  readonly seq: number;
  readonly position: number;
};

type Booked =
  | {
      readonly type: 'billing.usage.recorded';
      readonly entry: PayloadOf<'billing.usage.recorded'>;
    }
  | {
      readonly type: 'billing.adjustment.created';
      readonly entry: PayloadOf<'billing.adjustment.created'>;
    };

/** What became of a charge at one sink. */
export interface ChargeDelivery {
  readonly sink: string;
  readonly state: 'waiting' | 'delivered' | 'parked' | 'discarded';
  readonly attempts?: number;
  /** Where it waits for a person. */
  readonly deadLetterId?: string;
}

/** A charge, and all that it follows from. */
export type ChargeTrace = Booked & {
  readonly position: number;
  /** The version of the card that priced it. */
  readonly card?: Readonly<Record<string, unknown>>;
  readonly records: readonly UsageRecord[];
  readonly adjustments: readonly PayloadOf<'billing.adjustment.created'>[];
  readonly deliveries: readonly ChargeDelivery[];
};

export interface Margin {
  readonly currency?: string;
  readonly income?: string;
  /** Absent where no cost card fits. */
  readonly cost?: string;
  readonly margin?: string;
  readonly items: readonly MarginItem[];
  readonly calls: readonly MarginCall[];
  readonly next?: string;
}

/** Of one item in one hour. */
export interface MarginItem {
  readonly item: string;
  readonly window: string;
  readonly quantity: string;
  readonly income: string;
  readonly cost?: string;
  readonly margin?: string;
}

export interface MarginCall {
  readonly sessionId: string;
  readonly income: string;
  readonly cost?: string;
  readonly margin?: string;
}

/** Two sides that are equal. */
export interface Balance {
  readonly accountId: string;
  readonly currency?: string;
  readonly entries: readonly {
    readonly name: string;
    readonly debit: string;
    readonly credit: string;
  }[];
  readonly debits: string;
  readonly credits: string;
  /** Booked so far, adjustments included. */
  readonly charged?: string;
  readonly granted?: string;
  /** For calls that go on. */
  readonly held?: string;
  /** Absent where no credit was ever granted. */
  readonly available?: string;
  /** Charged since the first grant and paid by no credit: owed. */
  readonly unpaid?: string;
}

export interface Budget {
  readonly budgetId: string;
  readonly scope: 'account' | 'call';
  readonly period: 'call' | 'day' | 'month' | 'total';
  /** Absent where the amount is limited. */
  readonly meter?: string;
  /** Absent where it was lifted. */
  readonly limit?: string;
  readonly used?: string;
  readonly warnAt?: readonly number[];
  /** Reaching it ends calls. */
  readonly hard?: boolean;
  readonly reached?: boolean;
}

export type FindingState =
  | 'open'
  | 'retrying'
  | 'acknowledged'
  | 'adjusted'
  | 'written_off'
  | 'disputed'
  | 'closed';

/** Two counts of one thing that differ. */
export interface Finding {
  readonly findingId: string;
  readonly accountId: string;
  readonly class: string;
  readonly state: FindingState;
  /** Where it arose. */
  readonly layer?: 'meter' | 'rate' | 'book' | 'deliver';
  readonly window?: string;
  readonly meter?: string;
  readonly item?: string;
  readonly sink?: string;
  readonly expectedQuantity?: string;
  readonly recordedQuantity?: string;
  readonly quantityDelta?: string;
  readonly expectedAmount?: string;
  readonly recordedAmount?: string;
  readonly amountDelta?: string;
  readonly currency?: string;
  readonly runId?: string;
  readonly openedAt?: string;
  /** For people: what differs. */
  readonly meaning?: string;
  /** For people: what to do next. */
  readonly fix?: string;
  /** Usage records, charges or calls behind it; of one finding alone. */
  readonly records?: readonly string[];
  readonly history?: readonly Readonly<Record<string, unknown>>[];
}

/** A run of the reconciliation. */
export interface Reconciliation {
  readonly runId: string;
  readonly window: string;
  readonly at?: string;
  readonly upToPosition: number;
  readonly matched: number;
  /** Not due yet. */
  readonly waiting: number;
  readonly findings: number;
  readonly reportSha256: string;
  readonly configSha256?: string;
  readonly keyId?: string;
  readonly signature?: string;
}

export type ParkedBecause = 'permanent' | 'conflict' | 'unknown' | 'exhausted';

/** A charge that waits for a person. */
export interface DeadLetter {
  readonly deadLetterId: string;
  readonly sink: string;
  readonly accountId: string;
  readonly chargeId: string;
  readonly item?: string;
  readonly window?: string;
  readonly quantity?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly because: ParkedBecause;
  readonly attempts: number;
  /** Of the sink's last answer. */
  readonly status?: number;
  /** What the sink said. */
  readonly message: string;
  readonly parkedAt?: string;
  /** For people: what to do next. */
  readonly fix?: string;
  /** The charge; of one dead letter alone. */
  readonly charge?: Readonly<Record<string, unknown>>;
}

export interface DeadLettersMoved {
  readonly deadLetters: readonly string[];
  /** Nothing was done. */
  readonly dryRun: boolean;
}

/** A version of a card, as it was put in force. */
export interface CardRecord {
  readonly sha256: string;
  readonly card: Readonly<Record<string, unknown>>;
}

/** What was booked in a calendar month of UTC. */
export interface Statement {
  readonly accountId: string;
  readonly period: string;
  readonly currency: string;
  /** In minor units. */
  readonly totalMinor: string;
  readonly ledgerHash: string;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}
