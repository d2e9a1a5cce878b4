import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import './styles/tokens.css';
import './styles/base.css';
import './styles/lobby.css';
import './styles/dialog.css';
import './styles/approve.css';
import './styles/stops.css';
import './styles/account.css';
import { AccountConsole } from './account/console';
import { takePass } from './place/pass_link';
import { Boundary } from './views/Boundary';
import { AccountPage } from './views/account/AccountPage';

// Before anything else looks at the address.
const pass = takePass(location, (url) => history.replaceState(null, '', url));
const account = new URLSearchParams(location.search).get('account') ?? '';

const desk = new AccountConsole();
if (pass !== null) void desk.sign_in(pass, account);

createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <Boundary>
      <AccountPage console={desk} account={account} />
    </Boundary>
  </StrictMode>,
);
