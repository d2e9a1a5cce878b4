// In which hours of its account a call has records: those in which it is charged.

import type { CallEvent } from '@lifeline/client';

/** The hours that a call has records in, and whose it is. */
export interface CallHours {
  readonly accountId: string;
  readonly first: string;
  readonly last: string;
}

export function withHours(hours: CallHours | null, event: CallEvent): CallHours | null {
  if (event.type !== 'billing.usage.measured') return hours;
  const { accountId, window } = event.payload;
  if (hours === null) return { accountId, first: window, last: window };
  return { accountId, first: window < hours.first ? window : hours.first, last: window > hours.last ? window : hours.last };
}
