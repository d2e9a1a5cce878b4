import { useLayoutEffect } from 'react';

import { erasureWords } from '../words/erasure';
import type { ErasureRow } from '../words/rows';

interface Props {
  readonly row: ErasureRow;
  /** It is fetched when it is wanted: there is more to see than there was. */
  readonly onShown: () => void;
}

/** Where something was erased: nothing of it, only that it was, when and why. */
export default function ErasureLine({ row, onShown }: Props) {
  useLayoutEffect(onShown, []);
  const { seq } = row.erasure;
  const { name, text } = erasureWords(row.erasure, row.name);
  return (
    <li className="utterance new-speaker erased" data-state="erased">
      <span className="number" aria-hidden="true" title={`Event ${seq}`}>
        {seq}
      </span>
      <span className="node" aria-hidden="true" />
      <div className="said">
        {name !== '' && (
          <p className="who">
            <bdi>{name}</bdi>
          </p>
        )}
        <p className="note">{text}</p>
      </div>
    </li>
  );
}
