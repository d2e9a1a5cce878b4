import type { Conversation } from '../talk/conversation';
import { useStore } from '../talk/store';

/** What the microphone heard and the page took for the agent's voice, so that nobody is silently dropped. */
export function Ignored({ conversation }: { conversation: Conversation }) {
  const text = useStore(conversation.ignored);
  if (text === null) return null;
  return (
    <div className="notice" data-kind="ignored" role="status">
      <p>
        <strong>Taken for the agent’s own voice, and not sent:</strong> <bdi>{text}</bdi>
      </p>
      <button type="button" className="button" onClick={() => conversation.say_ignored()}>
        Send it
      </button>
      <button type="button" className="button" data-kind="quiet" onClick={() => conversation.forget_ignored()}>
        Discard
      </button>
    </div>
  );
}
