// Made from schema/v1 by tools/schemagen.py, with `schemagen.py typescript`; edit the
// schema instead.
//
// Types only, and three small tables that a client needs at run time. Readers take what they know
// and ignore the rest: a later server may send types, fields and words that are not here.

export const schemaVersion = '1.0';

export type Role =
  | 'user'
  | 'agent'
  | 'operator'
  | 'viewer'
  | 'service'
  | 'admin'
  | 'auditor'
  | 'server';

/** What the call carries. */
export type Channel = 'voice' | 'video' | 'text';

/** Who began it, seen from the product. */
export type Direction = 'inbound' | 'outbound';

/** What a participant may do in the call. */
export type ParticipantRole = 'user' | 'agent' | 'operator' | 'viewer';

/** Who speaks, as a role: the sender's own, unless a service speaks for its line. */
export type Speaker = 'user' | 'agent' | 'operator';

/** Why the call ended. */
export type EndReason =
  | 'completed'
  | 'user_hangup'
  | 'timeout'
  | 'agent_handover'
  | 'policy_stop'
  | 'budget_stop'
  | 'operator_stop';

/** How much an action can do that cannot be taken back. */
export type Risk = 'read_only' | 'low_risk_write' | 'high_risk_external_send';

/** Who stands behind a participant. */
export interface Identity {
  /** An identifier, compared byte by byte. */
  userId?: string;
  /** As the others see it. */
  displayName?: string;
  /** An identifier, compared byte by byte. */
  inviteId?: string;
}

/** Who did it. */
export interface Actor {
  /** The role acted in. */
  kind: 'user' | 'agent' | 'operator' | 'viewer' | 'service' | 'admin' | 'auditor' | 'server';
  /** An identifier, compared byte by byte. */
  id: string;
  /** How they proved it. */
  authn?: string;
  /** From where, if known. */
  device?: string;
}

/** The payload of every event type of the catalogue. */
export interface EventPayloads {
  /**
   * A later correction, always added and never an edit: it keeps the hour of the service and its
   * price, and books the difference now. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.adjustment.created': {
    /** Derived from what it corrects, its kind and its cause; also the sinks' idempotency key. */
    adjustmentId: string;
    /** Why. */
    kind: 'late' | 'under' | 'over' | 'duplicate' | 'price_fix' | 'write_off';
    /** When the service was given. */
    serviceWindow: string;
    /** The meter, for instance `call.duration_ms`. */
    meter: string;
    /** The line of the card. */
    item: string;
    /** A 64-bit integer as a decimal string, in the base unit of its meter. */
    quantityDelta: string;
    /** An integer number of nano-units of the currency (10^-9), as a decimal string. */
    amountDelta: string;
    /** ISO 4217, for instance `EUR`. */
    currency: string;
    /** In words. */
    cause: string;
    /** The charge or adjustment it corrects. */
    corrects?: string;
    /** The card. */
    card?: string;
    /** Of the card. */
    cardVersion?: number;
    /** What the hour has of it now. */
    expectedQuantity?: string;
    /** What that costs. */
    expectedAmount?: string;
    /** The records that came late. */
    recordIds?: string[];
    /** The finding it resolves. */
    findingId?: string;
    /** Who, when a person did it. */
    by?: string;
  };
  /**
   * What became of an alert about a finding: it was delivered to the address of the configuration,
   * or given up after as many attempts as are made, and what a person then decided of it. (Preview:
   * nothing emits it yet, it may still change.)
   */
  'billing.alert.settled': {
    /** Which; it follows from what it is about and the state that it tells. */
    alertId: string;
    /**
     * Taken; given up, and kept for a person; dropped by one; or told again by one, so that it is
     * on its way.
     */
    state: 'delivered' | 'parked' | 'discarded' | 'resent';
    /** How often it was sent. */
    attempts: number;
    /** Of its last answer, where there was one. */
    status?: number;
    /** For people; never matched on. */
    message?: string;
    /** Who discarded it, or tells it again. */
    by?: string;
  };
  /**
   * What an account, or each of its calls, may use. Without a limit it is lifted. (Preview: nothing
   * emits it yet, it may still change.)
   */
  'billing.budget.changed': {
    /** Which. */
    budgetId: string;
    /** Of all calls together, or of each. */
    scope: 'account' | 'call';
    /** In which time, in UTC. */
    period: 'call' | 'day' | 'month' | 'total';
    /**
     * The meter that is limited; without it, the amount that the price card makes of all of them.
     */
    meter?: string;
    /** The most: base units of the meter, or nano-units of the account's currency. */
    limit?: string;
    /** Percent of the limit at which a warning comes. */
    warnAt?: number[];
    /** True ends the call; otherwise it is only said. */
    hard?: boolean;
    /** Who. */
    by: string;
  };
  /** A budget is nearly used up. (Preview: nothing emits it yet, it may still change.) */
  'billing.budget.warning': {
    /** The meter, for instance `call.duration_ms`. */
    meterId: string;
    /** Of what, for instance `amount` or `seconds`. */
    thresholdType: string;
    /** Where the warning stands. */
    thresholdValue: number;
    /** Where the meter stands. */
    currentValue: number;
    /** For people; never matched on. */
    message: string;
  };
  /**
   * A version of a card: what accounts pay, or what the service costs us. It never changes; another
   * version begins at the edge of a later hour. (Preview: nothing emits it yet, it may still
   * change.)
   */
  'billing.card.activated': {
    /** The card. */
    card: string;
    /** Of the card; counts from 1. */
    version: number;
    /** What is paid to us, or by us. */
    kind: 'price' | 'cost';
    /** Digest of the canonical JSON of the card without this field and without `by`. */
    sha256: string;
    /** ISO 4217, for instance `EUR`. */
    currency: string;
    /** The first hour that it prices. */
    effectiveFrom: string;
    /** The first that fits a record prices it. */
    items: {
      /** Its name in charges and statements. */
      item: string;
      /** The meter, for instance `call.duration_ms`. */
      meter: string;
      /** Words that the record's dims must have, for instance the model. */
      match?: Record<string, unknown>;
      /** Base units that the prices are for, for instance 60000 ms; at least 1. */
      per: string;
      /** Base units of each calendar month that cost nothing. */
      included?: string;
      /** The least that an account pays for this item in a calendar month in which it used any. */
      minimumNano?: string;
      /** Graduated: each part of a month's quantity at its own price; the last has no `upTo`. */
      tiers: {
        /**
         * The last of the period's quantity that this price is for; without it, all that is left.
         */
        upTo?: string;
        /** Nano-units of the currency for `per` base units. */
        unitNano: string;
      }[];
    }[];
    /** Who, when a person did it. */
    by?: string;
  };
  /**
   * From this hour on the account pays by another card. (Preview: nothing emits it yet, it may
   * still change.)
   */
  'billing.card.assigned': {
    /** The card. */
    card: string;
    /** The first hour. */
    effectiveFrom: string;
    /** Who, when a person did it. */
    by?: string;
    /** Why, in the words of whoever did it. */
    reason?: string;
  };
  /**
   * What a record probably costs, line by line, in integers. (Preview: nothing emits it yet, it may
   * still change.)
   */
  'billing.cost.estimated': {
    /** The usage record. */
    recordId: string;
    /** The sum in minor units of the currency. */
    amountMinor: number;
    /** ISO 4217, for instance `EUR`. */
    currency: string;
    /** The prices used. */
    priceVersion: string;
    /** Its parts. */
    lines: {
      /** Of what. */
      component: 'stt' | 'llm' | 'tts' | 'transport' | 'tool' | 'platform';
      /** A 64-bit integer as a decimal string, in the base unit of its meter. */
      qty: string;
      /** A word that the application declares: letters, digits and `_.:/-`. */
      unit: string;
      /** An integer number of nano-units of the currency (10^-9), as a decimal string. */
      unitPrice: string;
      /** In minor units. */
      amountMinor: number;
    }[];
  };
  /**
   * What somebody else has of one item in one hour of an account: what a sink said when it was
   * asked, or what a statement says that was imported. The newest word of a sink and an item for an
   * hour holds. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.counted.elsewhere': {
    /** The sink, as the configuration names it, or who sent the statement. */
    sink: string;
    /** The line of the card. */
    item: string;
    /** A UTC hour, named by its first minute: `2026-02-16T10:00Z`. */
    window: string;
    /** Asked of the sink, or imported. */
    source: 'sink' | 'import';
    /** What it has, in base units of the meter; absent where it could not say. */
    quantity?: string;
    /** What it charged for it, where it says so, in nano-units of the currency. */
    amount?: string;
    /** ISO 4217, for instance `EUR`. */
    currency?: string;
    /** The charges it has, by their ids, where it names them. */
    charges?: string[];
    /**
     * The journal's position when the sink was asked: what was delivered up to there is in what it
     * has, of what was delivered after it nobody knows. Absent in an import, which is as of its own
     * position.
     */
    asOfPosition?: number;
    /** Of an import: which. */
    importId?: string;
    /** Who imported it. */
    by?: string;
  };
  /** An account may use this much more. (Preview: nothing emits it yet, it may still change.) */
  'billing.credit.granted': {
    /** The grant. */
    creditId: string;
    /** An integer number of nano-units of the currency (10^-9), as a decimal string. */
    amount: string;
    /** ISO 4217, for instance `EUR`. */
    currency: string;
    /** What is left of it then is gone. */
    expiresAt?: string;
    /** Who. */
    by: string;
    /** Why, in the words of whoever did it. */
    reason: string;
  };
  /**
   * A sink has a charge. It is not sent there again. (Preview: nothing emits it yet, it may still
   * change.)
   */
  'billing.delivery.completed': {
    /** The sink, as the configuration names it. */
    sink: string;
    /** The charge or adjustment: its idempotency key. */
    chargeId: string;
    /** It took it, or says that it had it already. */
    outcome: 'delivered' | 'duplicate';
    /** How often it was sent. */
    attempts: number;
  };
  /**
   * A dead letter is given up: the sink will not have it. (Preview: nothing emits it yet, it may
   * still change.)
   */
  'billing.delivery.discarded': {
    /** The sink, as the configuration names it. */
    sink: string;
    /** The charge or adjustment: its idempotency key. */
    chargeId: string;
    /** Who. */
    by: string;
    /** Why, in the words of whoever did it. */
    reason: string;
  };
  /**
   * A sink would not take a charge: it waits among the dead letters for a person. It never expires.
   * (Preview: nothing emits it yet, it may still change.)
   */
  'billing.delivery.parked': {
    /** The sink, as the configuration names it. */
    sink: string;
    /** The charge or adjustment: its idempotency key. */
    chargeId: string;
    /**
     * It refused for good; it has another content under this id; nobody knows whether it has it;
     * too many attempts failed.
     */
    because: 'permanent' | 'conflict' | 'unknown' | 'exhausted';
    /** How often it was sent. */
    attempts: number;
    /** Of its last answer, where there was one. */
    status?: number;
    /** For people; never matched on. */
    message: string;
  };
  /**
   * A dead letter is sent again, with the id and the time it always had. (Preview: nothing emits it
   * yet, it may still change.)
   */
  'billing.delivery.redriven': {
    /** The sink, as the configuration names it. */
    sink: string;
    /** The charge or adjustment: its idempotency key. */
    chargeId: string;
    /** Who. */
    by: string;
    /** Why, in the words of whoever did it. */
    reason: string;
  };
  /** Where a finding stands. (Preview: nothing emits it yet, it may still change.) */
  'billing.finding.changed': {
    /** The finding. */
    findingId: string;
    /**
     * Open again, being retried, seen by somebody, resolved by an adjustment, written off,
     * disputed, or gone.
     */
    state: 'open' | 'retrying' | 'acknowledged' | 'adjusted' | 'written_off' | 'disputed' | 'closed';
    /** Who; nobody when the next run or a rule did it. */
    by?: string;
    /** Why, in the words of whoever did it. */
    reason?: string;
    /** The adjustment that resolves it. */
    adjustmentId?: string;
  };
  /**
   * Credit that a call has taken ahead: reserved before it is used, then posted, given back, or run
   * out. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.hold.changed': {
    /** The hold. */
    holdId: string;
    /** The call that it is for. */
    sessionId: string;
    /** What became of it; the last three end it. */
    state: 'reserved' | 'extended' | 'posted' | 'voided' | 'expired';
    /** Held in all; posted: what was used. */
    amount: string;
    /** Given back then, unless it was extended. */
    expiresAt?: string;
  };
  /**
   * A meter stands still, for instance while nobody is connected. (Preview: nothing emits it yet,
   * it may still change.)
   */
  'billing.meter.paused': {
    /** The meter, for instance `call.duration_ms`. */
    meterId: string;
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** What is counted, for instance `ms`. */
    unit: string;
    /** Since when. */
    at: string;
  };
  /**
   * A meter that stood still counts again. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.meter.resumed': {
    /** The meter, for instance `call.duration_ms`. */
    meterId: string;
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** What is counted, for instance `ms`. */
    unit: string;
    /** Since when. */
    at: string;
  };
  /** A meter of the call begins to count. (Preview: nothing emits it yet, it may still change.) */
  'billing.meter.started': {
    /** The meter, for instance `call.duration_ms`. */
    meterId: string;
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** What is counted, for instance `ms`. */
    unit: string;
    /** Since when. */
    at: string;
  };
  /** The meter stands still for good. (Preview: nothing emits it yet, it may still change.) */
  'billing.metering.stopped': {
    /** The meter, for instance `call.duration_ms`. */
    meterId: string;
    /** Seconds in all. */
    finalBillableSeconds: number;
    /** Why. */
    reason: 'budget_exceeded' | 'policy_limit' | 'manual_stop' | 'call_ended';
  };
  /**
   * Which meters there are, and how their quantities are rounded. A call is measured by those that
   * were in force when it was created. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.meters.activated': {
    /** Digest of the canonical JSON of `meters`. */
    sha256: string;
    /** Calls created from this hour on are measured so. */
    effectiveFrom: string;
    /** In the order of their names. */
    meters: {
      /** The meter, for instance `call.duration_ms`. */
      meter: string;
      /** Of this definition; it is part of every record's id. */
      version: number;
      /** What is counted. */
      unit: string;
      /** What is charged is a multiple of this; at least 1. */
      increment: string;
      /** Less than this is charged as this, once there is any. */
      minimum: string;
      /** Where a part of an increment goes. */
      mode: 'up' | 'nearest' | 'down';
    }[];
  };
  /**
   * Something was not done because a quota is used up. (Preview: nothing emits it yet, it may still
   * change.)
   */
  'billing.quota.denied': {
    /** What asked. */
    subject: string;
    /** Which quota. */
    quota: string;
    /** How many. */
    limit: number;
    /** How many. */
    current: number;
    /** When there is room again. */
    retryAt?: string;
  };
  /**
   * Everything of an hour was counted again by another path and compared with what was recorded,
   * charged and delivered. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.reconciliation.completed': {
    /**
     * Derived from the hour, the position, the configuration and what the sinks said: the same run
     * is the same report.
     */
    runId: string;
    /** The last hour of the run. */
    window: string;
    /** The journal's position up to which it was counted. */
    upToPosition: number;
    /** Keys of which everything agrees. */
    matched: number;
    /** Keys that are not due yet. */
    waiting: number;
    /** Keys that need somebody. */
    findings: number;
    /** Of the report's canonical JSON. */
    reportSha256: string;
    /** Of what the run was configured with. */
    configSha256: string;
    /** The key that signed. */
    keyId?: string;
    /**
     * Ed25519, base64url: over `lifeline-reconciliation-1`, a line feed, and the report's digest.
     */
    signature?: string;
  };
  /**
   * Two counts of the same thing differ; it stays open until somebody, or a rule of the
   * configuration, resolves it. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.reconciliation.mismatch': {
    /** Derived from what differs and how: the same finding keeps its id. */
    findingId: string;
    /** The run that found it. */
    runId: string;
    /** A UTC hour, named by its first minute: `2026-02-16T10:00Z`. */
    window: string;
    /** The meter, for instance `call.duration_ms`. */
    meter: string;
    /** What kind of difference. */
    class: 'pending' | 'conflict' | 'unit_mismatch' | 'unverifiable' | 'orphan' | 'duplicate' | 'match' | 'late' | 'late_expired' | 'missing' | 'price_mismatch' | 'under_charge' | 'over_charge';
    /** Where it arose: measuring, pricing, booking, or the sink. */
    layer: 'meter' | 'rate' | 'book' | 'deliver';
    /** The line of the card. */
    item?: string;
    /** The card. */
    card?: string;
    /** Of the card. */
    cardVersion?: number;
    /** ISO 4217, for instance `EUR`. */
    currency?: string;
    /** The sink, as the configuration names it. */
    sink?: string;
    /** Counted again. */
    expectedQuantity: string;
    /** What the layer has. */
    recordedQuantity: string;
    /** What the layer has less what was counted. */
    quantityDelta: string;
    /** What that costs. */
    expectedAmount?: string;
    /** What the layer has. */
    recordedAmount?: string;
    /** The difference. */
    amountDelta?: string;
    /** The records, charges or deliveries behind it. */
    ids?: string[];
  };
  /**
   * A statement of an account: a sum to be paid, not a tax invoice. (Preview: nothing emits it yet,
   * it may still change.)
   */
  'billing.statement.closed': {
    /** The statement. */
    statementId: string;
    /** The account; equal to its stream. */
    accountId: string;
    /** For instance `2026-02`. */
    period: string;
    /** The sum in minor units of the currency. */
    totalMinor: number;
    /** ISO 4217, for instance `EUR`. */
    currency: string;
    /** Digest over all charges in it. */
    ledgerHash: string;
  };
  /**
   * One signed usage record: what a call used of one meter in one hour, or in one fact. Its id is
   * derived from the fact, so that measuring twice is measuring once. An unknown quantity is null,
   * never 0. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.usage.measured': {
    /**
     * SHA-256 over account, call, participant, meter, its version, its kind, and the hour or the
     * fact's own id (docs/metering.md).
     */
    recordId: string;
    /** The account; equal to its stream. */
    accountId: string;
    /** The call that was measured. */
    sessionId: string;
    /** The meter, for instance `call.duration_ms`. */
    meter: string;
    /** Of the meter's definition. */
    meterVersion: number;
    /** The hour of the service. */
    window: string;
    /** Begin of what was measured. */
    from: string;
    /** Its end. */
    to: string;
    /** Of the quantities. */
    unit: string;
    /** As measured; null when it is not known. */
    quantityRaw: string | null;
    /**
     * What is charged: the rounded cumulative quantity less what earlier records of the call have
     * of it. Null when it is not known.
     */
    quantity: string | null;
    /** As measured, of the call so far; what is rounded is this. */
    cumulative: string;
    /** Whose part, where it is not the whole call's. */
    participant?: string;
    /**
     * What tells its kinds apart and a price may depend on: model, direction, action type, outcome.
     * Words.
     */
    dims?: Record<string, unknown>;
    /** Measured here, told by a provider, or the difference that a later word makes. */
    class: 'measured' | 'imported' | 'corrected';
    /** True when the quantity is null or estimated. */
    needsReconciliation: boolean;
    /**
     * Why the measuring ended here: at the edge of the hour, with the call, with the line, or with
     * the process.
     */
    endCause?: 'hour' | 'end' | 'paused' | 'crash';
    /** The events of the call behind it. */
    evidence: {
      /** The first of them. */
      seqFirst: number;
      /** The last. */
      seqLast: number;
      /** How many there are; others stand between them. */
      count: number;
      /**
       * A chain over their bytes: from 32 zero bytes on, the SHA-256 of what it was and of the
       * SHA-256 of the next event's bytes.
       */
      sha256: string;
    };
    /** The action, where it is one. */
    actionId?: string;
    /** The report, where it is of one. */
    reportId?: string;
    /** The record it corrects. */
    corrects?: string;
    /** Why, in the words of whoever did it. */
    reason?: string;
    /** The key that signed. */
    keyId: string;
    /**
     * Ed25519, base64url: over `lifeline-usage-record-1`, a line feed, and the canonical JSON of
     * all but this field.
     */
    signature: string;
  };
  /**
   * What a report said was unknown or not right; this is. The difference is recorded, what was
   * recorded stays. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.usage.reconciled': {
    /** The report. */
    reportId: string;
    /** How much it really was. */
    quantity: string;
    /** Who counted. */
    source: 'provider' | 'measured' | 'estimated';
    /** Why, in the words of whoever did it. */
    reason?: string;
    /** As in the report, with what it really was. */
    dims?: Record<string, unknown>;
  };
  /**
   * What one account is charged for one line of its card in one closed hour. (Preview: nothing
   * emits it yet, it may still change.)
   */
  'billing.usage.recorded': {
    /** The account; equal to its stream. */
    accountId: string;
    /** The meter, for instance `call.duration_ms`. */
    meter: string;
    /** The line of the card. */
    item: string;
    /** A UTC hour, named by its first minute: `2026-02-16T10:00Z`. */
    window: string;
    /** A 64-bit integer as a decimal string, in the base unit of its meter. */
    quantity: string;
    /** Of the quantity. */
    unit: string;
    /** An integer number of nano-units of the currency (10^-9), as a decimal string. */
    amount: string;
    /** ISO 4217, for instance `EUR`. */
    currency: string;
    /** The card. */
    card: string;
    /** Of the card. */
    cardVersion: number;
    /** Of the card's version. */
    cardSha256: string;
    /** Usage records in it. */
    recordCount: number;
    /** Those records; left out where there are more than 200. */
    recordIds?: string[];
    /** Over the record ids in their order, each with a line feed. */
    recordsHash: string;
    /** What the same quantity costs us, by the cost card in force. */
    costNano?: string;
    /** Derived from the fact: a sink books it once. */
    idempotencyKey: string;
  };
  /**
   * What a provider, or whoever asked one, says was used. An unknown quantity is null, never 0;
   * `billing.usage.reconciled` says it later. The meter of this name counts it. (Preview: nothing
   * emits it yet, it may still change.)
   */
  'billing.usage.reported': {
    /** Of the fact, not of the attempt to tell it: what is reported twice counts once. */
    reportId: string;
    /** The meter, for instance `call.duration_ms`. */
    meter: string;
    /** Of the quantity; the meter's own. */
    unit: string;
    /** How much; null when it is not known. */
    quantity: string | null;
    /** Who counted. */
    source: 'provider' | 'measured' | 'estimated';
    /** Whose part. */
    participant?: string;
    /**
     * When the service was given, where that was in an earlier hour than this report; never after
     * it.
     */
    at?: string;
    /** Who gave the service. */
    provider?: string;
    /** Which of its models. */
    model?: string;
    /** The turn it was used in. */
    turnId?: string;
    /** The action it was used for. */
    actionId?: string;
    /**
     * What tells its kinds apart: up to 8 words of 256 bytes; numbers are no kinds. Up to 32
     * members, with names of 64 bytes. Of `agent.tokens`: inputTokens, cachedTokens and
     * outputTokens, of which cached ones are part of the input.
     */
    dims?: Record<string, unknown>;
  };
  /**
   * What a call used so far of a meter, recorded or not yet, as measured: for display, never what
   * is charged. `quantity` with its `unit`; `billableSeconds` in ticks of older servers. (Preview:
   * nothing emits it yet, it may still change.)
   */
  'billing.usage.tick': {
    /** The meter, for instance `call.duration_ms`. */
    meterId: string;
    /** Seconds so far. */
    billableSeconds?: number;
    /** A 64-bit integer as a decimal string, in the base unit of its meter. */
    quantity?: string;
    /** Of the quantity. */
    unit?: string;
    /**
     * What the quantity is made of, where it has kinds or is somebody's: the largest, where there
     * are many.
     */
    parts?: {
      /** Whose part, where it is not the whole call's. */
      participant?: string;
      /** What tells the kinds apart, as in `billing.usage.measured`. */
      dims?: Record<string, unknown>;
      /** Of this kind. */
      quantity: string;
    }[];
  };
  /**
   * An hour is closed: what is recorded of it after this position is late, and becomes an
   * adjustment. (Preview: nothing emits it yet, it may still change.)
   */
  'billing.window.closed': {
    /** A UTC hour, named by its first minute: `2026-02-16T10:00Z`. */
    window: string;
    /** The journal's position up to which it was counted. */
    upToPosition: number;
  };
  /**
   * The line stands and the meter begins to count. Without a media provider: the first required
   * participant is connected.
   */
  'call.connected': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** When the line stood. */
    connectedAt: string;
    /** The provider's session. */
    providerSessionId?: string;
    /** What the media is encoded with. */
    codec?: string;
    /** The media provider, for instance `livekit`. */
    provider?: string;
    /** The provider's room. */
    providerRoomId?: string;
    /** The provider's call. */
    providerCallId?: string;
    /** The provider's participant: the line itself. */
    providerParticipantId?: string;
  };
  /**
   * The line is being set up; emitted at each attempt to reach the provider or the participants.
   */
  'call.connecting': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** Which attempt, from 1. */
    attempt?: number;
    /** The media provider, for instance `livekit`. */
    provider?: string;
    /** The provider's room. */
    providerRoomId?: string;
    /** The provider's call. */
    providerCallId?: string;
    /** The provider's participant: the line itself. */
    providerParticipantId?: string;
  };
  /** A person granted, denied or withdrew consent. Recording is blocked until it is granted. */
  'call.consent.updated': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** To what. */
    subject: 'recording' | 'processing' | 'outreach';
    /** What they said. */
    state: 'granted' | 'denied' | 'withdrawn';
    /** The participant whose consent it is. */
    by: string;
    /** The utterance in which they said so. */
    evidenceUtteranceId?: string;
  };
  /**
   * The call exists and nothing has been dialled. Always the first event of its stream; emitted by
   * the server for `POST /v1/call/sessions`. It carries all that the state of the call is later
   * folded from.
   */
  'call.created': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The user whose call it is. */
    ownerId: string;
    /** The account that pays for it. */
    accountId: string;
    /** What the call carries. */
    channel: Channel;
    /** Who began it, seen from the product. */
    direction?: Direction;
    /** The media provider that will carry it; absent when Lifeline carries the call by itself. */
    provider?: string;
    /** Who may join besides the owner. */
    participants?: {
      /** The user. */
      userId: string;
      /** What a participant may do in the call. */
      role: ParticipantRole;
    }[];
    /** Settings of the application for this call. */
    config?: Record<string, unknown>;
    /** The application's own; stored and handed back, never read. */
    metadata?: Record<string, unknown>;
    /** The application's own id for the call, kept and handed back. */
    correlationId?: string;
    /** Until when the call must have started. */
    expiresAt?: string;
    /** Longest time from connected to ended, in milliseconds. */
    maxDurationMs?: number;
    /** How long the call waits for a lost participant, in milliseconds. */
    reconnectWindowMs?: number;
    /** How long after its start the call may take to connect, in milliseconds. */
    connectTimeoutMs?: number;
    /**
     * Of all that was asked for, in canonical JSON: a repeated request is the same when this is.
     */
    requestDigest?: string;
    /** The ended call that this one carries on. */
    continues?: string;
    /**
     * Words of a person are kept only once they have consented to recording
     * (`call.consent.updated`); false when absent.
     */
    recordingConsentRequired?: boolean;
  };
  /**
   * The call will be ended when nothing is done: said once before each deadline, early enough to
   * say goodbye.
   */
  'call.deadline.warning': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** When it will end. */
    deadlineAt: string;
    /** Milliseconds from this event to then. */
    remainingMs: number;
    /**
     * Whose deadline. `reconnect_window` is that of a provider's line that its service reported as
     * lost.
     */
    kind: 'max_duration' | 'provider_limit' | 'budget' | 'reconnect_window';
  };
  /**
   * Keys pressed on a telephone. Digits are masked with `x` unless the account allows them in
   * clear. (Preview: nothing emits it yet, it may still change.)
   */
  'call.dtmf.received': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The participant. */
    participantId: string;
    /** Keys of a telephone; `x` stands for a masked one. */
    digits: string;
  };
  /** Someone in the call asks to end it. The server answers with `call.ended`. */
  'call.end.requested': {
    /** Why; `user_hangup` from a user and `completed` from anyone else when absent. */
    reason?: 'completed' | 'user_hangup' | 'agent_handover' | 'operator_stop';
    /** Why, in the words of whoever did it. */
    endDetail?: string;
  };
  /**
   * The call is over, as it should be. Exactly one of `call.ended` and `call.terminal_failure`
   * closes every call that was created.
   */
  'call.ended': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** When. */
    endedAt: string;
    /** Whole seconds from connected to ended; 0 when it never connected. */
    durationSeconds: number;
    /** Why the call ended. */
    endReason: EndReason;
    /** Why, in the words of whoever did it. */
    endDetail?: string;
    /** Who asked for it. */
    by?: string;
  };
  /**
   * Something went wrong that the call survives, unless it says `fatal`. (Preview: nothing emits it
   * yet, it may still change.)
   */
  'call.error': {
    /** A stable word for programs to branch on. */
    code: string;
    /** For people; never matched on. */
    message: string;
    /** True when trying again may help. */
    retryable: boolean;
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId?: string;
    /** True when the call will fail for it. */
    fatal?: boolean;
    /** Which part had it. */
    origin?: string;
  };
  /**
   * The call is put on hold or taken back. Held time is still call time. (Preview: nothing emits it
   * yet, it may still change.)
   */
  'call.hold.changed': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** True while on hold. */
    held: boolean;
    /** The participant who did it. */
    by: string;
    /** Why, in the words of whoever did it. */
    reason?: string;
  };
  /** A link by which someone can join was made. The secret of the link is in no event. */
  'call.invite.created': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The invite. */
    inviteId: string;
    /** The role of whoever joins by it. */
    role: ParticipantRole;
    /** How often it can be used. */
    uses: number;
    /** Until when. */
    expiresAt: string;
    /** How long that was when it was made, in milliseconds. */
    ttlMs?: number;
    /** Who made it. */
    by: string;
  };
  /** Someone joined by the link. */
  'call.invite.redeemed': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The invite. */
    inviteId: string;
    /** Who joined by it. */
    participantId: string;
  };
  /** The link no longer works; who joined by it stays. */
  'call.invite.revoked': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The invite. */
    inviteId: string;
    /** Who revoked it. */
    by: string;
  };
  /**
   * Someone may join the call from now on: the owner and whoever was named when it was created, was
   * added later, or redeemed an invite. Being here is `call.participant.joined`.
   */
  'call.participant.added': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The participant. */
    participantId: string;
    /** What a participant may do in the call. */
    role: ParticipantRole;
    /** Who stands behind a participant. */
    identity?: Identity;
    /** Who let them in. */
    by?: string;
  };
  /**
   * A participant's last connection went, or the first one came. Emitted by the gateway when the
   * count passes between none and some.
   */
  'call.participant.connection.changed': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The participant. */
    participantId: string;
    /** True when at least one connection stands. */
    connected: boolean;
    /** How many connections the participant has now. */
    connections: number;
  };
  /**
   * Someone is now part of the call. Emitted once for each participant, at their first `hello` or
   * by the provider's service; connections that come and go later are
   * `call.participant.connection.changed`.
   */
  'call.participant.joined': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The participant. */
    participantId: string;
    /** What a participant may do in the call. */
    role: ParticipantRole;
    /** Who stands behind a participant. */
    identity?: Identity;
  };
  /**
   * Someone is no longer part of the call: they hung up, were removed, or the call ended. A lost
   * connection alone is not leaving.
   */
  'call.participant.left': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The participant. */
    participantId: string;
    /** What a participant may do in the call. */
    role: ParticipantRole;
    /** Who stands behind a participant. */
    identity?: Identity;
    /** Why they left. */
    reason: 'hangup' | 'removed' | 'connection_lost' | 'replaced' | 'call_ended';
  };
  /**
   * How good a participant's line is. Send a durable copy of none: one sample in 60 s is enough for
   * the record. (Preview: nothing emits it yet, it may still change.)
   */
  'call.quality.reported': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The participant. */
    participantId: string;
    /** Round trip in milliseconds. */
    rttMs: number;
    /** Lost packets, in per cent. */
    lossPct: number;
    /** Jitter in milliseconds. */
    jitterMs: number;
  };
  /** A required participant is back within the window. */
  'call.reconnected': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The loss that is over, from 1. */
    attempt: number;
    /** When. */
    at: string;
    /** How long nobody was there, in milliseconds. */
    outageMs: number;
    /** The last event the participant had seen. */
    resumedFromSeq?: number;
  };
  /**
   * No required participant is connected any more; the reconnect window runs. The meter pauses as
   * the account's policy says.
   */
  'call.reconnecting': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** Which loss of this call, from 1. */
    attempt: number;
    /** When the last connection went. */
    at: string;
    /** Why, if known: `heartbeat_missed`, `server_restart`, a word of the provider's. */
    lossReason?: string;
    /** When the window elapses and the call fails. */
    resumeDeadline?: string;
  };
  /**
   * The recording can be fetched, from whoever keeps it. (Preview: nothing emits it yet, it may
   * still change.)
   */
  'call.recording.available': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The recording. */
    recordingId: string;
    /** Digest of the file. */
    sha256: string;
    /** Length in milliseconds. */
    durationMs: number;
    /** Audio channels. */
    channels: number;
  };
  /**
   * A recording began, with the consent that the account's policy asks for. (Preview: nothing emits
   * it yet, it may still change.)
   */
  'call.recording.started': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The recording. */
    recordingId: string;
  };
  /**
   * The recording ended; its file may follow as `call.recording.available`. (Preview: nothing emits
   * it yet, it may still change.)
   */
  'call.recording.stopped': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The recording. */
    recordingId: string;
  };
  /**
   * A participant began or stopped to speak, as voice activity detection hears it. A later one of
   * the same participant replaces it. (Preview: nothing emits it yet, it may still change.)
   */
  'call.speech.changed': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The participant. */
    participantId: string;
    /** True from the first sound. */
    speaking: boolean;
    /** When, in milliseconds since the call connected. */
    atMs: number;
    /** How sure the detector is. */
    vadScore?: number;
  };
  /**
   * The call runs: someone joined, or the service started it. The session turns from `created` to
   * `active`.
   */
  'call.started': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** What the call carries. */
    channel: Channel;
    /** Who began it, seen from the product. */
    direction: Direction;
    /** The media provider; `none` when Lifeline carries the call by itself. */
    provider: string;
    /** The provider's room. */
    providerRoomId?: string;
    /** The provider's call. */
    providerCallId?: string;
    /** The provider's participant: the line itself. */
    providerParticipantId?: string;
    /** The language the call begins in. */
    locale?: string;
    /** Who is expected. */
    participants?: {
      /** The participant. */
      participantId: string;
      /** What a participant may do in the call. */
      role: ParticipantRole;
      /** Who stands behind a participant. */
      identity?: Identity;
    }[];
  };
  /**
   * What the call was about, written by a model; often after the end. (Preview: nothing emits it
   * yet, it may still change.)
   */
  'call.summary.ready': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The summary. */
    summary: string;
    /** Who wrote it. */
    model: string;
    /** The last event it knows of. */
    coversSeq: number;
    /** The mood, in the model's word. */
    sentiment?: string;
    /** What came of the call. */
    outcomes?: string[];
  };
  /**
   * The call is over because something broke that could not be mended: the reconnect window
   * elapsed, the line could not be set up. Durable, so that a late client still learns it.
   */
  'call.terminal_failure': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** When. */
    failedAt: string;
    /** A stable word for programs to branch on. */
    code: string;
    /** For people; never matched on. */
    message: string;
    /** The last event before it. */
    lastSeq?: number;
    /** What a person can do about it; for people, never matched on. */
    fix?: string;
  };
  /** The person has taken the call. (Preview: nothing emits it yet, it may still change.) */
  'call.transfer.completed': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The transfer. */
    transferId: string;
    /** To whom: an address or a queue. */
    target: string;
    /** Whether the agent introduces the person first. */
    mode: 'warm' | 'cold';
  };
  /**
   * The call could not be handed over and goes on as it was. (Preview: nothing emits it yet, it may
   * still change.)
   */
  'call.transfer.failed': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The transfer. */
    transferId: string;
    /** To whom: an address or a queue. */
    target: string;
    /** Whether the agent introduces the person first. */
    mode: 'warm' | 'cold';
    /** A stable word for programs to branch on. */
    code: string;
  };
  /** The call is to be handed to a person. (Preview: nothing emits it yet, it may still change.) */
  'call.transfer.requested': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The transfer. */
    transferId: string;
    /** To whom: an address or a queue. */
    target: string;
    /** Whether the agent introduces the person first. */
    mode: 'warm' | 'cold';
  };
  /**
   * Someone spoke over the agent. `playedMs` says how much of the answer was heard; `resumed` marks
   * an interruption that was none, after which the agent goes on.
   */
  'call.turn.interrupted': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The turn that was cut. */
    turnId: string;
    /** The participant who spoke. */
    by: string;
    /** When, in milliseconds since the call connected. */
    atMs: number;
    /** Characters the agent had generated. */
    generatedChars: number;
    /** Milliseconds of speech that had been played. */
    playedMs: number;
    /** True when it was a false interruption. */
    resumed?: boolean;
    /** Actions that were cancelled with the turn. */
    cancelledActionIds?: string[];
  };
  /**
   * The floor passes between person and agent. (Preview: nothing emits it yet, it may still
   * change.)
   */
  'call.turn.owner_changed': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The turn that begins. */
    turnId: string;
    /** Who has the floor now. */
    owner: 'user' | 'agent';
    /** Who had it. */
    previousOwner?: 'user' | 'agent';
    /** What decided it. */
    cause?: 'vad' | 'timeout' | 'command';
    /** Of several agents, the participant who answers from now on. */
    agentId?: string;
  };
  /**
   * How long the parts of one turn took, in milliseconds. (Preview: nothing emits it yet, it may
   * still change.)
   */
  'call.turn.timing': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The agent's turn. */
    turnId: string;
    /** From the end of speech to the backend. */
    captureToBackendMs: number;
    /** In the agent. */
    orchestratorMs: number;
    /** From the first text to the first sound. */
    playbackStartMs: number;
    /** From the end of speech to the first sound. */
    totalMs: number;
    /** True when the total was over the objective. */
    sloBreached: boolean;
    /** Speech to text. */
    sttMs?: number;
    /** The model's first token. */
    llmTtftMs?: number;
    /** The first byte of speech. */
    ttsTtfbMs?: number;
    /** In tools. */
    toolMs?: number;
  };
  /**
   * The voice that speaks, and whether synthesis is allowed at all. (Preview: nothing emits it yet,
   * it may still change.)
   */
  'call.voice.config.updated': {
    /**
     * The call; always equal to the envelope's `sessionId`, and kept for frontends older than this
     * contract.
     */
    callId: string;
    /** The persona. */
    persona: string;
    /** The voice. */
    voiceProfileId: string;
    /** As people see it. */
    label: string;
    /** False forbids synthetic speech. */
    synthesisAllowed: boolean;
    /** The policy that says so. */
    policyId?: string;
  };
  /**
   * A document begins; the first event of its stream. It outlives the calls in which it is open.
   */
  'document.created': {
    /** The document; equal to its stream. */
    documentId: string;
    /** What it is, for instance `cv`. */
    kind: string;
    /** The user whose document it is. */
    ownerId: string;
    /** The account; equal to its stream. */
    accountId: string;
    /** For people. */
    title: string;
    /** Its first content, revision 0; an empty object when absent. */
    initial?: Record<string, unknown>;
    /** Of what was asked for: a repeated request is the same when this is. */
    requestDigest?: string;
  };
  /** The same places were changed meanwhile; the editor learns by whom. */
  'document.edit.rejected': {
    /** The revision the editor saw. */
    baseRev: number;
    /** The revision now. */
    currentRev: number;
    /** Who changed it. */
    by: string;
    /** Where they cross. */
    paths: string[];
  };
  /**
   * Someone wants to change the document as they know it. The server answers with `document.edited`
   * or `document.edit.rejected`.
   */
  'document.edit.requested': {
    /** The revision they saw. */
    baseRev: number;
    /** JSON Patch (RFC 6902): what to change. */
    patch: {
      /** What to do. */
      op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
      /** Where. */
      path: string;
      /** The new value, or the one to compare with. */
      value?: unknown;
      /** From where, for move and copy. */
      from?: string;
    }[];
  };
  /**
   * The document has a new revision; revisions are gapless. The patch may have been rebased over
   * edits of other places.
   */
  'document.edited': {
    /** The new revision. */
    rev: number;
    /** The revision the editor saw. */
    baseRev: number;
    /** JSON Patch (RFC 6902): what to change. */
    patch: {
      /** What to do. */
      op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
      /** Where. */
      path: string;
      /** The new value, or the one to compare with. */
      value?: unknown;
      /** From where, for move and copy. */
      from?: string;
    }[];
    /** Who. */
    by: string;
  };
  /** Another user, or everyone in a call, may now read or edit the document. */
  'document.shared': {
    /** Whom. */
    with: {
      /** A user. */
      userId?: string;
      /** Or a call. */
      sessionId?: string;
    };
    /** What they may do. */
    role: 'editor' | 'viewer';
  };
  /** They may no longer read or edit the document. */
  'document.unshared': {
    /** Whom. */
    with: {
      /** A user. */
      userId?: string;
      /** Or a call. */
      sessionId?: string;
    };
    /** What they may do. */
    role: 'editor' | 'viewer';
  };
  /** An account exists: who pays, and whose people and keys belong together. */
  'identity.account.created': {
    /** The account. */
    accountId: string;
    /** For people. */
    name: string;
  };
  /** An account was disabled, and nobody of it can do anything, or enabled again. */
  'identity.account.state.changed': {
    /** The account. */
    accountId: string;
    /** What it is now. */
    state: 'enabled' | 'disabled';
    /** Who did it. */
    by: string;
  };
  /** An API key was made. Only its hash is kept. */
  'identity.key.created': {
    /** The key's public part. */
    keyId: string;
    /** Whose. */
    accountId: string;
    /** What its bearer may do. */
    role: 'user' | 'agent' | 'operator' | 'viewer' | 'service' | 'admin' | 'auditor';
    /** Of the secret. */
    hash: string;
    /** Who did it. */
    by: string;
    /** For people. */
    name?: string;
    /** Until when. */
    expiresAt?: string;
  };
  /** The API key no longer works. */
  'identity.key.revoked': {
    /** The key's public part. */
    keyId: string;
    /** Who did it. */
    by: string;
  };
  /**
   * Someone was seen for the first time: an external identity, which is issuer and subject, became
   * a user of an account.
   */
  'identity.user.created': {
    /** The user. */
    userId: string;
    /** Their account. */
    accountId: string;
    /** Who vouches: the issuer of the tokens. */
    issuer: string;
    /** The subject in the issuer's own words. */
    subject: string;
    /** As others see them. */
    displayName?: string;
  };
  /** Another external identity stands for the user too. */
  'identity.user.linked': {
    /** The user. */
    userId: string;
    /** Who vouches: the issuer of the tokens. */
    issuer: string;
    /** The subject in the issuer's own words. */
    subject: string;
    /** Who did it. */
    by: string;
  };
  /** An external identity no longer stands for the user. */
  'identity.user.unlinked': {
    /** The user. */
    userId: string;
    /** Who vouches: the issuer of the tokens. */
    issuer: string;
    /** The subject in the issuer's own words. */
    subject: string;
    /** Who did it. */
    by: string;
  };
  /** The request is well formed and will be judged: in the same batch as the request. */
  'orchestration.action.accepted': {
    /** The action. */
    actionId: string;
    /** Binds every later approval to exactly these arguments. */
    argsHash: string;
    /** The policy that judges. */
    policyVersion: string;
    /** What the server takes it to be: the tool's risk, or the requester's where that is higher. */
    risk?: Risk;
    /** Which kind of action: what counts of a day are made of. */
    actionType?: string;
    /**
     * The action with the same idempotencyKey that stands for this one: its outcome is this one's,
     * and nothing more follows here.
     */
    duplicateOf?: string;
  };
  /** The action may run, exactly once and exactly so. */
  'orchestration.action.approved': {
    /** The action. */
    actionId: string;
    /** The decision that allows it. */
    decisionId: string;
    /** What was approved. */
    argsHash: string;
  };
  /**
   * A person approved something else than was asked: the open confirmation is superseded and a new
   * one opens for these arguments.
   */
  'orchestration.action.args.replaced': {
    /** The action. */
    actionId: string;
    /** The arguments now. */
    args: Record<string, unknown>;
    /** Of these arguments. */
    argsHash: string;
    /** Who edited them. */
    by: string;
  };
  /** One attempt failed and another will follow: only for what may be repeated. */
  'orchestration.action.attempt.failed': {
    /** The action. */
    actionId: string;
    /** Which attempt, from 1. */
    attempt: number;
    /** A stable word for programs to branch on. */
    code: string;
    /** For people; never matched on. */
    message: string;
    /** When the next begins. */
    willRetryAt: string;
  };
  /** Nothing happens until a person has answered. */
  'orchestration.action.awaiting_confirmation': {
    /** The action. */
    actionId: string;
    /** The confirmation. */
    confirmationId: string;
    /** Why, in the words of whoever did it. */
    reason: string;
    /** Until when; silence is no. */
    expiresAt: string;
  };
  /** Someone in the call wants the action stopped. */
  'orchestration.action.cancel.requested': {
    /** The action. */
    actionId: string;
    /** Why, in the words of whoever did it. */
    reason?: string;
    /**
     * Why, as the server says it where no event of a participant asked for this: the cause of the
     * `cancelled` that may follow.
     */
    cause?: 'barge_in' | 'user' | 'agent' | 'operator';
  };
  /** It will not happen: stopped before the executor was reached, or the executor confirmed it. */
  'orchestration.action.cancelled': {
    /** The action. */
    actionId: string;
    /** Why. */
    cause: 'denied' | 'expired' | 'barge_in' | 'user' | 'agent' | 'operator' | 'session_end' | 'superseded';
  };
  /**
   * Its effect was undone by another action. (Preview: nothing emits it yet, it may still change.)
   */
  'orchestration.action.compensated': {
    /** The action. */
    actionId: string;
    /** The action that undid it. */
    compensationActionId: string;
    /** How that went. */
    result: 'succeeded' | 'failed' | 'partial';
  };
  /** The action failed, for good. */
  'orchestration.action.failed': {
    /** The action. */
    actionId: string;
    /** A stable word for programs to branch on. */
    code: string;
    /** For people; never matched on. */
    message: string;
    /** Which attempt, from 1. */
    attempt: number;
  };
  /**
   * What the participant who runs a `client` tool says came of it. The server decides what it
   * means.
   */
  'orchestration.action.outcome.reported': {
    /** The action. */
    actionId: string;
    /** Which attempt, from 1. */
    attempt: number;
    /**
     * The `seq` of the `action.started` it answers: a late answer to an older attempt is refused.
     */
    fence: number;
    /** What came of it. */
    result?: Record<string, unknown>;
    /** Or why not. */
    error?: {
      /** A stable word for programs to branch on. */
      code: string;
      /** For people; never matched on. */
      message: string;
    };
  };
  /**
   * The executor was lost after the call had left. It is never tried again by itself: a person or a
   * probe resolves it.
   */
  'orchestration.action.outcome_unknown': {
    /** The action. */
    actionId: string;
    /** The last that is known. */
    lastKnown: string;
    /** When the other side will be asked. */
    probeAt?: string;
  };
  /**
   * How far the action is: by the participant whose app runs it, or by the server for a tool that
   * says so.
   */
  'orchestration.action.progress': {
    /** The action. */
    actionId: string;
    /** For people; never matched on. */
    message: string;
    /** Per cent done. */
    pct?: number;
  };
  /**
   * An idea of the model's, not yet asked for. (Preview: nothing emits it yet, it may still
   * change.)
   */
  'orchestration.action.proposed': {
    /** The action; minted by the agent. */
    actionId: string;
    /** Which kind, as the registry names it. */
    actionType: string;
    /** In words that a person can judge. */
    summary: string;
  };
  /** The request is malformed or unknown; never a decision of policy. */
  'orchestration.action.rejected': {
    /** The action. */
    actionId: string;
    /** Why. */
    code: 'unknown_type' | 'schema' | 'quota' | 'session_over' | 'duplicate_conflict';
    /** For people; never matched on. */
    message: string;
    /** Which part. */
    details?: Record<string, unknown>;
  };
  /**
   * The agent asks for an action: the only source of execution. Accepted xor rejected in the same
   * batch.
   */
  'orchestration.action.requested': {
    /** The action; minted by the agent. */
    actionId: string;
    /** Which kind, as the registry names it. */
    actionType: string;
    /** In words that a person can judge. */
    summary: string;
    /** Its arguments, as the registry's schema for the type says. */
    args?: Record<string, unknown>;
    /** Handed to the executor, so that twice is once. */
    idempotencyKey?: string;
    /** What in the agent asked for it. */
    requestedBy?: {
      /** The agent's turn. */
      turnId?: string;
      /** The model's tool call. */
      toolCallId?: string;
    };
    /** The agent's own guess; the server decides by the registry. */
    risk?: Risk;
    /** Milliseconds it may take. */
    deadlineMs?: number;
    /** True when speaking over the agent also stops it. */
    cancelOnInterrupt?: boolean;
  };
  /** What really came of an action whose outcome was unknown. */
  'orchestration.action.resolved': {
    /** The action. */
    actionId: string;
    /** What. */
    resolution: 'succeeded' | 'failed' | 'not_executed';
    /** Who found out. */
    by: string;
    /** How they know. */
    evidence: string;
    /** What the tool gave back, where the probe knew it; cut when it is large. */
    result?: Record<string, unknown>;
    /** The receiver's own id for what was done. */
    effectId?: string;
  };
  /** An executor has claimed the action; its `seq` is the fence of the attempt. */
  'orchestration.action.started': {
    /** The action. */
    actionId: string;
    /** Who runs it. */
    executor: string;
    /** Which attempt, from 1. */
    attempt: number;
    /** When the claim ends by itself. */
    leaseUntil: string;
    /**
     * Its tool is read-only or declared idempotent: should the executor be lost, it may be tried
     * again.
     */
    repeatable?: boolean;
    /** Whose app runs it, of a `client` tool: only they may say what came of it. */
    participantId?: string;
  };
  /** The action is done. `effectId` proves that it was done once. */
  'orchestration.action.succeeded': {
    /** The action. */
    actionId: string;
    /** Milliseconds from started. */
    durationMs: number;
    /** What came of it, for people. */
    resultSummary?: string;
    /** The receiver's own id for the effect, for instance a message id. */
    effectId?: string;
    /** Which attempt, from 1. */
    attempt?: number;
    /**
     * What the tool answered, for the agent; what is longer than 16 KiB is cut to a note that says
     * so.
     */
    result?: Record<string, unknown>;
  };
  /**
   * The time was over before the executor was reached, or the tool may be repeated safely. Else it
   * would be `outcome_unknown`.
   */
  'orchestration.action.timed_out': {
    /** The action. */
    actionId: string;
    /** The time it had, in milliseconds. */
    deadlineMs: number;
  };
  /**
   * One persona, or a person, takes over from another. (Preview: nothing emits it yet, it may still
   * change.)
   */
  'orchestration.agent.handoff': {
    /** Who hands over. */
    from: string;
    /** Who takes over. */
    to: string;
    /** Why. */
    reason: string;
  };
  /**
   * A document of this call has a new revision, was shared with it, or is not any more; said in the
   * call, for those who do not follow the document.
   */
  'orchestration.deliverable.updated': {
    /** The document; equal to its stream. */
    documentId: string;
    /** What it is, for instance `cv`. */
    kind: string;
    /** The newest revision; those between may have been passed over. */
    rev: number;
    /** Who changed it. */
    by: string;
    /** For people. */
    title?: string;
    /** True when the document is no longer shared with this call. */
    unshared?: boolean;
  };
  /** What the person wants, as the agent understands it. */
  'orchestration.intent.detected': {
    /** The agent's turn. */
    turnId: string;
    /** The intent. */
    intent: string;
    /** From 0 (none) to 1 (certain). */
    confidence: number;
    /** The utterances that show it. */
    evidenceUtteranceIds: string[];
    /** What was filled in. */
    slots?: Record<string, unknown>;
  };
  /** The application's mode changes; what people see is derived from it. */
  'orchestration.mode.changed': {
    /** The mode. */
    mode: string;
    /** What happens to it. */
    state: 'activated' | 'updated' | 'deactivated';
    /** Why. */
    reason: string;
    /** Grows with each change. */
    rev: number;
    /** What the mode needs to know. */
    context?: Record<string, unknown>;
  };
  /**
   * The result reached the model, the screen or the ear; the model must be told even after an
   * interruption.
   */
  'orchestration.result.delivered': {
    /** The action. */
    actionId: string;
    /** To what. */
    target: 'model' | 'ui' | 'speech';
    /** How far. */
    status: 'completed' | 'interrupted' | 'skipped';
  };
  /** The agent's answer was stopped before it was whole. */
  'orchestration.turn.cancelled': {
    /** The agent's turn. */
    turnId: string;
    /** Milliseconds from started to cancelled. */
    durationMs: number;
    /** Why: `barge_in`, `session_end`, or a word of the agent's own. */
    cause: string;
    /** The agent's own run. */
    runId?: string;
  };
  /**
   * The agent's answer is whole. It carries the text, since it alone takes the place of the turn's
   * deltas.
   */
  'orchestration.turn.completed': {
    /** The agent's turn. */
    turnId: string;
    /** Milliseconds from started to completed. */
    durationMs: number;
    /** Why the model stopped, for instance `end_turn`. */
    stopReason: string;
    /** The agent's own run. */
    runId?: string;
    /** The utterance that speaks it. */
    outputUtteranceId?: string;
    /** The whole answer; empty for a turn that only acted. */
    text: string;
  };
  /**
   * More text of the agent's answer. Coalesce at the source: one in 50 to 100 ms. Deltas add up, so
   * only the completed turn, which carries the whole text, replaces them.
   */
  'orchestration.turn.delta': {
    /** The agent's turn. */
    turnId: string;
    /** The part of the answer, when it has several. */
    itemId: string;
    /** What to append. */
    deltaText: string;
    /** Characters of the item before this delta, as Unicode code points. */
    offset: number;
  };
  /** The agent could not answer. */
  'orchestration.turn.failed': {
    /** The agent's turn. */
    turnId: string;
    /** Milliseconds from started to failed. */
    durationMs: number;
    /** A stable word for programs to branch on. */
    code: string;
    /** For people; never matched on. */
    message: string;
    /** True when another attempt may succeed. */
    retryable: boolean;
    /** The agent's own run. */
    runId?: string;
  };
  /**
   * The agent begins to answer. Exactly one of completed, failed and cancelled follows for the
   * turn.
   */
  'orchestration.turn.started': {
    /** The turn; minted by the agent. */
    turnId: string;
    /** Which agent runs it. */
    orchestrator: string;
    /** The utterances it answers. */
    inputUtteranceIds: string[];
    /** The agent's own run. */
    runId?: string;
    /** The model. */
    model?: string;
    /** Which attempt, from 1. */
    attempt?: number;
  };
  /**
   * Contents of earlier events of this stream are gone from the record: their places, times and
   * digests stay, so that everything else can still be verified.
   */
  'record.erased': {
    /**
     * A request to erase, the account's retention, or partial texts that a final one has replaced.
     */
    because: 'request' | 'retention' | 'superseded';
    /** Events whose contents went with this. */
    events: number;
    /** No later event of the stream was looked at. */
    upToSeq: number;
    /** The request, with `request`. */
    erasureId?: string;
    /** Whose words and deeds went; the whole content when absent. */
    participantId?: string;
    /** What stays of it so that those who may still see it can: ids and times. */
    kept?: {
      /** Whose it is. */
      ownerId: string;
      /** Of which account. */
      accountId: string;
      /** When it was made. */
      createdAt: string;
      /** When it was over. */
      endedAt?: string;
      /** How a call was over. */
      outcome?: 'ended' | 'failed';
      /** Of a call. */
      channel?: Channel;
      /** Of a document. */
      kind?: string;
      /** Who may still see the call. */
      participants?: {
        /** The user. */
        userId: string;
        /** What a participant may do in the call. */
        role: ParticipantRole;
      }[];
    };
  };
  /**
   * What was to be erased is gone from the journal, its index and every view of this data folder.
   * Copies that were made before are not touched by it.
   */
  'record.erasure.completed': {
    /** The request. */
    erasureId: string;
    /** Calls in which contents went. */
    calls: number;
    /** Documents whose contents went. */
    documents: number;
    /** Events whose contents went. */
    events: number;
  };
  /**
   * A person, or a call, is to be erased. It is carried on after a crash until
   * `record.erasure.completed` says that it is done.
   */
  'record.erasure.requested': {
    /** The request. */
    erasureId: string;
    /** The person to erase; or `sessionId`. */
    userId?: string;
    /** The call to erase; or `userId`. */
    sessionId?: string;
    /** Who asked. */
    by: string;
    /** Why, in the words of whoever did it. */
    reason: string;
  };
  /**
   * A legal hold is laid on an account, a person or a call, or lifted. What is held is neither
   * erased nor does it expire.
   */
  'record.hold.changed': {
    /** How far it reaches. */
    scope: 'account' | 'user' | 'session';
    /** Which account, user or call. */
    subject: string;
    /** True holds. */
    enabled: boolean;
    /** Who. */
    by: string;
    /** Why, in the words of whoever did it. */
    reason: string;
  };
  /** Something may be done, and who said so. */
  'safety.approved': {
    /** The policy. */
    policyId: string;
    /** Always this. */
    decision: 'approved';
    /** The decision. */
    decisionId?: string;
    /** The action. */
    actionId?: string;
    /** Who did it. */
    by?: Actor;
    /** What was approved. */
    argsHash?: string;
    /** The confirmation. */
    confirmationId?: string;
  };
  /**
   * Something may not be done. `explicit_user_confirmation_required` is the reason that existing
   * frontends know.
   */
  'safety.blocked': {
    /** The policy. */
    policyId: string;
    /** Why, for programs. */
    reason: string;
    /** Always this. */
    decision: 'blocked';
    /** The decision. */
    decisionId?: string;
    /** The action. */
    actionId?: string;
    /** True when a person can ask for a second look. */
    appealable?: boolean;
    /** What to tell the person. */
    userMessage?: string;
  };
  /**
   * A person's answer, as they sent it. What it leads to is `safety.confirmation.resolved`, or an
   * error when another was first.
   */
  'safety.confirmation.answered': {
    /** The confirmation. */
    confirmationId: string;
    /** The answer. */
    decision: 'approve' | 'edit' | 'deny';
    /** What they saw: it must be what was asked. */
    argsHash: string;
    /** The arguments they want instead, with `edit`. */
    args?: Record<string, unknown>;
    /** Why, in the words of whoever did it. */
    reason?: string;
  };
  /** The question fell away: the action or the call did. */
  'safety.confirmation.cancelled': {
    /** The confirmation. */
    confirmationId: string;
    /** What it asked about. */
    actionId?: string;
    /** Why. */
    cause: string;
  };
  /** Nobody answered in time, which is a no. */
  'safety.confirmation.expired': {
    /** The confirmation. */
    confirmationId: string;
    /** What it asked about. */
    actionId?: string;
    /** Why. */
    cause: string;
  };
  /** A person must say yes before the action runs. Issued by the server alone. */
  'safety.confirmation.requested': {
    /** The confirmation. */
    confirmationId: string;
    /** The action. */
    actionId: string;
    /** The question. */
    title: string;
    /** What would happen. */
    description: string;
    /** How grave. */
    severity: 'info' | 'warning' | 'critical';
    /** What it would do. */
    scope: {
      /** Which kind of effect. */
      kind: 'message_send' | 'payment' | 'external_post' | 'data_delete' | 'other';
      /** To whom or what. */
      target: string;
      /** Who would get it. */
      recipients?: string[];
      /** How many. */
      recipientCount?: number;
      /** An integer number of nano-units of the currency (10^-9), as a decimal string. */
      amount?: string;
      /** ISO 4217, for instance `EUR`. */
      currency?: string;
      /** Who sees it. */
      audience: 'internal' | 'external';
    };
    /** What would be sent, as it would be seen. */
    preview: string;
    /** What is approved by a yes. */
    argsHash: string;
    /** The possible answers. */
    allowedDecisions: ('approve' | 'edit' | 'deny')[];
    /** Until when; silence is no. */
    expiresAt: string;
    /** How it may be answered. */
    channel: 'ui' | 'voice' | 'both';
    /**
     * Who may answer: the call's owner (any user of it where the owner is not in the call), any
     * user of the call, or an operator of the account. `owner` when absent.
     */
    answerableBy?: 'owner' | 'user' | 'operator';
  };
  /** The question is answered; the first answer counts. */
  'safety.confirmation.resolved': {
    /** The confirmation. */
    confirmationId: string;
    /** What it asked about. */
    actionId?: string;
    /** The answer. */
    decision: 'approve' | 'edit' | 'deny';
    /** Who did it. */
    by: Actor;
    /** How it came. */
    via: 'ui' | 'voice' | 'api';
    /** What was decided on. */
    argsHash: string;
    /** The utterance that said so, for voice. */
    utteranceId?: string;
    /** The arguments instead, with `edit`. */
    args?: Record<string, unknown>;
    /** Why, in the words of whoever did it. */
    reason?: string;
  };
  /** Another question took its place. */
  'safety.confirmation.superseded': {
    /** The confirmation. */
    confirmationId: string;
    /** What it asked about. */
    actionId?: string;
    /** Why. */
    cause: string;
    /** The new one. */
    byConfirmationId: string;
  };
  /**
   * Something said or written was noticed by a content filter. (Preview: nothing emits it yet, it
   * may still change.)
   */
  'safety.content.flagged': {
    /** What. */
    subject: {
      /** For instance `utterance`. */
      kind: string;
      /** An identifier, compared byte by byte. */
      id: string;
    };
    /** As what. */
    categories: string[];
    /** What was done about it. */
    action: 'logged' | 'masked' | 'blocked';
    /** How sure the filter is. */
    score?: number;
    /** The utterance. */
    utteranceId?: string;
  };
  /** A policy was asked and answered: one for every action, also when it allows. */
  'safety.evaluated': {
    /** The decision. */
    decisionId: string;
    /** What was judged. */
    subject: {
      /** For instance `action`. */
      kind: string;
      /** An identifier, compared byte by byte. */
      id: string;
    };
    /** The answer. */
    outcome: 'allow' | 'deny' | 'require_confirmation';
    /** The policy. */
    policyId: string;
    /** Its version. */
    policyVersion: string;
    /** The rules that decided. */
    rules: string[];
    /** Digest of all that was looked at. */
    inputsHash: string;
    /** How long it took, in milliseconds. */
    latencyMs: number;
    /** True when no person was involved. */
    automatic: boolean;
    /** The participant who asked for what was judged. */
    requestedBy?: string;
    /**
     * Actions of this type that were accepted on this day (UTC), this one included; where the
     * policy asks for it.
     */
    counts?: {
      /** In calls of this call's owner. */
      owner: number;
      /** In all calls of the account. */
      account: number;
    };
    /** The word of an external policy engine, where one is asked. */
    engine?: {
      /** What it said. */
      outcome: 'allow' | 'deny' | 'require_confirmation' | 'unavailable';
      /** Its rule, where it names one. */
      rule?: string;
      /** For people; never matched on. */
      message?: string;
    };
  };
  /**
   * The decision needs what takes a moment: the day's counts, or an external policy engine. The
   * action waits for it, and is blocked when it does not come in time.
   */
  'safety.evaluation.requested': {
    /** The action. */
    actionId: string;
    /** The decision to come. */
    decisionId: string;
    /** What is judged. */
    argsHash: string;
    /** What it waits for. */
    needs: ('counts' | 'engine')[];
    /** Until when; silence is no. */
    expiresAt: string;
  };
  /** Always allow, within bounds: never for what cannot be taken back. */
  'safety.grant.created': {
    /** The grant. */
    grantId: string;
    /** For which actions. */
    actionType: string;
    /** Only when the arguments are so. */
    constraint: Record<string, unknown>;
    /** How often. */
    maxUses?: number;
    /** Until when. */
    expiresAt: string;
    /** Who granted it. */
    by: string;
  };
  /** No longer allowed without asking. */
  'safety.grant.revoked': {
    /** The grant. */
    grantId: string;
    /** Who revoked it. */
    by: string;
  };
  /** Actions are stopped, or allowed again: everywhere, in an account, in a call or for a type. */
  'safety.killswitch.changed': {
    /** How far it reaches. */
    scope: 'global' | 'account' | 'session' | 'action_type';
    /** True stops. */
    enabled: boolean;
    /** Who. */
    by: string;
    /** Why, in the words of whoever did it. */
    reason: string;
    /** Which account, call or type. */
    subject?: string;
    /** With `action_type`: the account in which the type is stopped; everywhere when absent. */
    accountId?: string;
  };
  /**
   * A person with the right to do so decided against the policy. (Preview: nothing emits it yet, it
   * may still change.)
   */
  'safety.override.recorded': {
    /** The decision. */
    decisionId: string;
    /** Who. */
    by: string;
    /** Why. */
    justification: string;
    /** Where it is written down. */
    ticket?: string;
  };
  /**
   * Another safety policy is in force for the instance, with all that stands in it. (Preview:
   * nothing emits it yet, it may still change.)
   */
  'safety.policy.changed': {
    /** Its id. */
    policyId: string;
    /** Its version. */
    policyVersion: string;
    /** Of its canonical JSON. */
    hash: string;
    /** Of the policy that was in force before it. */
    previousHash: string;
    /** Who changed it. */
    by: string;
    /** Why, in the words of whoever did it. */
    reason: string;
    /** The policy itself, as it was given. */
    policy: Record<string, unknown>;
  };
  /**
   * A key with which this server signs for outsiders came, took over, or went. A signature counts
   * by the history of its key: what a key signed while it was active stays valid when it is
   * retired. (Preview: nothing emits it yet, it may still change.)
   */
  'system.key.changed': {
    /** The first 8 bytes of the key's SHA-256, in hex. */
    keyId: string;
    /** Ed25519, base64url. */
    publicKey: string;
    /** What it signs: usage records, statements and reports. */
    use: 'usage';
    /**
     * Known but not used yet; signs from here on; signs no more; not to be trusted for what came
     * after `doubtfulFrom`.
     */
    state: 'added' | 'active' | 'retired' | 'revoked';
    /** Of a key that is revoked: the journal's position from which its signatures prove nothing. */
    doubtfulFrom?: number;
    /** The key before it, which vouches for it. */
    endorsedBy?: string;
    /** That key's signature, base64url: over `lifeline-key-1`, a line feed, and the public key. */
    endorsement?: string;
    /** Who. */
    by?: string;
    /** Why, in the words of whoever did it. */
    reason?: string;
  };
  /**
   * The server's clock, once a minute while a meter runs and at the edge of every hour. Where it
   * stands in the journal says when; a process that was killed is known to have lived until then.
   * (Preview: nothing emits it yet, it may still change.)
   */
  'system.tick': {
    /** The hour that goes on. */
    window: string;
    /** Calls whose time is being measured. */
    openCalls: number;
    /**
     * A process began, and what lies before it and after the last event is measured for nobody; a
     * minute passed; an hour began; or the process stops.
     */
    because: 'start' | 'minute' | 'hour' | 'stop';
  };
  /**
   * A final text is replaced: by a person, or by the recogniser thinking again. The first one stays
   * in the record. (Preview: nothing emits it yet, it may still change.)
   */
  'transcript.corrected': {
    /** The utterance. */
    utteranceId: string;
    /** What was really said. */
    text: string;
    /** Who corrected it. */
    by: string;
    /** Digest of the text it replaces, so that two corrections cannot cross. */
    previousHash: string;
    /** Why, in the words of whoever did it. */
    reason?: string;
  };
  /**
   * Something was said and could not be understood; so that no utterance goes missing in silence.
   * Only the utterance's starter, or a service, may say so. (Preview: nothing emits it yet, it may
   * still change.)
   */
  'transcript.failed': {
    /** The utterance, if one had begun. */
    utteranceId?: string;
    /** A stable word for programs to branch on. */
    code: string;
    /** For people; never matched on. */
    message: string;
    /** Where it begins, in milliseconds since the call connected. */
    startMs?: number;
    /** Where it ends so far, in milliseconds since the call connected. */
    endMs?: number;
  };
  /**
   * What was said, for good: at most one of an utterance. It may come after later utterances and,
   * marked `late`, after the end of the call.
   */
  'transcript.final': {
    /** The utterance. */
    utteranceId: string;
    /** Who speaks, as a role: the sender's own, unless a service speaks for its line. */
    speaker: Speaker;
    /** What was said or written, in Unicode. */
    text: string;
    /** Where it begins, in milliseconds since the call connected. */
    startMs: number;
    /** Where it ends so far, in milliseconds since the call connected. */
    endMs: number;
    /** From 0 (none) to 1 (certain). */
    confidence?: number;
    /** The words with their times. */
    words?: {
      /** The word. */
      w: string;
      /** Begins. */
      s: number;
      /** Ends. */
      e: number;
      /** From 0 (none) to 1 (certain). */
      c?: number;
    }[];
    /** A BCP 47 language tag, for instance `de-CH`. */
    lang?: string;
    /** Where the text comes from. */
    source?: 'stt' | 'llm' | 'typed';
    /** True when it comes after the end of the call. */
    late?: boolean;
    /**
     * By the agent: the confirmation that this utterance reads back to the person. Only what is
     * said after it can answer by voice.
     */
    confirmationId?: string;
  };
  /**
   * What has been understood of an utterance so far: always the whole text, never a difference,
   * with a growing `rev`. Send at most one in 50 ms; a later partial or the final replaces it for a
   * reader that is behind.
   */
  'transcript.partial': {
    /** The utterance. */
    utteranceId: string;
    /** Who speaks, as a role: the sender's own, unless a service speaks for its line. */
    speaker: Speaker;
    /** What was said or written, in Unicode. */
    text: string;
    /** Where it begins, in milliseconds since the call connected. */
    startMs: number;
    /** Where it ends so far, in milliseconds since the call connected. */
    endMs: number;
    /** Grows with each partial of the utterance. */
    rev: number;
    /** From 0 (none) to 1 (certain). */
    confidence?: number;
    /** Characters at the beginning that will not change any more. */
    stablePrefixLen?: number;
  };
  /**
   * Parts of an utterance were destroyed; snapshots and indexes are made anew. (Preview: nothing
   * emits it yet, it may still change.)
   */
  'transcript.redacted': {
    /** The utterance. */
    utteranceId: string;
    /** What is gone. */
    spans: {
      /** First character. */
      from: number;
      /** One beyond the last. */
      to: number;
      /** What it was, for instance `card_number`. */
      kind: string;
    }[];
    /** The policy that asked for it. */
    policyId: string;
    /** Who. */
    by: string;
  };
  /**
   * The transcript up to a position, digested: whoever reads it there later can tell that it is the
   * same.
   */
  'transcript.snapshot.created': {
    /** The snapshot. */
    snapshotId: string;
    /** The last event in it. */
    upToSeq: number;
    /** Utterances in it. */
    utteranceCount: number;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of the `utterances` of `GET
     * …/transcript?at=upToSeq`. What is erased later changes it.
     */
    sha256: string;
  };
  /**
   * The agent's utterance was not heard to its end. What the model is told it said must be
   * `heardText`. Only the utterance's starter, or a service, may say so; of a final one too.
   */
  'transcript.truncated': {
    /** The utterance. */
    utteranceId: string;
    /** What was played. */
    heardText: string;
    /** Milliseconds that were played. */
    playedMs: number;
    /** All that had been generated. */
    generatedText?: string;
    /** Why. */
    cause?: 'barge_in' | 'hangup' | 'error';
  };
  /**
   * Someone begins to speak or to write. The order of utterances is the `seq` of the first event of
   * each; only its starter, or the service of that participant's line, may continue it.
   */
  'transcript.utterance.started': {
    /** The utterance; minted by its starter. */
    utteranceId: string;
    /** Who speaks, as a role: the sender's own, unless a service speaks for its line. */
    speaker: Speaker;
    /** Who speaks; a client names itself. */
    participantId: string;
    /** Where it begins, in milliseconds since the call connected. */
    startMs: number;
    /** The agent's turn it belongs to. */
    turnId?: string;
  };
}

export type KnownEventType = keyof EventPayloads;
/** An application's own event type; any JSON object of at most 16 KiB is its payload. */
export type CustomEventType = `x.${string}`;
export type EventType = KnownEventType | CustomEventType;

export type PayloadOf<T extends EventType> = T extends KnownEventType
  ? EventPayloads[T]
  : Readonly<Record<string, unknown>>;

/** Every event: exactly these six keys. */
export interface Envelope<T extends EventType> {
  /** Minted by the sender, unique within the stream for ever: the dedupe key. */
  eventId: string;
  /** The stream: a call (`sess_`), a document (`doc_`), an account (`acct_`) or the instance (`sys_`). */
  sessionId: string;
  /** When it happened, as the sender claims: RFC 3339, UTC, milliseconds. */
  ts: string;
  type: T;
  payload: PayloadOf<T>;
  schemaVersion: string;
}

/** Any event; `switch (event.type)` tells the payload. */
export type LifelineEvent =
  | { [T in KnownEventType]: Envelope<T> }[KnownEventType]
  | Envelope<CustomEventType>;

/**
 * Asks for an event to be appended. The answer is the event itself, coming by with its seq; `error`
 * when refused, `accepted` when the eventId stands already.
 */
export interface PublishFrame {
  op: 'publish';
  /** The event: its six keys, see envelope.json. */
  event: Envelope<EventType>;
}

/**
 * All events up to `seq` were received; cumulative. Remembered for `after=acked` and
 * `hello.ackedSeq`, as soft state, written once a second: after a crash of the server it may be
 * less, never more.
 */
export interface AckFrame {
  op: 'ack';
  /** A position in the stream, gapless from 1; 0 is before the first event. */
  seq: number;
}

/** Measures the round trip; answered by `pong`. Not needed to stay alive: any byte is. */
export interface PingFrame {
  op: 'ping';
  /** The sender's clock, handed back. */
  t: number;
  /** As in `ack`. */
  ack?: number;
}

/** A new access token for the open socket; it must be of the same user. */
export interface RefreshFrame {
  op: 'refresh';
  /** The token. */
  token: string;
}

/**
 * Also deliver a document of this call, from a cursor of its own: its events, then
 * `replay.complete` with its stream. Refused, or ended later, by `error` with its stream.
 */
export interface SubscribeFrame {
  op: 'subscribe';
  /** The document's stream. */
  stream: string;
  /** The last position already seen; 0 for all. */
  after: number;
  /** The epoch of that position. */
  epoch: string;
}

/** No longer deliver it. */
export interface UnsubscribeFrame {
  op: 'unsubscribe';
  /** The document's stream. */
  stream: string;
}

export type ClientFrame =
  | PublishFrame
  | AckFrame
  | PingFrame
  | RefreshFrame
  | SubscribeFrame
  | UnsubscribeFrame;

/** The first frame of every connection, unless it is `bye`. */
export interface HelloFrame {
  op: 'hello';
  /** This connection, for logs. */
  connectionId: string;
  /** Ordered over all connections of the participant; the newest wins. */
  generation: string;
  /** The journal's epoch; a cursor is (epoch, seq). */
  epoch: string;
  /** The newest event of the stream. */
  headSeq: number;
  /** The oldest event kept. */
  oldestSeq: number;
  /** True when the cursor sent was accepted. */
  resumed: boolean;
  /** The first event that will be replayed. */
  replayFrom: number;
  /** The last one; smaller than replayFrom when there is none. */
  replayTo: number;
  /** To be sent as resume.<token> at the next connect. */
  resumeToken?: string;
  /** How long the call waits for this participant. */
  resumeWindowMs: number;
  /** The last ack that this participant is remembered to have sent; 0 where none is. */
  ackedSeq: number;
  /** How often the server pings; silence of two and a half times as long ends the connection. */
  heartbeatMs: number;
  /** What this connection may do. */
  limits: {
    /** Largest frame. */
    frameBytes: number;
    /** Largest event. */
    eventBytes: number;
    /** Publishes a second, on average. */
    eventsPerSecond: number;
    /** And at once. */
    eventsBurst: number;
    /** Publishes that may wait for their positions. */
    inFlight: number;
  };
  /** How to come back: full jitter, floor + rand(0, min(cap, base * 2^n)). */
  reconnect: {
    /** First step of the backoff. */
    baseMs: number;
    /** Its largest step. */
    capMs: number;
    /** The least wait. */
    floorMs: number;
    /** When to stop trying. */
    giveUpMs: number;
  };
  /** When an event counts as stored. */
  durability: 'fsync';
  /** RFC 3339 in UTC with milliseconds: `2026-02-16T10:00:00.000Z`. */
  serverTime: string;
  /** The contract's version. */
  schemaVersion: '1.0';
  /** The call as it is. */
  session: {
    /**
     * The stream an event belongs to: a call (`sess_`), a document (`doc_`), an account (`acct_`)
     * or the instance (`sys_`).
     */
    id: string;
    /** The public state. */
    status: 'created' | 'active' | 'ended' | 'failed';
    /** The state within `active`. */
    phase: string;
    /** Your role. */
    role: string;
    /** You. */
    participantId?: string;
  };
}

/** An event, live or replayed: no difference. */
export interface EventFrame {
  op: 'event';
  /** A position in the stream, gapless from 1; 0 is before the first event. */
  seq: number;
  /** Present when it is not the call's own stream. */
  stream?: string;
  /** The event: its six keys, see envelope.json. */
  event: Envelope<EventType>;
  /** What the server adds. */
  meta: {
    /** Who sent it, in the server's word. */
    actor: {
      /** The role acted in. */
      kind: 'user' | 'agent' | 'operator' | 'viewer' | 'service' | 'admin' | 'auditor' | 'server';
      /** Their id. */
      id: string;
    };
    /** The event that led to this one. */
    cause?: string;
    /** When it was stored. */
    recordedAt: string;
  };
}

/** Everything after this is new. */
export interface ReplayCompleteFrame {
  op: 'replay.complete';
  /** The last event of the replay. */
  seq: number;
  /**
   * The stream an event belongs to: a call (`sess_`), a document (`doc_`), an account (`acct_`) or
   * the instance (`sys_`).
   */
  stream?: string;
}

/** Events left out for this connection; count them as received. */
export interface SkippedFrame {
  op: 'skipped';
  /** A position in the stream, gapless from 1; 0 is before the first event. */
  fromSeq: number;
  /** A position in the stream, gapless from 1; 0 is before the first event. */
  toSeq: number;
  /** Why. */
  reason: 'superseded' | 'erased';
  /**
   * The stream an event belongs to: a call (`sess_`), a document (`doc_`), an account (`acct_`) or
   * the instance (`sys_`).
   */
  stream?: string;
}

/**
 * The eventId stands at this position: a repeat, or an event of yours while you read what was
 * missed, where it will come late or be left out.
 */
export interface AcceptedFrame {
  op: 'accepted';
  /**
   * Minted by the sender, unique within the stream for ever: the dedupe key. A ULID or UUIDv7 is
   * recommended; ids that begin with `ll_` are the server's own.
   */
  eventId: string;
  /** A position in the stream, gapless from 1; 0 is before the first event. */
  seq: number;
  /** True when it stood before this publish. */
  duplicate: boolean;
}

/** Something was refused; the connection stays. */
export interface ErrorFrame {
  op: 'error';
  /**
   * Minted by the sender, unique within the stream for ever: the dedupe key. A ULID or UUIDv7 is
   * recommended; ids that begin with `ll_` are the server's own.
   */
  eventId?: string;
  /** The document that is not delivered, or not any more. */
  stream?: string;
  /** A reason of errors.json. */
  code: string;
  /** For people; never matched on. */
  message: string;
  /**
   * A JSON pointer into the event, or into the frame when the frame itself is at fault; long keys
   * are cut.
   */
  pointer?: string;
  /** Unknown: it may have been stored; publish it again with the same eventId. */
  outcome: 'refused' | 'unknown';
  /** When to try again, if that can help. */
  retryAfterMs?: number;
}

/** Answers `ping`. */
export interface PongFrame {
  op: 'pong';
  /** As sent. */
  t: number;
  /** A position in the stream, gapless from 1; 0 is before the first event. */
  headSeq: number;
}

/** A new resume token; the old one works until it is used or expires. */
export interface TokenFrame {
  op: 'token';
  /** The token. */
  resumeToken: string;
  /** RFC 3339 in UTC with milliseconds: `2026-02-16T10:00:00.000Z`. */
  expiresAt: string;
}

/** The access token will expire; send `refresh`. */
export interface TokenExpiringFrame {
  op: 'token.expiring';
  /** RFC 3339 in UTC with milliseconds: `2026-02-16T10:00:00.000Z`. */
  expiresAt: string;
}

/** The server wants this connection to move, for instance because it restarts. */
export interface GoawayFrame {
  op: 'goaway';
  /** A stable word for programs to branch on. */
  reason: string;
  /** When it will be closed. */
  deadlineMs: number;
  /** When to come back. */
  reconnect: {
    /** A span in milliseconds. */
    afterMs: number;
    /** Spread over this long. */
    jitterMs: number;
  };
  /** True when the cursor will still be accepted. */
  resume: boolean;
}

/**
 * The last frame, one before the close frame, because browsers and proxies lose those. May be the
 * only one.
 */
export interface ByeFrame {
  op: 'bye';
  /** The close code that follows. */
  code: number;
  /** A reason of errors.json. */
  reason: string;
  /** For people; never matched on. */
  message: string;
  /** True when coming back can help. */
  reconnect: boolean;
  /** True when the cursor will be accepted. */
  resume: boolean;
  /** A span in milliseconds. */
  retryAfterMs?: number;
  /** The event: its six keys, see envelope.json. */
  terminalEvent?: Envelope<EventType>;
  /**
   * With `superseded`: of the connection that took over. A client that opened that one itself has
   * nothing to stop.
   */
  generation?: string;
  /** To be named when asking for help. */
  requestId?: string;
}

export type ServerFrame =
  | HelloFrame
  | EventFrame
  | ReplayCompleteFrame
  | SkippedFrame
  | AcceptedFrame
  | ErrorFrame
  | PongFrame
  | TokenFrame
  | TokenExpiringFrame
  | GoawayFrame
  | ByeFrame;

/** Every reason by which the server says no; /errors/{reason} explains each. */
export type Reason =
  | 'account_disabled'
  | 'account_not_found'
  | 'action_closed'
  | 'action_exists'
  | 'action_not_ready'
  | 'action_unknown'
  | 'agent_not_named'
  | 'alert_not_found'
  | 'answer_lost'
  | 'archive_altered'
  | 'archive_invalid'
  | 'args_changed'
  | 'args_invalid'
  | 'attempt_stale'
  | 'bad_format'
  | 'batch_empty'
  | 'batch_too_large'
  | 'binary_frame'
  | 'body_too_large'
  | 'budget_exceeded'
  | 'call_not_named'
  | 'card_exists'
  | 'card_invalid'
  | 'card_not_found'
  | 'charge_not_found'
  | 'checkpoint_differs'
  | 'commit_failed'
  | 'config_invalid'
  | 'confirmation_expired'
  | 'confirmation_forbidden'
  | 'confirmation_not_found'
  | 'connection_closed'
  | 'consent_required'
  | 'content_type_unsupported'
  | 'correction_stale'
  | 'corruption_found'
  | 'credit_exhausted'
  | 'currency_differs'
  | 'cursor_ahead'
  | 'cursor_invalid'
  | 'dead_letter_not_found'
  | 'decision_not_allowed'
  | 'depth_exceeded'
  | 'document_not_found'
  | 'document_not_named'
  | 'document_too_large'
  | 'draining'
  | 'duplicate_key'
  | 'edit_conflict'
  | 'effective_from_invalid'
  | 'egress_denied'
  | 'epoch_changed'
  | 'erased'
  | 'erasure_needs_end'
  | 'erasure_not_found'
  | 'event_too_large'
  | 'file_exists'
  | 'file_not_found'
  | 'finding_closed'
  | 'finding_not_found'
  | 'folder_in_use'
  | 'folder_not_empty'
  | 'forbidden'
  | 'format_newer'
  | 'frame_too_large'
  | 'grant_forbidden'
  | 'grant_not_found'
  | 'handshake_timeout'
  | 'header_too_large'
  | 'heartbeat_missed'
  | 'id_conflict'
  | 'id_invalid'
  | 'idempotency_key_invalid'
  | 'idle_timeout'
  | 'illegal_transition'
  | 'index_corrupt'
  | 'internal'
  | 'invite_invalid'
  | 'issuer_unavailable'
  | 'journal_corrupt'
  | 'journal_differs'
  | 'journal_key_invalid'
  | 'journal_key_missing'
  | 'journal_missing'
  | 'journal_tail_lost'
  | 'json_invalid'
  | 'key_not_found'
  | 'key_revoked'
  | 'keys_corrupt'
  | 'keys_exposed'
  | 'keys_missing'
  | 'keys_unreadable'
  | 'legacy_type'
  | 'limit_exceeded'
  | 'lone_surrogate'
  | 'mark_corrupt'
  | 'mark_missing'
  | 'meter_unknown'
  | 'method_not_allowed'
  | 'missing_field'
  | 'moved'
  | 'no_agent'
  | 'not_ready'
  | 'not_subscribed'
  | 'not_yourself'
  | 'nothing_lost'
  | 'nul_character'
  | 'number_out_of_range'
  | 'origin_forbidden'
  | 'out_of_range'
  | 'overloaded'
  | 'participant_conflict'
  | 'participant_not_found'
  | 'participants_full'
  | 'patch_failed'
  | 'patch_invalid'
  | 'payload_too_large'
  | 'peer_refused'
  | 'peer_unavailable'
  | 'policy_conflict'
  | 'policy_in_file'
  | 'policy_invalid'
  | 'policy_version_used'
  | 'position_unknown'
  | 'protocol_error'
  | 'protocol_version_unsupported'
  | 'provider_immutable'
  | 'query_invalid'
  | 'rate_limited'
  | 'reconciliation_not_found'
  | 'reconciliation_running'
  | 'record_altered'
  | 'record_held'
  | 'removed'
  | 'report_unknown'
  | 'request_invalid'
  | 'request_timeout'
  | 'reserved_id'
  | 'restore_unfinished'
  | 'resume_token_invalid'
  | 'resume_token_reused'
  | 'revision_ahead'
  | 'revision_stale'
  | 'route_not_found'
  | 'row_not_found'
  | 'rpc_invalid'
  | 'rpc_method_unknown'
  | 'same_folder'
  | 'schema_invalid'
  | 'session_ended'
  | 'session_failed'
  | 'session_not_found'
  | 'session_not_joinable'
  | 'session_over'
  | 'signing_key_not_found'
  | 'sink_not_found'
  | 'slow'
  | 'speech_busy'
  | 'speech_not_configured'
  | 'speech_refused'
  | 'speech_silent'
  | 'speech_unavailable'
  | 'stale'
  | 'stale_head'
  | 'storage_busy'
  | 'storage_conflict'
  | 'storage_corrupt'
  | 'storage_error'
  | 'storage_failed'
  | 'storage_unavailable'
  | 'stream_not_found'
  | 'subprotocol_missing'
  | 'subscriptions_full'
  | 'superseded'
  | 'token_expired'
  | 'token_in_url'
  | 'token_invalid'
  | 'token_missing'
  | 'token_wrong_kind'
  | 'too_many_in_flight'
  | 'tool_invalid'
  | 'tool_unknown'
  | 'trimmed'
  | 'turn_closed'
  | 'turn_exists'
  | 'turn_not_yours'
  | 'turn_unknown'
  | 'type_not_allowed'
  | 'unknown_field'
  | 'unknown_op'
  | 'unknown_type'
  | 'unknown_value'
  | 'unsupported_schema_version'
  | 'upgrade_required'
  | 'user_not_found'
  | 'user_unknown'
  | 'utf8_invalid'
  | 'utterance_closed'
  | 'utterance_exists'
  | 'utterance_not_yours'
  | 'utterance_unknown'
  | 'window_open'
  | 'wrong_stream'
  | 'wrong_type';

/** Those of the moment: the very same thing may be accepted later. */
export const retryableReasons: ReadonlySet<string> = new Set([
  'answer_lost',
  'commit_failed',
  'connection_closed',
  'corruption_found',
  'draining',
  'erasure_needs_end',
  'handshake_timeout',
  'heartbeat_missed',
  'idle_timeout',
  'internal',
  'issuer_unavailable',
  'moved',
  'not_ready',
  'overloaded',
  'peer_unavailable',
  'rate_limited',
  'reconciliation_running',
  'request_timeout',
  'slow',
  'speech_busy',
  'stale_head',
  'storage_busy',
  'storage_error',
  'storage_failed',
  'storage_unavailable',
  'too_many_in_flight',
  'window_open',
]);

/** How a WebSocket ends, and what to do next. */
export const closeCodes = {
  1000: { name: 'normal', reconnect: 'never', resume: false },
  1001: { name: 'going_away', reconnect: 'backoff', resume: true },
  1002: { name: 'protocol', reconnect: 'never', resume: false },
  1007: { name: 'invalid_text', reconnect: 'never', resume: false },
  1008: { name: 'policy', reconnect: 'never', resume: false },
  1009: { name: 'too_large', reconnect: 'never', resume: false },
  4000: { name: 'session_ended', reconnect: 'never', resume: false },
  4001: { name: 'session_failed', reconnect: 'never', resume: false },
  4002: { name: 'superseded', reconnect: 'never', resume: false },
  4003: { name: 'token_invalid', reconnect: 'never', resume: false },
  4004: { name: 'forbidden', reconnect: 'never', resume: false },
  4005: { name: 'protocol_error', reconnect: 'never', resume: false },
  4006: { name: 'resume_token_reused', reconnect: 'never', resume: false },
  4007: { name: 'session_not_found', reconnect: 'never', resume: false },
  4100: { name: 'rate_limited', reconnect: 'backoff', resume: true },
  4101: { name: 'overloaded', reconnect: 'backoff', resume: true },
  4102: { name: 'internal', reconnect: 'backoff', resume: true },
  4200: { name: 'draining', reconnect: 'now', resume: true },
  4201: { name: 'heartbeat_missed', reconnect: 'now', resume: true },
  4202: { name: 'slow', reconnect: 'now', resume: true },
  4203: { name: 'moved', reconnect: 'now', resume: true },
  4300: { name: 'token_expired', reconnect: 'now', resume: true },
  4301: { name: 'epoch_changed', reconnect: 'now', resume: false },
  4302: { name: 'trimmed', reconnect: 'now', resume: false },
  4303: { name: 'cursor_ahead', reconnect: 'now', resume: false },
} as const;

/** Names of the first public contract, and the types that took their place. */
export const legacyTypes = {
  'action.proposed': 'orchestration.action.proposed',
  'action.requires_confirmation': 'orchestration.action.awaiting_confirmation',
  'action.executed': 'orchestration.action.succeeded',
  'action.failed': 'orchestration.action.failed',
  'usage.tick': 'billing.usage.tick',
  'usage.warning': 'billing.budget.warning',
  'usage.stopped': 'billing.metering.stopped',
} as const;

/** What an event may weigh. */
export const eventBytesMax = 65536;
export const customPayloadBytesMax = 16384;
