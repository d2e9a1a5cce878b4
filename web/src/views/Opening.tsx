import type { Problem } from '../words/problem';
import { ProblemNote } from './ProblemNote';

interface Props {
  readonly problem: Problem | null;
  readonly onAgain: () => void;
}

/** The moment before the page knows where its server is, and what is said if that cannot be found out. */
export function Opening({ problem, onAgain }: Props) {
  return (
    <main className="lobby">
      <p className="wordmark">Lifeline</p>
      <div className="lobby-body" aria-busy={problem === null}>
        {problem && (
          <ProblemNote problem={problem}>
            <button type="button" className="button" onClick={onAgain}>
              Try again
            </button>
          </ProblemNote>
        )}
      </div>
    </main>
  );
}
