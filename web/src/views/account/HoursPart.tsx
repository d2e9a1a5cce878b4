import { useState } from 'react';

import type { MarginItem } from '@lifeline/client';

import { useAsked } from '../../account/asked';
import type { Desk } from '../../account/console';
import { dayUtc, hourHere, rangeOf, type Span } from '../../account/hours';
import { seriesOf, type Step } from '../../account/series';
import { costsTold, usedHours, type UsedHours } from '../../account/used_hours';
import { quantityWords } from '../../words/account';
import { moneyWords } from '../../words/money';
import { plain } from '../../words/plain';
import { hoursWords, nothingIn, unreadWords } from '../../words/used_hours';
import { Chart } from './Chart';
import { HourName } from './HourName';
import { PartNote } from './PartNote';

const SPANS: readonly (readonly [Span, string])[] = [
  ['today', 'Today'],
  ['week', '7 days'],
  ['month', 'This month'],
];

/** Usage, charge, cost and margin, hour by hour. */
export function HoursPart({ desk, now }: { readonly desk: Desk; readonly now: () => number }) {
  const [span, setSpan] = useState<Span>('today');
  const asked = useAsked((at) => usedHours(desk.billing, rangeOf(span, at)), span, now);
  return (
    <>
      <fieldset className="spans">
        <legend className="hidden-but-read">Which time</legend>
        {SPANS.map(([value, label]) => (
          <label key={value}>
            <input type="radio" name="span" value={value} checked={span === value} onChange={() => setSpan(value)} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <p className="small">Days are those of UTC. The hour that goes on is charged once it is closed; until then it is shown as far as it is recorded.</p>
      <PartNote asked={asked} stays>
        {(hours) => <HourCharts hours={hours} costs={costsTold(desk.role, hours.items)} />}
      </PartNote>
    </>
  );
}

/** Bar by bar and in a table; what could not be read has no bars, and is said instead. */
export function HourCharts({ hours, costs }: { readonly hours: UsedHours; readonly costs: boolean }) {
  const { range, items, measured, currency, units, findings, more } = hours;
  const steps = seriesOf(range, items, findings ?? []);
  const open = seriesOf(range, measured ?? [], []);
  const namesOf = (used: readonly MarginItem[]) => [...new Set(used.map(({ item }) => item))].sort();
  const label = ({ window }: Step) => (range.step === 'hour' ? hourHere(window) : dayUtc(window));
  const labels = steps.map(label);
  const money = (value: bigint) => moneyWords(value, currency);
  if (nothingIn(hours)) return <p>Nothing was used or charged in this time.</p>;
  const result = hoursWords(hours, costs);
  const used = (name: string, of: readonly Step[], uncharged = false) => (
    <Chart
      key={`${uncharged} ${name}`}
      title={`${uncharged ? 'Not charged yet' : 'Used'}: ${plain(name)}`}
      summary={`How much of ${plain(name)} was used${uncharged ? ' since the last hour that is charged' : ''}.`}
      labels={labels}
      lines={[{ name: 'Used', kind: 'usage', values: of.map(({ quantities }) => quantities.get(name) ?? 0n) }]}
      say={(value) => quantityWords(value, units.get(name))}
    />
  );
  return (
    <>
      <p className="account-sum" role="status">
        {result}
      </p>
      {unreadWords(hours).map((line) => (
        <p key={line} className="fault">
          {line}
        </p>
      ))}
      {more && <p className="fault">There is more than can be shown at once; choose a shorter time.</p>}
      <div className="charts">
        {items.length > 0 && (
          <>
            <Chart
              title={costs ? 'Charged and what it cost' : 'Charged'}
              summary={result}
              labels={labels}
              lines={[
                { name: 'Charged', kind: 'income', values: steps.map((one) => one.income) },
                ...(costs ? [{ name: 'Cost', kind: 'cost' as const, values: steps.map((one) => (one.quantities.size === 0 ? 0n : one.cost)) }] : []),
              ]}
              say={money}
            />
            {costs && (
              <Chart
                title="What is left"
                summary="What was charged less what it cost; below the line where it cost more."
                labels={labels}
                lines={[{ name: 'Margin', kind: 'margin', values: steps.map((one) => (one.quantities.size === 0 ? 0n : one.margin)) }]}
                say={money}
              />
            )}
          </>
        )}
        {namesOf(items).map((name) => used(name, steps))}
        {namesOf(measured ?? []).map((name) => used(name, open, items.length > 0))}
        {findings !== null && (
          <Chart
            title="Where counts differ"
            summary={findings.length === 0 ? 'No finding is open.' : 'Findings that are open, by the hour of their service.'}
            labels={labels}
            lines={[{ name: 'Findings', kind: 'mismatches', values: steps.map(({ mismatches }) => BigInt(mismatches)) }]}
            say={(value) => `${value} ${value === 1n ? 'finding' : 'findings'}`}
          />
        )}
      </div>
      <HourTable hours={hours} costs={costs} />
    </>
  );
}

function HourTable({ hours: { items, currency, units }, costs }: { readonly hours: UsedHours; readonly costs: boolean }) {
  if (items.length === 0) return null;
  const money = (amount: string | undefined) => (amount === undefined ? 'not known' : moneyWords(amount, currency));
  return (
    <>
      <h3>Hour by hour</h3>
      <div className="table-box" tabIndex={0} role="region" aria-label="Hour by hour, table">
        <table>
          <thead>
            <tr>
              <th scope="col">Hour</th>
              <th scope="col" className="text">
                Item
              </th>
              <th scope="col">Used</th>
              <th scope="col">Charged</th>
              {costs && <th scope="col">Cost</th>}
              {costs && <th scope="col">Left</th>}
            </tr>
          </thead>
          <tbody>
            {items.map((one) => (
              <tr key={`${one.window} ${one.item}`}>
                <th scope="row">
                  <HourName window={one.window} />
                </th>
                <td className="text">{plain(one.item)}</td>
                <td>{quantityWords(one.quantity, units.get(one.item))}</td>
                <td>{money(one.income)}</td>
                {costs && <td>{money(one.cost)}</td>}
                {costs && <td>{money(one.margin)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
