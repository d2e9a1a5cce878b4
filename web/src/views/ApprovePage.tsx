import { useCall, useConnection } from '@lifeline/client/react';
import { useCallback, useEffect, useId, useMemo, useState, type FormEvent, type ReactNode } from 'react';

import type { Approval, ApprovalStage } from '../approve/approval';
import { useStore } from '../talk/store';
import { lineWords } from '../words/connection';
import { nameIn, personOf } from '../words/people';
import { plain } from '../words/plain';
import type { Problem } from '../words/problem';
import { ConfirmQuestion } from './ConfirmQuestion';
import { useDoubt, useNow, useOnline } from './hooks';
import { LineState } from './LineState';
import { ProblemNote } from './ProblemNote';
import { ServerAddress } from './ProblemFacts';

/** The page of one question. */
export function ApprovePage({ approval }: { readonly approval: Approval }) {
  useEffect(() => void approval.open(), [approval]);
  const stage = useStore(approval.stage);
  return (
    <ServerAddress value={approval.server_address}>
      <main className="approve">
        <p className="wordmark">Lifeline</p>
        <h1 className="hidden-but-read">Approve</h1>
        <Stage approval={approval} stage={stage} />
      </main>
    </ServerAddress>
  );
}

function Stage({ approval, stage }: { readonly approval: Approval; readonly stage: ApprovalStage }) {
  switch (stage.kind) {
    case 'opening':
      return <Plain title="Looking for the question …" />;
    case 'closed':
      return (
        <Plain title="Nothing can be answered here.">
          <ProblemNote problem={stage.problem} />
        </Plain>
      );
    case 'sign_in':
      return <SignIn approval={approval} busy={stage.busy} problem={stage.problem} />;
    case 'call':
      return <Question stage={stage} />;
  }
}

function Plain({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <section className="approve-card">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface SignInProps {
  readonly approval: Approval;
  readonly busy: boolean;
  readonly problem: Problem | null;
}

function SignIn({ approval, busy, problem }: SignInProps) {
  const [name, setName] = useState(approval.remembered_name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') void approval.sign_in(name.trim());
  };
  return (
    <form className="approve-card" onSubmit={submit}>
      <h2>Who are you in the call?</h2>
      <label className="field">
        <span>Your name</span>
        <input
          className="input"
          value={name}
          autoFocus
          maxLength={64}
          autoComplete="name"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <button type="submit" className="button" data-kind="first" disabled={busy || name.trim() === ''}>
          {busy ? 'Opening …' : 'Show the question'}
        </button>
      </div>
    </form>
  );
}

function Question({ stage }: { readonly stage: Extract<ApprovalStage, { kind: 'call' }> }) {
  const { call, self, asking } = stage;
  const { participants, end, seq, outage } = useCall(call);
  const connection = useConnection(call);
  const { shown } = useStore(asking.view);
  const own = useStore(self);
  const ownId = own?.participantId ?? '';
  const online = useOnline();
  const now = useNow(connection.retryAt !== null && !end);
  const heading = useId();
  const description = useId();
  const over = end !== null || connection.state === 'closed';
  const people = useMemo(
    () => participants.map((one) => personOf(one, { ownId, scripted: null, over })),
    [participants, ownId, over],
  );
  const nameOf = useCallback((id: string) => nameIn(people, id), [people]);
  const serverNow = useCallback(() => call.serverNow(), [call]);
  const words = lineWords({ connection, end, online, now, readUpTo: seq, outage, lost: [] });
  useDoubt(online, call);
  useEffect(() => {
    document.title = `${shown ? plain(shown.confirmation.title) : 'Approve'} · Lifeline`;
  }, [shown]);

  return (
    <>
      <LineState words={words} onTryNow={() => call.reconnectNow()} />
      {shown ? (
        <section className="approve-card" aria-labelledby={heading}>
          <ConfirmQuestion
            key={shown.confirmation.confirmationId}
            question={shown}
            asking={asking}
            lineUp={connection.state === 'live'}
            serverNow={serverNow}
            ownId={ownId}
            nameOf={nameOf}
            headingId={heading}
            descriptionId={description}
            rest={shown.confirmation.state === 'open' ? null : <p className="small">You can close this page.</p>}
          />
        </section>
      ) : connection.state === 'live' || over ? (
        <Plain title="There is nothing to answer.">
          <p>
            {over
              ? 'The call is over, or its line is closed.'
              : 'The question is no longer open, or it is for somebody else.'}
          </p>
        </Plain>
      ) : (
        <Plain title="Reading the call …" />
      )}
    </>
  );
}
