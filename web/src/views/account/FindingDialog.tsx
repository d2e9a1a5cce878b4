import { useState } from 'react';

import type { Finding } from '@lifeline/client';

import { useAsked } from '../../account/asked';
import { replayPlace, type Desk } from '../../account/console';
import { momentHere } from '../../account/hours';
import { classWords, stateWords } from '../../words/account';
import { plain } from '../../words/plain';
import { Dialog } from '../Dialog';
import { PartNote } from './PartNote';
import { TraceDialog } from './TraceDialog';

interface Props {
  readonly desk: Desk;
  readonly findingId: string;
  readonly onClose: () => void;
}

/** The records behind a finding, and how it came to where it stands. */
export function FindingDialog({ desk, findingId, onClose }: Props) {
  const asked = useAsked(() => desk.billing.finding(findingId), findingId);
  const [charge, setCharge] = useState<string | null>(null);
  return (
    <Dialog title="Evidence" wide onClose={onClose}>
      <div className="trace">
        <PartNote asked={asked}>{(finding) => <Evidence finding={finding} replay={desk.replay} onTrace={setCharge} />}</PartNote>
      </div>
      <div className="row">
        <button type="button" className="button" data-kind="first" onClick={onClose} autoFocus>
          Close
        </button>
      </div>
      {charge !== null && <TraceDialog desk={desk} chargeId={charge} onClose={() => setCharge(null)} />}
    </Dialog>
  );
}

function Evidence({ finding, replay, onTrace }: { readonly finding: Finding; readonly replay: Desk['replay']; readonly onTrace: (chargeId: string) => void }) {
  const { records = [], history = [] } = finding;
  const text = (step: Readonly<Record<string, unknown>>, name: string) => (typeof step[name] === 'string' ? step[name] : '');
  return (
    <>
      <p>{classWords(finding.class).title}</p>
      <h3>Records behind it</h3>
      {records.length === 0 && <p className="small">None is named.</p>}
      <ul>
        {records.map((id) => (
          <li key={id} className="record">
            <code>{plain(id)}</code> <Way id={id} replay={replay} onTrace={onTrace} />
          </li>
        ))}
      </ul>
      <h3>What became of it</h3>
      {history.length === 0 && <p className="small">Nobody has done anything yet.</p>}
      <ul>
        {history.map((step, index) => (
          <li key={index}>
            <p>
              {stateWords(text(step, 'state'))} <span className="small">{[momentHere(text(step, 'at')), plain(text(step, 'by'))].filter(Boolean).join(' · ')}</span>
            </p>
            {text(step, 'reason') && (
              <p className="reason" dir="auto">
                {plain(text(step, 'reason'))}
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Charges are traced here, calls in their replay; a usage record is found in either. */
function Way({ id, replay, onTrace }: { readonly id: string; readonly replay: Desk['replay']; readonly onTrace: (chargeId: string) => void }) {
  if (/^b[ua]_/.test(id)) {
    return (
      <button type="button" className="button" onClick={() => onTrace(id)}>
        Trace<span className="hidden-but-read">: {plain(id)}</span>
      </button>
    );
  }
  if (!id.startsWith('sess_')) return null;
  return (
    <a
      className="button"
      href={replayPlace(id, 1)}
      target="_blank"
      rel="noreferrer"
      onClick={(event) => {
        event.preventDefault();
        replay(id, 1);
      }}
    >
      Replay<span className="hidden-but-read">: {plain(id)} (in a new tab)</span>
    </a>
  );
}
