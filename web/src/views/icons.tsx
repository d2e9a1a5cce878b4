// A few line drawings. Each stands beside a word or inside a labelled button, so none is read out.

import type { ReactNode } from 'react';

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const Microphone = () => (
  <Icon>
    <rect x="7.25" y="2.25" width="5.5" height="9.5" rx="2.75" />
    <path d="M4.25 9.5a5.75 5.75 0 0 0 11.5 0M10 15.25v2.5" />
  </Icon>
);

export const Loud = () => (
  <Icon>
    <path d="M3 7.75v4.5h2.75L10 15.75V4.25L5.75 7.75zM13 7.5a3.5 3.5 0 0 1 0 5M15.25 5a7 7 0 0 1 0 10" />
  </Icon>
);

export const Silent = () => (
  <Icon>
    <path d="M3 7.75v4.5h2.75L10 15.75V4.25L5.75 7.75zM13.25 8l4 4m0-4-4 4" />
  </Icon>
);

export const Close = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);
