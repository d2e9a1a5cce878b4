import { useEffect, useRef, useState, type FormEvent } from 'react';

import type { DeadLetter } from '@lifeline/client';

import type { Desk } from '../../account/console';
import { hourUtc } from '../../account/hours';
import { accountProblem } from '../../words/account';
import { plain } from '../../words/plain';
import { Dialog } from '../Dialog';
import { useSending } from '../sending';
import { useSettled } from '../settled';

interface Props {
  readonly desk: Desk;
  readonly how: 'redrive' | 'discard';
  readonly letters: readonly DeadLetter[];
  readonly onDone: (count: number) => void;
  /** What came of it is not known for sure. */
  readonly onDoubt: () => void;
  readonly onClose: () => void;
}

const WORDS = {
  redrive: { title: 'Send again?', effect: 'With the ids and times they always had: who has one already does not count it twice.', act: 'Send again' },
  discard: { title: 'Send no more?', effect: 'For charges that were booked there by hand, or never will be. The account is charged all the same.', act: 'Discard' },
} as const;

/** A reason first, then the server says which it would be, then it is done. */
export function MoveDialog({ desk, how, letters, onDone, onDoubt, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [which, setWhich] = useState<readonly string[] | null>(null);
  const { sending, problem, send } = useSending(accountProblem);
  const list = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (which !== null) list.current?.focus(); // What asked for it is gone.
  }, [which]);
  const { title, effect, act } = WORDS[how];
  const names = new Map(letters.map((one) => [one.deadLetterId, [one.item, one.sink, one.window === undefined ? undefined : hourUtc(one.window)].filter((word) => word !== undefined).map((word) => plain(word)).join(' · ')]));
  const move = (deadLetters: readonly string[], dryRun: boolean) => desk.billing[how]({ deadLetters, reason: reason.trim(), dryRun });
  const show = (event: FormEvent) => {
    event.preventDefault();
    // A second Enter asks nothing, and never carries it out.
    if (which !== null || reason.trim() === '') return;
    void send(() => move(letters.map(({ deadLetterId }) => deadLetterId), true), (would) => setWhich(would.deadLetters));
  };
  const carryOut = async (deadLetters: readonly string[]) => {
    try {
      return await move(deadLetters, false);
    } catch (thrown) {
      setWhich(null); // To be looked at anew: where only the answer was lost none of them waits any more.
      onDoubt();
      throw thrown;
    }
  };
  const done = (moved: { readonly deadLetters: readonly string[] }) => {
    onDone(moved.deadLetters.length);
    onClose();
  };
  return (
    <Dialog title={title} held={sending} onClose={onClose}>
      <p>{effect}</p>
      <form onSubmit={show}>
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
              <p tabIndex={-1} ref={list}>
                {which.length === 0 ? 'None of them waits any more.' : `It would be ${which.length === 1 ? 'this one' : `these ${which.length}`}:`}
              </p>
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
          <button type="button" className="button" data-kind="quiet" disabled={sending} onClick={onClose}>
            Leave it
          </button>
          {which === null ? (
            <button type="submit" className="button" data-kind="first" disabled={sending || reason.trim() === ''}>
              {sending ? 'Asking …' : 'Show which'}
            </button>
          ) : (
            <Move label={sending ? 'Asking …' : act} stops={how === 'discard'} may={!sending && which.length > 0} onMove={() => void send(() => carryOut(which), done)} />
          )}
        </div>
      </form>
    </Dialog>
  );
}

interface MoveProps {
  readonly label: string;
  readonly stops: boolean;
  readonly may: boolean;
  readonly onMove: () => void;
}

/** It comes where the other button was pressed, and takes no press that was meant for that one. */
export function Move({ label, stops, may, onMove }: MoveProps) {
  const settled = useSettled();
  return (
    <button type="button" className="button" data-kind={stops ? 'stop' : 'first'} disabled={!settled || !may} onClick={onMove}>
      {label}
    </button>
  );
}
