// What becomes of a recording, each as a state: /?scene=talking&dictation=waiting.

import { LifelineError } from '@lifeline/client';

import type { ListenState } from '../../src/speech/listener';
import type { DictationState } from '../../src/talk/dictation';
import type { Doors } from '../../src/talk/talk';
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

/** No server: nothing is offered, nothing arrives, and two things are stopped. */
export const noDoors: Doors = {
  speech: {
    terms: () => Promise.resolve({ upload: false, bytesMax: 1, durationMsMax: 1 }),
    say: () => new Promise(() => undefined),
  },
  stops: {
    list: () =>
      Promise.resolve([
        { scope: 'account', accountId: 'acct_bakery', by: 'usr_operator', reason: 'Two letters went to the wrong people; we are looking.' },
        { scope: 'action_type', actionType: 'outreach.send', by: 'usr_night_shift_with_a_long_name@example.org', reason: 'Provider is down until noon.' },
      ]),
    set: () => Promise.resolve([]),
    types: () => Promise.resolve(['outreach.send', 'calendar.book']),
  },
  past: () => Promise.resolve({ epoch: 'e', events: [], headSeq: 0 }),
  server: { baseUrl: '', getToken: () => '' },
};
