import { useEffect, useId, useRef, useState, type FormEvent } from 'react';

import type { KillSwitchRecord } from '@lifeline/client';

import type { Stop, Stops, StopScope } from '../act/stops';
import { useStore } from '../talk/store';
import { plain } from '../words/plain';
import { changeWords, stoppedWords, stopProblem } from '../words/stops';
import { clockTime } from '../words/time';
import { StopDialog } from './StopDialog';

interface Change {
  readonly stop: Stop;
  readonly enabled: boolean;
}

/** What is stopped beyond single calls, by whom and why; and the means to change it. */
export function StopBoard({ stops }: { readonly stops: Stops }) {
  const { switches, readAt, problem } = useStore(stops.state);
  const [change, setChange] = useState<Change | null>(null);
  const [done, setDone] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const turned = useRef(false);
  useEffect(() => {
    void stops.read_types();
    return stops.watch();
  }, [stops]);

  useEffect(() => {
    if (change !== null || !turned.current) return;
    turned.current = false;
    heading.current?.focus(); // The dialog is gone, and what opened it may be, too.
  }, [change]);

  const turn = async ({ stop, enabled }: Change, reason: string) => {
    await stops.set(stop, enabled, reason);
    setDone(`${stoppedWords(stop)}: ${enabled ? 'stopped' : 'may be done again'}.`);
    turned.current = true;
  };

  return (
    <div className="stops">
      <section aria-labelledby="stopped-now">
        <h2 id="stopped-now" tabIndex={-1} ref={heading}>
          Stopped now
        </h2>
        <p className="small" role="status">
          {done}
        </p>
        {problem && (
          <p className="fault" role="alert">
            {problem.title} {problem.advice} {readAt !== null && `What stands here is as of ${clockTime(readAt)}.`}
          </p>
        )}
        {switches === null ? (
          !problem && <p>Asking the server …</p>
        ) : switches.length === 0 ? (
          <p>Nothing is stopped beyond single calls.</p>
        ) : (
          <ul>
            {switches.map((one) => (
              <Row key={keyOf(one)} record={one} onRelease={() => setChange({ stop: stopOf(one), enabled: false })} />
            ))}
          </ul>
        )}
      </section>
      <StopForm stops={stops} onAsk={(stop) => setChange({ stop, enabled: true })} />
      {change && (
        <StopDialog
          {...changeWords(change.stop, change.enabled)}
          stops={change.enabled}
          why={stopProblem}
          onChange={(reason) => turn(change, reason)}
          onClose={() => setChange(null)}
        />
      )}
    </div>
  );
}

function Row({ record, onRelease }: { readonly record: KillSwitchRecord; readonly onRelease: () => void }) {
  const words = stoppedWords(record);
  return (
    <li>
      <div>
        <p>
          <b>{words}</b>
        </p>
        <p className="reason" dir="auto">
          {plain(record.reason)}
        </p>
        <p className="small">
          by <code>{plain(record.by)}</code>
        </p>
      </div>
      <button type="button" className="button" onClick={onRelease}>
        Allow again<span className="hidden-but-read">: {words}</span>
      </button>
    </li>
  );
}

const SCOPES: readonly (readonly [scope: StopScope, label: string, who: string])[] = [
  ['action_type', 'One type of action', ''],
  ['account', 'A whole account', ''],
  ['instance', 'Everything on this server', 'an admin only'],
];

function StopForm({ stops, onAsk }: { readonly stops: Stops; readonly onAsk: (stop: Stop) => void }) {
  const { types } = useStore(stops.state);
  const [scope, setScope] = useState<StopScope>('action_type');
  const [type, setType] = useState('');
  const [account, setAccount] = useState('');
  const list = useId();
  const ofType = scope === 'action_type';
  const ask = (event: FormEvent) => {
    event.preventDefault();
    const accountId = account.trim();
    onAsk({
      scope,
      ...(ofType && { actionType: type.trim() }),
      ...(scope !== 'instance' && accountId !== '' && { accountId }),
    });
  };
  return (
    <form className="stop-form" onSubmit={ask} aria-labelledby={`${list}-title`}>
      <h2 id={`${list}-title`}>Stop something</h2>
      <fieldset>
        <legend className="hidden-but-read">What</legend>
        {SCOPES.map(([value, label, who]) => (
          <label key={value}>
            <input
              type="radio"
              name={list}
              value={value}
              checked={scope === value}
              onChange={() => setScope(value)}
            />
            <span>
              {label}
              {who && <span className="small"> {who}</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {ofType && (
        <label className="field">
          <span>Type of action</span>
          <input
            className="input"
            value={type}
            required
            list={list}
            maxLength={128}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setType(event.target.value)}
          />
          <datalist id={list}>
            {types.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </label>
      )}
      {scope !== 'instance' && (
        <label className="field">
          <span>
            Account <span className="small">your own if left empty{ofType && '; an admin’s then counts everywhere'}</span>
          </span>
          <input
            className="input"
            value={account}
            maxLength={128}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setAccount(event.target.value)}
          />
        </label>
      )}
      <div className="row">
        <button type="submit" className="button" data-kind="stop">
          Stop …
        </button>
      </div>
    </form>
  );
}

function stopOf({ scope, accountId, actionType }: KillSwitchRecord): Stop {
  return { scope, ...(accountId !== undefined && { accountId }), ...(actionType !== undefined && { actionType }) };
}

function keyOf({ scope, accountId, actionType }: Stop): string {
  return JSON.stringify([scope, accountId, actionType]);
}
