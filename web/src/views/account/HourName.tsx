import { hourHere, hourUtc } from '../../account/hours';

/** An hour as it is here; the hour of the server's books beside it. */
export function HourName({ window }: { readonly window: string }) {
  return (
    <span className="hour-name">
      <time dateTime={window}>{hourHere(window)}</time> <span className="small">({hourUtc(window)})</span>
    </span>
  );
}
