import type { ReactNode } from 'react';

import type { ChargeDelivery, ChargeTrace, UsageRecord } from '@lifeline/client';

import { useAsked } from '../../account/asked';
import { replayPlace, type Desk } from '../../account/console';
import { adjustmentWords, deliveryWords, quantityWords, unitOf } from '../../words/account';
import { moneyWords, signedMoney } from '../../words/money';
import { plain } from '../../words/plain';
import { evidenceWords } from '../../words/usage';
import { Dialog } from '../Dialog';
import { HourName } from './HourName';
import { PartNote } from './PartNote';

interface Props {
  readonly desk: Desk;
  readonly chargeId: string;
  readonly onClose: () => void;
}

/** From a charge to the events behind it, and to what became of it. */
export function TraceDialog({ desk, chargeId, onClose }: Props) {
  const asked = useAsked(() => desk.billing.trace(chargeId), chargeId);
  return (
    <Dialog title="Where this comes from" wide onClose={onClose}>
      <div className="trace">
        <PartNote asked={asked}>{(trace) => <Trace trace={trace} replay={desk.replay} />}</PartNote>
      </div>
      <div className="row">
        <button type="button" className="button" data-kind="first" onClick={onClose} autoFocus>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function Trace({ trace, replay }: { readonly trace: ChargeTrace; readonly replay: Desk['replay'] }) {
  const { records, adjustments, deliveries } = trace;
  return (
    <>
      <Head trace={trace} />
      <h3>Usage records</h3>
      {records.length === 0 ? <p className="small">None stands behind it.</p> : <ul>{records.map((one) => <Record key={one.record.recordId} one={one} replay={replay} />)}</ul>}
      <h3>Corrections of it</h3>
      {adjustments.length === 0 ? (
        <p className="small">None.</p>
      ) : (
        <ul>
          {adjustments.map((one) => (
            <li key={one.adjustmentId}>
              <p>
                {adjustmentWords(one.kind)} <b>{signedMoney(one.amountDelta, one.currency)}</b>
              </p>
              <p className="reason" dir="auto">
                {plain(one.cause)}
              </p>
            </li>
          ))}
        </ul>
      )}
      <h3>Where it was sent</h3>
      {deliveries.length === 0 ? <p className="small">Nowhere: no sink is set up for it.</p> : <ul>{deliveries.map((one) => <Delivery key={one.sink} one={one} />)}</ul>}
    </>
  );
}

function Head({ trace }: { readonly trace: ChargeTrace }) {
  if (trace.type === 'billing.adjustment.created') {
    const { item, meter, kind, serviceWindow, quantityDelta, amountDelta, currency, cause, corrects, by, adjustmentId } = trace.entry;
    return (
      <dl>
        <Fact name="Correction">{adjustmentWords(kind)}</Fact>
        <Fact name="Item">{plain(item)}</Fact>
        <Fact name="Hour">
          <HourName window={serviceWindow} />
        </Fact>
        <Fact name="Amount">{signedMoney(amountDelta, currency)}</Fact>
        <Fact name="Quantity">{quantityWords(quantityDelta, unitOf(meter))}</Fact>
        <Fact name="Because">
          <span dir="auto">{plain(cause)}</span>
        </Fact>
        {by !== undefined && <Fact name="By">{plain(by)}</Fact>}
        {corrects !== undefined && (
          <Fact name="Corrects">
            <code>{plain(corrects)}</code>
          </Fact>
        )}
        <Fact name="Id">
          <code>{plain(adjustmentId)}</code>
        </Fact>
      </dl>
    );
  }
  const { item, window, quantity, unit, amount, currency, card, cardVersion, recordCount, costNano, idempotencyKey } = trace.entry;
  return (
    <dl>
      <Fact name="Item">{plain(item)}</Fact>
      <Fact name="Hour">
        <HourName window={window} />
      </Fact>
      <Fact name="Used">{quantityWords(quantity, unit)}</Fact>
      <Fact name="Charged">{moneyWords(amount, currency)}</Fact>
      {costNano !== undefined && <Fact name="Cost">{moneyWords(costNano, currency)}</Fact>}
      <Fact name="Priced by">
        card {plain(card)}, version {cardVersion}
      </Fact>
      <Fact name="Records">{recordCount.toLocaleString()}</Fact>
      <Fact name="Id">
        <code>{plain(idempotencyKey)}</code>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Record({ one: { record, seq }, replay }: { readonly one: UsageRecord; readonly replay: Desk['replay'] }) {
  const { meter, unit, quantity, sessionId, participant, dims, needsReconciliation, evidence } = record;
  const kinds = Object.values(dims ?? {}).map((word) => plain(String(word)));
  const places = [...new Set([evidence.seqFirst, evidence.seqLast, seq])].filter((place) => place > 0);
  return (
    <li>
      <p>
        <bdi>{[plain(meter), ...kinds, ...(participant === undefined ? [] : [plain(participant)])].join(' · ')}</bdi> <b>{quantity === null ? 'not known yet' : quantityWords(quantity, unit)}</b>
      </p>
      <p className="small">
        Call <code>{plain(sessionId)}</code>. {evidenceWords(evidence)}; recorded as event {seq}.
        {needsReconciliation === true && ' Some of it is not known for sure.'}
      </p>
      <p className="used-places">
        {places.map((place) => (
          <a
            key={place}
            className="button"
            href={replayPlace(sessionId, place)}
            target="_blank"
            rel="noreferrer"
            onClick={(event) => {
              event.preventDefault();
              replay(sessionId, place);
            }}
          >
            Replay at event {place}
            <span className="hidden-but-read"> (in a new tab)</span>
          </a>
        ))}
      </p>
    </li>
  );
}

function Delivery({ one: { sink, state, attempts, deadLetterId } }: { readonly one: ChargeDelivery }) {
  return (
    <li>
      <p>
        <bdi>{plain(sink)}</bdi> <b>{deliveryWords(state)}</b>
      </p>
      <p className="small">
        {attempts !== undefined && `Sent ${attempts === 1 ? 'once' : `${attempts} times`}. `}
        {deadLetterId !== undefined && 'It is among the dead letters.'}
      </p>
    </li>
  );
}
