import { lazy, type ComponentType } from 'react';

import { LifelineError } from '@lifeline/client';

import { problemOf } from '../words/problem';
import { Opening } from './Opening';

/** A screen that is fetched when it is wanted. Where that does not work, it says so, and loads the page again. */
export function later<Props>(load: () => Promise<{ readonly default: ComponentType<Props> }>) {
  return lazy(() => load().catch(() => ({ default: Unreached as ComponentType<Props> })));
}

function Unreached() {
  const problem = problemOf(new LifelineError({ code: 'unreachable', message: '' }));
  return <Opening problem={problem} onAgain={() => location.reload()} />;
}
