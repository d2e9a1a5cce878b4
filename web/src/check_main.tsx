import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import './styles/tokens.css';
import './styles/base.css';
import './styles/lobby.css';
import './styles/check.css';
import { CheckRun } from './check/run';
import { browserWorld } from './check/world';
import { chooseBaseUrl, holdMs, isThisMachine, loadConfig } from './place/config';
import { devPass, readDevMode } from './place/dev_mode';
import { Boundary } from './views/Boundary';
import { ConnectionTest } from './views/ConnectionTest';

const NAME = 'Connection test';

/** A test makes a call of its own where this page may; elsewhere it asks what can be asked without one. */
async function makeRun(): Promise<CheckRun> {
  const config = await loadConfig().catch(() => ({}));
  const base = chooseBaseUrl(config, location);
  const near = isThisMachine(location.hostname) && base === location.origin;
  const dev = near && (await readDevMode(base).catch(() => null))?.enabled === true;
  return new CheckRun(await browserWorld(base, dev ? devPass(base, NAME) : null, holdMs(config, location.search)));
}

createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <Boundary>
      <ConnectionTest makeRun={makeRun} />
    </Boundary>
  </StrictMode>,
);
