import type { Speaker, SpeakState } from '../speech/speaker';
import { Loud, Microphone, Silent } from './icons';

interface MicrophoneProps {
  readonly on: boolean;
  /** The browser has no speech recognition at all. */
  readonly missing: boolean;
  readonly onListen: (on: boolean) => void;
}

export function MicrophoneButton({ on, missing, onListen }: MicrophoneProps) {
  return (
    <button
      type="button"
      className="button mic"
      data-shape="icon"
      aria-pressed={on}
      aria-label={on ? 'Stop listening' : 'Speak'}
      aria-describedby="voice-state"
      disabled={missing}
      onClick={() => onListen(!on)}
    >
      <Microphone />
    </button>
  );
}

interface VoiceProps {
  readonly hearing: SpeakState;
  readonly speaker: Speaker;
}

/** The agent's voice: on, muted, or waiting for the first tap that browsers ask for. */
export function VoiceButton({ hearing: { sound, muted }, speaker }: VoiceProps) {
  const silent = muted || sound === 'unsupported' || sound === 'no_voice' || sound === 'locked';
  const tap = () => {
    if (sound === 'locked') speaker.unlock();
    else if (sound === 'no_voice') speaker.try_again();
    else speaker.set_muted(!muted);
  };
  return (
    <button
      type="button"
      className="button"
      data-shape="icon"
      aria-pressed={!silent}
      aria-label="Read the agent aloud"
      aria-describedby="voice-state"
      disabled={sound === 'unsupported'}
      onClick={tap}
    >
      {silent ? <Silent /> : <Loud />}
    </button>
  );
}
