// How a modal dialog is left: by what happens to itself, since React hands on what happens to a dialog within it, too.

import type { SyntheticEvent } from 'react';

type Happening = SyntheticEvent<HTMLDialogElement>;

/** `held`: something is on its way, and what becomes of it is to be told here. */
export function closing(held: boolean, onClose: () => void) {
  return {
    onCancel: (event: Happening) => {
      if (event.target !== event.currentTarget) return;
      if (held) event.preventDefault();
      else onClose();
    },
    onClose: (event: Happening) => {
      if (event.target !== event.currentTarget) return;
      // Browsers let nobody be kept by a second Escape.
      if (held) event.currentTarget.showModal();
      else onClose();
    },
  };
}
