// From hours of items to lines of a chart and its table. Sums are exact; only a bar's height is a fraction.

import type { MarginItem, UsageRecord } from '@lifeline/client';

import { HOUR_MS, startOf, stepOf, stepsOf, windowOf, type Range } from './hours';

export interface Step {
  /** Its first hour. */
  readonly window: string;
  readonly income: bigint;
  /** Null where some of it is not known, or no cost card fits. */
  readonly cost: bigint | null;
  readonly margin: bigint | null;
  /** By item. */
  readonly quantities: ReadonlyMap<string, bigint>;
  /** Findings that are not closed. */
  readonly mismatches: number;
}

export function seriesOf(range: Range, items: readonly MarginItem[], mismatches: readonly { readonly window?: string }[]): readonly Step[] {
  const at = (window: string) => stepOf(window, range.step);
  return stepsOf(range).map((window) => {
    const here = items.filter((one) => at(one.window) === window);
    const income = here.reduce((sum, one) => sum + BigInt(one.income), 0n);
    const known = here.length > 0 && here.every(({ cost }) => cost !== undefined);
    const cost = known ? here.reduce((sum, one) => sum + BigInt(one.cost!), 0n) : null;
    const quantities = new Map<string, bigint>();
    for (const { item, quantity } of here) quantities.set(item, (quantities.get(item) ?? 0n) + BigInt(quantity));
    const found = mismatches.filter((one) => one.window !== undefined && at(one.window) === window).length;
    return { window, income, cost, margin: cost === null ? null : income - cost, quantities, mismatches: found };
  });
}

/** The first hour of the range behind all that are charged. */
export function uncharged(from: string, items: readonly MarginItem[]): string {
  const last = items.reduce((last, { window }) => (window > last ? window : last), '');
  const start = startOf(last);
  return start === null ? from : windowOf(start + HOUR_MS);
}

/** What was measured, by meter, where nothing is charged yet: what is not known yet adds nothing. */
export function measuredOf(records: readonly UsageRecord[]): { readonly items: readonly MarginItem[]; readonly units: ReadonlyMap<string, string> } {
  const units = new Map<string, string>();
  const items = records.map(({ record: { meter, unit, window, quantityRaw } }) => {
    units.set(meter, unit);
    return { item: meter, window, quantity: quantityRaw ?? '0', income: '0' };
  });
  return { items, units };
}

/** As parts of the largest: between -1 and 1. Not known is 0 and nothing to draw; the least that there is, is more than that. */
export function heightsOf(values: readonly (bigint | null)[], largest: bigint): readonly number[] {
  if (largest <= 0n) return values.map(() => 0);
  return values.map((value) => {
    if (value === null || value === 0n) return 0;
    return Number((value * 10_000n) / largest || (value < 0n ? -1n : 1n)) / 10_000;
  });
}

export function largestOf(lines: readonly (readonly (bigint | null)[])[]): bigint {
  let most = 0n;
  for (const value of lines.flat()) {
    const size = value === null ? 0n : value < 0n ? -value : value;
    if (size > most) most = size;
  }
  return most;
}
