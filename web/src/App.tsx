import { useCallback, useEffect, useState } from 'react';

import { CallPage } from './views/CallPage';
import type { Panels } from './views/Desk';
import { Lobby } from './views/Lobby';
import { Opening } from './views/Opening';
import { ServerAddress } from './views/ProblemFacts';
import { useStore } from './talk/store';
import { Page, type Stage } from './page';

/** Which screen stands: opening, before a call, or in it. What happens in between is `Page`'s. */
export function App({ invite, panels }: { readonly invite: string | null; readonly panels: Panels }) {
  const [page] = useState(() => new Page(invite));
  useEffect(() => {
    void page.open();
    return page.watch_leaving();
  }, [page]);
  const stage = useStore(page.stage);
  return (
    <ServerAddress value={page.server_address}>
      <Screen page={page} stage={stage} panels={panels} />
    </ServerAddress>
  );
}

interface ScreenProps {
  readonly page: Page;
  readonly stage: Stage;
  readonly panels: Panels;
}

function Screen({ page, stage, panels }: ScreenProps) {
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
          agents={stage.agents}
          onStart={(name, agents) => void page.start(name, agents)}
          onJoin={(name, secret) => void page.join(name, secret)}
          onReturn={() => void page.come_back()}
        />
      );
    case 'call':
      return (
        <CallPage
          key={stage.talk.call.sessionId}
          talk={stage.talk}
          panels={panels}
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
