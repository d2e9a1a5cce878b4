import { useCallback, useEffect, useState } from 'react';

import { CallPage } from './views/CallPage';
import { Lobby } from './views/Lobby';
import { Opening } from './views/Opening';
import { ServerAddress } from './views/ProblemFacts';
import { useStore } from './talk/store';
import { Page, type Stage } from './page';

/** Which screen stands: opening, before a call, or in it. What happens in between is `Page`'s. */
export function App({ invite }: { invite: string | null }) {
  const [page] = useState(() => new Page(invite));
  useEffect(() => {
    void page.open();
    return page.watch_leaving();
  }, [page]);
  const stage = useStore(page.stage);
  return (
    <ServerAddress value={page.server_address}>
      <Screen page={page} stage={stage} />
    </ServerAddress>
  );
}

function Screen({ page, stage }: { readonly page: Page; readonly stage: Stage }) {
  const makeInvite = useCallback(() => page.make_invite(), [page]);

  switch (stage.kind) {
    case 'opening':
      return <Opening problem={stage.problem} onAgain={() => void page.open()} />;
    case 'lobby':
      return (
        <Lobby
          devMode={page.dev.enabled}
          scriptedAgent={page.scripted_agent}
          invited={stage.invited}
          busy={stage.busy}
          problem={stage.problem}
          canReturn={stage.canReturn}
          onStart={(name) => void page.start(name)}
          onJoin={(name, secret) => void page.join(name, secret)}
          onReturn={() => void page.come_back()}
        />
      );
    case 'call':
      return (
        <CallPage
          key={stage.talk.call.sessionId}
          talk={stage.talk}
          hearing={page.hearing}
          devMode={page.dev.enabled}
          faults={page.faults}
          scriptedAgent={page.scripted_agent}
          makeInvite={makeInvite}
          onKillSwitch={(enabled, reason) => page.set_kill_switch(enabled, reason)}
          onLeave={() => page.leave()}
          onCarryOn={page.dev.enabled ? () => void page.carry_on() : null}
          onHome={() => page.go_home()}
        />
      );
  }
}
