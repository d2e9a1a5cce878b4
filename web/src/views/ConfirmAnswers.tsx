import { useId, useState } from 'react';

import { useSettled } from './settled';

interface Props {
  /** `approve`, `edit`, `deny`: what may be answered. */
  readonly allowed: readonly string[];
  /** A yes needs a second, deliberate step. */
  readonly grave: boolean;
  /** What the yes is called: the effect, not "OK". */
  readonly yes: string;
  readonly sending: string | null;
  /** Why no answer can be given now; null if one can. */
  readonly blocked: string | null;
  readonly onApprove: () => void;
  readonly onEdit: () => void;
  readonly onDeny: () => void;
}

const WORD = 'approve';

/** The answers. None of them has the focus by itself, and for a grave matter one press is not enough. */
export function ConfirmAnswers({ allowed, grave, yes, sending, blocked, onApprove, onEdit, onDeny }: Props) {
  const settled = useSettled();
  const [deliberate, setDeliberate] = useState(false);
  const [word, setWord] = useState('');
  const id = useId();
  const closed = !settled || sending !== null || blocked !== null;
  const typed = word.trim().toLowerCase() === WORD;

  if (deliberate) {
    return (
      <form
        className="deliberate"
        onSubmit={(event) => {
          event.preventDefault();
          if (!closed && typed) onApprove();
        }}
      >
        <label className="field">
          <span>
            This cannot be taken back. Type <b>{WORD}</b> to allow it.
          </span>
          <input
            className="input"
            value={word}
            autoFocus
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setWord(event.target.value)}
          />
        </label>
        <Why id={id} text={blocked} />
        <div className="row">
          <button
            type="button"
            className="button"
            data-kind="quiet"
            disabled={sending !== null}
            onClick={() => setDeliberate(false)}
          >
            Back
          </button>
          <button type="submit" className="button" data-kind="stop" disabled={closed || !typed} aria-describedby={id}>
            {sending === 'approve' ? 'Sending …' : yes}
          </button>
        </div>
      </form>
    );
  }
  return (
    <>
      <Why id={id} text={blocked} />
      <div className="row answers">
        {allowed.includes('deny') && (
          <button type="button" className="button" disabled={closed} aria-describedby={id} onClick={onDeny}>
            {sending === 'deny' ? 'Sending …' : 'Say no'}
          </button>
        )}
        {allowed.includes('edit') && (
          <button type="button" className="button" disabled={closed} aria-describedby={id} onClick={onEdit}>
            Change it
          </button>
        )}
        {allowed.includes('approve') && (
          <button
            type="button"
            className="button"
            data-kind="first"
            disabled={closed}
            aria-describedby={id}
            onClick={() => (grave ? setDeliberate(true) : onApprove())}
          >
            {sending === 'approve' ? 'Sending …' : grave ? `${yes} …` : yes}
          </button>
        )}
      </div>
    </>
  );
}

function Why({ id, text }: { readonly id: string; readonly text: string | null }) {
  return (
    <p className="fault" id={id} role="status">
      {text ?? ''}
    </p>
  );
}
