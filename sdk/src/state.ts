import type { Action } from './action.js';
import type { Confirmation } from './confirmation.js';
import { noUsage, type Usage } from './usage.js';
import type { Deliverable, Intent, KillSwitch, Mode, Turn } from './work.js';

/** A person or agent who is or was in the call. */
export interface Participant {
  readonly participantId: string;
  readonly role: string;
  /** The name to show, or null if none was given. Chosen by them: to be displayed, never trusted. */
  readonly displayName: string | null;
  readonly present: boolean;
  /** Whether their line is up; a lost line is not yet a departure. */
  readonly connected: boolean;
  readonly speaking: boolean;
}

/** One thing that was said, from its first word to its final text. */
export interface Utterance {
  readonly utteranceId: string;
  /** `user`, `agent` or `operator`. */
  readonly speaker: string;
  /** Whose it is: who announced it or, where nobody did, who published its first event. */
  readonly participantId: string;
  readonly turnId: string | null;
  /** The text so far; for a truncated utterance, what was really heard. */
  readonly text: string;
  /** Of a truncated utterance, all that was generated, if known. */
  readonly generatedText: string | null;
  readonly state: 'started' | 'partial' | 'final' | 'truncated' | 'failed';
  /** The last partial's revision; -1 before the first. */
  readonly rev: number;
  /** Milliseconds since the call connected. */
  readonly startMs: number;
  readonly endMs: number;
  readonly source: string | null;
  /** `seq` of the utterance's first event: what utterances are ordered by. */
  readonly firstSeq: number;
}

/** How a call ended. */
export interface CallEnd {
  readonly outcome: 'ended' | 'failed';
  readonly at: string;
  /** `endReason` of call.ended, `code` of call.terminal_failure. */
  readonly reason: string;
  readonly message: string | null;
  /** What a person can do now, as call.terminal_failure says it; null where it does not. */
  readonly fix: string | null;
}

/** Somebody who said no to being recorded, or took their consent back. */
export interface RecordingRefusal {
  readonly participantId: string;
  readonly state: 'denied' | 'withdrawn';
}

/** Contents of earlier events that are gone from the record. */
export interface Erasure {
  /** `seq` of the event that says so. */
  readonly seq: number;
  /** By the server's clock (RFC 3339 UTC). */
  readonly at: string;
  /** `request`, `retention` or `superseded`. */
  readonly because: string;
  /** How many events lost their contents. */
  readonly events: number;
  /** Whose words and deeds went; null where it was not one person's. */
  readonly participantId: string | null;
}

/** Nobody whom the call waits for is connected, and it waits. */
export interface Outage {
  /** Which outage of this call it is, from 1. */
  readonly attempt: number;
  /** When the last connection went (RFC 3339 UTC). */
  readonly since: string;
  /** When the call is given up (RFC 3339 UTC), or null if that is not known. */
  readonly until: string | null;
  /** `heartbeat_missed`, `server_restart`, ...; null if it is not known. */
  readonly reason: string | null;
}

/** Everything that the events of a call add up to. Plain data; never changed in place. */
export interface CallState {
  /** The last event that is in here; 0 before the first. */
  readonly seq: number;
  readonly status: 'created' | 'active' | 'ended' | 'failed';
  readonly phase: 'connecting' | 'connected' | 'held' | 'reconnecting' | 'ending' | null;
  /** While `phase` is `reconnecting`, what the call waits for; null otherwise. */
  readonly outage: Outage | null;
  /** Whose call it is; null if that is not known. */
  readonly ownerId: string | null;
  /** Whether the owner is one of its users, come or not; a backend that made it for others is not. */
  readonly ownerTakesPart: boolean;
  /** Whether words of a person are kept only once they have consented to being recorded. */
  readonly recordingConsentRequired: boolean;
  /** The ids of those whose consent to recording stands, sorted; here yet or not. */
  readonly recordingAgreed: readonly string[];
  /** Whose newest answer was no, sorted by id; who has not answered is in neither list. */
  readonly recordingRefused: readonly RecordingRefusal[];
  /** In the order in which they first joined. */
  readonly participants: readonly Participant[];
  /** In the order in which they began. */
  readonly utterances: readonly Utterance[];
  /** In the order in which they were asked for; of those that are over, the newest hundred. */
  readonly actions: readonly Action[];
  /** In the order in which they were asked; of those that are closed, the last twenty. */
  readonly confirmations: readonly Confirmation[];
  /** Those that are on. */
  readonly killSwitches: readonly KillSwitch[];
  /** Those that were ever on, in the order in which they first were. */
  readonly modes: readonly Mode[];
  /** The last twenty, newest last. */
  readonly intents: readonly Intent[];
  /** Of the agents' turns that run, what came of each so far; of those that are over, the last few. */
  readonly turns: readonly Turn[];
  /** The call's documents and their newest revisions. */
  readonly deliverables: readonly Deliverable[];
  /** What was erased of the call, in that order. */
  readonly erasures: readonly Erasure[];
  /** What it used, as recorded so far, and its connected time while it runs. */
  readonly usage: Usage;
  readonly end: CallEnd | null;
}

export const initialState: CallState = {
  seq: 0,
  status: 'created',
  phase: null,
  outage: null,
  ownerId: null,
  ownerTakesPart: false,
  recordingConsentRequired: false,
  recordingAgreed: [],
  recordingRefused: [],
  participants: [],
  utterances: [],
  actions: [],
  confirmations: [],
  killSwitches: [],
  modes: [],
  intents: [],
  turns: [],
  deliverables: [],
  erasures: [],
  usage: noUsage,
  end: null,
};
