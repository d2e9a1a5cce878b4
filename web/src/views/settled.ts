import { useEffect, useState } from 'react';

/** What somebody presses who was typing, or pressing twice, when the question came is no answer to it. */
const SETTLE_MS = 700;

/** Whether what uses it has been there for a moment. */
export function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLE_MS);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
