import type { ReactNode } from 'react';

import type { Balance, Budget, Reconciliation } from '@lifeline/client';

import { useAsked } from '../../account/asked';
import type { Desk } from '../../account/console';
import { hourHere, momentHere, monthOf, monthWords } from '../../account/hours';
import { overviewOf, type Overview, type Part } from '../../account/overview';
import { budgetWords, standingOf, type Rights } from '../../words/account';
import { moneyWords, percentOf } from '../../words/money';
import { plain } from '../../words/plain';
import type { PartName } from './AccountPage';
import { PartNote } from './PartNote';

interface Props {
  readonly desk: Desk;
  readonly can: Rights;
  readonly now: () => number;
  readonly onGo: (to: PartName) => void;
}

/** How things stand, in plain words first. */
export function OverviewPart({ desk, can, now, onGo }: Props) {
  const asked = useAsked((at) => overviewOf(desk.billing, monthOf(at), can.runs), '', now);
  return (
    <PartNote asked={asked} stays>
      {(looked) => (
        <>
          <Stands looked={looked} />
          <dl className="account-figures">
            <Figure name={`${monthWords(looked.period)} so far`} part={looked.month}>
              {(amount) => <b>{amount}</b>}
            </Figure>
            <Figure name="Credit" part={looked.balance}>
              {(balance) => <Credit balance={balance} />}
            </Figure>
            <Figure name="Findings that are open" part={looked.findings}>
              {({ list, more }) => <Way count={list.length} more={more} label="Show findings" onGo={() => onGo('findings')} />}
            </Figure>
            <Figure name="Charges that wait for a person" part={looked.letters}>
              {({ count, more }) => <Way count={count} more={more} label="Show dead letters" onGo={() => onGo('letters')} />}
            </Figure>
            {looked.run && (
              <Figure name="Counted again last" part={looked.run}>
                {(run) => <Run run={run} />}
              </Figure>
            )}
          </dl>
          <h3>Budgets</h3>
          <Budgets part={looked.budgets} currency={looked.balance.value?.currency ?? ''} />
        </>
      )}
    </PartNote>
  );
}

function Stands({ looked: { findings, letters, budgets, balance } }: { readonly looked: Overview }) {
  const standing = standingOf({
    findings: findings.value?.list ?? null,
    moreFindings: findings.value?.more ?? false,
    deadLetters: letters.value?.count ?? null,
    moreLetters: letters.value?.more ?? false,
    budgets: budgets.value,
    balance: balance.value,
  });
  return (
    <div className="standing" data-kind={standing.kind} role="status">
      <p>
        <b>{standing.title}</b>
      </p>
      <ul>
        {standing.why.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

function Figure<T>({ name, part: { value, why }, children }: { readonly name: string; readonly part: Part<T>; readonly children: (value: T) => ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{why === null ? children(value as T) : <span className="small">{why}</span>}</dd>
    </div>
  );
}

function Way({ count, more, label, onGo }: { readonly count: number; readonly more: boolean; readonly label: string; readonly onGo: () => void }) {
  return (
    <>
      <b>
        {more ? 'at least ' : ''}
        {count.toLocaleString()}
      </b>
      {count > 0 && (
        <button type="button" className="button" onClick={onGo}>
          {label}
        </button>
      )}
    </>
  );
}

function Credit({ balance: { currency = '', available, granted, held, charged } }: { readonly balance: Balance }) {
  if (available === undefined) {
    return (
      <>
        <b>not limited</b>
        <span className="small">No credit was ever granted{charged === undefined ? '.' : `; ${moneyWords(charged, currency)} is charged in all.`}</span>
      </>
    );
  }
  const said = [granted === undefined ? '' : `${moneyWords(granted, currency)} granted`, held === undefined || held === '0' ? '' : `${moneyWords(held, currency)} held for calls that go on`];
  return (
    <>
      <b>{moneyWords(available, currency)} left</b>
      <span className="small">{said.filter(Boolean).join(', ')}</span>
    </>
  );
}

function Run({ run }: { readonly run: Reconciliation | null }) {
  if (run === null) return <span className="small">Not yet.</span>;
  const { at, window, matched, waiting, findings } = run;
  return (
    <>
      <b>{at === undefined ? hourHere(window) : momentHere(at)}</b>
      <span className="small">
        {matched.toLocaleString()} agree, {waiting.toLocaleString()} not due yet, {findings.toLocaleString()} differ
      </span>
    </>
  );
}

function Budgets({ part: { value, why }, currency }: { readonly part: Part<readonly Budget[]>; readonly currency: string }) {
  if (value === null) return <p className="small">{why}</p>;
  const set = value.filter(({ limit }) => limit !== undefined);
  if (set.length === 0) return <p>No budget is set.</p>;
  return (
    <ul className="budgets">
      {set.map((budget) => {
        const { title, amount, note } = budgetWords(budget, currency);
        const percent = budget.used === undefined ? null : percentOf(budget.used, budget.limit!);
        return (
          <li key={budget.budgetId} data-reached={budget.reached === true}>
            <p>
              <bdi>{title}</bdi> <b>{amount}</b>
            </p>
            {percent !== null && <progress max={100} value={Math.min(100, percent)} aria-label={`${plain(budget.budgetId)}: ${percent} % used`} />}
            <p className="small">
              {percent !== null && `${percent} % used. `}
              {budget.reached === true ? 'Nothing is left. ' : ''}
              {note}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
