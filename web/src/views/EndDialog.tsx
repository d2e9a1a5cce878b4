import { Dialog } from './Dialog';

interface Props {
  readonly onEnd: () => void;
  readonly onLeave: () => void;
  readonly onStay: () => void;
}

/** Ending is for everyone and for good, so it is asked once more; leaving is not. */
export function EndDialog({ onEnd, onLeave, onStay }: Props) {
  return (
    <Dialog title="End this call for everyone?" onClose={onStay}>
      <p>An ended call cannot be taken up again. What was said is kept. To go alone, leave it.</p>
      <div className="row">
        <button type="button" className="button" data-kind="quiet" autoFocus onClick={onStay}>
          Stay
        </button>
        <button type="button" className="button" onClick={onLeave}>
          Leave
        </button>
        <button type="button" className="button" data-kind="stop" onClick={onEnd}>
          End for everyone
        </button>
      </div>
    </Dialog>
  );
}
