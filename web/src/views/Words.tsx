import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

import type { OutgoingWords } from '../talk/outgoing';
import type { Line } from '../words/lines';
import type { Tone } from '../words/connection';
import { UtteranceRow } from './UtteranceRow';

interface Props {
  readonly lines: readonly Line[];
  readonly tone: Tone;
  readonly outgoing: OutgoingWords;
  /** What lies over the words for a moment. */
  readonly notice: ReactNode;
  /** What stands where nothing was said yet. */
  readonly empty: ReactNode;
  /** What stands at the end of the line: how the call ended, once it has. */
  readonly verdict: ReactNode;
}

/** How far from the end still counts as reading along. */
const NEAR_PX = 80;

/** The words of the call, newest at the bottom. Follows them while the person reads along, and only then. */
export function Words({ lines, tone, outgoing, notice, empty, verdict }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);

  useLayoutEffect(() => {
    const element = box.current;
    if (element && follows) element.scrollTop = element.scrollHeight;
  });

  const toNewest = () => {
    setFollows(true);
    box.current?.focus();
  };

  return (
    <section className="words" aria-label="What was said">
      <div
        className="words-scroll"
        ref={box}
        tabIndex={0}
        role="group"
        aria-label="What was said, oldest first"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setFollows(scrollHeight - scrollTop - clientHeight < NEAR_PX)
        }
      >
        <div className="words-inner">
          {lines.length === 0 && <div className="words-empty">{empty}</div>}
          <ol>
            {lines.map((line, at) => (
              <UtteranceRow
                key={line.key}
                line={line}
                firstOfSpeaker={lines[at - 1]?.speakerKey !== line.speakerKey}
                outgoing={outgoing}
              />
            ))}
          </ol>
          <div className="tail" data-line={tone}>
            <span className="thread" aria-hidden="true" />
            <div className="verdict">{verdict}</div>
          </div>
        </div>
      </div>
      {notice}
      {!follows && (
        <button type="button" className="button to-newest" onClick={toNewest}>
          To the newest
        </button>
      )}
    </section>
  );
}
