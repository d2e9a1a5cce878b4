import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';

import type { AgentRecord } from '@lifeline/client';

import { inviteFromPasted } from '../place/invite';
import { rememberedName } from '../place/memory';
import { titleOf } from '../words/document';
import { plain } from '../words/plain';
import type { Problem } from '../words/problem';
import { DevBanner } from './DevBanner';
import { ProblemNote } from './ProblemNote';

interface Props {
  readonly devMode: boolean;
  /** Name of the agent that comes along in development mode; null if none does. */
  readonly scriptedAgent: string | null;
  /** The page was opened by an invite link. */
  readonly invited: boolean;
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** The call this tab was in; null if there is none to go back to. */
  readonly canReturn: boolean;
  readonly agents: readonly AgentRecord[];
  /** With the ids of the agents that are to come along. */
  readonly onStart: (name: string, agents: readonly string[]) => void;
  readonly onJoin: (name: string, secret: string | null) => void;
  readonly onReturn: () => void;
}

/** Before a call: start one, or come to one by an invite. */
export function Lobby(props: Props) {
  const { devMode, invited, problem, canReturn, busy, onReturn } = props;
  return (
    <main className="lobby" aria-busy={busy}>
      {devMode && <DevBanner />}
      <p className="wordmark">Lifeline</p>
      <div className="lobby-body">
        <Heading {...props} />
        {problem && (
          <ProblemNote problem={problem}>
            {canReturn && (
              <button type="button" className="button" disabled={busy} onClick={onReturn}>
                Try to get back into the call
              </button>
            )}
          </ProblemNote>
        )}
        {invited ? <JoinForm {...props} /> : devMode && <StartForm {...props} />}
        {!invited && (devMode ? <PasteAside {...props} /> : <PasteForm {...props} />)}
      </div>
    </main>
  );
}

function Heading({ invited, devMode, scriptedAgent }: Props) {
  if (invited) {
    return (
      <>
        <h1>You are invited to a call.</h1>
        <p className="lede">Say who you are, and come in. The others will see this name.</p>
      </>
    );
  }
  if (!devMode) {
    return (
      <>
        <h1>Come to a call.</h1>
        <p className="lede">
          Calls are started by the app that uses this server. If somebody sent you an invite link, open it or
          paste it here.
        </p>
      </>
    );
  }
  return (
    <>
      <h1>Start a call.</h1>
      <p className="lede">
        {scriptedAgent
          ? 'Talk with a scripted agent and whomever you invite. '
          : 'Talk with whomever you invite. '}
        Every word is kept before it is shown, so a lost connection loses nothing.
      </p>
    </>
  );
}

function StartForm({ busy, agents, onStart }: Props) {
  const [left_out, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const come = agents.filter((one) => one.join !== 'all' && !left_out.has(one.userId));
  const turn = (userId: string, comes: boolean) => {
    const others = [...left_out].filter((one) => one !== userId);
    setLeftOut(new Set(comes ? others : [...others, userId]));
  };
  return (
    <NameForm
      busy={busy}
      action="Start the call"
      doing="Starting …"
      onName={(name) => onStart(name, come.map((one) => one.userId))}
    >
      {agents.length > 0 && <AgentChoice agents={agents} leftOut={left_out} onTurn={turn} />}
    </NameForm>
  );
}

interface AgentChoiceProps {
  readonly agents: readonly AgentRecord[];
  readonly leftOut: ReadonlySet<string>;
  readonly onTurn: (userId: string, comes: boolean) => void;
}

/** The server's own agents: who comes along is seen, and chosen where it can be. */
function AgentChoice({ agents, leftOut, onTurn }: AgentChoiceProps) {
  return (
    <fieldset className="agents">
      <legend>Who comes along</legend>
      {agents.map(({ userId, name, driver, model, join }) => (
        <label key={userId}>
          <input
            type="checkbox"
            checked={join === 'all' || !leftOut.has(userId)}
            disabled={join === 'all'}
            onChange={(event) => onTurn(userId, event.target.checked)}
          />
          <span>
            {titleOf(name)}
            <span className="small">
              {driver === 'scripted' ? ' follows a script' : ` ${plain(model ?? driver)}`}
              {join === 'all' && ', in every call'}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function JoinForm({ busy, onJoin }: Props) {
  return (
    <NameForm busy={busy} action="Join the call" doing="Joining …" onName={(name) => onJoin(name, null)} />
  );
}

interface NameFormProps {
  readonly busy: boolean;
  readonly action: string;
  readonly doing: string;
  readonly onName: (name: string) => void;
  readonly children?: ReactNode;
}

function NameForm({ busy, action, doing, onName, children }: NameFormProps) {
  const [name, setName] = useState(rememberedName);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // A phone would open its keyboard over the page.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onName(name.trim());
  };
  return (
    <form onSubmit={submit}>
      <NameField value={name} onChange={setName} fieldRef={field} />
      {children}
      <div className="row">
        <button type="submit" className="button" data-kind="first" aria-disabled={busy}>
          {busy ? doing : action}
        </button>
      </div>
    </form>
  );
}

interface NameFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly fieldRef?: React.RefObject<HTMLInputElement | null>;
}

function NameField({ value, onChange, fieldRef }: NameFieldProps) {
  return (
    <label className="field">
      <span>Your name</span>
      <input
        className="input"
        ref={fieldRef}
        value={value}
        required
        pattern=".*\S.*"
        title="Anything but blanks"
        maxLength={64}
        autoComplete="name"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

function PasteAside(props: Props) {
  return (
    <details className="aside">
      <summary>I have an invite</summary>
      <PasteForm {...props} />
    </details>
  );
}

/** For a link that arrived as text: the name and the link, then straight in. */
function PasteForm({ busy, onJoin }: Props) {
  const [name, setName] = useState(rememberedName);
  const [pasted, setPasted] = useState('');
  const [unreadable, setUnreadable] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const secret = inviteFromPasted(pasted);
    setUnreadable(secret === null);
    if (secret !== null && !busy) onJoin(name.trim(), secret);
  };
  return (
    <form onSubmit={submit}>
      <NameField value={name} onChange={setName} />
      <label className="field">
        <span>Invite link</span>
        <input
          className="input"
          value={pasted}
          required
          autoComplete="off"
          spellCheck={false}
          aria-invalid={unreadable}
          aria-describedby="paste-help"
          onChange={(event) => setPasted(event.target.value)}
        />
      </label>
      <p className="small" id="paste-help" role="status">
        {unreadable ? 'That is no invite. Paste the whole link, with all that comes after the # sign.' : ''}
      </p>
      <div className="row">
        <button type="submit" className="button" aria-disabled={busy}>
          {busy ? 'Joining …' : 'Join the call'}
        </button>
      </div>
    </form>
  );
}
