import { memo, useCallback, useEffect, useMemo, useRef, type KeyboardEvent } from 'react';

import type { Story, StoryAnomaly, StoryEntry } from '@lifeline/client';

import type { Replay } from '../replay/replay';
import { useStore } from '../talk/store';
import { clockSpan } from '../words/replay';
import { kindWord, placeIn, runsOf, severityWord, timesOf, waitsWords } from '../words/story';
import { Close } from './icons';
import { ProblemFacts } from './ProblemFacts';

interface Props {
  readonly replay: Replay;
  /** How many events are there to be told. */
  readonly size: number;
  readonly onClose: () => void;
}

/** The call as a story, beside its replay: what happened, why, and what is odd. Every line is a way to its moment. */
export function StoryPanel({ replay, size, onClose }: Props) {
  const { telling, timeline } = replay;
  const { story, reading, problem } = useStore(telling.stage);
  const heading = useRef<HTMLHeadingElement>(null);
  const head = timeline.seq(size);
  useEffect(() => void telling.read(head), [telling, head]);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section
      className="story"
      id="story"
      aria-labelledby="story-title"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
        else walk(event);
      }}
    >
      <header>
        <h2 id="story-title" tabIndex={-1} ref={heading}>
          Story
        </h2>
        <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label="Close the story" onClick={onClose}>
          <Close />
        </button>
      </header>
      <p className="small story-state" role="status">
        {reading ? 'The call is being told …' : ''}
      </p>
      {problem && (
        <div className="story-problem" role="alert">
          <p>
            <strong>{problem.title}</strong> <bdi>{problem.advice}</bdi>
          </p>
          <ProblemFacts problem={problem} />
          <button type="button" className="button" onClick={() => void telling.read(head)}>
            Tell it again
          </button>
        </div>
      )}
      {story && <Told story={story} replay={replay} />}
    </section>
  );
}

/** Up and down go from line to line. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = (event.target as HTMLElement).closest<HTMLElement>('.story-line');
  if (step === undefined || at === null) return;
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('.story-line')];
  event.preventDefault();
  lines[lines.indexOf(at) + step]?.focus();
}

function Told({ story, replay }: { readonly story: Story; readonly replay: Replay }) {
  const { player, timeline } = replay;
  const { index } = useStore(player.place);
  const now = timeline.seq(index);
  const place = useMemo(() => placeIn(story, now), [story, now]);
  const list = useRef<HTMLOListElement>(null);
  const to = useCallback((seq: number) => player.to_event(seq), [player]);
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [place.entry, place.step]);
  // While it plays, time goes on twenty times a second, and the lines only with the events.
  const lines = useMemo(
    () =>
      story.entries.map((one) => (
        <EntryLine key={one.seq} entry={one} now={one.seq === place.entry ? (place.step ?? one.seq) : null} onGo={to} />
      )),
    [story, place.entry, place.step, to],
  );
  if (story.entries.length === 0) return <p className="story-empty">There is nothing to tell: nothing has happened in this call, or nothing of it is kept.</p>;
  return (
    <>
      <section className="story-odd" aria-labelledby="story-odd">
        <h3 id="story-odd">{oddHeading(story.anomalies.length)}</h3>
        <ul>
          {story.anomalies.map((one, at) => (
            <OddLine key={at} one={one} onGo={to} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="story-told">
        <h3 id="story-told">What happened</h3>
        {waitsWords(story) !== '' && <p className="small story-waits">{waitsWords(story)}</p>}
        <ol ref={list}>{lines}</ol>
      </section>
    </>
  );
}

function oddHeading(anomalies: number): string {
  if (anomalies === 0) return 'Nothing odd was found';
  return anomalies === 1 ? 'One thing is odd' : `${anomalies} things are odd`;
}

type Go = (seq: number) => void;

function OddLine({ one, onGo }: { readonly one: StoryAnomaly; readonly onGo: Go }) {
  return (
    <li data-severity={one.severity}>
      <button type="button" className="story-line" onClick={() => onGo(one.seq)}>
        <Mark severity={one.severity} />
        <Sentence text={one.what} />
        <span className="small">
          Event {one.seq}, <code>{one.code}</code>
        </span>
      </button>
    </li>
  );
}

interface EntryProps {
  readonly entry: StoryEntry;
  /** The seq of the line of it that the moment stands at; null where that is in another. */
  readonly now: number | null;
  readonly onGo: Go;
}

const EntryLine = memo(function EntryLine({ entry, now, onGo }: EntryProps) {
  const { kind, severity, seq, offsetMs, what, why = [], steps = [] } = entry;
  const times = timesOf(entry);
  const whole = now === seq;
  return (
    <li className="story-entry" data-kind={kind} data-severity={severity} data-now={now === null ? undefined : true}>
      <button type="button" className="story-line" aria-current={whole ? 'step' : undefined} onClick={() => onGo(seq)}>
        <span className="small story-when">
          {clockSpan(offsetMs)} · {kindWord(kind)} · Event {seq}
        </span>
        <Mark severity={severity} />
        <Sentence text={what} />
        {times.length > 0 && <span className="small">{times.join(' · ')}</span>}
      </button>
      {why.length > 0 && (
        <ul className="story-why" aria-label="Because of">
          {why.map((reason) => (
            <li key={reason.seq}>
              <button type="button" className="story-line" onClick={() => onGo(reason.seq)}>
                <span className="small">Because of event {reason.seq}</span>
                <Sentence text={reason.what} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {steps.length > 0 && (
        <ol className="story-steps" aria-label="Step by step">
          {steps.map((step) => (
            <li key={step.seq}>
              <button type="button" className="story-line" aria-current={!whole && now === step.seq ? 'step' : undefined} onClick={() => onGo(step.seq)}>
                <span className="small story-when">
                  {clockSpan(step.offsetMs)} · Event {step.seq}
                </span>
                <Sentence text={step.what} />
              </button>
            </li>
          ))}
        </ol>
      )}
    </li>
  );
});

/** Said in a word, since not everybody sees a colour. */
function Mark({ severity }: { readonly severity: string }) {
  const word = severityWord(severity);
  return word === '' ? null : <b className="story-mark">{word}</b>;
}

/** The server's own sentence. What runs from right to left in it turns nothing around beside it. */
function Sentence({ text }: { readonly text: string }) {
  return <span className="story-what">{runsOf(text).map((run, at) => (at % 2 === 1 ? <bdi key={at}>{run}</bdi> : run))}</span>;
}
