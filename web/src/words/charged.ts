// What a call is charged, in plain words: also that it is not yet, or not at all, and why.

import type { Charged } from '../replay/charged';
import { moneyWords } from './money';

export function chargedWords(charged: Charged): { readonly title: string; readonly detail: string } {
  switch (charged.kind) {
    case 'hidden':
      return { title: '', detail: '' };
    case 'waiting':
      return { title: 'Not priced yet', detail: 'An hour is charged some minutes after its end.' };
    case 'no_card':
      return { title: 'Not priced', detail: 'No price card is in force, so nothing is charged.' };
    case 'nothing':
      return { title: 'Nothing', detail: 'The hours of this call are charged, and nothing that it used has a price.' };
    case 'charged': {
      const { income, cost, currency, whole } = charged;
      const money = (amount: bigint) => moneyWords(amount, currency);
      const left = cost === 'withheld' ? '' : cost === null ? 'What it cost us is not known for all of it.' : `It cost us ${money(cost)}: ${money(income - cost)} is left.`;
      const rest = whole ? '' : 'Its last hour is charged some minutes after its end.';
      return { title: whole ? money(income) : `${money(income)} so far`, detail: [left, rest].filter(Boolean).join(' ') };
    }
  }
}
