import { clientOf, pathOf, type ClientOptions } from './create.js';

/** How grave something is: `warning` is worth a look, `error` went wrong. */
export type StorySeverity = 'info' | 'warning' | 'error';

/** What an entry is about; a later server may have more. */
export type StoryKind =
  | 'call'
  | 'people'
  | 'speech'
  | 'turns'
  | 'actions'
  | 'outages'
  | 'documents'
  | 'safety'
  | 'other';

/** An event that led to another. */
export interface StoryReason {
  readonly seq: number;
  readonly what: string;
}

/** One thing that belongs to what an entry tells. */
export interface StoryStep {
  readonly seq: number;
  readonly offsetMs: number;
  readonly what: string;
}

/** One thing that happened. */
export interface StoryEntry {
  readonly kind: StoryKind;
  /** The worst of its events. */
  readonly severity: StorySeverity;
  /** Of its first event: its place in the call. */
  readonly seq: number;
  readonly lastSeq: number;
  readonly at: string;
  /** The same, since the story's `from`. */
  readonly offsetMs: number;
  /** The id of whoever did it; empty where it was nobody. */
  readonly who: string;
  /** The id of the action, turn, utterance or document. */
  readonly about?: string;
  /** In one sentence. */
  readonly what: string;
  /** The events that led to it, the nearest first. */
  readonly why?: readonly StoryReason[];
  readonly tookMs?: number;
  /** Of a turn: until its first text. Of an action: for people. */
  readonly waitedMs?: number;
  /** Of an action or a turn: what it consists of. */
  readonly steps?: readonly StoryStep[];
}

/** What should not be so, or is worth a look. */
export interface StoryAnomaly {
  /** Which, for programs. */
  readonly code: string;
  readonly severity: StorySeverity;
  /** Where it was found. */
  readonly seq: number;
  readonly about?: string;
  readonly what: string;
}

/** A call as a story. */
export interface Story {
  readonly sessionId: string;
  /** When its first event was recorded: offsets count from here. */
  readonly from: string;
  /** The last event that was told. */
  readonly head: number;
  readonly events: number;
  readonly over: boolean;
  /** How long people waited for agents. */
  readonly turns: {
    readonly count: number;
    readonly waitedMedianMs?: number;
    readonly waitedMostMs?: number;
  };
  readonly entries: readonly StoryEntry[];
  readonly anomalies: readonly StoryAnomaly[];
}

/**
 * What happened in a call, and why, as `lifeline explain` tells it: for people. No text in it hides anything or
 * turns the writing around, whoever wrote it. Sentences may change; keys, codes and kinds do not.
 */
export async function explainSession(
  options: ClientOptions & { readonly sessionId: string },
): Promise<Story> {
  const { rest } = await clientOf(options);
  const path = `${pathOf(options.sessionId)}/explain?format=json`;
  return rest.requestPatiently<Story>({ method: 'GET', path });
}
