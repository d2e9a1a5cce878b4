/**
 * React hooks over a Call. Create the call where the person taps (an event handler), not in an
 * effect: effects run twice in development, and a call is not a thing to make twice.
 *
 * @module
 */
import { useCallback, useSyncExternalStore } from 'react';
import type { Call } from './call.js';
import type { ConnectionStatus } from './connection.js';
import type { Observable } from './observable.js';
import { initialState, type CallState, type Participant, type Utterance } from './state.js';

const idle: ConnectionStatus = {
  state: 'idle',
  attempt: 0,
  retryAt: null,
  reason: null,
  code: null,
};
const nothing: readonly never[] = [];

function useObservable<T>(observable: Observable<T> | undefined, before: T): T {
  const subscribe = useCallback(
    (listener: () => void) => observable?.subscribe(listener) ?? (() => undefined),
    [observable],
  );
  const read = () => (observable ? observable.value : before);
  return useSyncExternalStore(subscribe, read, read);
}

/** The state of the call; that of a call not yet begun while there is none. */
export function useCall(call: Call | null): CallState {
  return useObservable(call?.state, initialState);
}

/** What was said, in order. */
export function useTranscript(call: Call | null): readonly Utterance[] {
  return useObservable<readonly Utterance[]>(call?.transcript, nothing);
}

/** Who is or was in the call. */
export function useParticipants(call: Call | null): readonly Participant[] {
  return useObservable<readonly Participant[]>(call?.participants, nothing);
}

/** How the call is connected; `idle` while there is none. */
export function useConnection(call: Call | null): ConnectionStatus {
  return useObservable(call?.connection, idle);
}
