import { clockLeft, spokenLeft } from '../words/asking';

/** The clock for the eyes; for the ears a word at a few moments, never one each second. */
export function TimeLeft({ leftMs }: { readonly leftMs: number }) {
  return (
    <p className="time-left" data-short={leftMs < 30_000 || undefined}>
      <span aria-hidden="true">
        {leftMs > 0 ? (
          <>
            <b>{clockLeft(leftMs)}</b> left to answer
          </>
        ) : (
          'No time left'
        )}
      </span>
      <span className="hidden-but-read" role="status">
        {spokenLeft(leftMs)}
      </span>
    </p>
  );
}
