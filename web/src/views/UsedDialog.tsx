import { useCallback, useEffect, useState } from 'react';

import type { Call, CallState, ClientOptions, Usage } from '@lifeline/client';
import { useConnection } from '@lifeline/client/react';

import { replayAddress } from '../place/replay_link';
import type { HistoryDoor } from '../replay/replay';
import { Used } from '../replay/used';
import { useStore } from '../talk/store';
import { nameIn, type Person } from '../words/people';
import { plain } from '../words/plain';
import { soFarOf, soFarWords } from '../words/usage';
import { ChargeNote } from './ChargeNote';
import { useConnectedSeconds } from './ConnectedFor';
import { Dialog } from './Dialog';
import { ProblemFacts } from './ProblemFacts';
import { UsageList } from './UsageList';

interface Props {
  readonly call: Call;
  readonly state: CallState;
  readonly past: HistoryDoor;
  readonly server: ClientOptions;
  readonly people: readonly Person[];
  readonly onClose: () => void;
}

/** What the call used: so far while it goes on, and all of it once it is over. */
export default function UsedDialog({ call, state, past, server, people, onClose }: Props) {
  const nameOf = useCallback((id: string) => nameIn(people, id), [people]);
  const over = state.end !== null;
  return (
    <Dialog title={over ? 'Used in this call' : 'Used so far'} wide onClose={onClose}>
      {over ? (
        <UsedAtTheEnd past={past} server={server} sessionId={call.sessionId} nameOf={nameOf} />
      ) : (
        <UsedSoFar call={call} usage={state.usage} nameOf={nameOf} />
      )}
      <div className="row">
        {over && (
          <a className="button" href={replayAddress(call.sessionId)}>
            See the events in the replay
          </a>
        )}
        <button type="button" className="button" data-kind="first" autoFocus onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

interface SoFarProps {
  readonly call: Call;
  readonly usage: Usage;
  readonly nameOf: (id: string) => string;
}

/** Recorded or not yet. Not announced: it changes by itself, and is there for whoever looks. */
function UsedSoFar({ call, usage, nameOf }: SoFarProps) {
  const serverNow = useCallback(() => call.serverNow(), [call]);
  const { state: line } = useConnection(call);
  const seconds = useConnectedSeconds(usage.live, line === 'live', serverNow);
  const used = soFarOf(usage, seconds);
  return (
    <>
      {usage.warnings.length > 0 && (
        <ul className="used-warnings">
          {usage.warnings.map(({ seq, message }) => (
            <li key={seq} dir="auto">
              {plain(message)}
            </li>
          ))}
        </ul>
      )}
      <div className="used">{used.entries.length > 0 && <UsageList usage={used} nameOf={nameOf} onGo={null} />}</div>
      <p className="small">{soFarWords(line === 'live', usage)}</p>
    </>
  );
}

interface EndProps extends Pick<Props, 'past' | 'server'> {
  readonly sessionId: string;
  readonly nameOf: (id: string) => string;
}

/** Read from the server: the line is closed when the last records are written. */
function UsedAtTheEnd({ past, server, sessionId, nameOf }: EndProps) {
  const [used] = useState(() => new Used(past, laterHere));
  const { state, hours, reading, pending, problem } = useStore(used.stage);
  useEffect(() => {
    void used.read();
    return () => used.close();
  }, [used]);
  const known = state.usage.entries.length > 0 || !(pending || reading);
  return (
    <>
      <p className="small" role="status">
        {problem ? '' : pending || reading ? 'Not all of it is recorded yet; it is being looked for.' : ''}
      </p>
      {problem && (
        <div className="story-problem" role="alert">
          <p>
            <strong>{problem.title}</strong> <bdi>{problem.advice}</bdi>
          </p>
          <ProblemFacts problem={problem} />
        </div>
      )}
      <div className="used">
        {known && !problem && <UsageList usage={state.usage} nameOf={nameOf} onGo={null} />}
        {hours && !pending && <ChargeNote server={server} sessionId={sessionId} hours={hours} over />}
      </div>
      {(problem || (pending && !reading)) && (
        <p>
          <button type="button" className="button" onClick={() => void used.read()}>
            Look again
          </button>
        </p>
      )}
    </>
  );
}

function laterHere(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
