import type { Problem } from '../words/problem';
import { Close } from './icons';
import { ProblemFacts } from './ProblemFacts';

interface Props {
  readonly problem: Problem;
  readonly onClose: () => void;
}

/** Something was refused in the middle of a call. Lies over the words, so that nothing moves. */
export function Notice({ problem, onClose }: Props) {
  return (
    <div className="notice" role="alert">
      <div>
        <p>
          <strong>{problem.title}</strong> <bdi>{problem.advice}</bdi>
        </p>
        <ProblemFacts problem={problem} />
      </div>
      <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label="Dismiss" onClick={onClose}>
        <Close />
      </button>
    </div>
  );
}
