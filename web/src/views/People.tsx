import { useEffect, useRef, useState } from 'react';

import type { Person } from '../words/people';

/** So many lie on one line or two; more may have to be scrolled to, and so may few on a small screen. */
const FEW = 4;

/** Who is here. Names are what people typed: isolated, so that no writing direction spills over. */
export function People({ people }: { people: readonly Person[] }) {
  const box = useRef<HTMLElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    const look = () => setScrolls(current.scrollHeight > current.clientHeight || current.scrollWidth > current.clientWidth);
    const watch = new ResizeObserver(look);
    for (const one of [current, ...current.children]) watch.observe(one);
    return () => watch.disconnect();
  }, []);
  return (
    <section className="people" aria-label="Who is here" ref={box} tabIndex={scrolls || people.length > FEW ? 0 : undefined}>
      <ul>
        {people.map((person) => (
          <li key={person.id} data-presence={person.presence} className={person.machine ? 'machine' : undefined}>
            <span className="dot" aria-hidden="true" />
            <span>
              <bdi className="name">{person.name}</bdi>{' '}
              {person.label !== '' && <span className="role">{person.label}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
