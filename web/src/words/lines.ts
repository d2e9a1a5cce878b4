// What the transcript shows: the call's utterances in the call's order, then what this person has on its way.

import type { Turn, Utterance } from '@lifeline/client';

import type { Outgoing } from '../talk/outgoing';
import type { Person } from './people';
import { speakerOf } from './people';
import { plain } from './plain';
import type { Problem } from './problem';

export interface Line {
  readonly key: string;
  readonly utteranceId: string;
  readonly speakerKey: string;
  readonly name: string;
  readonly label: string;
  readonly machine: boolean;
  readonly text: string;
  /** Place in the call; null while it has none. */
  readonly seq: number | null;
  readonly state: 'kept' | 'open' | 'sending' | 'refused';
  readonly note: string;
  readonly problem: Problem | null;
}

/**
 * The utterances, and what agents are about to say: a turn's text as it comes, in the row where it will stand once
 * it is said.
 */
export function withTurns(utterances: readonly Utterance[], turns: readonly Turn[]): readonly Utterance[] {
  const coming = turns.filter((one) => one.state === 'running' && one.text !== '');
  if (coming.length === 0) return utterances;
  const begun = new Set<string>();
  const all = utterances.map((said): Utterance => {
    const turn = coming.find((one) => one.turnId === said.turnId);
    if (!turn || said.text !== '' || isSettled(said)) return said;
    begun.add(turn.turnId);
    return { ...said, text: turn.text, state: 'partial' };
  });
  const rest = coming.filter((one) => !begun.has(one.turnId)).map((turn) => ownOf(turn, utterances));
  return [...all, ...rest];
}

/** A turn whose words have no utterance yet. */
function ownOf(turn: Turn, utterances: readonly Utterance[]): Utterance {
  const spoken = utterances.filter((one) => one.turnId === turn.turnId).length;
  return {
    utteranceId: spoken === 0 ? turn.turnId : `${turn.turnId} ${spoken}`,
    speaker: 'agent',
    participantId: turn.participantId,
    turnId: turn.turnId,
    text: turn.text,
    generatedText: null,
    state: 'partial',
    rev: -1,
    startMs: 0,
    endMs: 0,
    source: 'llm',
    firstSeq: turn.firstSeq,
  };
}

export function transcriptLines(
  utterances: readonly Utterance[],
  outgoing: readonly Outgoing[],
  people: ReadonlyMap<string, Person>,
  own: { readonly id: string; readonly connected: boolean; readonly over: boolean },
): Line[] {
  const settled = new Set(utterances.filter(isSettled).map((one) => one.utteranceId));
  const waiting = outgoing.filter((one) => !settled.has(one.utteranceId));
  const keys = keysOf(utterances);
  const on_its_way = new Set(waiting.map((one) => one.utteranceId));
  return [
    ...utterances
      .filter((one) => !on_its_way.has(one.utteranceId) && (one.text !== '' || isSettled(one)))
      .map((one) => ({ ...keptLine(one, people, own.over), key: keys.get(one) ?? one.utteranceId })),
    ...waiting.map((one) => ownLine(one, people.get(own.id)?.name ?? 'You', own)),
  ];
}

/** The first words of a turn stand in the row in which they grew, so that nothing jumps when they are said. */
function keysOf(utterances: readonly Utterance[]): ReadonlyMap<Utterance, string> {
  const keys = new Map<Utterance, string>();
  const turns = new Set<string>();
  for (const one of utterances) {
    if (one.turnId === null || turns.has(one.turnId)) continue;
    turns.add(one.turnId);
    keys.set(one, one.turnId);
  }
  return keys;
}

function isSettled({ state }: Utterance): boolean {
  return state === 'final' || state === 'truncated' || state === 'failed';
}

function keptLine(said: Utterance, people: ReadonlyMap<string, Person>, over: boolean): Line {
  const { name, label, machine } = speakerOf(said, people);
  return {
    key: said.utteranceId,
    utteranceId: said.utteranceId,
    speakerKey: said.participantId ?? said.speaker,
    name,
    label,
    machine,
    text: said.text,
    seq: said.firstSeq,
    state: isSettled(said) ? 'kept' : 'open',
    note: noteOf(said, over),
    problem: null,
  };
}

function noteOf(said: Utterance, over: boolean): string {
  switch (said.state) {
    case 'truncated':
      return said.text === '' ? 'Cut off before a word was heard.' : `Cut off here.${unheard(said)}`;
    case 'failed':
      return 'Something was said here that could not be understood.';
    case 'started':
    case 'partial':
      return over ? 'Not finished.' : 'Still speaking …';
    case 'final':
      return '';
  }
}

function unheard({ text, generatedText }: Utterance): string {
  if (!generatedText?.startsWith(text)) return '';
  return ` Not heard: “${plain(generatedText.slice(text.length).trim())}”`;
}

function ownLine(one: Outgoing, name: string, own: { readonly connected: boolean; readonly id: string }): Line {
  const sending = own.connected ? 'Sending …' : 'Waiting for the line; sent as soon as it is back.';
  return {
    key: one.utteranceId,
    utteranceId: one.utteranceId,
    speakerKey: own.id,
    name,
    label: 'you',
    machine: false,
    text: one.text,
    seq: null,
    state: one.state === 'refused' ? 'refused' : one.state === 'speaking' ? 'open' : 'sending',
    note: one.state === 'refused' ? 'Not sent.' : one.state === 'speaking' ? 'Listening …' : sending,
    problem: one.problem,
  };
}
