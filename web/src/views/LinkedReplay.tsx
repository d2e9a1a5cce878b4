import { useEffect, useState } from 'react';

import { takeReplay } from '../place/replay_link';
import { Linked } from '../replay/linked';
import { useStore } from '../talk/store';
import type { Panels } from './Desk';
import { Opening } from './Opening';
import { ServerAddress } from './ProblemFacts';
import { ReplayPage } from './ReplayPage';

// Before anything else looks at the address.
const link = takeReplay(location, (url) => history.replaceState(null, '', url));

/** The page that a link to a call's past opens; null where the address is none. */
export default function LinkedReplay({ panels }: { readonly panels: Panels }) {
  const [linked] = useState(() => link && new Linked(link));
  return linked && <Opened linked={linked} panels={panels} />;
}

function Opened({ linked, panels }: { readonly linked: Linked; readonly panels: Panels }) {
  useEffect(() => void linked.open(), [linked]);
  const stage = useStore(linked.stage);
  if (stage.kind === 'opening') return <Opening problem={stage.problem} onAgain={() => void linked.open()} />;
  return (
    <ServerAddress value={linked.server_address}>
      <ReplayPage
        ways={stage.ways}
        at={linked.at}
        panels={panels}
        scripted={stage.scripted}
        back={linked.ours ? 'call' : 'start'}
        onBack={() => location.assign(location.pathname)}
      />
    </ServerAddress>
  );
}
