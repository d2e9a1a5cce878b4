import { memo, useState } from 'react';

import { SPEEDS, type Player } from '../replay/player';
import type { Mark, Timeline } from '../replay/timeline';
import { useStore } from '../talk/store';
import { clockSpan, spokenSpan } from '../words/replay';
import { Pause, Play, ToNext, ToPrevious } from './replay_icons';

interface Props {
  readonly timeline: Timeline;
  readonly player: Player;
}

/** Under the words: the line of time, and how one moves on it. Its keys are those of the whole page, see ReplayPage. */
export function ReplayBar({ timeline, player }: Props) {
  const { index, ms, playing, speed, mark } = useStore(player.place);
  const { size, duration_ms, marks } = timeline;
  const before = timeline.previous(index);
  const after = timeline.next(index);
  return (
    <section className="replay-bar" aria-label="Replay">
      <div className="replay-inner">
        <Marks marks={marks} duration_ms={duration_ms} />
        <input
          className="replay-time"
          type="range"
          min={0}
          max={Math.max(1, duration_ms)}
          step={1}
          value={Math.round(ms)}
          aria-label="Time in the call"
          aria-valuetext={`${spokenSpan(ms)} of ${spokenSpan(duration_ms)}, ${index} of ${size} events`}
          onChange={({ target }) => player.seek(Number(target.value))}
        />
        <div className="replay-controls">
          <div className="replay-moves">
            <button type="button" className="button" data-shape="icon" aria-label="Back to what happened before" disabled={!before} onClick={() => player.to(before)}>
              <ToPrevious />
            </button>
            <button type="button" className="button" data-kind="first" data-shape="icon" aria-label={playing ? 'Pause' : 'Play'} onClick={() => player.toggle()}>
              {playing ? <Pause /> : <Play />}
            </button>
            <button type="button" className="button" data-shape="icon" aria-label="On to what happened next" disabled={!after} onClick={() => player.to(after)}>
              <ToNext />
            </button>
          </div>
          <p className="replay-where">
            <span className="replay-clock">
              {clockSpan(ms)} <span className="small">of {clockSpan(duration_ms)}</span>
            </span>
            <span className="small">
              Event {index} of {size}
            </span>
          </p>
          <div className="replay-speeds" role="group" aria-label="Speed">
            {SPEEDS.map((one) => (
              <button key={one} type="button" className="button" aria-label={`${one} times`} aria-pressed={one === speed} onClick={() => player.set_speed(one)}>
                {one}×
              </button>
            ))}
          </div>
        </div>
        <p className="replay-mark small" role="status">
          {mark ? mark.text : ''}
        </p>
        <MarkList marks={marks} player={player} />
      </div>
    </section>
  );
}

/** Where something happened; each kind has its own height, since not everybody sees its colour. */
const Marks = memo(function Marks({ marks, duration_ms }: { readonly marks: readonly Mark[]; readonly duration_ms: number }) {
  const x = ({ ms }: Mark) => (duration_ms === 0 ? 0 : (ms / duration_ms) * 1000);
  return (
    <svg className="replay-marks" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      {marks.map((one) => (
        <line key={one.index} data-kind={one.kind} x1={x(one)} x2={x(one)} y1={TOP[one.kind]} y2={12} vectorEffect="non-scaling-stroke" />
      ))}
    </svg>
  );
});

const TOP: Readonly<Record<Mark['kind'], number>> = { failure: 0, question: 4, action: 7 };

/** The same as words, each a way there. */
function MarkList({ marks, player }: { readonly marks: readonly Mark[]; readonly player: Player }) {
  const [open, setOpen] = useState(false);
  if (marks.length === 0) return <p className="small">No action, question or failure in this call.</p>;
  return (
    <details className="replay-list" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {marks.length === 1 ? 'One thing' : `${marks.length} things`} that happened
      </summary>
      {open && (
        <ol>
          {marks.map((one) => (
            <li key={one.index} data-kind={one.kind}>
              <button type="button" onClick={() => player.to(one)}>
                <span className="small">{clockSpan(one.ms)}</span> <span dir="auto">{one.text}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </details>
  );
}
