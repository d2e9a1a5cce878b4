import type { RefObject } from 'react';

interface Props {
  readonly over: boolean;
  /** Who may only read can neither invite anybody nor end the call, only leave it. */
  readonly readsOnly: boolean;
  readonly ending: boolean;
  readonly drawer: {
    readonly open: boolean;
    readonly button: RefObject<HTMLButtonElement | null>;
    readonly toggle: () => void;
  };
  readonly onInvite: () => void;
  readonly onLeave: () => void;
  readonly onEnd: () => void;
}

export function TopBar({ over, readsOnly, ending, drawer, onInvite, onLeave, onEnd }: Props) {
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
      {!over && readsOnly && (
        <button type="button" className="button" onClick={onLeave}>
          Leave
        </button>
      )}
      {!over && !readsOnly && (
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
