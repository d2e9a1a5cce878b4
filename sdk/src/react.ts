/**
 * React hooks over a Call. Create the call where the person taps (an event handler), not in an
 * effect: effects run twice in development, and a call is not a thing to make twice.
 *
 * @module
 */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Call } from './call.js';
import type { DocumentView } from './document_view.js';
import type { LiveDocument } from './live_document.js';
import type { Observable } from './observable.js';
import { initialState, type CallState, type Participant, type Utterance } from './state.js';
import { idleStatus, type ConnectionStatus } from './status.js';

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
  return useObservable(call?.connection, idleStatus);
}

/**
 * A document of the call, followed while the component is there. `document` is what to edit; null before it
 * was opened.
 */
export function useDocument(
  call: Call | null,
  documentId: string,
): { readonly document: LiveDocument | null; readonly view: DocumentView } {
  const [document, setDocument] = useState<LiveDocument | null>(null);
  useEffect(() => {
    if (!call) return;
    const opened = call.openDocument(documentId);
    setDocument(opened);
    return () => {
      opened.close();
      setDocument(null);
    };
  }, [call, documentId]);
  return { document, view: useObservable(document?.view, unread) };
}

const unread: DocumentView = {
  state: 'loading',
  kind: '',
  title: '',
  rev: 0,
  content: {},
  unsaved: 0,
  lastEdit: null,
  error: null,
};

/**
 * Keeps the screen on while `active`, so that a call is not put to sleep in somebody's hand. Where the
 * browser cannot, or the battery saver says no, nothing happens. A hidden page gives the lock up and
 * takes it again when it is shown.
 */
export function useWakeLock(active: boolean): void {
  useEffect(() => {
    const wakeLock = typeof navigator === 'undefined' ? undefined : navigator.wakeLock;
    if (!active || !wakeLock) return;
    let held: WakeLockSentinel | null = null;
    let over = false;
    const take = async () => {
      if (document.visibilityState !== 'visible') return;
      const lock = await wakeLock.request('screen').catch(() => null);
      if (over) void lock?.release();
      else held = lock;
    };
    const takeAgain = () => void take();
    document.addEventListener('visibilitychange', takeAgain);
    void take();
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', takeAgain);
      void held?.release();
    };
  }, [active]);
}
