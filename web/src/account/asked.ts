// What was asked of the server, and what came of it. A later question makes an earlier answer worthless.

import { useCallback, useEffect, useState } from 'react';

import { accountProblem } from '../words/account';
import type { Problem } from '../words/problem';

export interface Asked<T> {
  /** Null until there was an answer; stays while it is asked again. */
  readonly value: T | null;
  /** When that was asked; null without it. */
  readonly asOf: number | null;
  readonly problem: Problem | null;
  readonly busy: boolean;
  readonly again: () => void;
}

/** Asks when the view comes up, when `about` changes, and again on demand; each time with the time of then. */
export function useAsked<T>(ask: (now: number) => Promise<T>, about: string, now: () => number = Date.now): Asked<T> {
  const nothing = { about, value: null, asOf: null, problem: null, busy: true };
  const [state, setState] = useState<Omit<Asked<T>, 'again'> & { readonly about: string }>(nothing);
  const [times, setTimes] = useState(0);
  const again = useCallback(() => setTimes((before) => before + 1), []);
  useEffect(() => {
    let stale = false;
    const asOf = now();
    setState((before) => (before.about === about ? { ...before, problem: null, busy: true } : nothing));
    ask(asOf).then(
      (value) => !stale && setState({ about, value, asOf, problem: null, busy: false }),
      (thrown: unknown) =>
        !stale && setState((before) => ({ ...before, problem: accountProblem(thrown), busy: false })),
    );
    return () => void (stale = true);
    // `ask` is new at each drawing; what it asks about is not.
  }, [about, times]);
  return { ...state, again };
}

/** Page by page until all is there, or so many pages: `more` says that there is more. */
export async function allPages<Page extends { readonly next?: string }>(
  read: (cursor: string | undefined) => Promise<Page>,
  pagesMax = 10,
): Promise<{ readonly pages: readonly Page[]; readonly more: boolean }> {
  const pages: Page[] = [];
  let cursor: string | undefined;
  do {
    const page: Page = await read(cursor);
    pages.push(page);
    cursor = page.next;
  } while (cursor !== undefined && pages.length < pagesMax);
  return { pages, more: cursor !== undefined };
}
