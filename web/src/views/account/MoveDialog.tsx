import { useState, type FormEvent } from 'react';

import type { DeadLetter } from '@lifeline/client';

import type { Desk } from '../../account/console';
import { hourUtc } from '../../account/hours';
import { accountProblem } from '../../words/account';
import { plain } from '../../words/plain';
import type { Problem } from '../../words/problem';
import { Dialog } from '../Dialog';

interface Props {
  readonly desk: Desk;
  readonly how: 'redrive' | 'discard';
  readonly letters: readonly DeadLetter[];
  readonly onDone: (count: number) => void;
  readonly onClose: () => void;
}

const WORDS = {
  redrive: { title: 'Send again?', effect: 'With the ids and times they always had: who has one already does not count it twice.', act: 'Send again' },
  discard: { title: 'Send no more?', effect: 'For charges that were booked there by hand, or never will be. The account is charged all the same.', act: 'Discard' },
} as const;

/** A reason first, then the server says which it would be, then it is done. */
export function MoveDialog({ desk, how, letters, onDone, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [which, setWhich] = useState<readonly string[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { title, effect, act } = WORDS[how];
  const names = new Map(letters.map((one) => [one.deadLetterId, [one.item, one.sink, one.window === undefined ? undefined : hourUtc(one.window)].filter((word) => word !== undefined).map((word) => plain(word)).join(' · ')]));
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || reason.trim() === '' || which?.length === 0) return;
    setBusy(true);
    setProblem(null);
    try {
      const dryRun = which === null;
      const deadLetters = which ?? letters.map(({ deadLetterId }) => deadLetterId);
      const moved = await desk.billing[how]({ deadLetters, reason: reason.trim(), dryRun });
      if (dryRun) return setWhich(moved.deadLetters);
      onDone(moved.deadLetters.length);
      onClose();
    } catch (thrown) {
      setProblem(accountProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{effect}</p>
      <form onSubmit={(event) => void send(event)}>
        <label className="field">
          <span>Why</span>
          <input
            className="input"
            value={reason}
            maxLength={512}
            autoFocus
            autoComplete="off"
            onChange={(event) => {
              setReason(event.target.value);
              setWhich(null);
            }}
          />
        </label>
        <div role="status">
          {which !== null && (
            <>
              <p>{which.length === 0 ? 'None of them waits any more.' : `It would be ${which.length === 1 ? 'this one' : `these ${which.length}`}:`}</p>
              <ul className="moved">
                {which.slice(0, 20).map((id) => (
                  <li key={id}>{names.get(id) ?? plain(id)}</li>
                ))}
              </ul>
              {which.length > 20 && <p className="small">And {which.length - 20} more.</p>}
            </>
          )}
        </div>
        {problem && (
          <p className="fault" role="alert">
            {problem.title} {problem.advice}
          </p>
        )}
        <div className="row">
          <button type="button" className="button" data-kind="quiet" onClick={onClose}>
            Leave it
          </button>
          <button type="submit" className="button" data-kind={how === 'discard' ? 'stop' : 'first'} disabled={busy || reason.trim() === '' || which?.length === 0}>
            {busy ? 'Asking …' : which === null ? 'Show which' : act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
