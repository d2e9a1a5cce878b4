export type Side = 'talk' | 'documents';

interface Props {
  readonly side: Side;
  readonly documents: number;
  readonly onPick: (side: Side) => void;
}

/** Where there is no room for both: the words, or the documents. Wider screens show the two beside each other. */
export function SidePicker({ side, documents, onPick }: Props) {
  return (
    <div className="sides" role="group" aria-label="What to show">
      <button type="button" className="button" aria-pressed={side === 'talk'} onClick={() => onPick('talk')}>
        Talk
      </button>
      <button type="button" className="button" aria-pressed={side === 'documents'} onClick={() => onPick('documents')}>
        {documents === 1 ? 'Document' : `Documents (${documents})`}
      </button>
    </div>
  );
}
