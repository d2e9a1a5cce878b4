import type { KeyboardEvent, RefObject } from 'react';

interface Props {
  readonly text: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly placeholder: string;
  /** What is said may not be kept: what was typed stays, and nothing is added or sent. */
  readonly silent?: boolean;
  readonly onText: (text: string) => void;
  readonly onEnter: () => void;
}

/** The schema takes 16,384 characters; somebody who pastes a book is stopped here, not by a refusal. */
const LONGEST = 8_000;

/** Where people type. Enter sends, Shift+Enter begins a new line. */
export function TypeField({ text, field, placeholder, silent = false, onText, onEnter }: Props) {
  const enter = (event: KeyboardEvent) => {
    // Enter also confirms a candidate in an input method; that must not send.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onEnter();
  };
  return (
    <label>
      <span className="hidden-but-read">Say something</span>
      <textarea
        className="input"
        rows={1}
        ref={field}
        value={text}
        maxLength={LONGEST}
        placeholder={placeholder}
        readOnly={silent}
        aria-describedby={silent ? 'voice-state' : undefined}
        enterKeyHint="send"
        autoComplete="off"
        dir="auto"
        onChange={(event) => onText(event.target.value)}
        onKeyDown={enter}
      />
    </label>
  );
}
