import { useEffect, useRef, useState } from 'react';

import type { Line } from '../words/lines';

interface Props {
  readonly lines: readonly Line[];
  readonly ownId: string;
  /** False while a replay runs: what was missed is on the page, but nobody wants it all read out. */
  readonly live: boolean;
}

const KEPT = 8;

/**
 * Captions for people who do not see them: each finished utterance of somebody else, once, politely.
 * Unfinished words would be read out again at every syllable, so they are left to the eyes.
 */
export function Announcer({ lines, ownId, live }: Props) {
  const known = useRef<Set<string> | null>(null);
  const [said, setSaid] = useState<readonly Line[]>([]);
  useEffect(() => {
    const finished = lines.filter((line) => line.state === 'kept');
    const before = known.current;
    known.current = new Set(finished.map((line) => line.key));
    if (before === null || !live) return;
    const fresh = finished.filter((line) => !before.has(line.key) && line.speakerKey !== ownId);
    if (fresh.length > 0) setSaid((earlier) => [...earlier, ...fresh].slice(-KEPT));
  }, [lines, ownId, live]);
  return (
    <div className="hidden-but-read" role="log" aria-live="polite" aria-label="Captions">
      {said.map((line) => (
        <p key={line.key} dir="auto">
          {line.name}: {line.text || line.note}
        </p>
      ))}
    </div>
  );
}
