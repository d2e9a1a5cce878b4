// What was used and charged hour by hour, and where counts differ: what could not be read of it is null, never nothing.

import type { Billing, Finding, Margin, MarginItem, UsagePage } from '@lifeline/client';

import { rightsOf } from '../words/account';
import { allPages } from './asked';
import { openFindings } from './findings';
import type { Range } from './hours';
import { measuredOf, uncharged } from './series';

export interface UsedHours {
  readonly range: Range;
  readonly items: readonly MarginItem[];
  /** What was used in the hours behind the last that is charged, by meter. */
  readonly measured: readonly MarginItem[] | null;
  readonly currency: string;
  readonly units: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[] | null;
  readonly more: boolean;
}

/** The part of the SDK that is asked. */
export type HoursDoor = Pick<Billing, 'margin' | 'charges' | 'usage' | 'findings'>;

export async function usedHours(billing: HoursDoor, range: Range): Promise<UsedHours> {
  const { from, to } = range;
  const { pages, more } = await allPages<Margin>((cursor) => billing.margin({ from, to, limit: 1000, ...(cursor !== undefined && { cursor }) }));
  // The units stand in the charges; without them the bare numbers are shown.
  const charges = await billing.charges({ from, to, limit: 1000 }).catch(() => null);
  const found = await openFindings(billing).catch(() => null);
  const items = pages.flatMap((page) => page.items);
  const since = uncharged(from, items);
  const usage = await allPages<UsagePage>((cursor) => billing.usage({ from: since, to, limit: 1000, ...(cursor !== undefined && { cursor }) })).catch(() => null);
  const measured = usage && measuredOf(usage.pages.flatMap(({ records }) => records));
  const units = new Map(measured?.units);
  for (const one of charges?.entries ?? []) if (one.type === 'billing.usage.recorded') units.set(one.entry.item, one.entry.unit);
  return {
    range,
    items,
    measured: measured && measured.items,
    currency: pages.find(({ currency }) => currency !== undefined)?.currency ?? '',
    units,
    findings: found && found.list,
    more: more || (usage?.more ?? false) || (found?.more ?? false),
  };
}

/** Whether whoever looks is told what things cost. A pass that says nothing of itself is, where a cost came. */
export function costsTold(role: string | null, items: readonly MarginItem[]): boolean {
  return role === null ? items.some(({ cost }) => cost !== undefined) : rightsOf(role).everywhere;
}
