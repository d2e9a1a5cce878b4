// Moments and spans as people say them.

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

/** "10:15", as this browser's people write it. */
export function clockTime(ms: number): string {
  return clock.format(ms);
}

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });

/** "26 November 2026", as this browser's people write it. */
export function dayDate(ms: number): string {
  return date.format(ms);
}

/** "4 min" or "45 s": how long it is until then, never less than a second. */
export function spanWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds >= 100 ? `${Math.ceil(seconds / 60)} min` : `${seconds} s`;
}
