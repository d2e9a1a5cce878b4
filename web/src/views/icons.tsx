// A few line drawings. Each stands beside a word or inside a labelled button, so none is read out.

import type { ReactNode } from 'react';

import type { ActionTone } from '../words/action';

export function Icon({ children }: { children: ReactNode }) {
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

export const Up = () => (
  <Icon>
    <path d="M10 16V4.5M5.25 9 10 4.25 14.75 9" />
  </Icon>
);

export const Down = () => (
  <Icon>
    <path d="M10 4v11.5M5.25 11 10 15.75 14.75 11" />
  </Icon>
);

export const Remove = () => (
  <Icon>
    <path d="M4.5 6h11M8 6V4.25h4V6M6 6l.75 10h6.5L14 6" />
  </Icon>
);

export const ShieldMark = () => (
  <Icon>
    <path d="M10 2.25 3.75 4.5v5c0 4 2.6 6.9 6.25 8.25 3.65-1.35 6.25-4.25 6.25-8.25v-5zM10 6.75v3.75m0 2.75v.01" />
  </Icon>
);

const MARKS: Readonly<Record<ActionTone, string>> = {
  idle: 'M10 10v.01',
  asks: 'M7.5 7.75a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8m0 2.5v.01',
  runs: 'M10 5.5V10l3 2',
  done: 'm6.25 10.25 2.5 2.5 5-5.25',
  not_done: 'm7 7 6 6m0-6-6 6',
  unclear: 'M10 6v5m0 2.75v.01',
};

/** A circle with what became of it: the word stands beside it. */
export const ActionMark = ({ tone }: { readonly tone: ActionTone }) => (
  <Icon>
    <circle cx="10" cy="10" r="7.75" strokeDasharray={tone === 'idle' ? '3 2.5' : undefined} />
    <path d={MARKS[tone]} />
  </Icon>
);
