import type { Action } from '@lifeline/client';

import type { ActionWords } from '../words/action';
import { plain } from '../words/plain';
import { ActionMark } from './icons';

interface Props {
  readonly action: Action;
  readonly words: ActionWords;
  readonly by: string;
  /** Opens the question about it; null if there is none that this person may answer. */
  readonly onAnswer: (() => void) | null;
  /** Asks for it to be stopped; null if that cannot be or was asked already. */
  readonly onStop: (() => void) | null;
}

/** Something the agent does, in the conversation where it was asked for: what, where it stands, who allowed it. */
export function ActionCard({ action, words, by, onAnswer, onStop }: Props) {
  return (
    <li className="action" data-tone={words.tone} data-action={action.actionId} data-state={action.state}>
      <span className="number" aria-hidden="true" title={`Event ${action.firstSeq}`}>
        {action.firstSeq}
      </span>
      <span className="node" aria-hidden="true" />
      <div className="action-card">
        <p className="action-what" dir="auto">
          {plain(action.summary) || 'An action'}
        </p>
        <p className="action-state">
          <ActionMark tone={words.tone} />
          <b>{words.state}</b>
        </p>
        {words.note !== '' && (
          <p className="action-note" dir="auto">
            {words.note}
          </p>
        )}
        <p className="action-by small">
          {words.allowed !== '' && `${words.allowed}. `}Asked for by <bdi>{plain(by)}</bdi>,{' '}
          <code>{plain(action.actionType) || 'unknown type'}</code>
        </p>
        {(onAnswer || onStop) && (
          <div className="row">
            {onAnswer && (
              <button type="button" className="button" data-kind="first" onClick={onAnswer}>
                Answer
              </button>
            )}
            {onStop && (
              <button type="button" className="button" onClick={onStop}>
                Stop it
              </button>
            )}
          </div>
        )}
      </div>
    </li>
  );
}
