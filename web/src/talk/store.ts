// A value that views can watch: what `useSyncExternalStore` asks for, and no more.

import { useCallback, useSyncExternalStore } from 'react';

export class Store<T> {
  private readonly watchers_ = new Set<() => void>();

  constructor(private value_: T) {}

  get value(): T {
    return this.value_;
  }

  set(value: T): void {
    if (Object.is(value, this.value_)) return;
    this.value_ = value;
    for (const watcher of [...this.watchers_]) watcher();
  }

  watch(watcher: () => void): () => void {
    this.watchers_.add(watcher);
    return () => void this.watchers_.delete(watcher);
  }
}

export function useStore<T>(store: Store<T>): T {
  const watch = useCallback((watcher: () => void) => store.watch(watcher), [store]);
  return useSyncExternalStore(watch, () => store.value);
}
