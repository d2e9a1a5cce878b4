import { useCallback, useEffect, useMemo, useRef } from 'react';

import type { Replay } from '../replay/replay';
import { nameIn, personOf } from '../words/people';
import { ChargeNote } from './ChargeNote';
import { Close } from './icons';
import { UsageList } from './UsageList';

interface Props {
  readonly replay: Replay;
  readonly scripted: string | null;
  readonly onClose: () => void;
}

/** What the call used, beside its replay; each piece of evidence is a way to its moment. */
export default function UsagePanel({ replay, scripted, onClose }: Props) {
  const { usage, end, participants } = replay.timeline.head;
  const people = useMemo(() => participants.map((one) => personOf(one, { ownId: '', scripted, over: true })), [participants, scripted]);
  const nameOf = useCallback((id: string) => nameIn(people, id), [people]);
  const { of, timeline } = replay;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section
      className="story used"
      id="used"
      aria-labelledby="used-title"
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClose();
      }}
    >
      <header>
        <h2 id="used-title" tabIndex={-1} ref={heading}>
          Used in this call
        </h2>
        <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label="Close what was used" onClick={onClose}>
          <Close />
        </button>
      </header>
      {end === null && <p className="small">The call goes on: this is what was recorded when it was read. More is recorded each hour and at its end.</p>}
      <UsageList usage={usage} nameOf={nameOf} onGo={(seq) => replay.player.to_event(seq)} />
      {of && timeline.hours && <ChargeNote server={of} sessionId={of.sessionId} hours={timeline.hours} over={end !== null} />}
    </section>
  );
}
