// What somebody has still to do something about, however much came after it and is settled by now; and what is settled,
// however much is open.

import type { Billing, Finding, FindingState } from '@lifeline/client';

import { OPEN_STATES, SETTLED_STATES, isOpen } from '../words/account';
import { allPages } from './asked';

export interface SomeFindings {
  /** The newest first. */
  readonly list: readonly Finding[];
  /** There are others beside these. */
  readonly more: boolean;
}

/** All of them, state by state: the newest of all states may be settled ones, and hide older that are not. */
export async function openFindings(billing: Pick<Billing, 'findings'>, pagesMax = 10): Promise<SomeFindings> {
  const all = await Promise.all(
    OPEN_STATES.map((state: FindingState) => allPages((cursor) => billing.findings({ state, limit: 1000, ...(cursor !== undefined && { cursor }) }), pagesMax)),
  );
  // One whose state changed in between is told twice.
  const byId = new Map<string, Finding>();
  for (const { pages } of all) for (const { findings } of pages) for (const one of findings) if (isOpen(one)) byId.set(one.findingId, one);
  return { list: newestFirst([...byId.values()]), more: all.some(({ more }) => more) };
}

/** The newest of them, state by state, too: the newest of all states may be open ones. */
export async function settledFindings(billing: Pick<Billing, 'findings'>, limit = 200): Promise<SomeFindings> {
  const pages = await Promise.all(SETTLED_STATES.map((state: FindingState) => billing.findings({ state, limit })));
  const all = newestFirst([...new Map(pages.flatMap(({ findings }) => findings.map((one) => [one.findingId, one] as const))).values()]);
  return { list: all.slice(0, limit), more: all.length > limit || pages.some(({ next }) => next !== undefined) };
}

function newestFirst(findings: Finding[]): readonly Finding[] {
  return findings.sort((a, b) => (b.openedAt ?? '').localeCompare(a.openedAt ?? ''));
}
