import type { Asking, AskingView } from '../act/asking';
import { clockLeft } from '../words/asking';
import { plain } from '../words/plain';
import { useNow } from './hooks';

interface Props {
  readonly view: AskingView;
  readonly asking: Asking;
  readonly serverNow: () => number;
}

/** What was put aside is still open, and says until when. */
export function ConfirmBanner({ view, asking, serverNow }: Props) {
  const [first, ...others] = view.aside;
  useNow(first !== undefined);
  if (!first) return null;
  return (
    <section className="asks-banner" aria-label="Waiting for your answer">
      <p>
        <b dir="auto">{plain(first.title)}</b>{' '}
        <span className="small">{clockLeft(Date.parse(first.expiresAt) - serverNow())} left</span>
        {others.length > 0 && <span className="small">, and {others.length} more</span>}
      </p>
      <button type="button" className="button" onClick={() => asking.take_up(first.confirmationId)}>
        Answer
      </button>
    </section>
  );
}
