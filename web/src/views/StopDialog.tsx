import { useId, useState, type FormEvent } from 'react';

import { problemOf, type Problem } from '../words/problem';
import { Dialog } from './Dialog';
import { useSending } from './sending';

interface Props {
  readonly title: string;
  /** What the change does, and what it does not. */
  readonly effect: string;
  readonly act: string;
  /** It stops something; otherwise it lets it go on. */
  readonly stops: boolean;
  /** To be typed before it can be done. */
  readonly word?: string | null;
  readonly why?: (thrown: unknown) => Problem;
  readonly onChange: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}

/** No switch is turned without a reason in somebody's own words, and a second look at what it does. */
export function StopDialog({ title, effect, act, stops, word = null, why = problemOf, onChange, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const { sending, problem, send } = useSending(why);
  const hint = useId();
  const ready = reason.trim() !== '' && (word === null || typed.trim().toLowerCase() === word);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) void send(() => onChange(reason.trim()), onClose);
  };
  return (
    <Dialog title={title} held={sending} onClose={onClose}>
      <p>{effect}</p>
      <form onSubmit={submit}>
        <label className="field">
          <span>Why</span>
          <input
            className="input"
            value={reason}
            maxLength={512}
            autoFocus
            autoComplete="off"
            aria-describedby={hint}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <p className="small" id={hint}>
          Kept with your name, for whoever looks it up later.
        </p>
        {word !== null && (
          <label className="field">
            <span>
              Type <b>{word}</b> to confirm
            </span>
            <input
              className="input"
              value={typed}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
        )}
        {problem && (
          <p className="fault" role="alert">
            {problem.title} {problem.advice}
          </p>
        )}
        <div className="row">
          <button type="button" className="button" data-kind="quiet" disabled={sending} onClick={onClose}>
            Leave it
          </button>
          <button type="submit" className="button" data-kind={stops ? 'stop' : 'first'} disabled={sending || !ready}>
            {sending ? 'Sending …' : act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
