import { useEffect, useRef, useState } from 'react';

import { summary, type Outcome } from '../check/check';
import type { Answer, CheckRun } from '../check/run';
import { useStore } from '../talk/store';

const WORDS: Readonly<Record<Outcome, string>> = { good: 'Good', poor: 'Could be better', bad: 'Does not work', skipped: 'Not tested' };

interface Props {
  /** A test that has not begun. */
  readonly makeRun: () => Promise<CheckRun>;
  /** The test begins by itself; where nobody asked for it, it waits for a press of the button. */
  readonly begin?: boolean;
}

/** Whether a call would work from here, and what to do where it would not. */
export function ConnectionTest({ makeRun, begin = false }: Props) {
  const [run, setRun] = useState<CheckRun | null>(null);
  const start = async () => {
    const next = await makeRun();
    setRun(next);
    await next.run();
  };
  useEffect(() => {
    if (begin) void start();
    // Once, when the page is opened.
  }, []);
  return (
    <main className="lobby check">
      <p className="wordmark">
        <a href="./">Lifeline</a>
      </p>
      <div className="lobby-body">
        <h1>Will a call work from here?</h1>
        <p className="lede">
          This page tries what a call needs, one thing after the other, and says what to do where something is not right.
          It takes about a minute, and does not listen.
        </p>
        {run ? <Answers run={run} onAgain={() => void start()} /> : <Begin onBegin={() => void start()} />}
      </div>
    </main>
  );
}

function Begin({ onBegin }: { readonly onBegin: () => void }) {
  return (
    <div className="row">
      <button type="button" className="button" data-kind="first" onClick={onBegin}>
        Begin the test
      </button>
    </div>
  );
}

function Answers({ run, onAgain }: { readonly run: CheckRun; readonly onAgain: () => void }) {
  const { answers, running } = useStore(run.progress);
  const found = answers.flatMap(({ finding }) => (finding ? [finding] : []));
  const done = !running && found.length === answers.length;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (done) heading.current?.focus();
  }, [done]);
  const { says, advice, outcome } = summary(found);
  const asking = answers.find((one) => one.asking);
  return (
    <>
      {done && (
        <section className="check-summary" data-outcome={outcome}>
          <h2 tabIndex={-1} ref={heading}>
            {says}
          </h2>
          {advice !== '' && <p>{advice}</p>}
          <div className="row">
            <button type="button" className="button" onClick={onAgain}>
              Test again
            </button>
          </div>
        </section>
      )}
      <p className="hidden-but-read" role="status">
        {asking ? `Testing: ${asking.title}` : ''}
      </p>
      <ol className="checks">
        {answers.map((answer) => (
          <Row key={answer.id} answer={answer} />
        ))}
      </ol>
    </>
  );
}

function Row({ answer: { title, finding, part, asking } }: { readonly answer: Answer }) {
  const state = finding?.outcome ?? (asking ? 'asking' : 'waiting');
  return (
    <li data-outcome={state}>
      <span className="mark" aria-hidden="true" />
      <div>
        <h2>
          {title}
          <span className="verdict-word">{finding ? WORDS[finding.outcome] : asking ? 'Testing …' : ''}</span>
        </h2>
        {asking && part !== null && <progress value={part} aria-label={title} />}
        {finding && <p>{finding.says}</p>}
        {finding && finding.advice !== '' && <p className="advice">{finding.advice}</p>}
      </div>
    </li>
  );
}
