import { quantityOf, usageKeyOf, type Usage, type UsageEntry } from './usage.js';

function amountOf(text: string | null): bigint {
  return quantityOf(text) ?? 0n;
}

/**
 * The entries of a call that goes on, with what is not recorded yet in them. How that will be charged is not known:
 * `charged` is null where there is any. After the call's end `entries` says it all.
 */
export function usedSoFar({ entries, soFar }: Pick<Usage, 'entries' | 'soFar'>): UsageEntry[] {
  const told = new Map(soFar.map((one) => [usageKeyOf(one), one]));
  const recorded = entries.map((one) => {
    const key = usageKeyOf(one);
    const measured = told.get(key)?.quantity;
    told.delete(key);
    // What is recorded is used: a word that was on its way meanwhile takes nothing away.
    if (measured === undefined || amountOf(measured) <= amountOf(one.measured)) return one;
    return { ...one, measured, charged: null };
  });
  const open = [...told.values()].map(({ quantity, ...one }) => ({
    ...{ ...one, measured: quantity, charged: null, unknown: [], estimated: false },
    ...{ corrections: 0, records: 0, evidence: [] },
  }));
  return [...recorded, ...open];
}
