// What the transcript shows: the call's utterances in the call's order, then what this person has on its way.

import type { Utterance } from '@lifeline/client';

import type { Outgoing } from '../talk/outgoing';
import type { Person } from './people';
import { speakerOf } from './people';
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

export function transcriptLines(
  utterances: readonly Utterance[],
  outgoing: readonly Outgoing[],
  people: ReadonlyMap<string, Person>,
  own: { readonly id: string; readonly connected: boolean; readonly over: boolean },
): Line[] {
  const settled = new Set(utterances.filter(isSettled).map((one) => one.utteranceId));
  const waiting = outgoing.filter((one) => !settled.has(one.utteranceId));
  const on_its_way = new Set(waiting.map((one) => one.utteranceId));
  return [
    ...utterances
      .filter((one) => !on_its_way.has(one.utteranceId) && (one.text !== '' || isSettled(one)))
      .map((one) => keptLine(one, people, own.over)),
    ...waiting.map((one) => ownLine(one, people.get(own.id)?.name ?? 'You', own)),
  ];
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
  return ` Not heard: “${generatedText.slice(text.length).trim()}”`;
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
