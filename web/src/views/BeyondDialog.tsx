import type { Stops } from '../act/stops';
import { useStore } from '../talk/store';
import { Dialog } from './Dialog';
import { StopBoard } from './StopBoard';

interface Props {
  readonly stops: Stops;
  readonly onClose: () => void;
}

/** The board of what is stopped beyond this call, over the call. */
export default function BeyondDialog({ stops, onClose }: Props) {
  const { refused } = useStore(stops.state);
  return (
    <Dialog title="Stopped beyond this call" wide onClose={onClose}>
      {refused ? (
        <p>
          Your pass is for this call only. Switches for an account, or for everything, want an operator’s or admin’s
          own pass: <a className="link" href="./killswitch" target="_blank" rel="noreferrer">the page of the switches</a> asks for it.
        </p>
      ) : (
        <StopBoard stops={stops} />
      )}
      <div className="row">
        <button type="button" className="button" onClick={onClose}>
          Back to the call
        </button>
      </div>
    </Dialog>
  );
}
