import { memo, useCallback, useMemo } from 'react';

import { openConfirmations, type CallState } from '@lifeline/client';

import { OutgoingWords } from '../talk/outgoing';
import { titleOf } from '../words/document';
import { endingWords } from '../words/ending';
import { transcriptLines, withTurns } from '../words/lines';
import { nameIn, personOf } from '../words/people';
import { plain } from '../words/plain';
import { replayLine } from '../words/replay';
import { rowsOf, type ActionRow } from '../words/rows';
import { ActionCard } from './ActionCard';
import { ModeBar, type Panels } from './Desk';
import { LineState } from './LineState';
import { People } from './People';
import { Words } from './Words';

interface Props {
  /** The call as it was then. */
  readonly state: CallState;
  readonly playing: boolean;
  readonly scripted: string | null;
  readonly panels: Panels;
}

/** What the page of the call showed at that moment, and nothing that could be pressed then. */
export const ReplayScene = memo(function ReplayScene({ state, playing, scripted, panels }: Props) {
  const over = state.end !== null;
  const people = useMemo(
    () => state.participants.map((one) => personOf(one, { ownId: '', scripted, over })),
    [state.participants, scripted, over],
  );
  const nameOf = useCallback((id: string) => nameIn(people, id), [people]);
  const rows = useMemo(() => {
    const known = new Map(people.map((person) => [person.id, person]));
    const lines = transcriptLines(withTurns(state.utterances, state.turns), [], known, { id: '', connected: true, over });
    return rowsOf(lines, state.actions, state.erasures, nameOf);
  }, [state.utterances, state.turns, state.actions, state.erasures, people, nameOf, over]);
  const line = replayLine(state, playing);
  return (
    <>
      <LineState words={line} onTryNow={nothing} />
      <People people={people} />
      <div className="asks">
        <ModeBar state={state} panels={panels} />
        <Then state={state} />
      </div>
      <Words
        rows={rows}
        card={card}
        tone={line.tone}
        outgoing={NOTHING_OUTGOING}
        notice={null}
        empty="Nothing had been said yet."
        verdict={state.end && <h2>{endingWords(state.end).title}</h2>}
      />
    </>
  );
});

/** What stood between the people and the words then: stopped actions, open questions, documents. */
function Then({ state }: { readonly state: CallState }) {
  const asked = openConfirmations(state);
  const { killSwitches, deliverables } = state;
  if (asked.length + killSwitches.length + deliverables.length === 0) return null;
  return (
    <ul className="replay-then">
      {killSwitches.map((one) => (
        <li key={`${one.scope} ${one.subject}`} dir="auto">
          <b>Actions were stopped</b>: {plain(one.reason)}
        </li>
      ))}
      {asked.map((one) => (
        <li key={one.confirmationId} dir="auto">
          <b>Waited for an answer</b>: {plain(one.title)}
        </li>
      ))}
      {deliverables.map((one) => (
        <li key={one.documentId} dir="auto">
          <b>{plain(one.title ?? '') || titleOf(one.kind)}</b>, revision {one.rev}
        </li>
      ))}
    </ul>
  );
}

const card = ({ key, action, words, by }: ActionRow) => (
  <ActionCard key={key} action={action} words={words} by={by} onAnswer={null} onStop={null} />
);

const nothing = () => undefined;

/** Nothing is said in the past. */
const NOTHING_OUTGOING = new OutgoingWords({
  utterance: () => {
    throw new Error('nothing is said in a replay');
  },
});
