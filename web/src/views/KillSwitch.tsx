import { Suspense, useState } from 'react';

import type { KillSwitch } from '@lifeline/client';

import type { Stops } from '../act/stops';
import { useStore } from '../talk/store';
import { plain } from '../words/plain';
import { stoppedWords } from '../words/stops';
import { laterDialog } from './later';
import { StopDialog } from './StopDialog';

/** For operators: nobody else's page carries it. */
const BeyondDialog = laterDialog(() => import('./BeyondDialog'));

interface Props {
  readonly switches: readonly KillSwitch[];
  readonly nameOf: (id: string) => string;
  /** Stops or allows actions in this call; null for whoever is no operator of it. */
  readonly onChange: ((enabled: boolean, reason: string) => Promise<void>) | null;
  /** What is stopped beyond this call, as far as an operator's pass reaches. */
  readonly stops: Stops;
}

const SCOPE: Readonly<Record<string, string>> = {
  global: 'Nothing is done for anybody just now',
  account: 'Nothing is done in this account just now',
  session: 'Nothing is done in this call just now',
  action_type: 'Some things are not done just now',
};

/** Says that actions are stopped, and by whom; an operator can stop them, and let them go on. */
export function KillSwitchBar({ switches, nameOf, onChange, stops }: Props) {
  const [asking, setAsking] = useState<null | 'here' | 'beyond'>(null);
  const close = () => setAsking(null);
  const here = switches.some((one) => one.scope === 'session');
  const known = useStore(stops.state).switches ?? [];
  const beyond = onChange ? known : [];
  if (switches.length === 0 && !onChange) return null;
  const stopped = switches.length + beyond.length > 0;
  return (
    <section className="switch-bar" aria-label="Actions" data-on={stopped || undefined}>
      <div role="status">
        {switches.map((one) => (
          <p key={`${one.scope} ${one.subject}`}>
            <b>{SCOPE[one.scope] ?? 'Actions are stopped'}</b>
            {one.scope === 'action_type' && one.subject && <code> {plain(one.subject)}</code>}
            <span dir="auto">: {plain(one.reason)}</span> <span className="small">({plain(nameOf(one.by))})</span>
          </p>
        ))}
        {beyond.map((one) => (
          <p key={JSON.stringify([one.scope, one.accountId, one.actionType])}>
            <b>{stoppedWords(one)}</b>
            <span dir="auto">: {plain(one.reason)}</span> <span className="small">({plain(one.by)})</span>
          </p>
        ))}
        {!stopped && <p className="small">Nobody has stopped actions in this call.</p>}
      </div>
      {onChange && (
        <button type="button" className="button" data-kind="quiet" onClick={() => setAsking('beyond')}>
          Beyond this call …
        </button>
      )}
      {onChange && (
        <button type="button" className="button" data-kind={here ? undefined : 'stop'} onClick={() => setAsking('here')}>
          {here ? 'Let it act again' : 'Stop all actions'}
        </button>
      )}
      {asking === 'here' && onChange && (
        <StopDialog
          title={here ? 'Let the agent act again?' : 'Stop all actions in this call?'}
          effect={
            here
              ? 'What was refused meanwhile is not done by itself.'
              : 'What is under way is not undone. Everybody in the call is told why.'
          }
          act={here ? 'Let it act' : 'Stop all actions'}
          stops={!here}
          onChange={(reason) => onChange(!here, reason)}
          onClose={close}
        />
      )}
      {asking === 'beyond' && onChange && (
        <Suspense>
          <BeyondDialog stops={stops} onClose={close} />
        </Suspense>
      )}
    </section>
  );
}
