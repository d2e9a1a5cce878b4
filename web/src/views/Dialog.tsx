import { useEffect, useId, useRef, type ReactNode } from 'react';

import { closing } from './closing';

interface Props {
  readonly title: string;
  /** Room for more than a question. */
  readonly wide?: boolean;
  /** It cannot be left: something is on its way. */
  readonly held?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The browser's own modal dialog: it holds the focus, closes on Escape and gives the focus back. */
export function Dialog({ title, wide, held = false, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog className="dialog" data-wide={wide} ref={dialog} aria-labelledby={heading} {...closing(held, onClose)}>
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}
