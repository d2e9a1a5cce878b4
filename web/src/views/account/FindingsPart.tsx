import { useEffect, useRef, useState } from 'react';

import type { Finding } from '@lifeline/client';

import { useAsked } from '../../account/asked';
import { openFindings, settledFindings } from '../../account/findings';
import type { Desk } from '../../account/console';
import { momentHere } from '../../account/hours';
import { accountProblem, classWords, isOpen, layerWords, quantityWords, stateWords, unitOf, type Rights } from '../../words/account';
import { moneyWords, signedMoney } from '../../words/money';
import { plain } from '../../words/plain';
import { StopDialog } from '../StopDialog';
import { FindingDialog } from './FindingDialog';
import { HourName } from './HourName';
import { PartNote } from './PartNote';
import { stepWords, type FindingStep } from './finding_steps';

interface Props {
  readonly desk: Desk;
  readonly can: Rights;
}

/** What reconciliation found, what it means, and what can be done about it. */
export function FindingsPart({ desk, can }: Props) {
  const [all, setAll] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const [step, setStep] = useState<{ readonly finding: Finding; readonly to: FindingStep } | null>(null);
  const [done, setDone] = useState('');
  const told = useRef<HTMLParagraphElement>(null);
  const asked = useAsked(() => look(desk), '');
  useEffect(() => {
    if (done !== '' && step === null) told.current?.focus(); // What opened the dialog may be gone.
  }, [done, step]);

  const take = async (finding: Finding, to: FindingStep, reason: string) => {
    try {
      const now = await desk.billing.changeFinding(finding.findingId, { state: to, reason });
      setDone(`${classWords(finding.class).title}: ${stateWords(now.state)}.`);
    } finally {
      asked.again(); // Where only the answer was lost it is done all the same.
    }
  };
  return (
    <>
      <p className="done" role="status" tabIndex={-1} ref={told}>
        {done}
      </p>
      <PartNote asked={asked} stays>
        {({ open, moreOpen, settled, moreSettled }) => {
          const listed = all ? [...open, ...settled] : open;
          return (
            <>
              <p className="account-sum">{open.length === 0 ? 'Nothing is open: the counts agree, or what differed is settled.' : `${moreOpen ? 'At least ' : ''}${open.length.toLocaleString()} open.`}</p>
              {settled.length > 0 && (
                <label className="check">
                  <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
                  <span>Settled ones, too</span>
                </label>
              )}
              {(moreOpen || (all && moreSettled)) && <p className="small">Only the newest are shown.</p>}
              <ul className="lines">
                {listed.map((one) => (
                  <Row key={one.findingId} one={one} settle={can.settle} onShow={() => setShown(one.findingId)} onStep={(to) => setStep({ finding: one, to })} />
                ))}
              </ul>
              {!can.settle && open.length > 0 && <p className="small">An operator or admin settles them.</p>}
            </>
          );
        }}
      </PartNote>
      {shown !== null && <FindingDialog desk={desk} findingId={shown} onClose={() => setShown(null)} />}
      {step !== null && (
        <StopDialog
          {...stepWords(step.finding, step.to)}
          stops={false}
          why={accountProblem}
          onChange={(reason) => take(step.finding, step.to, reason)}
          onClose={() => setStep(null)}
        />
      )}
    </>
  );
}

async function look({ billing }: Desk) {
  const [open, settled] = await Promise.all([openFindings(billing), settledFindings(billing)]);
  return { open: open.list, moreOpen: open.more, settled: settled.list, moreSettled: settled.more };
}

interface RowProps {
  readonly one: Finding;
  readonly settle: boolean;
  readonly onShow: () => void;
  readonly onStep: (to: FindingStep) => void;
}

const STEPS: readonly (readonly [FindingStep, string])[] = [
  ['acknowledged', 'I am looking'],
  ['adjusted', 'Adjust …'],
  ['written_off', 'Write off …'],
  ['disputed', 'Dispute …'],
];

function Row({ one, settle, onShow, onStep }: RowProps) {
  const said = classWords(one.class);
  const where = layerWords(one.layer);
  const of = [one.item, one.meter, one.sink].filter((word) => word !== undefined).map((word) => plain(word));
  return (
    <li className="line finding" data-state={one.state}>
      <div>
        <h3>{said.title}</h3>
        <p className="small">
          {stateWords(one.state)}
          {of.length > 0 && ` · ${of.join(' · ')}`}
          {where && ` · ${where}`}
          {one.openedAt !== undefined && ` · since ${momentHere(one.openedAt)}`}
        </p>
        {one.window !== undefined && (
          <p className="small">
            <HourName window={one.window} />
          </p>
        )}
        {one.meaning !== undefined && <p className="sentence" dir="auto">{plain(one.meaning)}</p>}
        <Counts one={one} />
        <p className="next">
          <b>What to do:</b> <span dir="auto">{one.fix === undefined ? said.next : plain(one.fix)}</span>
        </p>
      </div>
      <p className="acts">
        <button type="button" className="button" onClick={onShow}>
          Evidence<span className="hidden-but-read">: {said.title}</span>
        </button>
        {settle &&
          isOpen(one) &&
          STEPS.filter(([to]) => to !== one.state).map(([to, label]) => (
            <button key={to} type="button" className="button" onClick={() => onStep(to)}>
              {label}
              <span className="hidden-but-read">: {said.title}</span>
            </button>
          ))}
      </p>
    </li>
  );
}

function Counts({ one }: { readonly one: Finding }) {
  const { expectedAmount, recordedAmount, amountDelta, expectedQuantity, recordedQuantity, currency = '', meter } = one;
  const parts: string[] = [];
  if (expectedAmount !== undefined && recordedAmount !== undefined) {
    parts.push(`${moneyWords(expectedAmount, currency)} should be booked, ${moneyWords(recordedAmount, currency)} is`);
  }
  if (expectedQuantity !== undefined && recordedQuantity !== undefined && expectedQuantity !== recordedQuantity) {
    parts.push(`Used: ${quantityWords(expectedQuantity, unitOf(meter))}, recorded: ${quantityWords(recordedQuantity, unitOf(meter))}`);
  }
  if (amountDelta !== undefined && amountDelta !== '0') parts.push(`${parts.length === 0 ? 'Difference' : 'difference'} ${signedMoney(amountDelta, currency)}`);
  return parts.length === 0 ? null : <p>{parts.join('; ')}.</p>;
}
