// What speaking and hearing can do in this browser, said without promising more than was seen.

import type { ListenFailure, ListenState } from '../speech/listener';
import type { SpeakState } from '../speech/speaker';
import type { DictationFailure, DictationState } from '../talk/dictation';

const FAILED: Readonly<Record<ListenFailure, string>> = {
  blocked: 'The microphone is blocked. Allow it in your browser’s site settings, or type.',
  no_microphone: 'No microphone was found. Plug one in and try again, or type.',
  no_service:
    'This browser has speech recognition in name only: its service does not answer. Typing works as well.',
  no_language: 'This browser cannot recognise your language. Typing works as well.',
  no_words: 'You were heard, but the browser made no words of it. Typing works as well.',
};

export function listenWords(state: ListenState): string {
  switch (state.kind) {
    case 'unsupported':
      return 'This browser has no speech recognition. Type instead.';
    case 'off':
      return state.proved ? 'The microphone is off.' : '';
    case 'starting':
      return 'Opening the microphone …';
    case 'listening':
      return state.proved ? 'Listening.' : 'Listening. No words yet; say something.';
    case 'failed':
      return FAILED[state.why];
  }
}

/** Why words have to be had another way: the browser makes none, though there may be a microphone. */
export function makesNoWords(state: ListenState): boolean {
  if (state.kind === 'failed') return state.why !== 'blocked' && state.why !== 'no_microphone';
  return state.kind === 'unsupported';
}

const NOT_RECORDED: Readonly<Record<DictationFailure, string>> = {
  blocked: 'The microphone is blocked. Allow it in your browser’s site settings, or type.',
  no_microphone: 'No microphone was found. Plug one in and try again, or type.',
  no_recorder: 'The microphone could not be opened. Another program may hold it. Try again, or type.',
  too_short: 'That was too short. Hold the button while you speak, or press it to begin and again to send.',
  cut_off: 'The microphone was taken away while you spoke. What was recorded until then is still here, and not sent.',
  not_heard: '',
};

const HOW = 'Hold the button to speak, or press it to begin and again to send.';

/** What becomes of a recording; `listening` is why there are recordings at all. */
export function dictationWords(state: DictationState, listening: ListenState, now: number): string {
  switch (state.kind) {
    case 'not_offered':
      return listenWords(listening);
    case 'idle':
      return `${INSTEAD[listening.kind === 'failed' ? listening.why : 'unsupported'] ?? INSTEAD.unsupported} ${HOW}`;
    case 'opening':
      return 'Opening the microphone …';
    case 'recording':
      return state.since + state.limitMs - now > LAST_MS
        ? 'Recording. Let go, or press again, to send.'
        : 'Recording. Only a few seconds are left; then it is sent as it is.';
    case 'sending':
      return 'Sent. Waiting for your words …';
    case 'waiting':
      return `Not sent yet. ${state.problem.title} It is sent again by itself.`;
    case 'failed':
      if (!state.problem) return NOT_RECORDED[state.why];
      return `${state.problem.title} ${state.kept ? 'Your recording is still here.' : state.problem.advice}`;
  }
}

const LAST_MS = 10_000;

const INSTEAD: Readonly<Record<string, string>> = {
  unsupported: 'This browser has no speech recognition; it can record you instead.',
  no_service: 'This browser’s speech recognition does not answer; it can record you instead.',
  no_language: 'This browser cannot recognise your language; it can record you instead.',
  no_words: 'The browser made no words of what you said; it can record you instead.',
};

/** "0:07 of 1:59" */
export function recordedWords({ since, limitMs }: { since: number; limitMs: number }, now: number): string {
  return `${clock(now - since)} of ${clock(limitMs)}`;
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function hearWords({ sound, muted }: SpeakState): string {
  switch (sound) {
    case 'unsupported':
      return 'This browser cannot read aloud. Read along instead.';
    case 'no_voice':
      return 'No voice could be heard on this device. Read along, or tap here to try it again.';
    case 'locked':
      return 'The agent is silent until you tap here: browsers ask for that.';
    case 'untried':
      return muted ? 'The agent is muted.' : 'The agent will be read aloud, if this device has a voice.';
    case 'works':
      return muted ? 'The agent is muted.' : 'The agent is read aloud.';
  }
}
