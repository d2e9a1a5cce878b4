// What was used and charged in some hours, in a sentence each; of what could not be read nothing is claimed.

import type { UsedHours } from '../account/used_hours';
import { moneyWords, sumOf } from './money';

/** All of it was read, and there is none. */
export function nothingIn({ items, measured, findings }: UsedHours): boolean {
  return items.length === 0 && measured?.length === 0 && findings?.length === 0;
}

/** `costs`: whoever looks is told what things cost; from others it is withheld, which is not the same as not known. */
export function hoursWords({ items, measured, currency }: UsedHours, costs: boolean): string {
  if (items.length === 0) return measured === null || measured.length === 0 ? 'Nothing was charged.' : 'Nothing was charged. What was used is not priced yet, or has no price.';
  const income = sumOf(items.map((one) => one.income)) ?? 0n;
  const money = (value: bigint) => moneyWords(value, currency);
  if (!costs) return `Charged ${money(income)}.`;
  const cost = sumOf(items.map((one) => one.cost));
  if (cost === null) return `Charged ${money(income)}; what it cost us is not known for all of it.`;
  return `Charged ${money(income)}, at a cost of ${money(cost)}: ${money(income - cost)} is left.`;
}

export function unreadWords({ items, measured, findings }: UsedHours): readonly string[] {
  const said: string[] = [];
  if (measured === null) said.push(`What was used${items.length > 0 ? ' and is not charged yet' : ''} could not be read just now.`);
  if (findings === null) said.push('Findings could not be read just now.');
  return said;
}
