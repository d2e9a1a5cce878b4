import { useEffect, useRef, useState } from 'react';

import type { ChargeEntry } from '@lifeline/client';

import { useAsked } from '../../account/asked';
import type { Desk } from '../../account/console';
import { hourUtc, rangeOf, type Span } from '../../account/hours';
import { adjustmentWords, quantityWords, unitOf } from '../../words/account';
import { moneyWords, signedMoney } from '../../words/money';
import { plain } from '../../words/plain';
import { HourName } from './HourName';
import { PartNote } from './PartNote';
import { TraceDialog } from './TraceDialog';

const SPANS: readonly (readonly [Span, string])[] = [
  ['today', 'Today'],
  ['week', '7 days'],
  ['month', 'This month'],
];

/** A page of charges, and the cursors that lead to it. */
interface ChargesSeen {
  readonly entries: readonly ChargeEntry[];
  readonly next?: string;
  readonly cursors: readonly string[];
}

/** What was booked, one line each; each leads to what it follows from. */
export function ChargesPart({ desk, now }: { readonly desk: Desk; readonly now: () => number }) {
  const [span, setSpan] = useState<Span>('month');
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [opened, setOpened] = useState<string | null>(null);
  const ask = async (at: number) => {
    const { from, to } = rangeOf(span, at);
    const cursor = cursors.at(-1);
    return { ...(await desk.billing.charges({ from, to, limit: 100, ...(cursor !== undefined && { cursor }) })), cursors };
  };
  const asked = useAsked(ask, span, now);
  const place = useRef<HTMLParagraphElement>(null);
  const turned = useRef(false);
  useEffect(() => {
    if (turned.current) place.current?.focus(); // The button may be gone, and one reads on from the top.
    turned.current = false;
  }, [asked.value]);
  // The page before stands until the next is there.
  const turn = (to: readonly string[]) => {
    turned.current = true;
    setCursors(to);
    asked.again();
  };
  return (
    <>
      <fieldset className="spans">
        <legend className="hidden-but-read">Which time</legend>
        {SPANS.map(([value, label]) => (
          <label key={value}>
            <input
              type="radio"
              name="charges-span"
              value={value}
              checked={span === value}
              onChange={() => {
                setSpan(value);
                setCursors([]);
              }}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <PartNote asked={asked} stays>
        {(page) => (
          <>
            {(page.cursors.length > 0 || page.next !== undefined) && (
              <p className="small" tabIndex={-1} ref={place}>
                Page {page.cursors.length + 1}
              </p>
            )}
            <ChargePage page={page} busy={asked.busy} onOpen={setOpened} onTurn={turn} />
          </>
        )}
      </PartNote>
      {opened !== null && <TraceDialog desk={desk} chargeId={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

interface PageProps {
  readonly page: ChargesSeen;
  readonly busy: boolean;
  readonly onOpen: (chargeId: string) => void;
  readonly onTurn: (cursors: readonly string[]) => void;
}

/** Some of the charges, and the ways to those before and after. */
export function ChargePage({ page: { entries, next, cursors }, busy, onOpen, onTurn }: PageProps) {
  const way = (label: string, to: readonly string[]) => (
    <button type="button" className="button" aria-disabled={busy} onClick={() => busy || onTurn(to)}>
      {label}
    </button>
  );
  return (
    <>
      {entries.length === 0 && <p>{cursors.length > 0 ? 'Nothing more was booked in this time.' : 'Nothing was booked in this time. An hour is charged some minutes after its end.'}</p>}
      <ul className="lines">
        {entries.map((one) => (
          <Row key={idOf(one)} one={one} onOpen={() => onOpen(idOf(one))} />
        ))}
      </ul>
      <p className="pages">
        {cursors.length > 0 && way('Those before', cursors.slice(0, -1))}
        {next !== undefined && way('Those after', [...cursors, next])}
      </p>
    </>
  );
}

function idOf(one: ChargeEntry): string {
  return one.type === 'billing.usage.recorded' ? one.entry.idempotencyKey : one.entry.adjustmentId;
}

function Row({ one, onOpen }: { readonly one: ChargeEntry; readonly onOpen: () => void }) {
  const usage = one.type === 'billing.usage.recorded';
  const window = usage ? one.entry.window : one.entry.serviceWindow;
  const { item, currency } = one.entry;
  return (
    <li className="line">
      <div>
        <p>
          <b>
            <bdi>{plain(item)}</bdi>
            {!usage && ` · ${adjustmentWords(one.entry.kind)}`}
          </b>
        </p>
        <p className="small">
          <HourName window={window} />
        </p>
        {!usage && (
          <p className="reason" dir="auto">
            {plain(one.entry.cause)}
          </p>
        )}
      </div>
      <p className="line-amount">
        <b>{usage ? moneyWords(one.entry.amount, currency) : signedMoney(one.entry.amountDelta, currency)}</b>{' '}
        <span className="small">{usage ? quantityWords(one.entry.quantity, one.entry.unit) : one.entry.quantityDelta !== '0' && quantityWords(one.entry.quantityDelta, unitOf(one.entry.meter))}</span>
      </p>
      <button type="button" className="button" onClick={onOpen}>
        Trace<span className="hidden-but-read">: {plain(item)}, {hourUtc(window)}</span>
      </button>
    </li>
  );
}
