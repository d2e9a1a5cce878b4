import { useState } from 'react';

import type { Conflict, Editing } from '../desk/editing';
import { conflictWords, valueWords } from '../words/document';

interface Props {
  readonly conflicts: readonly Conflict[];
  readonly editing: Editing;
  readonly nameOf: (id: string) => string;
  readonly locked: boolean;
}

/** What was not kept, and what to do about it. Nothing is written over anybody without a press. */
export function Conflicts({ conflicts, editing, nameOf, locked }: Props) {
  return (
    <div role="alert" className="conflicts">
      {conflicts.map((one) => (
        <OneConflict
          key={one.path}
          words={conflictWords(one, nameOf)}
          mine={valueWords(one.mine)}
          onUse={!locked && editing.has_place(one) ? () => editing.use_mine(one) : null}
          onDrop={() => editing.drop(one)}
        />
      ))}
    </div>
  );
}

interface OneProps {
  readonly words: string;
  readonly mine: string;
  readonly onUse: (() => void) | null;
  readonly onDrop: () => void;
}

function OneConflict({ words, mine, onUse, onDrop }: OneProps) {
  const [shown, setShown] = useState(false);
  return (
    <div className="conflict">
      <p>{words}</p>
      {shown && (
        <blockquote dir="auto" aria-label="What you had written">
          {mine}
        </blockquote>
      )}
      <div className="row">
        <button type="button" className="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide mine' : 'Show mine'}
        </button>
        {onUse && (
          <button type="button" className="button" onClick={onUse}>
            Use mine
          </button>
        )}
        <button type="button" className="button" data-kind="quiet" onClick={onDrop}>
          Leave it
        </button>
      </div>
    </div>
  );
}
