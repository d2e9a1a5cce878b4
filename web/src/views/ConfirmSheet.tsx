import { useEffect, useId, useRef, type SyntheticEvent } from 'react';

import type { Asking, AskingView } from '../act/asking';
import { ConfirmQuestion } from './ConfirmQuestion';

interface Props {
  readonly view: AskingView;
  readonly asking: Asking;
  readonly lineUp: boolean;
  readonly serverNow: () => number;
  readonly ownId: string;
  readonly nameOf: (id: string) => string;
}

/**
 * The question over the call. The browser's own modal dialog: it holds the focus, and Escape means "not now".
 * The heading has the focus first, so that a key pressed while it opened answers nothing.
 */
export function ConfirmSheet({ view, asking, lineUp, serverNow, ownId, nameOf }: Props) {
  const { shown, waiting } = view;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const description = useId();
  const id = shown?.confirmation.confirmationId ?? null;
  const state = shown?.confirmation.state ?? null;

  useEffect(() => {
    const element = dialog.current;
    if (!element || id === null) return;
    const opener = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [id === null]);
  useEffect(() => {
    const element = dialog.current;
    // A browser may close it at a second Escape without asking; the next question opens it again.
    if (element && !element.open) element.showModal();
    document.getElementById(heading)?.focus();
  }, [id, state, heading]);

  if (!shown) return null;
  const open = state === 'open';
  const others = waiting - (open ? 1 : 0);
  const escape = (event: SyntheticEvent) => {
    event.preventDefault();
    if (open) asking.put_aside();
    else asking.done();
  };
  return (
    <dialog
      className="dialog confirm"
      ref={dialog}
      role="alertdialog"
      aria-labelledby={heading}
      aria-describedby={description}
      onCancel={escape}
      onClose={escape}
    >
      {waiting > 1 && open && (
        <p className="queue small">{`${waiting} questions are waiting for you. This is the oldest.`}</p>
      )}
      <ConfirmQuestion
        key={id}
        question={shown}
        asking={asking}
        lineUp={lineUp}
        serverNow={serverNow}
        ownId={ownId}
        nameOf={nameOf}
        headingId={heading}
        descriptionId={description}
        rest={
          <div className="row rest">
            {open ? (
              <button type="button" className="button" data-kind="quiet" onClick={() => asking.put_aside()}>
                Not now
              </button>
            ) : (
              <button type="button" className="button" onClick={() => asking.done()}>
                {others > 0 ? 'Next question' : 'OK'}
              </button>
            )}
          </div>
        }
      />
    </dialog>
  );
}
