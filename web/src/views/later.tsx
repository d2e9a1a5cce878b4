import { lazy, type ComponentType } from 'react';

import { LifelineError } from '@lifeline/client';

import { problemOf } from '../words/problem';
import { Dialog } from './Dialog';
import { Opening } from './Opening';

type Load<Props> = () => Promise<{ readonly default: ComponentType<Props> }>;

/** A screen that is fetched when it is wanted. Where that does not work, it says so, and loads the page again. */
export function later<Props>(load: Load<Props>) {
  return lazy(() => load().catch(() => ({ default: Unreached as ComponentType<Props> })));
}

/** The same of a dialog: it can be closed also where it never came, for a call goes on behind it. */
export function laterDialog<Props extends { readonly onClose: () => void }>(load: Load<Props>) {
  return lazy(() => load().catch(() => ({ default: UnreachedDialog as ComponentType<Props> })));
}

const again = () => location.reload();

function unreached() {
  return problemOf(new LifelineError({ code: 'unreachable', message: '' }));
}

function Unreached() {
  return <Opening problem={unreached()} onAgain={again} />;
}

function UnreachedDialog({ onClose }: { readonly onClose: () => void }) {
  const { title, advice } = unreached();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{advice}</p>
      <div className="row">
        <button type="button" className="button" autoFocus onClick={onClose}>
          Close
        </button>
        <button type="button" className="button" data-kind="first" onClick={again}>
          Load the page again
        </button>
      </div>
    </Dialog>
  );
}
