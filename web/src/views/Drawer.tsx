import { useDeferredValue, useEffect, useRef, useState } from 'react';

import type { CallEvent } from '@lifeline/client';
import type { FaultSwitch } from '@lifeline/client/faults/switch';
import { filterEvents, KEPT_MAX, type EventLog } from '../talk/event_log';
import { useStore } from '../talk/store';
import { plain } from '../words/plain';
import { Faults } from './Faults';
import { Close } from './icons';

interface Props {
  readonly log: EventLog;
  readonly faults: FaultSwitch | null;
  readonly onClose: () => void;
}

/** Rows drawn at once; more would slow a phone down and help nobody read. */
const SHOWN_MAX = 300;

/** For developers: each event of the call as it was kept, newest first. */
export default function Drawer({ log, faults, onClose }: Props) {
  const events = useStore(log.events);
  const [typed, setTyped] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const found = useDeferredValue(filterEvents(events, typed));
  const shown = found.slice(-SHOWN_MAX).reverse();
  return (
    <aside
      className="drawer"
      aria-label="Events"
      id="events"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header>
        <h2>Events</h2>
        <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label="Close" onClick={onClose}>
          <Close />
        </button>
      </header>
      {faults && <Faults faults={faults} />}
      <div className="find">
        <label>
          <span className="hidden-but-read">Filter events</span>
          <input
            className="input"
            type="search"
            ref={field}
            value={typed}
            placeholder="Filter: transcript final, seq, words"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <p className="small" role="status">
          {countWords(events.length, found.length, shown.length)}
        </p>
      </div>
      <ol tabIndex={0} aria-label="Events, newest first">
        {shown.map((event) => (
          <EventRow key={event.seq} event={event} />
        ))}
      </ol>
    </aside>
  );
}

function EventRow({ event }: { event: CallEvent }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span className="seq">{event.seq}</span>
          <span>{event.type}</span>
          <span className="by">{event.actor.kind}</span>
        </summary>
        {open && <pre dir="ltr">{plain(JSON.stringify(event, null, 2))}</pre>}
      </details>
    </li>
  );
}

function countWords(all: number, found: number, shown: number): string {
  const kept = all >= KEPT_MAX ? `the newest ${all}` : `${all}`;
  const of = found === all ? `${kept} seen` : `${found} of ${kept}`;
  return shown < found ? `${of}, the newest ${shown} shown` : of;
}
