import { Suspense, useCallback, useEffect, useRef, useState, type RefObject } from 'react';

import type { SpeakState } from '../speech/speaker';
import { useStore, type Store } from '../talk/store';
import type { Talk } from '../talk/talk';
import { isSilent, silentWords } from '../words/consent';
import { hearWords, listenWords, makesNoWords } from '../words/speech';
import { useSilence, type Consent } from './consent';
import { DictationLine, RecordButton } from './Dictate';
import { focusUnlessPhone } from './focus';
import { later } from './later';
import { MicrophoneButton, VoiceButton } from './speak_buttons';
import { TypeField } from './TypeField';

const ConsentPanel = later(() => import('./ConsentPanel'));

interface Props {
  readonly talk: Talk;
  readonly hearing: Store<SpeakState>;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** Where this person's words are kept only if they agree: what they answered. */
  readonly consent: Consent;
  /** The microphone was asked for, and it has not been said yet where the voice goes. */
  readonly onFirstWord: (heardBy: 'browser' | 'server') => void;
}

/** The means to speak: microphone, keyboard, and the agent's voice on or off. */
export function Speak({ talk, hearing, field, consent, onFirstWord }: Props) {
  const { conversation, dictation, speaker, onDevice } = talk;
  const [text, setText] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const asked = useRef(false);
  const [told, setTold] = useState(false);
  const record = useRef<HTMLButtonElement>(null);
  const listening = useStore(conversation.listening);
  const sound = useStore(hearing);
  const staysHere = useStore(onDevice);
  const recordings = useStore(dictation.state);
  const silent = isSilent(consent.stance);
  const needs_recording = makesNoWords(listening);
  const records = needs_recording && !silent && recordings.kind !== 'not_offered';
  useEffect(() => {
    if (needs_recording) void dictation.offer();
  }, [needs_recording, dictation]);
  const hears = listening.kind === 'starting' || listening.kind === 'listening';

  useSilence(consent.stance, () => conversation.set_listening(false));
  const speakOn = useCallback(() => focusUnlessPhone(field.current), [field]);

  const send = () => {
    const said = text.trim();
    if (said === '' || silent) return;
    conversation.type(said);
    setText('');
    field.current?.focus();
  };
  const listen = (on: boolean) => {
    if (on && !staysHere && !asked.current) {
      asked.current = true;
      onFirstWord('browser');
    } else {
      conversation.set_listening(on);
    }
  };

  const tell = () => {
    setTold(true);
    onFirstWord('server');
  };

  return (
    <section className="speak" aria-label="Speak">
      <div className="speak-inner">
        {consent.stance !== 'not_asked' && (
          <Suspense>
            <ConsentPanel consent={consent} onAgreed={speakOn} />
          </Suspense>
        )}
        <form
          ref={form}
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          {records ? (
            <RecordButton dictation={dictation} button={record} onAsk={told ? null : tell} />
          ) : (
            <MicrophoneButton on={hears} missing={silent || listening.kind === 'unsupported'} onListen={listen} />
          )}
          <TypeField
            text={text}
            field={field}
            placeholder={silent ? 'Off for now' : hears ? 'Listening; or type' : 'Type here'}
            silent={silent}
            onText={setText}
            onEnter={() => form.current?.requestSubmit()}
          />
          <button type="submit" className="button" data-kind="first" disabled={silent || text.trim() === ''}>
            Send
          </button>
          <VoiceButton hearing={sound} speaker={speaker} />
        </form>
        {records ? (
          <DictationLine dictation={dictation} listening={listening} hearing={hearWords(sound)} button={record} />
        ) : (
          <p className="small voice-state" id="voice-state">
            {[silentWords(consent.stance) || listenWords(listening), hearWords(sound)].filter(Boolean).join(' ')}
          </p>
        )}
      </div>
    </section>
  );
}
