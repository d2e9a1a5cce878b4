import { Dialog } from './Dialog';

interface Props {
  /** Who hears the voice first: the browser's recogniser, or the server by a recording. */
  readonly heardBy: 'browser' | 'server';
  readonly onSpeak: () => void;
  readonly onClose: () => void;
}

/** Before the first spoken word, once for each way: where the voice goes. Not asked where it stays on the device. */
export default function SpeakDialog({ heardBy, onSpeak, onClose }: Props) {
  const recorded = heardBy === 'server';
  return (
    <Dialog title={recorded ? 'You are recorded while you speak' : 'Your browser listens for you'} onClose={onClose}>
      {recorded ? (
        <>
          <p>
            This browser makes no words of a voice. So this page records you, only between your pressing and letting
            go, and sends the recording to the server of this call. The server passes it on to a recogniser, a service
            that its operator has chosen and that may be another company’s.
          </p>
          <p>
            The others in the call get the words, not the recording. The server does not keep it; what the recogniser
            does with it, the operator can say.
          </p>
        </>
      ) : (
        <p>
          It turns your voice into words, and for that it may send your voice to its maker: Chrome to Google, Safari
          to Apple. This call gets the words, never your voice.
        </p>
      )}
      <div className="row">
        <button type="button" className="button" autoFocus onClick={onClose}>
          Type instead
        </button>
        <button type="button" className="button" data-kind="first" onClick={onSpeak}>
          {recorded ? 'Record' : 'Speak'}
        </button>
      </div>
    </Dialog>
  );
}
