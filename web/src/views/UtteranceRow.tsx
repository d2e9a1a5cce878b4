import { memo } from 'react';

import type { OutgoingWords } from '../talk/outgoing';
import type { Line } from '../words/lines';

interface Props {
  readonly line: Line;
  readonly firstOfSpeaker: boolean;
  readonly outgoing: OutgoingWords;
}

const CLASS: Readonly<Record<Line['state'], string>> = {
  kept: 'kept',
  open: 'open',
  sending: 'pending',
  refused: 'refused',
};

/** One utterance. Its words are somebody else's: plain text, in a box of their own writing direction. */
export const UtteranceRow = memo(
  function UtteranceRow({ line, firstOfSpeaker, outgoing }: Props) {
    const classes = ['utterance', CLASS[line.state]];
    if (firstOfSpeaker) classes.push('new-speaker');
    if (line.machine) classes.push('machine');
    return (
      <li className={classes.join(' ')} data-state={line.state} data-utterance={line.utteranceId}>
        <span className="number" aria-hidden="true" title={line.seq === null ? undefined : `Event ${line.seq}`}>
          {line.seq}
        </span>
        <span className="node" aria-hidden="true" />
        <div className="said">
          <p className={firstOfSpeaker ? 'who' : 'who hidden-but-read'}>
            <bdi>{line.name}</bdi>
            {line.label !== '' && <span className="role"> {line.label}</span>}
          </p>
          {line.text !== '' && (
            <p className="text" dir="auto">
              {line.text}
            </p>
          )}
          {line.note !== '' && (
            <p className="note">
              {line.note}
              {line.problem && ` ${line.problem.title} ${line.problem.advice}`}
            </p>
          )}
          {line.state === 'refused' && (
            <p className="note">
              <button type="button" className="button" onClick={() => outgoing.again(line.utteranceId)}>
                Say it again
              </button>
              <button type="button" className="button" data-kind="quiet" onClick={() => outgoing.drop(line.utteranceId)}>
                Discard
              </button>
            </p>
          )}
        </div>
      </li>
    );
  },
  // Lines are made anew for every view; only a line that says something else is drawn again.
  (before, after) => before.firstOfSpeaker === after.firstOfSpeaker && sameLine(before.line, after.line),
);

function sameLine(one: Line, other: Line): boolean {
  return (Object.keys(one) as (keyof Line)[]).every((key) => one[key] === other[key]);
}
