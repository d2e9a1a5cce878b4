// How things stand with an account, asked at several doors at once: one that is shut hides nothing of the others.

import type { Balance, Billing, Budget, Reconciliation } from '@lifeline/client';

import { accountProblem } from '../words/account';
import { minorWords } from '../words/money';
import { openFindings, type SomeFindings } from './findings';

/** One part of it, or in words why it is not there. */
export type Part<T> = { readonly value: T; readonly why: null } | { readonly value: null; readonly why: string; readonly thrown: unknown };

export interface Overview {
  /** Of this month. */
  readonly period: string;
  readonly month: Part<string>;
  readonly balance: Part<Balance>;
  readonly budgets: Part<readonly Budget[]>;
  readonly findings: Part<SomeFindings>;
  readonly letters: Part<{ readonly count: number; readonly more: boolean }>;
  /** Null where this pass may not ask. */
  readonly run: Part<Reconciliation | null> | null;
}

/** The part of the SDK that is asked. */
export type OverviewDoor = Pick<Billing, 'statement' | 'balance' | 'budgets' | 'findings' | 'deadLetters' | 'reconciliations'>;

/** Rejects where nothing at all could be read: then there is nothing new to say, and what was known before stays. */
export async function overviewOf(billing: OverviewDoor, period: string, runs: boolean): Promise<Overview> {
  const [statement, balance, budgets, findings, letters, run] = await Promise.all([
    part(billing.statement(period).then(({ totalMinor, currency }) => minorWords(totalMinor, currency))),
    part(billing.balance()),
    part(billing.budgets().then((all) => all.budgets)),
    part(openFindings(billing)),
    part(billing.deadLetters({ limit: 1000 }).then(({ deadLetters, next }) => ({ count: deadLetters.length, more: next !== undefined }))),
    runs ? part(billing.reconciliations({ limit: 1 }).then((all) => all.runs[0] ?? null)) : null,
  ]);
  const shut = [statement, budgets, findings, letters, run].every((one) => one === null || one.why !== null);
  if (shut && balance.why !== null) throw balance.thrown;
  return { period, month: statement, balance, budgets, findings, letters, run };
}

async function part<T>(ask: Promise<T>): Promise<Part<T>> {
  try {
    return { value: await ask, why: null };
  } catch (thrown) {
    return { value: null, why: accountProblem(thrown).title, thrown };
  }
}
