// Who is who, in the words the page uses for them.

import type { Participant, Utterance } from '@lifeline/client';

import { NOT_AGREED } from './consent';
import { plain } from './plain';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** Who they are in this call. */
  readonly who: string;
  /** The same, and where they are just now. */
  readonly label: string;
  readonly machine: boolean;
  readonly presence: 'here' | 'away' | 'left';
}

const ROLES: Readonly<Record<string, string>> = {
  user: '',
  agent: 'agent',
  operator: 'operator',
  viewer: 'viewer, reads only',
};

const PRESENCE = { here: '', away: 'line lost', left: 'left' } as const;

/** A machine that only follows a script must say so wherever it is named. */
export function agentLabel(name: string, scripted: string | null): string {
  const known = name === scripted || /\bscripted\b/i.test(name);
  return known ? 'scripted agent' : 'agent';
}

export interface Circumstances {
  readonly ownId: string;
  /** Name of the agent that only follows a script; null if none does. */
  readonly scripted: string | null;
  /** Nobody is in a call that is over, however it ended for them. */
  readonly over: boolean;
  /** Whose words may be kept; null where nobody is asked. */
  readonly agreed?: readonly string[] | null;
}

export function personOf(one: Participant, { ownId, scripted, over, agreed = null }: Circumstances): Person {
  const name = one.displayName ?? (one.role === 'agent' ? 'Agent' : 'Guest');
  const role = one.role === 'agent' ? agentLabel(name, scripted) : (ROLES[one.role] ?? one.role);
  const presence = over || !one.present ? 'left' : one.connected ? 'here' : 'away';
  const state = over ? '' : PRESENCE[presence];
  const you = one.participantId === ownId ? 'you' : '';
  const asked = agreed !== null && one.role === 'user' && you === '' && presence !== 'left';
  const kept = asked && !agreed.includes(one.participantId) ? NOT_AGREED : '';
  return {
    id: one.participantId,
    name: plain(name),
    who: [you, role].filter(Boolean).join(', '),
    label: [you, role, state, kept].filter(Boolean).join(', '),
    machine: one.role === 'agent',
    presence,
  };
}

/** What somebody is called where only their id is known. */
export function nameIn(people: readonly Person[], id: string): string {
  return people.find((one) => one.id === id)?.name ?? (id === '' ? 'The agent' : 'Somebody');
}

export interface Speaking {
  readonly name: string;
  readonly label: string;
  readonly machine: boolean;
}

/** The speaker of an utterance; known people by their name, others by what the utterance says of itself. */
export function speakerOf(said: Utterance, people: ReadonlyMap<string, Person>): Speaking {
  const known = said.participantId === null ? undefined : people.get(said.participantId);
  if (known) return { name: known.name, label: known.who, machine: known.machine };
  const machine = said.speaker === 'agent';
  return { name: machine ? 'Agent' : 'Guest', label: '', machine };
}
