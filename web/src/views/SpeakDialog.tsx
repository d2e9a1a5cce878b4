import { Dialog } from './Dialog';

interface Props {
  readonly onSpeak: () => void;
  readonly onClose: () => void;
}

/** Before the first spoken word, once: where the voice goes. Not asked where it stays on the device. */
export function SpeakDialog({ onSpeak, onClose }: Props) {
  return (
    <Dialog title="Your browser listens for you" onClose={onClose}>
      <p>
        It turns your voice into words, and for that it may send your voice to its maker: Chrome to Google, Safari
        to Apple. This call gets the words, never your voice.
      </p>
      <div className="row">
        <button type="button" className="button" autoFocus onClick={onClose}>
          Type instead
        </button>
        <button type="button" className="button" data-kind="first" onClick={onSpeak}>
          Speak
        </button>
      </div>
    </Dialog>
  );
}
