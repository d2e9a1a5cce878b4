// What somebody has still to do something about, however much came after it and is settled by now.

import type { Billing, Finding, FindingState } from '@lifeline/client';

import { OPEN_STATES, isOpen } from '../words/account';
import { allPages } from './asked';

export interface OpenFindings {
  /** The newest first. */
  readonly list: readonly Finding[];
  /** There are others beside these. */
  readonly more: boolean;
}

/** All of them, state by state: the newest of all states may be settled ones, and hide older that are not. */
export async function openFindings(billing: Pick<Billing, 'findings'>, pagesMax = 10): Promise<OpenFindings> {
  const all = await Promise.all(
    OPEN_STATES.map((state: FindingState) => allPages((cursor) => billing.findings({ state, limit: 1000, ...(cursor !== undefined && { cursor }) }), pagesMax)),
  );
  // One whose state changed in between is told twice.
  const byId = new Map<string, Finding>();
  for (const { pages } of all) for (const { findings } of pages) for (const one of findings) if (isOpen(one)) byId.set(one.findingId, one);
  const list = [...byId.values()].sort((a, b) => (b.openedAt ?? '').localeCompare(a.openedAt ?? ''));
  return { list, more: all.some(({ more }) => more) };
}
