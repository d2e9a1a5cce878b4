/**
 * An account's money over REST: for services, operators and auditors of it, and for admins. What changes
 * anything is for operators and admins.
 */
import type {
  Balance,
  Budget,
  CardRecord,
  ChargeEntry,
  ChargeTrace,
  DeadLetter,
  DeadLettersMoved,
  Finding,
  FindingState,
  Margin,
  ParkedBecause,
  Reconciliation,
  Statement,
} from './billing_types.js';
import { clientOf, type ClientOptions } from './create.js';
import { asLifelineError } from './error.js';
import { mintId } from './id.js';
import type { ListPage } from './oversight.js';
import { listUsage, type UsagePage, type UsageQuery } from './usage_rest.js';

/** Hours of service, like `2026-02-16T10:00Z`: from the first on, before the last. */
export interface HourQuery extends ListPage {
  readonly from?: string;
  readonly to?: string;
}

/** Which dead letters: by their ids, or all that the other members fit. */
export interface DeadLetterChoice {
  readonly deadLetters?: readonly string[];
  readonly sink?: string;
  readonly because?: ParkedBecause;
  /** Says which it would be, and does nothing. */
  readonly dryRun?: boolean;
  readonly reason: string;
}

export interface ManualAdjustment {
  readonly kind: 'under' | 'over' | 'duplicate' | 'price_fix' | 'write_off';
  readonly serviceWindow: string;
  readonly item: string;
  readonly quantityDelta: string;
  readonly amountDelta: string;
  /** The charge or adjustment that it corrects. */
  readonly corrects?: string;
  readonly reason: string;
}

export interface BudgetChange {
  readonly scope: Budget['scope'];
  readonly period: Budget['period'];
  readonly meter?: string;
  /** Without it the budget is lifted. */
  readonly limit?: string;
  readonly warnAt?: readonly number[];
  readonly hard?: boolean;
  readonly reason?: string;
}

type Page<Name extends string, Item> = { readonly [name in Name]: readonly Item[] } & {
  readonly next?: string;
};

const STATEMENT_FILES = {
  json: 'application/json',
  csv: 'text/csv',
  html: 'text/html',
  proof: 'application/x-ndjson',
} as const;
export type StatementFormat = keyof typeof STATEMENT_FILES;

/**
 * One account. Reads that fail for the moment are tried again, up to three times; a change carries one
 * Idempotency-Key through its tries.
 */
export class Billing {
  readonly #options: ClientOptions;
  readonly accountId: string;

  constructor(options: ClientOptions & { readonly accountId: string }) {
    this.#options = options;
    this.accountId = options.accountId;
  }

  /** Every version of every card. */
  cards(): Promise<{ readonly cards: readonly CardRecord[] }> {
    return this.#read('/v1/billing/cards');
  }

  /** Usage records by hour. */
  usage(query: UsageQuery = {}): Promise<UsagePage> {
    return listUsage({ ...this.#options, ...query, accountId: this.accountId });
  }

  /** Charges and adjustments in the order in which they were booked. */
  charges(query: HourQuery = {}): Promise<Page<'entries', ChargeEntry>> {
    return this.#read(this.#path('/charges'), query);
  }

  /** From a charge or adjustment to the events behind it; rejects with `charge_not_found`. */
  trace(chargeId: string): Promise<ChargeTrace> {
    return this.#read(this.#path(`/charges/${encodeURIComponent(chargeId)}`));
  }

  /** A correction by hand, booked now in the hour of the service. */
  adjust(adjustment: ManualAdjustment): Promise<{ readonly adjustmentId: string }> {
    return this.#change('POST', this.#path('/adjustments'), adjustment);
  }

  /** Income beside cost, by item and hour, and by call. */
  margin(query: HourQuery = {}): Promise<Margin> {
    return this.#read(this.#path('/margin'), query);
  }

  balance(): Promise<Balance> {
    return this.#read(this.#path('/balance'));
  }

  budgets(): Promise<{ readonly budgets: readonly Budget[] }> {
    return this.#read(this.#path('/budgets'));
  }

  changeBudget(budgetId: string, change: BudgetChange): Promise<Budget> {
    return this.#change('PUT', this.#path(`/budgets/${encodeURIComponent(budgetId)}`), change);
  }

  /** A month, like `2026-02`. */
  statement(month: string): Promise<Statement> {
    return this.#read(this.#path(`/statements/${encodeURIComponent(month)}`));
  }

  /** The same as a file: the server's own bytes. `lifeline verify` checks a `proof` offline. */
  async statementFile(month: string, format: StatementFormat): Promise<Blob> {
    const { rest } = await clientOf(this.#options);
    const path = `${this.#path(`/statements/${encodeURIComponent(month)}`)}?format=${format}`;
    const accept = STATEMENT_FILES[format];
    const bytes = await rest.stream({ method: 'GET', path, accept }, AbortSignal.timeout(60_000));
    try {
      return await new Response(bytes, { headers: { 'Content-Type': accept } }).blob();
    } catch (thrown) {
      throw asLifelineError(thrown, 'unreachable', true); // Cut in the middle, or too slow.
    }
  }

  /** The newest first. */
  findings(
    query: ListPage & { readonly state?: FindingState; readonly class?: string } = {},
  ): Promise<Page<'findings', Finding>> {
    return this.#read(this.#path('/findings'), query);
  }

  /** With its history and the records behind it; rejects with `finding_not_found`. */
  finding(findingId: string): Promise<Finding> {
    return this.#read(this.#path(`/findings/${encodeURIComponent(findingId)}`));
  }

  /** `adjusted` and `written_off` book the adjustment that it proposes. */
  changeFinding(
    findingId: string,
    change: {
      readonly state: 'acknowledged' | 'adjusted' | 'written_off' | 'disputed' | 'closed';
      readonly reason: string;
    },
  ): Promise<Finding> {
    return this.#change('POST', this.#path(`/findings/${encodeURIComponent(findingId)}`), change);
  }

  /** Runs of the reconciliation, the newest first: for admins. */
  reconciliations(query: ListPage = {}): Promise<Page<'runs', Reconciliation>> {
    return this.#read('/v1/billing/reconciliations', query);
  }

  /** Charges of this account that wait for a person, the oldest first. */
  deadLetters(
    query: ListPage & { readonly sink?: string; readonly because?: ParkedBecause } = {},
  ): Promise<Page<'deadLetters', DeadLetter>> {
    return this.#read('/v1/billing/dead-letters', { account: this.accountId, ...query });
  }

  /** Sends them again, with the ids and times they always had. */
  redrive(choice: DeadLetterChoice): Promise<DeadLettersMoved> {
    return this.#move('redrive', choice);
  }

  /** Sends them no more. */
  discard(choice: DeadLetterChoice): Promise<DeadLettersMoved> {
    return this.#move('discard', choice);
  }

  #move(how: 'redrive' | 'discard', choice: DeadLetterChoice): Promise<DeadLettersMoved> {
    const body = { ...choice, accountId: this.accountId };
    return this.#change('POST', `/v1/billing/dead-letters/${how}`, body);
  }

  #path(below: string): string {
    return `/v1/billing/accounts/${encodeURIComponent(this.accountId)}${below}`;
  }

  async #read<Reply>(path: string, query: object = {}): Promise<Reply> {
    const { rest } = await clientOf(this.#options);
    const asked = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) asked.set(key, String(value));
    }
    const whole = asked.size === 0 ? path : `${path}?${asked}`;
    return rest.requestPatiently<Reply>({ method: 'GET', path: whole });
  }

  async #change<Reply>(method: 'POST' | 'PUT', path: string, body: object): Promise<Reply> {
    const { rest, platform } = await clientOf(this.#options);
    const idempotencyKey = mintId('idem_', platform.now(), platform.fillRandom);
    return rest.requestPatiently<Reply>({ method, path, body, idempotencyKey });
  }
}
