import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import './styles/tokens.css';
import './styles/base.css';
import './styles/lobby.css';
import './styles/call.css';
import './styles/confirm.css';
import './styles/approve.css';
import { Approval } from './approve/approval';
import { takeApproval } from './place/approval_link';
import { Boundary } from './views/Boundary';
import { ApprovePage } from './views/ApprovePage';

// Before anything else looks at the address.
const link = takeApproval(location, (url) => history.replaceState(null, '', url));

const approval = new Approval(link);
// The same page with another question in its address is another page.
window.addEventListener('hashchange', () => location.reload());

createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <Boundary>
      <ApprovePage approval={approval} />
    </Boundary>
  </StrictMode>,
);
