import { useState, type FormEvent } from 'react';

import type { Console, ConsoleStage } from '../oversight/console';
import { useStore } from '../talk/store';
import { ProblemNote } from './ProblemNote';
import { ServerAddress } from './ProblemFacts';
import { StopBoard } from './StopBoard';

/** For operators and admins, without any call: what agents may not do just now. */
export function KillSwitchPage({ oversight }: { readonly oversight: Console }) {
  const stage = useStore(oversight.stage);
  return (
    <ServerAddress value={oversight.server_address}>
      <main className="approve oversight">
        <header>
          <p className="wordmark">Lifeline</p>
          {stage.kind === 'board' && (
            <button type="button" className="button" data-kind="quiet" onClick={() => oversight.sign_out()}>
              Sign out
            </button>
          )}
        </header>
        <h1>Kill switches</h1>
        {stage.kind === 'board' ? (
          <div className="approve-card">
            <StopBoard stops={stage.stops} />
          </div>
        ) : (
          <SignIn oversight={oversight} stage={stage} />
        )}
      </main>
    </ServerAddress>
  );
}

interface SignInProps {
  readonly oversight: Console;
  readonly stage: Extract<ConsoleStage, { kind: 'sign_in' }>;
}

function SignIn({ oversight, stage: { busy, problem } }: SignInProps) {
  const [pass, setPass] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) void oversight.sign_in(pass);
  };
  return (
    <form className="approve-card" onSubmit={submit}>
      <h2>Who oversees?</h2>
      <p>An operator’s, auditor’s or admin’s pass shows what is stopped. It is kept while this page is open, and nowhere.</p>
      <label className="field">
        <span>Pass (access token)</span>
        <input
          className="input"
          type="password"
          value={pass}
          autoFocus
          required
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setPass(event.target.value)}
        />
      </label>
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <button type="submit" className="button" data-kind="first" aria-disabled={busy}>
          {busy ? 'Asking …' : 'Show the switches'}
        </button>
      </div>
    </form>
  );
}
