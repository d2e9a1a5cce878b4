import { useEffect, useState, type KeyboardEvent, type RefObject } from 'react';

import { PushToTalk } from '../speech/push_to_talk';
import type { ListenState } from '../speech/listener';
import { useStore } from '../talk/store';
import type { Dictation, DictationState } from '../talk/dictation';
import { dictationWords, recordedWords } from '../words/speech';
import { useNow } from './hooks';
import { Microphone, Up } from './icons';

const KEYS = new Set([' ', 'Enter']);

interface ButtonProps {
  readonly dictation: Dictation;
  readonly button: RefObject<HTMLButtonElement | null>;
  /** Not yet said where the recording goes: then a press asks that first. */
  readonly onAsk: (() => void) | null;
}

/** Held, or pressed twice, by a finger, a mouse, a key or a screen reader. */
export function RecordButton({ dictation, button, onAsk }: ButtonProps) {
  const state = useStore(dictation.state);
  const [push] = useState(() => pushOf(dictation));
  const recording = state.kind === 'recording';
  const free = recording || dictation.is_free;
  const key = (act: () => void) => (event: KeyboardEvent) => {
    if (onAsk || !KEYS.has(event.key)) return;
    event.preventDefault(); // No click of it: held keys come as down and up.
    if (!event.repeat) act();
  };
  return (
    <button
      type="button"
      className="button mic"
      data-shape="icon"
      data-recording={recording || undefined}
      ref={button}
      aria-label={recording ? 'Send the recording' : 'Record'}
      aria-describedby="voice-state"
      aria-disabled={!free}
      onPointerDown={(event) => {
        if (onAsk || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        push.down();
      }}
      onPointerUp={() => push.up()}
      onPointerCancel={() => push.up()}
      onContextMenu={(event) => recording && event.preventDefault()} // What a long press brings on a phone.
      onKeyDown={(event) => {
        if (event.key === 'Escape' && recording) return dictation.discard();
        key(() => push.down())(event);
      }}
      onKeyUp={key(() => push.up())}
      onClick={() => (onAsk ? onAsk() : push.click())}
    >
      {recording ? <Up /> : <Microphone />}
    </button>
  );
}

function pushOf(dictation: Dictation): PushToTalk {
  const talking = {
    is_free: () => dictation.is_free,
    is_recording: () => dictation.state.value.kind === 'recording',
    begin: () => void dictation.begin(),
    finish: () => dictation.finish(),
  };
  return new PushToTalk(talking, () => Date.now());
}

interface LineProps {
  readonly dictation: Dictation;
  readonly listening: ListenState;
  /** How the agent is heard, said while there is nothing else to say. */
  readonly hearing: string;
  readonly button: RefObject<HTMLButtonElement | null>;
}

/** What becomes of the recording, and what can be done about it. Read out when it changes, but for the seconds. */
export function DictationLine({ dictation, listening, hearing, button }: LineProps) {
  const state = useStore(dictation.state);
  const recording = state.kind === 'recording';
  const now = useNow(recording);
  const act = (run: () => void) => () => {
    button.current?.focus(); // The pressed one goes.
    run();
  };
  useEffect(() => {
    // Nobody speaks into a page that is not there any more.
    return () => dictation.discard();
  }, [dictation]);
  return (
    <div className="dictation" data-state={state.kind}>
      {recording && (
        <p className="recorded" role="timer" aria-live="off">
          {recordedWords(state, now)}
        </p>
      )}
      <p className="small" role="status" id="voice-state" data-failed={state.kind === 'failed' || undefined}>
        {dictationWords(state, listening, now)}
      </p>
      {state.kind === 'idle' && hearing !== '' && <p className="small">{hearing}</p>}
      {choicesOf(state).map(([label, choice]) => (
        <button
          key={label}
          type="button"
          className="button"
          data-kind={choice === 'discard' ? 'quiet' : undefined}
          onClick={act(() => dictation[choice]())}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

type Choice = readonly [label: string, act: 'again' | 'discard'];

function choicesOf(state: DictationState): readonly Choice[] {
  switch (state.kind) {
    case 'recording':
    case 'waiting':
      return [['Discard', 'discard']];
    case 'failed':
      if (!state.kept) return [];
      return [
        [state.why === 'cut_off' ? 'Send it' : 'Send again', 'again'],
        ['Discard', 'discard'],
      ];
    default:
      return [];
  }
}
