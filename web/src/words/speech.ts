// What speaking and hearing can do in this browser, said without promising more than was seen.

import type { ListenFailure, ListenState } from '../speech/listener';
import type { SpeakState } from '../speech/speaker';

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
