// Questions about ears and voice: what is there, without asking for it to be switched on.

import { good, poor, type Finding, type Question, type SpeechWorld } from './check';

export function speechQuestions(speech: SpeechWorld): Question[] {
  return [
    { id: 'microphone', title: 'A microphone is there', ask: () => microphone(speech) },
    { id: 'recognition', title: 'Spoken words become text', ask: async () => recognition(speech) },
    { id: 'voice', title: 'The agent can be read aloud', ask: async () => voice(speech) },
  ];
}

async function microphone(speech: SpeechWorld): Promise<Finding> {
  if ((await speech.microphones()) === 0) return poor('No microphone was found.', 'Plug one in, or type: typing works everywhere.');
  switch (await speech.permission()) {
    case 'denied':
      return poor('There is one, but this page may not use it.', 'Allow the microphone in your browser’s site settings, or type.');
    case 'granted':
      return good('There is one, and this page may use it.');
    default:
      return good('There is one. Your browser will ask before this page may use it.');
  }
}

function recognition({ recognition: how }: SpeechWorld): Finding {
  switch (how) {
    case 'on_device':
      return good('This browser does it on this device; your voice goes nowhere.');
    case 'service':
      return good('This browser does it with its maker’s service, which then hears your voice.');
    case 'none':
      return poor(
        'This browser cannot.',
        'Where the server takes recordings, the call offers to record you. Otherwise type, or use a current Chrome, Edge or Safari.',
      );
  }
}

function voice({ voice: has }: SpeechWorld): Finding {
  if (has) return good('This browser has a voice.');
  return poor('This browser has no voice.', 'Read along instead; or install a voice in your system’s settings.');
}
