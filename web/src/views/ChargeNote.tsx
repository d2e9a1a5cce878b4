import type { ClientOptions } from '@lifeline/client';

import { useAsked } from '../account/asked';
import type { CallHours } from '../replay/call_hours';
import { askCharged } from '../replay/charged';
import { chargedWords } from '../words/charged';

interface Props {
  readonly server: ClientOptions;
  readonly sessionId: string;
  readonly hours: CallHours;
  readonly over: boolean;
}

/** What the call is charged, below what it used; for whoever oversees its account, and nothing for anybody else. */
export function ChargeNote({ server, sessionId, hours, over }: Props) {
  const asked = useAsked(() => askCharged(server, sessionId, hours, over), `${sessionId} ${hours.last} ${over}`);
  const { value, problem, busy, again } = asked;
  if (value?.kind === 'hidden' || (value === null && problem === null)) return null;
  const said = problem ? { title: problem.title, detail: problem.advice } : chargedWords(value!);
  return (
    <div className="used-group charge-note" role="group" aria-labelledby="used-charge">
      <h3 id="used-charge">Charged</h3>
      <div role="status">
        <p>
          <b>{said.title}</b>
        </p>
        {said.detail && <p className="small">{said.detail}</p>}
      </div>
      {(problem !== null || value!.kind === 'waiting') && (
        <button type="button" className="button" aria-disabled={busy} onClick={busy ? undefined : again}>
          {busy ? 'Asking …' : 'Ask again'}
        </button>
      )}
    </div>
  );
}
