import { useEffect, useRef } from 'react';

import type { CallEnd, ConnectionStatus } from '@lifeline/client';
import { endingWords } from '../words/ending';
import { problemOfReason } from '../words/problem';

interface Props {
  readonly end: CallEnd | null;
  readonly connection: ConnectionStatus;
  readonly onTryNow: () => void;
  readonly onHome: () => void;
}

const MAY_COME_BACK = new Set(['gave_up', 'superseded', 'left']);

/** At the end of the line: how the call ended, or why this page is no longer in it, and what is possible now. */
export function Verdict({ end, connection, onTryNow, onHome }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const words = end ? endingWords(end) : closedWords(connection.reason);
  return (
    <>
      <h2 tabIndex={-1} ref={heading}>
        {words.title}
      </h2>
      <p>{words.detail}</p>
      <div className="row">
        {!end && MAY_COME_BACK.has(connection.reason ?? '') && connection.reason !== 'left' && (
          <button type="button" className="button" data-kind="first" onClick={onTryNow}>
            Bring the line back
          </button>
        )}
        <button type="button" className="button" onClick={onHome}>
          {end ? 'Start a new call' : 'Back to the start'}
        </button>
      </div>
    </>
  );
}

function closedWords(reason: string | null): { title: string; detail: string } {
  if (reason === 'left') return { title: 'You have left.', detail: 'The others can go on without you.' };
  const { title, advice } = problemOfReason(reason);
  return { title, detail: advice };
}
