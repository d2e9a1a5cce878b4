import type { RefObject } from 'react';

interface Props {
  readonly over: boolean;
  readonly ending: boolean;
  readonly drawer: {
    readonly open: boolean;
    readonly button: RefObject<HTMLButtonElement | null>;
    readonly toggle: () => void;
  };
  readonly onInvite: () => void;
  readonly onEnd: () => void;
}

export function TopBar({ over, ending, drawer, onInvite, onEnd }: Props) {
  return (
    <header className="top">
      <p className="wordmark">Lifeline</p>
      <button
        type="button"
        className="button"
        data-kind="quiet"
        ref={drawer.button}
        aria-expanded={drawer.open}
        aria-controls="events"
        onClick={drawer.toggle}
      >
        Events
      </button>
      {!over && (
        <>
          <button type="button" className="button" onClick={onInvite}>
            Invite
          </button>
          <button type="button" className="button" data-kind="stop" disabled={ending} onClick={onEnd}>
            {ending ? 'Ending …' : 'End call'}
          </button>
        </>
      )}
    </header>
  );
}
