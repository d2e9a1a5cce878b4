import type { ReactNode } from 'react';

import type { LineWords } from '../words/connection';

interface Props {
  readonly words: LineWords;
  /** Read out in full only when the tone or the title changes, never at each tick of a countdown. */
  readonly onTryNow: () => void;
  /** What is said of it beside. */
  readonly children?: ReactNode;
}

/** The strip that says how the connection is. It keeps its height in every state: nothing jumps. */
export function LineState({ words, onTryNow, children }: Props) {
  return (
    <section className="line-state" data-line={words.tone} aria-label="Connection">
      <span className="mark" aria-hidden="true" />
      <p>
        <strong role="status">{words.title}</strong>
        {words.detail !== '' && <span> {words.detail}</span>} {children}
      </p>
      {words.canTryNow && (
        <button type="button" className="button" onClick={onTryNow}>
          Try now
        </button>
      )}
    </section>
  );
}
