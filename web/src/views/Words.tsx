import { Suspense, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

import type { OutgoingWords } from '../talk/outgoing';
import type { Tone } from '../words/connection';
import type { ActionRow, Row } from '../words/rows';
import { later } from './later';
import { UtteranceRow } from './UtteranceRow';

/** Few calls have one. */
const ErasureLine = later(() => import('./ErasureLine'));

interface Props {
  readonly rows: readonly Row[];
  /** The card of an action, with what can be done about it. */
  readonly card: (row: ActionRow) => ReactNode;
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
export function Words({ rows, card, tone, outgoing, notice, empty, verdict }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);

  const follow = () => {
    const element = box.current;
    if (element && follows) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(follow);

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
          {rows.length === 0 && <div className="words-empty">{empty}</div>}
          <ol>
            {rows.map((row, at) => {
              switch (row.kind) {
                case 'action':
                  return card(row);
                case 'erasure':
                  return (
                    <Suspense key={row.key}>
                      <ErasureLine row={row} onShown={follow} />
                    </Suspense>
                  );
                case 'line':
                  return (
                    <UtteranceRow
                      key={row.key}
                      line={row.line}
                      firstOfSpeaker={speakerOfRow(rows[at - 1]) !== row.line.speakerKey}
                      outgoing={outgoing}
                    />
                  );
              }
            })}
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

/** Whoever speaks after something was done is named again. */
function speakerOfRow(row: Row | undefined): string | null {
  return row?.kind === 'line' ? row.line.speakerKey : null;
}
