import { useEffect, useRef, useState } from 'react';

import type { Announced } from '../words/rows';

interface Props {
  /** What there is to be heard, oldest first. */
  readonly heard: readonly Announced[];
  readonly ownId: string;
  /** False while a replay runs: what was missed is on the page, but nobody wants it all read out. */
  readonly live: boolean;
}

const KEPT = 8;

/**
 * Captions for people who do not see them: each finished utterance of somebody else, and what became of an
 * action, once, politely.
 */
export function Announcer({ heard, ownId, live }: Props) {
  const known = useRef<Set<string> | null>(null);
  const [said, setSaid] = useState<readonly Announced[]>([]);
  useEffect(() => {
    const before = known.current;
    known.current = new Set(heard.map((one) => one.key));
    if (before === null || !live) return;
    const fresh = heard.filter((one) => !before.has(one.key) && one.speakerKey !== ownId);
    if (fresh.length > 0) setSaid((earlier) => [...earlier, ...fresh].slice(-KEPT));
  }, [heard, ownId, live]);
  return (
    <div className="hidden-but-read" role="log" aria-live="polite" aria-label="Captions">
      {said.map((one) => (
        <p key={one.key}>
          <bdi>{one.name}</bdi>: <bdi>{one.text}</bdi>
        </p>
      ))}
    </div>
  );
}
