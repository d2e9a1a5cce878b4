import type { ReactNode } from 'react';

import type { Asked } from '../../account/asked';
import { timeHere } from '../../account/hours';
import { ProblemFacts } from '../ProblemFacts';

interface Props<T> {
  readonly asked: Asked<T>;
  /** It stays on the screen, and grows old there: it says of when it is, and can be asked for again. */
  readonly stays?: boolean;
  readonly children: (value: T) => ReactNode;
}

/** What was asked for: on its way, there, or why it is not. What was there before a failure stays, and says of when it is. */
export function PartNote<T>({ asked, stays, children }: Props<T>) {
  const { value, asOf, problem, busy, again } = asked;
  return (
    <>
      {problem && (
        <div className="account-problem" role="alert">
          <p>
            <b>{problem.title}</b> {problem.advice} {asOf !== null && `What stands here is as of ${timeHere(asOf)}.`}
          </p>
          <ProblemFacts problem={problem} />
          {value === null && (
            <button type="button" className="button" onClick={again}>
              Try again
            </button>
          )}
        </div>
      )}
      {value === null && busy && (
        <p className="small" role="status">
          Asking the server …
        </p>
      )}
      {value !== null && stays && (
        <p className="account-again">
          <span className="small">As of {timeHere(asOf!)}.</span>
          <button type="button" className="button" onClick={busy ? undefined : again} aria-disabled={busy}>
            {busy ? 'Asking …' : 'Look again'}
          </button>
        </p>
      )}
      {value !== null && children(value)}
    </>
  );
}
