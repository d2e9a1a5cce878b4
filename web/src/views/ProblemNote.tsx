import { useEffect, useRef, type ReactNode } from 'react';

import type { Problem } from '../words/problem';
import { ProblemFacts } from './ProblemFacts';

interface Props {
  readonly problem: Problem;
  /** What can be done about it right here. */
  readonly children?: ReactNode;
}

/** What went wrong and what to do next. Takes the focus when it appears, so that it is read out. */
export function ProblemNote({ problem, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [problem]);
  return (
    <section className="problem" aria-labelledby="problem-title">
      <h2 id="problem-title" tabIndex={-1} ref={heading}>
        {problem.title}
      </h2>
      <p>{problem.advice}</p>
      <ProblemFacts problem={problem} />
      {children !== undefined && <div className="row">{children}</div>}
    </section>
  );
}
