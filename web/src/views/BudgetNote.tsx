import type { BudgetWarning } from '@lifeline/client';

import { plain } from '../words/plain';

/** What was said last of a budget or the credit: in good time, so that nobody is cut off without knowing why. */
export function BudgetNote({ warnings }: { readonly warnings: readonly BudgetWarning[] }) {
  const last = warnings.at(-1);
  return (
    <div role="status">
      {last && (
        <p className="budget-note" dir="auto">
          {plain(last.message)}
        </p>
      )}
    </div>
  );
}
