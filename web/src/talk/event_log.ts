// Every event that this tab has seen of the call, for the developers' drawer. It listens from the moment the
// call exists, so that the drawer shows the whole call however late it is opened. A long call is cut to its
// newest events; the journal has the rest.

import type { Call, CallEvent } from '@lifeline/client';

import { Store } from './store';

export const KEPT_MAX = 2_000;
/** Events arrive in bursts; views are told once per frame at most. */
const TELL_EVERY_MS = 50;

export type LogSource = Pick<Call, 'on'>;

export class EventLog {
  readonly events = new Store<readonly CallEvent[]>([]);
  private gathered_: CallEvent[] = [];
  private timer_: ReturnType<typeof setTimeout> | null = null;

  constructor(call: LogSource) {
    call.on('*', (event) => {
      this.gathered_.push(event);
      this.timer_ ??= setTimeout(() => this.tell(), TELL_EVERY_MS);
    });
  }

  private tell(): void {
    this.timer_ = null;
    const all = [...this.events.value, ...this.gathered_];
    this.gathered_ = [];
    this.events.set(all.length > KEPT_MAX ? all.slice(-KEPT_MAX) : all);
  }
}

/** The events whose type, actor or text contains every word that was typed. */
export function filterEvents(events: readonly CallEvent[], typed: string): readonly CallEvent[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return events;
  return events.filter((event) => {
    const text = `${event.seq} ${event.type} ${event.actor.kind} ${JSON.stringify(event.payload)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
