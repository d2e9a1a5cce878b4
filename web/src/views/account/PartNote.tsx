import type { ReactNode } from 'react';

import type { Asked } from '../../account/asked';
import { ProblemFacts } from '../ProblemFacts';

interface Props<T> {
  readonly asked: Asked<T>;
  readonly children: (value: T) => ReactNode;
}

/** What was asked for: on its way, there, or why it is not. What was there before a failure stays, and is said to be older. */
export function PartNote<T>({ asked, children }: Props<T>) {
  const { value, problem, busy, again } = asked;
  return (
    <>
      {problem && (
        <div className="account-problem" role="alert">
          <p>
            <b>{problem.title}</b> {problem.advice} {value !== null && 'What stands here is older.'}
          </p>
          <ProblemFacts problem={problem} />
          <button type="button" className="button" onClick={again}>
            Try again
          </button>
        </div>
      )}
      {value === null && busy && (
        <p className="small" role="status">
          Asking the server …
        </p>
      )}
      {value !== null && children(value)}
    </>
  );
}
