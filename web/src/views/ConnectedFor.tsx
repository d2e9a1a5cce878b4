import { useEffect, useState } from 'react';

import type { LiveUsage } from '@lifeline/client';

import { ConnectedTime, connectedWords } from '../talk/connected_time';

interface Props {
  readonly live: LiveUsage | null;
  readonly lineUp: boolean;
  readonly serverNow: () => number;
}

/** How long the call has been connected. Not announced: it changes by itself, and is there for whoever looks. */
export function ConnectedFor({ live, lineUp, serverNow }: Props) {
  const [time] = useState(() => new ConnectedTime());
  const [seconds, setSeconds] = useState<number | null>(null);
  useEffect(() => {
    const look = () => setSeconds(time.seconds(live, lineUp, serverNow()));
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [time, live, lineUp, serverNow]);
  return seconds === null ? null : <span className="connected-for">{connectedWords(seconds)}.</span>;
}
