import { useEffect, useRef } from 'react';

import type { CallEnd, ConnectionStatus } from '@lifeline/client';
import { ELSEWHERE } from '../words/connection';
import { endingWords, wasGivenUp } from '../words/ending';
import { problemOfClosing } from '../words/problem';
import { ProblemFacts } from './ProblemFacts';

interface Props {
  readonly end: CallEnd | null;
  readonly connection: ConnectionStatus;
  readonly onTryNow: () => void;
  /** Begins a call that continues this one; null where this page cannot make calls. */
  readonly onCarryOn: (() => void) | null;
  readonly onHome: () => void;
  /** Where the call's past can be looked at. */
  readonly replay: string;
  readonly onUsed: () => void;
}

/** At the end of the line: how the call ended, or why this page is no longer in it, and what is possible now. */
export function Verdict({ end, connection, onTryNow, onCarryOn, onHome, replay, onUsed }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <>
      {end ? (
        <Ended end={end} heading={heading} />
      ) : (
        <Closed connection={connection} heading={heading} />
      )}
      <div className="row">
        {!end && <WayBack reason={connection.reason} onTryNow={onTryNow} />}
        {end && wasGivenUp(end) && onCarryOn && (
          <button type="button" className="button" data-kind="first" onClick={onCarryOn}>
            Carry on in a new call
          </button>
        )}
        {end && (
          <a className="button" href={replay}>
            Replay the call
          </a>
        )}
        {end && (
          <button type="button" className="button" onClick={onUsed}>
            What was used
          </button>
        )}
        <button type="button" className="button" onClick={onHome}>
          {end ? 'Start a new call' : 'Back to the start'}
        </button>
      </div>
    </>
  );
}

type Heading = React.RefObject<HTMLHeadingElement | null>;

function Ended({ end, heading }: { readonly end: CallEnd; readonly heading: Heading }) {
  const { title, detail } = endingWords(end);
  return (
    <>
      <h2 tabIndex={-1} ref={heading}>
        {title}
      </h2>
      <p>{detail}</p>
    </>
  );
}

function Closed({ connection, heading }: { readonly connection: ConnectionStatus; readonly heading: Heading }) {
  const left = connection.reason === 'left';
  const problem = problemOfClosing(connection);
  return (
    <>
      <h2 tabIndex={-1} ref={heading}>
        {left ? 'You have left.' : problem.title}
      </h2>
      <p>{left ? 'The others can go on without you.' : problem.advice}</p>
      {!left && <ProblemFacts problem={problem} />}
    </>
  );
}

function WayBack({ reason, onTryNow }: { readonly reason: string | null; readonly onTryNow: () => void }) {
  const elsewhere = ELSEWHERE.has(reason ?? '');
  if (!elsewhere && reason !== 'gave_up') return null;
  return (
    <button type="button" className="button" data-kind="first" onClick={onTryNow}>
      {elsewhere ? 'Use the call here' : 'Bring the line back'}
    </button>
  );
}
