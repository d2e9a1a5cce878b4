import type { Call, Self } from '@lifeline/client';

import { Store } from './store';

/** Who this person is in the call; null until the first connection. */
export function selfOf(call: Pick<Call, 'self' | 'connection'>): Store<Self | null> {
  const self = new Store<Self | null>(null);
  const ask = () =>
    call.self.then(
      (known) => self.set(known),
      () => undefined,
    ); // No line, so no self.
  void ask();
  call.connection.subscribe(({ state }) => {
    if (state === 'live' && self.value === null) void ask(); // It may have come up only at the second try.
  });
  return self;
}
