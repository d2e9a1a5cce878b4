import type { Usage, UsageEvidence } from '@lifeline/client';

import { evidenceWords, usageGroups, type UsageLine } from '../words/usage';

interface Props {
  readonly usage: Pick<Usage, 'entries'>;
  readonly nameOf: (id: string) => string;
  /** Leads to the moment of an event; null where there is no replay to lead through. */
  readonly onGo: ((seq: number) => void) | null;
}

/** What a call used, by what it is, and what each amount rests on. */
export function UsageList({ usage, nameOf, onGo }: Props) {
  const groups = usageGroups(usage, nameOf);
  if (groups.length === 0) return <p className="used-empty">No use is recorded of this call.</p>;
  return groups.map(({ key, title, lines }) => (
    <div key={key} className="used-group" role="group" aria-labelledby={`used-${key}`}>
      <h3 id={`used-${key}`}>{title}</h3>
      <ul>
        {lines.map((line) => (
          <Line key={line.key} line={line} onGo={onGo} />
        ))}
      </ul>
    </div>
  ));
}

function Line({ line, onGo }: { readonly line: UsageLine; readonly onGo: Props['onGo'] }) {
  const { label, amount, notes, evidence, older } = line;
  return (
    <li className="used-line">
      <p>
        <bdi>{label}</bdi>
        <b className="used-amount">{amount}</b>
      </p>
      {notes.length > 0 && <p className="small">{notes.join(' · ')}</p>}
      {evidence.length > 0 && (
        <details>
          <summary>
            Evidence<span className="hidden-but-read"> for {label}</span>
          </summary>
          <ul>
            {evidence.map((one) => (
              <Evidence key={one.recordId} one={one} onGo={onGo} />
            ))}
          </ul>
          {older > 0 && <p className="small">And {older === 1 ? 'one older record' : `${older} older records`}.</p>}
        </details>
      )}
    </li>
  );
}

function Evidence({ one, onGo }: { readonly one: UsageEvidence; readonly onGo: Props['onGo'] }) {
  const places = [...new Set([one.seqFirst, one.seqLast, one.seq])].filter((seq) => seq > 0);
  return (
    <li>
      <p className="small">
        {evidenceWords(one)}; recorded as event {one.seq}
      </p>
      {onGo && (
        <p className="used-places">
          {places.map((seq) => (
            <button key={seq} type="button" className="button" onClick={() => onGo(seq)}>
              To event {seq}
            </button>
          ))}
        </p>
      )}
    </li>
  );
}
