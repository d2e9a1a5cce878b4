import { useEffect, useRef, useState } from 'react';

import { problemOf, type Problem } from '../words/problem';
import { Dialog } from './Dialog';

interface Props {
  /** Makes a link that lets one person in. */
  readonly makeLink: () => Promise<string>;
  readonly onClose: () => void;
}

/** A link for one person. It is made only when asked for, and shown, so that it can be copied by hand too. */
export default function InviteDialog({ makeLink, onClose }: Props) {
  const [link, setLink] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [copied, setCopied] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const asked = useRef(false);

  useEffect(() => {
    if (asked.current) return; // Effects may run twice; an invite is not a thing to make twice.
    asked.current = true;
    makeLink().then(setLink, (thrown: unknown) => setProblem(problemOf(thrown)));
  }, [makeLink]);
  useEffect(() => field.current?.select(), [link]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link!);
      setCopied('Copied.');
    } catch {
      field.current?.select();
      setCopied('Your browser does not allow copying here. The link is selected: copy it by hand.');
    }
  };

  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      <p>Whoever opens this link can join the call and talk. It lets in one person.</p>
      {problem ? (
        <p role="alert">
          {problem.title} {problem.advice}
        </p>
      ) : (
        <label>
          <span className="hidden-but-read">Invite link</span>
          <input className="input" ref={field} readOnly value={link ?? 'Making a link …'} aria-busy={link === null} />
        </label>
      )}
      <p className="small" role="status">
        {copied}
      </p>
      <div className="row">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
        <button type="button" className="button" data-kind="first" disabled={link === null} onClick={() => void copy()}>
          Copy link
        </button>
      </div>
    </Dialog>
  );
}
