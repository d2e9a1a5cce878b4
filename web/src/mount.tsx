import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';

import './styles/tokens.css';
import './styles/base.css';
import './styles/lobby.css';
import './styles/call.css';
import './styles/consent.css';
import './styles/transcript.css';
import './styles/drawer.css';
import './styles/dialog.css';
import './styles/act.css';
import './styles/confirm.css';
import './styles/desk.css';
import './styles/stops.css';
import './styles/replay.css';
import './styles/story.css';
import './styles/usage.css';
import { App } from './App';
import { takeInvite } from './place/invite';
import { readReplay } from './place/replay_link';
import { Boundary } from './views/Boundary';
import type { Panels } from './views/Desk';
import { later } from './views/later';

/** For whoever was sent a link to a call's past. */
const LinkedReplay = later(() => import('./views/LinkedReplay'));

/** Puts the page up, with the panels that an application brings. Its own entry is main.tsx; examples/lifeos has another. */
export function mountPage(panels: Panels): void {
  // Before anything else looks at the address.
  const invite = takeInvite(location, (url) => history.replaceState(null, '', url));
  const past = readReplay(location.search) !== null;
  createRoot(document.getElementById('page')!).render(
    <StrictMode>
      <Boundary>
        {past ? (
          <Suspense>
            <LinkedReplay panels={panels} />
          </Suspense>
        ) : (
          <App invite={invite} panels={panels} />
        )}
      </Boundary>
    </StrictMode>,
  );
}
