import { useEffect, useState } from 'react';

import type { LiveUsage } from '@lifeline/client';

import { ConnectedTime, connectedWords } from '../talk/connected_time';

interface Props {
  readonly live: LiveUsage | null;
  readonly lineUp: boolean;
  readonly serverNow: () => number;
  readonly onUsed: () => void;
}

/** How long the call has been connected, and the way to what else it used. Not announced: it changes by itself, and is there for whoever looks. */
export function ConnectedFor({ live, lineUp, serverNow, onUsed }: Props) {
  const seconds = useConnectedSeconds(live, lineUp, serverNow);
  if (seconds === null) return null;
  return (
    <button type="button" className="connected-for" aria-haspopup="dialog" onClick={onUsed}>
      {connectedWords(seconds)}.
    </button>
  );
}

/** Null while nothing is known of it. */
export function useConnectedSeconds(live: LiveUsage | null, lineUp: boolean, serverNow: () => number): number | null {
  const [time] = useState(() => new ConnectedTime());
  const [seconds, setSeconds] = useState<number | null>(null);
  useEffect(() => {
    const look = () => setSeconds(time.seconds(live, lineUp, serverNow()));
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [time, live, lineUp, serverNow]);
  return seconds;
}
