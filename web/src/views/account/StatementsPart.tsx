import { useState } from 'react';

import type { Statement } from '@lifeline/client';

import { useAsked } from '../../account/asked';
import type { Desk } from '../../account/console';
import { monthOf, monthsBack, monthWords } from '../../account/hours';
import { accountProblem, adjustmentWords, quantityWords } from '../../words/account';
import { minorWords, moneyWords } from '../../words/money';
import { plain } from '../../words/plain';
import { HourName } from './HourName';
import { PartNote } from './PartNote';

const FILES = [
  ['csv', 'Table (CSV)'],
  ['html', 'Page (HTML)'],
  ['json', 'Data (JSON)'],
  ['proof', 'Proof (to check)'],
] as const;

/** A month, as it is paid: on the screen, on paper, as files. */
export function StatementsPart({ desk, now }: { readonly desk: Desk; readonly now: () => number }) {
  const [month, setMonth] = useState(() => monthOf(now()));
  const [failed, setFailed] = useState({ month, why: '' });
  const asked = useAsked(async (at) => ({ statement: await desk.billing.statement(month), goesOn: month === monthOf(at) }), month, now);
  const months = monthsBack(asked.asOf ?? now(), 12);
  const keep = async (format: (typeof FILES)[number][0]) => {
    setFailed({ month, why: '' });
    try {
      const ending = format === 'proof' ? 'jsonl' : format;
      offer(await desk.billing.statementFile(month, format), `statement-${month}.${ending}`);
    } catch (thrown) {
      const { title, advice } = accountProblem(thrown);
      setFailed({ month, why: `${title} ${advice}` });
    }
  };
  return (
    <>
      <label className="field month">
        <span>Month (UTC)</span>
        <select className="input" value={month} onChange={(event) => setMonth(event.target.value)}>
          {months.map((one) => (
            <option key={one} value={one}>
              {monthWords(one)}
            </option>
          ))}
        </select>
      </label>
      <PartNote asked={asked} stays>
        {({ statement, goesOn }) => (
          <>
            <p className="row statement-keep">
              <button type="button" className="button" onClick={() => print()}>
                Print
              </button>
              {FILES.map(([format, label]) => (
                <button key={format} type="button" className="button" onClick={() => void keep(format)}>
                  {label}
                </button>
              ))}
            </p>
            <p className="fault" role="alert">
              {failed.month === month && failed.why}
            </p>
            <Sheet statement={statement} goesOn={goesOn} />
          </>
        )}
      </PartNote>
    </>
  );
}

/** The browser's own way to keep a file; nothing is opened in this page's place. */
function offer(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Later, since the browser reads it after this returns.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function Sheet({ statement, goesOn }: { readonly statement: Statement; readonly goesOn: boolean }) {
  const { period, currency, totalMinor, ledgerHash, lines } = statement;
  const text = (line: Statement['lines'][number], name: string) => (typeof line[name] === 'string' ? line[name] : '');
  return (
    <div className="sheet">
      <p className="account-sum">
        {monthWords(period)}: <b>{minorWords(totalMinor, currency)}</b>
      </p>
      <p className="small">{goesOn ? 'So far: the month goes on. ' : ''}A statement, no tax invoice.</p>
      {lines.length === 0 ? (
        <p>Nothing was booked in this month.</p>
      ) : (
        <div className="table-box" tabIndex={0} role="region" aria-label="Statement, table">
          <table>
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col">Quantity</th>
                <th scope="col">Exact</th>
                <th scope="col">To pay</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line, index) => (
                <tr key={index}>
                  <th scope="row">
                    {plain(text(line, 'item'))}
                    {text(line, 'kind') === 'minimum' && ', up to the minimum'}
                    {text(line, 'adjustmentKind') && `, ${adjustmentWords(text(line, 'adjustmentKind'))}`}
                    {text(line, 'serviceWindow') && (
                      <>
                        {' '}
                        <HourName window={text(line, 'serviceWindow')} />
                      </>
                    )}
                    {text(line, 'cause') && (
                      <span className="small cause" dir="auto">
                        {plain(text(line, 'cause'))}
                      </span>
                    )}
                  </th>
                  <td>{text(line, 'quantity') && text(line, 'quantity') !== '0' ? quantityWords(text(line, 'quantity'), text(line, 'unit') || undefined) : ''}</td>
                  <td>{text(line, 'amount') && moneyWords(text(line, 'amount'), currency)}</td>
                  <td>{text(line, 'settledMinor') && minorWords(text(line, 'settledMinor'), currency)}</td>
                </tr>
              ))}
              <tr className="total">
                <th scope="row">Total</th>
                <td />
                <td />
                <td>{minorWords(totalMinor, currency)}</td>
              </tr>
            </tbody>
          </table>
        </div>
      )}
      <p className="small">
        Ledger hash <code>{plain(ledgerHash)}</code>
      </p>
    </div>
  );
}
