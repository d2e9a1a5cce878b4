import type { Call } from '@lifeline/client';
import { useEffect, useState, useSyncExternalStore } from 'react';

/** Whether the device believes that it has a network. It promises nothing: only a line that lives does. */
export function useOnline(): boolean {
  return useSyncExternalStore(watchOnline, () => navigator.onLine);
}

function watchOnline(changed: () => void): () => void {
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}

/**
 * The device knows at once that its network is gone, the line only at its next heartbeat: so the line is
 * asked, and again as long as the two disagree. An answer may have been on its way already.
 */
export function useDoubt(online: boolean, call: Call): void {
  useEffect(() => {
    if (online) return;
    const ask = () => {
      if (call.connection.value.state === 'live') call.reconnectNow();
    };
    ask();
    const timer = setInterval(ask, 2000);
    return () => clearInterval(timer);
  }, [online, call]);
}

/** The time, moving on only while somebody looks at it. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
