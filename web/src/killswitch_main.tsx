import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import './styles/tokens.css';
import './styles/base.css';
import './styles/lobby.css';
import './styles/dialog.css';
import './styles/approve.css';
import './styles/stops.css';
import { Console } from './oversight/console';
import { takePass } from './place/pass_link';
import { Boundary } from './views/Boundary';
import { KillSwitchPage } from './views/KillSwitchPage';

// Before anything else looks at the address.
const pass = takePass(location, (url) => history.replaceState(null, '', url));

const oversight = new Console();
if (pass !== null) void oversight.sign_in(pass);

createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <Boundary>
      <KillSwitchPage oversight={oversight} />
    </Boundary>
  </StrictMode>,
);
