import { createContext, useContext, useEffect, useState } from 'react';

import { plain } from '../words/plain';
import type { Problem } from '../words/problem';

/** Where the server is, for links to its own pages. */
export const ServerAddress = createContext('');

/** What helps whoever is asked for help: the word, with the page that explains it, and the request. */
export function ProblemFacts({ problem: { code, requestId, explained } }: { readonly problem: Problem }) {
  const server = useContext(ServerAddress);
  if (code === null) return null;
  return (
    <p className="small facts">
      <span>
        Code:{' '}
        {explained ? (
          <a className="link" href={`${server}/errors/${encodeURIComponent(code)}`} target="_blank" rel="noreferrer">
            <code>{plain(code)}</code>
            <span className="hidden-but-read"> (what it means, in a new tab)</span>
          </a>
        ) : (
          <code>{plain(code)}</code>
        )}
      </span>
      {requestId !== null && <RequestId id={requestId} />}
    </p>
  );
}

/** How long "Copied" stands. */
const COPIED_MS = 2_000;

function RequestId({ id }: { readonly id: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    // Where the clipboard is forbidden the words are still there to be selected.
    navigator.clipboard?.writeText(id).then(() => setCopied(true), () => undefined);
  };
  return (
    <span className="request">
      <span>
        Request: <code>{plain(id)}</code>
      </span>
      <button type="button" className="copy" onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
        <span className="hidden-but-read"> the request’s id</span>
      </button>
    </span>
  );
}
