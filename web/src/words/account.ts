// An account's money in plain words: what a class of finding means, why a charge waits, what a role may do. What others
// wrote (items, sinks, reasons, answers of sinks) is shown as it is, made harmless.

import type { Balance, Budget, DeadLetter, Finding, FindingState } from '@lifeline/client';

import { amountWords } from './usage';
import { moneyWords, percentOf } from './money';
import { plain } from './plain';
import { problemOf, type Problem } from './problem';

export interface Said {
  readonly title: string;
  readonly next: string;
}

const CLASSES: Readonly<Record<string, Said>> = {
  pending: { title: 'Not due yet', next: 'Nothing to do: it is on its way.' },
  match: { title: 'Everything agrees', next: 'Nothing to do.' },
  conflict: { title: 'One thing is told in two ways', next: 'Look at both records. The first one counts until somebody decides otherwise.' },
  unit_mismatch: { title: 'Counted in different units', next: 'Mend the unit where the item or the sink is set up; then dispute what was counted in the wrong one.' },
  unverifiable: { title: 'It cannot be checked', next: 'The events behind it are not there, or a signature does not fit. Look at the evidence before anything is paid.' },
  orphan: { title: 'Charged without any usage', next: 'Nothing that happened stands behind it. Adjust it, or say why it is right.' },
  duplicate: { title: 'Charged twice', next: 'Adjust it: that takes back what is too much.' },
  late: { title: 'It came late', next: 'It is added by itself where that is switched on; otherwise adjust it.' },
  late_expired: { title: 'It came too late to be added by itself', next: 'Somebody has to decide: adjust it, or write it off.' },
  missing: { title: 'Used, and not charged or not delivered', next: 'See whether it waits as a dead letter; otherwise adjust it.' },
  price_mismatch: { title: 'Not the price of the card', next: 'Adjust it: the card that was in force counts.' },
  under_charge: { title: 'Too little was charged', next: 'Adjust it, or write it off.' },
  over_charge: { title: 'Too much was charged', next: 'Adjust it: that gives back the difference.' },
};

const UNNAMED: Said = { title: 'Something differs', next: 'Look at the records behind it.' };

export const KNOWN_CLASSES: readonly string[] = Object.keys(CLASSES);

export function classWords(name: string): Said {
  return lookup(CLASSES, name) ?? UNNAMED;
}

const STATES: Readonly<Record<FindingState, string>> = {
  open: 'needs somebody',
  retrying: 'is being tried again',
  acknowledged: 'somebody is looking',
  adjusted: 'adjusted',
  written_off: 'written off',
  disputed: 'disputed',
  closed: 'closed',
};

export function stateWords(state: string): string {
  return lookup(STATES, state) ?? plain(state);
}

/** In which somebody has still to do something about it. */
export const OPEN_STATES = ['open', 'retrying', 'acknowledged', 'disputed'] as const satisfies readonly FindingState[];

/** In which nothing is left to do. */
export const SETTLED_STATES = ['adjusted', 'written_off', 'closed'] as const satisfies readonly FindingState[];

export function isOpen({ state }: Pick<Finding, 'state'>): boolean {
  return OPEN_STATES.some((one) => one === state);
}

const LAYERS: Readonly<Record<string, string>> = {
  meter: 'when it was measured',
  rate: 'when it was priced',
  book: 'when it was booked',
  deliver: 'when it was delivered',
};

export function layerWords(layer: string | undefined): string | null {
  return layer === undefined ? null : (lookup(LAYERS, layer) ?? plain(layer));
}

const BECAUSE: Readonly<Record<DeadLetter['because'], Said>> = {
  permanent: { title: 'The sink will not take it as it is', next: 'Mend what its answer names, then send it again. Booked there by hand? Discard it.' },
  conflict: { title: 'The sink has something else under this id', next: 'Compare both before you do anything.' },
  unknown: { title: 'Nobody can say whether it arrived', next: 'Look there. Send it again if it is not there, discard it if it is.' },
  exhausted: { title: 'It was tried too often, and is not there', next: 'See why, then send it again.' },
};

export function becauseWords(because: string): Said {
  return lookup(BECAUSE, because) ?? { title: plain(because), next: 'See what the sink said.' };
}

const ADJUSTMENTS: Readonly<Record<string, string>> = {
  late: 'came late',
  under: 'too little was charged',
  over: 'too much was charged',
  duplicate: 'was charged twice',
  price_fix: 'the price was wrong',
  write_off: 'written off',
};

export function adjustmentWords(kind: string): string {
  return lookup(ADJUSTMENTS, kind) ?? plain(kind);
}

const DELIVERIES: Readonly<Record<string, string>> = {
  waiting: 'on its way',
  delivered: 'delivered',
  parked: 'waits for a person',
  discarded: 'not sent any more',
};

export function deliveryWords(state: string): string {
  return lookup(DELIVERIES, state) ?? plain(state);
}

/** "12 min 3 s", "1,830 tokens". The unit where it is known; else the bare number. */
export function quantityWords(quantity: string | bigint, unit: string | undefined): string {
  return unit === undefined ? BigInt(quantity).toLocaleString() : amountWords(String(quantity), unit);
}

/** The unit of a meter that every server has. */
export function unitOf(meter: string | undefined): string | undefined {
  if (meter === undefined) return undefined;
  if (meter.endsWith('_ms') || meter.endsWith('.ms')) return 'ms';
  if (meter.endsWith('.chars')) return 'char';
  if (meter === 'agent.tokens') return 'token';
  return undefined;
}

// What a pass says of itself. The server decides; this only spares people buttons that would be refused.

export interface Whose {
  readonly accountId: string | null;
  readonly role: string | null;
  /** It is for more than one call, and of a role that may look at an account's money. */
  readonly oversees: boolean;
}

const OVERSEERS: ReadonlySet<string> = new Set(['operator', 'auditor', 'service', 'admin']);

export function whoseOf(token: string): Whose {
  try {
    const part = token.split('.')[1] ?? '';
    const text = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const claims = JSON.parse(text) as Record<string, unknown>;
    const word = (name: string) => (typeof claims[name] === 'string' ? claims[name] : null);
    const role = word('role');
    return { accountId: word('account'), role, oversees: OVERSEERS.has(role ?? '') && word('call') === null };
  } catch {
    return { accountId: null, role: null, oversees: false }; // A key, or a pass of another make.
  }
}

export interface Rights {
  /** Moves money: resolves findings, sends dead letters again. */
  readonly settle: boolean;
  /** Sees the runs of the reconciliation. */
  readonly runs: boolean;
  /** Any account, and what things cost. */
  readonly everywhere: boolean;
}

/** Of a pass that says nothing of itself all is offered; the server refuses what it must. */
export function rightsOf(role: string | null): Rights {
  const unsaid = role === null;
  return { settle: unsaid || role === 'operator' || role === 'admin', runs: unsaid || role === 'admin', everywhere: unsaid || role === 'admin' };
}

const ROLES: Readonly<Record<string, string>> = {
  operator: 'As an operator you see this account and settle what is open.',
  admin: 'As an admin you see every account and settle what is open.',
  auditor: 'As an auditor you see everything here and change nothing.',
  service: 'As a service you see everything here and change nothing.',
};

export function roleWords(role: string | null): string | null {
  return role === null ? null : (lookup(ROLES, role) ?? null);
}

/** In one line how things stand, and how urgent that is. */
export interface Standing {
  readonly kind: 'fine' | 'waiting' | 'needs';
  readonly title: string;
  readonly why: readonly string[];
}

export interface Looked {
  /** Null where it is not known. */
  readonly findings: readonly Pick<Finding, 'state'>[] | null;
  readonly moreFindings: boolean;
  readonly deadLetters: number | null;
  readonly moreLetters: boolean;
  readonly budgets: readonly Budget[] | null;
  readonly balance: Balance | null;
}

export function standingOf({ findings, moreFindings, deadLetters, moreLetters, budgets, balance }: Looked): Standing {
  const needs: string[] = [];
  const waits: string[] = [];
  const open = findings?.filter(({ state }) => state === 'open').length ?? 0;
  const busy = findings?.filter((one) => isOpen(one) && one.state !== 'open').length ?? 0;
  if (open > 0) needs.push(`${moreFindings ? 'At least ' : ''}${count(open, 'finding needs', 'findings need')} somebody.`);
  if (deadLetters !== null && deadLetters > 0) needs.push(`${lettersWords(deadLetters, moreLetters)} for a person before ${deadLetters === 1 ? 'it is' : 'they are'} sent.`);
  const reached = budgets?.filter((one) => one.reached === true) ?? [];
  if (reached.length > 0) needs.push(`${count(reached.length, 'budget is', 'budgets are')} used up.`);
  if (balance?.available !== undefined && BigInt(balance.available) <= 0n) needs.push('No credit is left.');
  if (busy > 0) waits.push(`${count(busy, 'finding is', 'findings are')} being looked at.`);
  const near = budgets?.filter((one) => one.reached !== true && warned(one)).length ?? 0;
  if (near > 0) waits.push(`${count(near, 'budget is', 'budgets are')} close to the limit.`);
  const unknown = [findings === null && 'findings', deadLetters === null && 'charges that wait', budgets === null && 'budgets', balance === null && 'credit'].filter((one) => one !== false);
  if (unknown.length > 0) waits.push(`Not known just now: ${unknown.join(', ')}.`);
  if (needs.length > 0) return { kind: 'needs', title: 'Something needs you.', why: [...needs, ...waits] };
  // Somebody may be needed where nobody could look.
  if (unknown.length > 0) return { kind: 'waiting', title: 'Not everything could be looked at.', why: waits };
  if (waits.length > 0) return { kind: 'waiting', title: 'Nothing needs you just now.', why: waits };
  return { kind: 'fine', title: 'All is well.', why: ['Nothing is open, and nothing waits.'] };
}

/** "At least 200 charges wait" where there are more than were read. */
export function lettersWords(letters: number, more: boolean): string {
  return `${more ? 'At least ' : ''}${count(letters, 'charge waits', 'charges wait')}`;
}

function warned({ used, limit, warnAt }: Budget): boolean {
  if (used === undefined || limit === undefined) return false;
  const least = Math.min(...(warnAt?.length ? warnAt : [80]));
  return percentOf(used, limit) >= least;
}

const PERIODS: Readonly<Record<string, string>> = { call: 'each call', day: 'each day', month: 'each month', total: 'in all' };

export function budgetWords({ budgetId, period, scope, meter, limit, used, hard }: Budget, currency: string): { title: string; amount: string; note: string } {
  const of = (amount: string) => (meter === undefined ? moneyWords(amount, currency) : quantityWords(amount, unitOf(meter)));
  const most = limit === undefined ? 'no limit' : `of ${of(limit)}`;
  return {
    title: [plain(budgetId), lookup(PERIODS, period) ?? plain(period), scope === 'call' && period !== 'call' ? 'for each call' : '', meter === undefined ? '' : plain(meter)].filter(Boolean).join(' · '),
    amount: used === undefined ? most : `${of(used)} ${limit === undefined ? 'used, ' : ''}${most}`,
    note: hard === true ? 'Calls end when it is used up.' : 'It only warns.',
  };
}

/** Here a pass can be good and still not for this. */
export function accountProblem(thrown: unknown): Problem {
  const problem = problemOf(thrown);
  switch (problem.code) {
    case 'forbidden':
      return { ...problem, title: 'Your pass is not for this.', advice: 'An account’s operators, auditors and services see its money, an admin that of any account.' };
    case 'not_ready':
      return { ...problem, title: 'This is not ready yet.', advice: 'The server is still reading it up, or this part of it is not switched on. Try again in a moment.' };
    case 'token_invalid':
    case 'token_expired':
      return { ...problem, title: 'This pass is not accepted.', advice: 'It may have run out. Get a new one and sign in again.' };
    case 'route_not_found':
    case 'http_404':
    case 'http_405':
      return { ...problem, title: 'This server does not have this.', advice: 'It may be older than this page.' };
    case 'card_not_found':
      return { ...problem, title: 'There is no card to price this by.', advice: 'An admin has to put one in force; usage until then is not priced.' };
    default:
      return problem;
  }
}

function count(n: number, one: string, many: string): string {
  return n === 1 ? `One ${one}` : `${n.toLocaleString()} ${many}`;
}

function lookup<T>(words: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}
