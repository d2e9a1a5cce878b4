import { useCallback, useEffect, useState } from 'react';

import type { HistoryDoor } from '../replay/replay';
import { Used } from '../replay/used';
import { useStore } from '../talk/store';
import { nameIn, type Person } from '../words/people';
import { Dialog } from './Dialog';
import { ProblemFacts } from './ProblemFacts';
import { UsageList } from './UsageList';

interface Props {
  readonly past: HistoryDoor;
  readonly people: readonly Person[];
  /** Where the evidence can be looked at. */
  readonly replay: string;
  readonly onClose: () => void;
}

/** What the call used, once it is over. */
export default function UsedDialog({ past, people, replay, onClose }: Props) {
  const [used] = useState(() => new Used(past, laterHere));
  const { state, reading, pending, problem } = useStore(used.stage);
  const nameOf = useCallback((id: string) => nameIn(people, id), [people]);
  useEffect(() => {
    void used.read();
    return () => used.close();
  }, [used]);
  const known = state.usage.entries.length > 0 || !(pending || reading);
  return (
    <Dialog title="Used in this call" wide onClose={onClose}>
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
      <div className="used">{known && !problem && <UsageList usage={state.usage} nameOf={nameOf} onGo={null} />}</div>
      <div className="row">
        {(problem || (pending && !reading)) && (
          <button type="button" className="button" onClick={() => void used.read()}>
            Look again
          </button>
        )}
        <a className="button" href={replay}>
          See the events in the replay
        </a>
        <button type="button" className="button" data-kind="first" autoFocus onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function laterHere(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
