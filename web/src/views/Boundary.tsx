import { Component, type ReactNode } from 'react';

import { problemOf } from '../words/problem';
import { Opening } from './Opening';

/** Where the page cannot be drawn it says so, instead of being white from then on. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly thrown: unknown }> {
  override state = { thrown: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown: thrown ?? 'something' };
  }

  override render() {
    if (this.state.thrown === null) return this.props.children;
    return <Opening problem={problemOf(this.state.thrown)} onAgain={() => location.reload()} />;
  }
}
