import { useState } from 'react';

import type { KillSwitch } from '@lifeline/client';

import { plain } from '../words/plain';
import { problemOf, type Problem } from '../words/problem';
import { Dialog } from './Dialog';

interface Props {
  readonly switches: readonly KillSwitch[];
  readonly nameOf: (id: string) => string;
  /** Stops or allows actions in this call; null for whoever may not. */
  readonly onChange: ((enabled: boolean, reason: string) => Promise<void>) | null;
}

const SCOPE: Readonly<Record<string, string>> = {
  global: 'Nothing is done for anybody just now',
  account: 'Nothing is done in this account just now',
  session: 'Nothing is done in this call just now',
  action_type: 'Some things are not done just now',
};

/** Says that actions are stopped, and by whom; an operator can stop them, and let them go on. */
export function KillSwitchBar({ switches, nameOf, onChange }: Props) {
  const [asking, setAsking] = useState(false);
  const here = switches.some((one) => one.scope === 'session');
  if (switches.length === 0 && !onChange) return null;
  return (
    <section className="switch-bar" aria-label="Actions" data-on={switches.length > 0 || undefined}>
      <div role="status">
        {switches.map((one) => (
          <p key={`${one.scope} ${one.subject}`}>
            <b>{SCOPE[one.scope] ?? 'Actions are stopped'}</b>
            {one.scope === 'action_type' && one.subject && <code> {plain(one.subject)}</code>}
            <span dir="auto">: {plain(one.reason)}</span> <span className="small">({plain(nameOf(one.by))})</span>
          </p>
        ))}
        {switches.length === 0 && <p className="small">The agent may act in this call.</p>}
      </div>
      {onChange && (
        <button type="button" className="button" data-kind={here ? undefined : 'stop'} onClick={() => setAsking(true)}>
          {here ? 'Let it act again' : 'Stop all actions'}
        </button>
      )}
      {asking && onChange && <Change enabled={!here} onChange={onChange} onClose={() => setAsking(false)} />}
    </section>
  );
}

interface ChangeProps {
  readonly enabled: boolean;
  readonly onChange: (enabled: boolean, reason: string) => Promise<void>;
  readonly onClose: () => void;
}

function Change({ enabled, onChange, onClose }: ChangeProps) {
  const [reason, setReason] = useState('');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = () => {
    setSending(true);
    onChange(enabled, reason.trim()).then(onClose, (thrown: unknown) => {
      setSending(false);
      setProblem(problemOf(thrown));
    });
  };
  return (
    <Dialog title={enabled ? 'Stop all actions in this call?' : 'Let the agent act again?'} onClose={onClose}>
      <p>
        {enabled
          ? 'What is under way is not undone. Everybody in the call is told why.'
          : 'What was refused meanwhile is not done by itself.'}
      </p>
      <label className="field">
        <span>Why</span>
        <input className="input" value={reason} maxLength={512} onChange={(event) => setReason(event.target.value)} />
      </label>
      {problem && (
        <p className="fault" role="alert">
          {problem.title} {problem.advice}
        </p>
      )}
      <div className="row">
        <button type="button" className="button" data-kind="quiet" onClick={onClose}>
          Leave it
        </button>
        <button
          type="button"
          className="button"
          data-kind={enabled ? 'stop' : 'first'}
          disabled={sending || reason.trim() === ''}
          onClick={send}
        >
          {sending ? 'Sending …' : enabled ? 'Stop all actions' : 'Let it act'}
        </button>
      </div>
    </Dialog>
  );
}
