import { useEffect, useRef, useState } from 'react';

import type { Problem } from '../words/problem';

/** What a dialog sends, one at a time. It hears itself what came of it; once it is gone nobody does, since another dialog may stand there by then. */
export function useSending(why: (thrown: unknown) => Problem) {
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => void (here.current = false);
  }, []);
  const send = async <T>(act: () => Promise<T>, then: (value: T) => void) => {
    if (sending) return;
    setSending(true);
    setProblem(null);
    try {
      const value = await act();
      if (here.current) then(value);
    } catch (thrown) {
      if (here.current) setProblem(why(thrown));
    } finally {
      if (here.current) setSending(false);
    }
  };
  return { sending, problem, send };
}
