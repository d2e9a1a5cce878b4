// What becomes of a recording, each as a state: /?scene=talking&dictation=waiting.

import { LifelineError } from '@lifeline/client';

import type { ListenState } from '../../src/speech/listener';
import type { DictationState, SpeechDoor } from '../../src/talk/dictation';
import { problemOf } from '../../src/words/problem';

interface Scene {
  readonly state: () => DictationState;
  readonly listening?: ListenState;
}

const refusal = (code: string) => problemOf(new LifelineError({ code, message: '', requestId: 'req_01JKQ8V4Z7F3N0R2' }));

export const dictations: Readonly<Record<string, Scene>> = {
  not_offered: { state: () => ({ kind: 'not_offered' }) },
  idle: { state: () => ({ kind: 'idle' }) },
  instead: { state: () => ({ kind: 'idle' }), listening: { kind: 'failed', why: 'no_service' } },
  opening: { state: () => ({ kind: 'opening' }) },
  recording: { state: () => ({ kind: 'recording', since: Date.now() - 7_400, limitMs: 119_000 }) },
  ending: { state: () => ({ kind: 'recording', since: Date.now() - 112_000, limitMs: 119_000 }) },
  sending: { state: () => ({ kind: 'sending' }) },
  waiting: { state: () => ({ kind: 'waiting', problem: refusal('speech_busy'), retryAt: Date.now() + 4_000 }) },
  unreachable: { state: () => ({ kind: 'failed', why: 'not_heard', problem: refusal('unreachable'), kept: true }) },
  unheard: { state: () => ({ kind: 'failed', why: 'not_heard', problem: refusal('speech_unavailable'), kept: true }) },
  silent: { state: () => ({ kind: 'failed', why: 'not_heard', problem: refusal('speech_silent'), kept: false }) },
  blocked: { state: () => ({ kind: 'failed', why: 'blocked', problem: null, kept: false }) },
  cut_off: { state: () => ({ kind: 'failed', why: 'cut_off', problem: null, kept: true }) },
};

/** No server: nothing is offered and nothing arrives. */
export const noDoor: SpeechDoor = {
  terms: () => Promise.resolve({ upload: false, bytesMax: 1, durationMsMax: 1 }),
  say: () => new Promise(() => undefined),
};
