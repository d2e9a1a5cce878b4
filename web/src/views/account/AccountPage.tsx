import { useEffect, useRef, useState, type FormEvent } from 'react';

import type { AccountConsole, AccountStage, Desk } from '../../account/console';
import { useStore } from '../../talk/store';
import { rightsOf, roleWords } from '../../words/account';
import { plain } from '../../words/plain';
import { ProblemNote } from '../ProblemNote';
import { ServerAddress } from '../ProblemFacts';
import { ChargesPart } from './ChargesPart';
import { DeadLettersPart } from './DeadLettersPart';
import { FindingsPart } from './FindingsPart';
import { HoursPart } from './HoursPart';
import { OverviewPart } from './OverviewPart';
import { StatementsPart } from './StatementsPart';

export type PartName = 'overview' | 'hours' | 'charges' | 'statements' | 'findings' | 'letters';

const PARTS: readonly (readonly [PartName, string])[] = [
  ['overview', 'Overview'],
  ['hours', 'Hours'],
  ['charges', 'Charges'],
  ['statements', 'Statements'],
  ['findings', 'Findings'],
  ['letters', 'Dead letters'],
];

interface Props {
  readonly console: AccountConsole;
  /** As the address names it. */
  readonly account: string;
  readonly now?: () => number;
  readonly part?: PartName;
}

/** An account's money: what it used, what that cost, and what is open. */
export function AccountPage({ console, account, now = Date.now, part }: Props) {
  const stage = useStore(console.stage);
  return (
    <ServerAddress value={console.server_address}>
      <main className={stage.kind === 'desk' ? 'account' : 'approve oversight'}>
        <header>
          <p className="wordmark">Lifeline</p>
          {stage.kind === 'desk' && (
            <button type="button" className="button" data-kind="quiet" onClick={() => console.sign_out()}>
              Sign out
            </button>
          )}
        </header>
        {stage.kind === 'desk' ? (
          <Board desk={stage.desk} now={now} first={part ?? 'overview'} />
        ) : (
          <>
            <h1>Account</h1>
            <SignIn console={console} stage={stage} account={account} />
          </>
        )}
      </main>
    </ServerAddress>
  );
}

function Board({ desk, now, first }: { readonly desk: Desk; readonly now: () => number; readonly first: PartName }) {
  const [part, setPart] = useState<PartName>(first);
  const heading = useRef<HTMLHeadingElement>(null);
  // Also at first: what was pressed to sign in is gone.
  useEffect(() => heading.current?.focus(), [part]);
  const can = rightsOf(desk.role);
  const said = roleWords(desk.role);
  const title = PARTS.find(([name]) => name === part)![1];
  return (
    <>
      <div className="account-head">
        <h1>
          Account <bdi>{plain(desk.billing.accountId)}</bdi>
        </h1>
        {said && <p className="small">{said}</p>}
      </div>
      <nav className="account-nav" aria-label="Parts of the account">
        <ul>
          {PARTS.map(([name, label]) => (
            <li key={name}>
              <button type="button" className="button" data-kind="quiet" aria-current={name === part ? 'page' : undefined} onClick={() => setPart(name)}>
                {label}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <section className="account-part" aria-labelledby="account-part">
        <h2 id="account-part" tabIndex={-1} ref={heading}>
          {title}
        </h2>
        {part === 'overview' && <OverviewPart desk={desk} can={can} now={now} onGo={setPart} />}
        {part === 'hours' && <HoursPart desk={desk} now={now} />}
        {part === 'charges' && <ChargesPart desk={desk} now={now} />}
        {part === 'statements' && <StatementsPart desk={desk} now={now} />}
        {part === 'findings' && <FindingsPart desk={desk} can={can} />}
        {part === 'letters' && <DeadLettersPart desk={desk} can={can} />}
      </section>
    </>
  );
}

interface SignInProps {
  readonly console: AccountConsole;
  readonly stage: Extract<AccountStage, { kind: 'sign_in' }>;
  readonly account: string;
}

function SignIn({ console, stage: { busy, problem, needsAccount }, account }: SignInProps) {
  const [pass, setPass] = useState('');
  const [named, setNamed] = useState(account);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) void console.sign_in(pass, named);
  };
  return (
    <form className="approve-card" onSubmit={submit}>
      <h2>Whose account?</h2>
      <p>An operator’s, auditor’s, service’s or admin’s pass shows what was used and what it cost. It is kept while this page is open, and nowhere.</p>
      <label className="field">
        <span>Pass (access token)</span>
        <input className="input" type="password" value={pass} autoFocus required autoComplete="off" spellCheck={false} onChange={(event) => setPass(event.target.value)} />
      </label>
      <label className="field">
        <span>
          Account <span className="small">the pass’s own if left empty</span>
        </span>
        <input className="input" value={named} maxLength={128} required={needsAccount} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => setNamed(event.target.value)} />
      </label>
      {needsAccount && problem === null && (
        <p className="fault" role="alert">
          This pass does not say whose it is: name the account.
        </p>
      )}
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <button type="submit" className="button" data-kind="first" aria-disabled={busy}>
          {busy ? 'Asking …' : 'Show the account'}
        </button>
      </div>
    </form>
  );
}
