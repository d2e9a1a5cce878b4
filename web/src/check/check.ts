// The connection test: one question after the other, each answered in plain words with what to do. A question
// that needs the answer of an earlier one is skipped where that was bad. What it asks of the world is handed in.

import type { CallEvent, ConnectionStatus } from '@lifeline/client';

export type Outcome = 'good' | 'poor' | 'bad' | 'skipped';

export interface Finding {
  readonly outcome: Outcome;
  readonly says: string;
  /** What to do about it; empty where nothing need be done. */
  readonly advice: string;
}

/** A call of the test's own. */
export interface TestCall {
  readonly connection: { readonly value: ConnectionStatus };
  /** Resolves with the event, once it is kept and has come back. */
  say(): Promise<CallEvent>;
  /** Resolves once it is live; rejects if it never will be. */
  live(): Promise<void>;
  end(): void;
}

export interface CheckWorld {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** What comes of it, or null where that takes longer or fails. */
  readonly within: <T>(promise: Promise<T>, ms: number) => Promise<T | null>;
  /** Rejects with `unreachable` where nobody answers. */
  readonly ask: (path: string) => Promise<Response>;
  /** Null where this page cannot make calls of its own. */
  readonly openCall: (() => Promise<TestCall>) | null;
  /** Whether a WebSocket comes up at all: the server's first word on one, or null if there was none. */
  readonly upgrade: () => Promise<string | null>;
  readonly speech: SpeechWorld;
  /** How long the line is watched. */
  readonly holdMs: number;
}

export interface SpeechWorld {
  readonly microphones: () => Promise<number>;
  readonly permission: () => Promise<'granted' | 'denied' | 'prompt' | 'unknown'>;
  readonly recognition: 'on_device' | 'service' | 'none';
  readonly voice: boolean;
}

export interface Question {
  readonly id: string;
  readonly title: string;
  /** `progress` is told how far it has come, from 0 to 1, where it takes long. */
  readonly ask: (progress: (part: number) => void) => Promise<Finding>;
}

export const good = (says: string): Finding => ({ outcome: 'good', says, advice: '' });
export const poor = (says: string, advice: string): Finding => ({ outcome: 'poor', says, advice });
export const bad = (says: string, advice: string): Finding => ({ outcome: 'bad', says, advice });
export const skipped = (says: string): Finding => ({ outcome: 'skipped', says, advice: '' });

/** The one sentence above all the answers. */
export function summary(findings: readonly Finding[]): Finding {
  const worst = (outcome: Outcome) => findings.filter((one) => one.outcome === outcome).length;
  if (worst('bad') > 0) return bad('Calls will not work from here as it is.', 'Begin with the first answer that is not good.');
  if (worst('poor') > 0) return poor('Calls work from here, with weaknesses.', 'What could be better is said below.');
  return good('Calls work well from here.');
}
