/**
 * Which attempts were begun here. A claim is made before anything is done and is never taken back: what was
 * claimed and then lost with the page is not done again.
 */
export interface Claims {
  /** True exactly once for each key. */
  claim(key: string): boolean | Promise<boolean>;
}

/** The part of `localStorage` that is used. */
export interface ClaimStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const entry = 'lifeline.claims';
const claimsMax = 500;

/** For as long as this program runs. */
export function claimsInMemory(): Claims {
  const claimed = new Set<string>();
  return {
    claim(key) {
      if (claimed.has(key)) return false;
      claimed.add(key);
      return true;
    },
  };
}

/**
 * For as long as `storage` keeps things: with `localStorage`, across reloads and for all tabs of this
 * browser. Where nothing can be stored (private windows, policies), in memory.
 */
export function claimsIn(storage: ClaimStorage): Claims {
  const memory = claimsInMemory();
  const claim = (key: string): boolean => {
    if (!memory.claim(key)) return false;
    try {
      const claimed = (storage.getItem(entry) ?? '').split('\n');
      if (claimed.includes(key)) return false;
      storage.setItem(entry, [...claimed.slice(-claimsMax + 1), key].join('\n').trim());
    } catch {
      // Not across a reload, then.
    }
    return true;
  };
  return { claim: (key) => oneAtATime(() => claim(key)) };
}

/** Browsers that have locks let no two tabs look at the same time. */
function oneAtATime(claim: () => boolean): boolean | Promise<boolean> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  return locks ? locks.request(entry, claim) : claim();
}

/** The browser's own storage where there is one, else memory. */
export function claimsHere(): Claims {
  try {
    return typeof localStorage === 'undefined' ? claimsInMemory() : claimsIn(localStorage);
  } catch {
    return claimsInMemory(); // Even asking for it can be forbidden.
  }
}
