import { useEffect, useId, useRef, useState } from 'react';

import type { Stance } from '../words/consent';
import { consentWords, KEPT_STAYS } from '../words/consent_asked';
import type { Consent } from './consent';
import { Dialog } from './Dialog';
import { ProblemFacts } from './ProblemFacts';

interface Props {
  readonly consent: Consent;
  /** It was answered with yes: where to go on. */
  readonly onAgreed: () => void;
}

/** Before the means to speak: what is kept and who sees it, with the answer; afterwards, how to take it back. */
export default function ConsentPanel({ consent, onAgreed }: Props) {
  const { stance, busy, problem, answer } = consent;
  const heading = useRef<HTMLHeadingElement>(null);
  const title = useId();
  const [asked, setAsked] = useState(false);
  const before = useRef<Stance>('unknown');
  useEffect(() => {
    const was = before.current;
    before.current = stance;
    if (was === stance) return;
    // The pressed button has gone, or the keyboard is off: what is asked now is read out.
    if (stance === 'agreed' && was !== 'unknown') onAgreed();
    else heading.current?.focus();
  }, [stance, onAgreed]);

  const words = consentWords(stance);
  if (words) {
    return (
      <section className="consent" aria-labelledby={title} data-stance={stance}>
        <h2 id={title} ref={heading} tabIndex={-1}>
          {words.title}
        </h2>
        {words.text.map((text) => (
          <p key={text}>{text}</p>
        ))}
        {problem && (
          <div role="alert">
            <p className="failed">
              <strong>{problem.title}</strong> {problem.advice}
            </p>
            <ProblemFacts problem={problem} />
          </div>
        )}
        {/* Neither answer is offered before the other. */}
        <div className="row">
          {stance === 'unanswered' && (
            <button type="button" className="button" aria-disabled={busy} onClick={() => busy || answer('denied')}>
              I do not agree
            </button>
          )}
          <button
            type="button"
            className="button"
            aria-disabled={busy}
            onClick={() => busy || answer('granted')}
          >
            {busy ? 'Sending …' : 'I agree'}
          </button>
        </div>
      </section>
    );
  }
  if (stance !== 'agreed') return null;
  return (
    <div className="small kept">
      <span>What you say is kept.</span>{' '}
      <button type="button" className="as-link" aria-disabled={busy} onClick={() => busy || setAsked(true)}>
        {busy ? 'Sending …' : 'Take that back'}
      </button>
      {asked && (
        <Dialog title="Take your consent back?" onClose={() => setAsked(false)}>
          <p>From then on nothing that you say leaves this page. {KEPT_STAYS}</p>
          <div className="row">
            <button type="button" className="button" autoFocus onClick={() => setAsked(false)}>
              Leave it
            </button>
            <button
              type="button"
              className="button"
              data-kind="first"
              onClick={() => {
                setAsked(false);
                answer('withdrawn');
              }}
            >
              Take it back
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
