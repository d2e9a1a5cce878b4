// A call together with this page's side of it. Made in the same breath as the call, before its first event.

import type { Call, ClientOptions, Self } from '@lifeline/client';

import { Asking } from '../act/asking';
import { Stops, type StopsDoor } from '../act/stops';
import type { HistoryDoor } from '../replay/replay';
import { recognisesOnDevice, recognitionClass, type Recognition } from '../speech/recognition';
import type { Speaker } from '../speech/speaker';
import { browserTape } from '../speech/tape';
import { Conversation } from './conversation';
import { Dictation, type SpeechDoor } from './dictation';
import { EventLog } from './event_log';
import { selfOf } from './self';
import { Store } from './store';

export interface Talk {
  readonly call: Call;
  readonly conversation: Conversation;
  /** Recordings, where the browser makes no words of a voice. */
  readonly dictation: Dictation;
  readonly log: EventLog;
  /** Who this person is in the call; null until the first connection. */
  readonly self: Store<Self | null>;
  readonly speaker: Speaker;
  /** What this person is asked to allow. */
  readonly asking: Asking;
  /** What is stopped beyond this call, where this person's pass reaches so far. */
  readonly stops: Stops;
  /** What happened in the call, also after its end. */
  readonly past: HistoryDoor;
  readonly server: ClientOptions;
  /** The browser turns voice into words by itself, without sending it anywhere. */
  readonly onDevice: Store<boolean>;
}

/** What of the server is not the line's own: where recordings go, what is stopped beyond the call, and its past. */
export interface Doors {
  readonly speech: SpeechDoor;
  readonly stops: StopsDoor;
  readonly past: HistoryDoor;
  readonly server: ClientOptions;
}

export function openTalk(call: Call, speaker: Speaker, doors: Doors): Talk {
  const self = selfOf(call);
  const onDevice = new Store(false);
  void recognisesOnDevice(navigator.language).then((can) => onDevice.set(can));
  const recognition = recognitionClass();
  const now = () => Date.now();
  const conversation = new Conversation(call, speaker, () => self.value?.participantId ?? '', {
    recognition: recognition && (() => configured(new recognition(), onDevice.value)),
    now,
    recording: () => dictation.state.value.kind === 'recording',
  });
  const dictation = new Dictation({
    open: browserTape(),
    door: doors.speech,
    now,
    later: (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    mint: () => `idem_${crypto.randomUUID()}`,
    begins: () => conversation.begins_to_speak(),
  });
  const asking = new Asking(call, self);
  const stops = new Stops(doors.stops);
  return { call, conversation, dictation, log: new EventLog(call), self, speaker, asking, stops, past: doors.past, server: doors.server, onDevice };
}

function configured(recognition: Recognition, onDevice: boolean): Recognition {
  recognition.lang = navigator.language;
  recognition.interimResults = true;
  if (onDevice) recognition.processLocally = true;
  // Chrome on Android repeats earlier words in continuous mode; there each phrase gets a session of its own.
  recognition.continuous = !/Android/.test(navigator.userAgent);
  return recognition;
}
