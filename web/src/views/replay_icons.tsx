// The line drawings of a player's buttons.

import { Icon } from './icons';

export const Play = () => (
  <Icon>
    <path d="M6 3.75v12.5L16 10z" />
  </Icon>
);

export const Pause = () => (
  <Icon>
    <path d="M7 4v12M13 4v12" />
  </Icon>
);

export const ToPrevious = () => (
  <Icon>
    <path d="M5 4.5v11M15.5 4.5v11L7.5 10z" />
  </Icon>
);

export const ToNext = () => (
  <Icon>
    <path d="M15 4.5v11M4.5 4.5v11l8-5.5z" />
  </Icon>
);
