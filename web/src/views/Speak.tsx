import { useRef, useState, type RefObject } from 'react';

import type { SpeakState } from '../speech/speaker';
import { useStore, type Store } from '../talk/store';
import type { Talk } from '../talk/talk';
import { hearWords, listenWords } from '../words/speech';
import { MicrophoneButton, VoiceButton } from './speak_buttons';
import { TypeField } from './TypeField';

interface Props {
  readonly talk: Talk;
  readonly hearing: Store<SpeakState>;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** The microphone was asked for, and it has not been said yet where the voice goes. */
  readonly onFirstWord: () => void;
}

/** The means to speak: microphone, keyboard, and the agent's voice on or off. */
export function Speak({ talk: { conversation, speaker, onDevice }, hearing, field, onFirstWord }: Props) {
  const [text, setText] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const asked = useRef(false);
  const listening = useStore(conversation.listening);
  const sound = useStore(hearing);
  const staysHere = useStore(onDevice);
  const hears = listening.kind === 'starting' || listening.kind === 'listening';

  const send = () => {
    const said = text.trim();
    if (said === '') return;
    conversation.type(said);
    setText('');
    field.current?.focus();
  };
  const listen = (on: boolean) => {
    if (on && !staysHere && !asked.current) {
      asked.current = true;
      onFirstWord();
    } else {
      conversation.set_listening(on);
    }
  };

  return (
    <section className="speak" aria-label="Speak">
      <div className="speak-inner">
        <form
          ref={form}
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <MicrophoneButton on={hears} missing={listening.kind === 'unsupported'} onListen={listen} />
          <TypeField
            text={text}
            field={field}
            placeholder={hears ? 'Listening; or type' : 'Type here'}
            onText={setText}
            onEnter={() => form.current?.requestSubmit()}
          />
          <button type="submit" className="button" data-kind="first" disabled={text.trim() === ''}>
            Send
          </button>
          <VoiceButton hearing={sound} speaker={speaker} />
        </form>
        <p className="small voice-state" id="voice-state">
          {[listenWords(listening), hearWords(sound)].filter(Boolean).join(' ')}
        </p>
      </div>
    </section>
  );
}
