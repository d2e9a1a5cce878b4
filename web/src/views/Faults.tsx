import { useState } from 'react';

import type { FaultSwitch } from '@lifeline/client/faults/switch';

/** For developers: what a bad network and a tired token do to this page's own line. */
export function Faults({ faults }: { readonly faults: FaultSwitch }) {
  const [stalled, setStalled] = useState(faults.stalled);
  const [offline, setOffline] = useState(faults.offline);
  return (
    <fieldset className="faults">
      <legend>Break this page’s line</legend>
      <button type="button" className="button" onClick={() => faults.cut()}>
        Cut
      </button>
      <button
        type="button"
        className="button"
        aria-pressed={stalled}
        onClick={() => {
          faults.stall(!stalled);
          setStalled(!stalled);
        }}
      >
        Stall
      </button>
      <button
        type="button"
        className="button"
        aria-pressed={offline}
        onClick={() => {
          faults.goOffline(!offline);
          setOffline(!offline);
        }}
      >
        Go offline
      </button>
      <button type="button" className="button" onClick={() => faults.expireToken()}>
        Expire the token
      </button>
    </fieldset>
  );
}
