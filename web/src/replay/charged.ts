// What a call was charged and what it cost, for whoever oversees its account: its share of the hours that it was in.

import { Billing, type ClientOptions, type Margin } from '@lifeline/client';

import { allPages } from '../account/asked';
import { startOf, windowOf } from '../account/hours';
import { rightsOf, whoseOf } from '../words/account';
import type { CallHours } from './call_hours';

export type Charged =
  /** Whoever looks oversees no account. */
  | { readonly kind: 'hidden' }
  /** An hour is charged some minutes after its end. */
  | { readonly kind: 'waiting' }
  /** No price is in force at all. */
  | { readonly kind: 'no_card' }
  /** Its hours are charged, and nothing of them is this call's. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'charged';
      readonly income: bigint;
      /** Null where it is not known. What things cost is told to whoever sees all accounts, and nobody else. */
      readonly cost: bigint | null | 'withheld';
      readonly currency: string;
      /** It is over, and its last hour is charged, too. */
      readonly whole: boolean;
    };

/** The part of the SDK that is asked. */
export type Books = Pick<Billing, 'cards' | 'margin'>;

const HOUR_MS = 3_600_000;

export async function chargedOf(books: Books, sessionId: string, { first, last }: CallHours, over: boolean, now: number): Promise<Charged> {
  const end = (startOf(last) ?? 0) + HOUR_MS;
  const to = windowOf(end);
  const { pages, more } = await allPages<Margin>((cursor) => books.margin({ from: first, to, limit: 1000, ...(cursor !== undefined && { cursor }) }));
  const items = pages.flatMap((page) => page.items);
  const ours = pages.flatMap((page) => page.calls).filter((one) => one.sessionId === sessionId);
  // An hour of which nothing has a price says nothing of itself; an hour later it is closed, too.
  const closed = !more && (items.some(({ window }) => window === last) || now >= end + HOUR_MS);
  if (ours.length === 0) {
    if (items.some(({ window }) => window === last) && !more) return { kind: 'nothing' };
    const { cards } = await books.cards();
    if (!cards.some(({ card }) => card.kind !== 'cost')) return { kind: 'no_card' };
    return { kind: closed ? 'nothing' : 'waiting' };
  }
  const income = ours.reduce((sum, one) => sum + BigInt(one.income), 0n);
  const known = ours.every(({ cost }) => cost !== undefined);
  const cost = known ? ours.reduce((sum, one) => sum + BigInt(one.cost!), 0n) : null;
  return { kind: 'charged', income, cost, currency: pages.find(({ currency }) => currency !== undefined)?.currency ?? '', whole: over && closed };
}

/** Nobody is asked what the pass is not for: it would be refused. */
export async function askCharged(server: ClientOptions, sessionId: string, hours: CallHours, over: boolean): Promise<Charged> {
  const { oversees, role } = whoseOf(await server.getToken({ refused: null }));
  if (!oversees) return { kind: 'hidden' };
  const charged = await chargedOf(new Billing({ ...server, accountId: hours.accountId }), sessionId, hours, over, Date.now());
  return charged.kind === 'charged' && !rightsOf(role).everywhere ? { ...charged, cost: 'withheld' } : charged;
}
