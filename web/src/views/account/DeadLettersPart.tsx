import { useEffect, useRef, useState } from 'react';

import type { DeadLetter } from '@lifeline/client';

import { useAsked } from '../../account/asked';
import type { Desk } from '../../account/console';
import { momentHere } from '../../account/hours';
import { becauseWords, lettersWords, type Rights } from '../../words/account';
import { moneyWords } from '../../words/money';
import { plain } from '../../words/plain';
import { HourName } from './HourName';
import { MoveDialog } from './MoveDialog';
import { PartNote } from './PartNote';
import { TraceDialog } from './TraceDialog';

interface Props {
  readonly desk: Desk;
  readonly can: Rights;
}

/** Charges that a sink has not got, and that wait for somebody to say what becomes of them. */
export function DeadLettersPart({ desk, can }: Props) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [move, setMove] = useState<{ readonly how: 'redrive' | 'discard'; readonly letters: readonly DeadLetter[] } | null>(null);
  const [trace, setTrace] = useState<string | null>(null);
  const [done, setDone] = useState('');
  const told = useRef<HTMLParagraphElement>(null);
  const asked = useAsked(() => desk.billing.deadLetters({ limit: 200 }), '');
  useEffect(() => {
    if (done !== '' && move === null) told.current?.focus();
  }, [done, move]);
  const choose = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  const letters = asked.value?.deadLetters ?? [];
  const picked = letters.filter(({ deadLetterId }) => chosen.has(deadLetterId));
  return (
    <>
      <p className="done" role="status" tabIndex={-1} ref={told}>
        {done}
      </p>
      <PartNote asked={asked} stays>
        {({ next }) => (
          <>
            <p className="account-sum">{letters.length === 0 ? 'No charge waits for a person.' : `${lettersWords(letters.length, next !== undefined)}. None is lost; each keeps its id and its time.`}</p>
            {next !== undefined && <p className="small">Only the oldest are shown.</p>}
            {letters.length > 0 && can.settle && (
              <div className="acts letters-acts">
                <label className="check">
                  <input
                    type="checkbox"
                    checked={picked.length === letters.length}
                    onChange={(event) => setChosen(new Set(event.target.checked ? letters.map(({ deadLetterId }) => deadLetterId) : []))}
                  />
                  <span>All that are shown</span>
                </label>
                <button type="button" className="button" data-kind="first" disabled={picked.length === 0} onClick={() => setMove({ how: 'redrive', letters: picked })}>
                  Send again …
                </button>
                <button type="button" className="button" data-kind="stop" disabled={picked.length === 0} onClick={() => setMove({ how: 'discard', letters: picked })}>
                  Discard …
                </button>
              </div>
            )}
            {letters.length > 0 && !can.settle && <p className="small">An operator or admin sends them again or discards them.</p>}
            <ul className="lines">
              {letters.map((one) => (
                <Row key={one.deadLetterId} one={one} settle={can.settle} chosen={chosen.has(one.deadLetterId)} onChoose={(on) => choose(one.deadLetterId, on)} onTrace={() => setTrace(one.chargeId)} />
              ))}
            </ul>
          </>
        )}
      </PartNote>
      {move !== null && (
        <MoveDialog
          desk={desk}
          {...move}
          onDone={(count) => {
            setDone(`${count === 1 ? 'One charge' : `${count} charges`} ${move.how === 'redrive' ? 'will be sent again' : 'will not be sent any more'}.`);
            setChosen(new Set());
            asked.again();
          }}
          onDoubt={asked.again}
          onClose={() => setMove(null)}
        />
      )}
      {trace !== null && <TraceDialog desk={desk} chargeId={trace} onClose={() => setTrace(null)} />}
    </>
  );
}

interface RowProps {
  readonly one: DeadLetter;
  readonly settle: boolean;
  readonly chosen: boolean;
  readonly onChoose: (on: boolean) => void;
  readonly onTrace: () => void;
}

function Row({ one, settle, chosen, onChoose, onTrace }: RowProps) {
  const said = becauseWords(one.because);
  const name = [one.item, one.sink].filter((word) => word !== undefined).map((word) => plain(word)).join(' → ');
  return (
    <li className="line letter">
      <div>
        {settle ? (
          <label className="check">
            <input type="checkbox" checked={chosen} onChange={(event) => onChoose(event.target.checked)} />
            <b>
              <bdi>{name}</bdi>
            </b>
          </label>
        ) : (
          <p>
            <b>
              <bdi>{name}</bdi>
            </b>
          </p>
        )}
        <p>
          {said.title}
          {one.amount !== undefined && one.currency !== undefined && ' · '}
          {one.amount !== undefined && one.currency !== undefined && <b>{moneyWords(one.amount, one.currency)}</b>}
        </p>
        <p className="small">
          {one.window !== undefined && (
            <>
              <HourName window={one.window} />
              {' · '}
            </>
          )}
          sent {one.attempts === 1 ? 'once' : `${one.attempts} times`}
          {one.parkedAt !== undefined && `, waits since ${momentHere(one.parkedAt)}`}
        </p>
        <p className="reason" dir="auto">
          {one.status !== undefined && `${one.status}: `}
          {plain(one.message)}
        </p>
        <p className="next">
          <b>What to do:</b> <span dir="auto">{one.fix === undefined ? said.next : plain(one.fix)}</span>
        </p>
      </div>
      <p className="acts">
        <button type="button" className="button" onClick={onTrace}>
          Trace<span className="hidden-but-read">: {name}</span>
        </button>
      </p>
    </li>
  );
}
