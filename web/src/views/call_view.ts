import { useCall, useConnection, useParticipants, useTranscript, useWakeLock } from '@lifeline/client/react';
import { useCallback, useEffect, useMemo } from 'react';

import { useStore } from '../talk/store';
import type { Talk } from '../talk/talk';
import { lineWords } from '../words/connection';
import { transcriptLines, withTurns } from '../words/lines';
import { nameIn, personOf } from '../words/people';
import { announcedOf, rowsOf } from '../words/rows';
import { useDoubt, useNow, useOnline } from './hooks';

/** The call as the page shows it: the SDK's observables and this person's own side, put into words. */
export function useCallView({ call, conversation, self, asking }: Talk, scripted: string | null) {
  const state = useCall(call);
  const { end, phase, seq, outage, actions, erasures, killSwitches, turns } = state;
  const connection = useConnection(call);
  const utterances = useTranscript(call);
  const participants = useParticipants(call);
  const outgoing = useStore(conversation.outgoing.words);
  const own = useStore(self);
  const ownId = own?.participantId ?? '';
  const reads_only = own?.role === 'viewer';
  const { waiting } = useStore(asking.view);
  const online = useOnline();
  const now = useNow((connection.retryAt !== null || outage !== null) && !end);

  const agreed = state.recordingConsentRequired ? state.recordingAgreed : null;
  const over = end !== null || connection.state === 'closed';
  const connected = connection.state === 'live';
  const people = useMemo(
    () => participants.map((one) => personOf(one, { ownId, scripted, over, agreed })),
    [participants, ownId, scripted, over, agreed],
  );
  const lines = useMemo(() => {
    const known = new Map(people.map((person) => [person.id, person]));
    return transcriptLines(withTurns(utterances, turns), outgoing, known, { id: ownId, connected, over });
  }, [utterances, turns, outgoing, people, ownId, connected, over]);
  const nameOf = useCallback((id: string) => nameIn(people, id), [people]);
  const rows = useMemo(() => rowsOf(lines, actions, erasures, nameOf), [lines, actions, erasures, nameOf]);
  const heard = useMemo(() => announcedOf(rows), [rows]);
  const lost = people.filter((one) => one.presence === 'away' && one.id !== ownId).map((one) => one.name);
  const line = lineWords({ connection, end, online, now, readUpTo: seq, outage, lost });

  useWakeLock(connected && !over);
  useDoubt(online, call);
  useEffect(() => {
    // Whoever is in another tab sees only this.
    document.title = `${waiting > 0 && !over ? 'Your answer is needed' : line.title} · Lifeline`;
    return () => void (document.title = 'Lifeline');
  }, [line.title, waiting, over]);
  useEffect(() => {
    if (over) conversation.set_listening(false);
  }, [over, conversation]);

  return {
    state,
    end,
    ending: phase === 'ending',
    connection,
    line,
    people,
    rows,
    heard,
    killSwitches,
    nameOf,
    stopperOf: (id: string) => people.find((one) => one.id === id)?.name ?? 'an operator',
    over,
    connected,
    ownId,
    operator: own?.role === 'operator',
    reads_only,
  };
}
