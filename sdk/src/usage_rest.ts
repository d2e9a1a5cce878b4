/** What an account's calls used, over REST: for services, operators and auditors of the account. */
import type { PayloadOf } from './contract.js';
import { clientOf, type ClientOptions } from './create.js';
import type { ListPage } from './oversight.js';

/** A signed record, and where it stands. */
export interface UsageRecord {
  /** As its call has it: the payload of `billing.usage.measured`. */
  readonly record: PayloadOf<'billing.usage.measured'>;
  /** Its place in its call. */
  readonly seq: number;
  /** Its place in the whole journal: whether it came before its hour was closed. */
  readonly position: number;
}

export interface UsageQuery extends ListPage {
  /** Only of this call. */
  readonly session?: string;
  /** Only of this meter, for instance `call.duration_ms`. */
  readonly meter?: string;
  /** Hours of service from this one on, like `2026-02-16T10:00Z`. */
  readonly from?: string;
  /** Hours before this one. */
  readonly to?: string;
}

export interface UsagePage {
  readonly records: readonly UsageRecord[];
  /** `cursor` of the next page; absent on the last. */
  readonly next?: string;
}

/** Usage records in the order of their hours, one page of them: 100, or `limit` (up to 1,000). */
export async function listUsage(
  options: ClientOptions & UsageQuery & { readonly accountId: string },
): Promise<UsagePage> {
  const { rest } = await clientOf(options);
  const query = new URLSearchParams();
  for (const key of ['session', 'meter', 'from', 'to', 'cursor', 'limit'] as const) {
    if (options[key] !== undefined) query.set(key, String(options[key]));
  }
  const path = `/v1/billing/accounts/${encodeURIComponent(options.accountId)}/usage`;
  const asked = query.size === 0 ? path : `${path}?${query}`;
  return rest.requestPatiently<UsagePage>({ method: 'GET', path: asked });
}
