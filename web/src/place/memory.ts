// What this tab and this browser remember. Of a call only its id, for this tab only: enough to find the
// way back after a reload, worth nothing to anyone else. Of the person only the name they typed last.
// Storage can be forbidden (private windows, policies); then the page simply remembers nothing.

const CALL = 'lifeline.call';
const NAME = 'lifeline.name';

export function rememberedCall(): string | null {
  return attempt(() => sessionStorage.getItem(CALL));
}

export function rememberCall(sessionId: string): void {
  attempt(() => sessionStorage.setItem(CALL, sessionId));
}

export function forgetCall(): void {
  attempt(() => sessionStorage.removeItem(CALL));
}

export function rememberedName(): string {
  return attempt(() => localStorage.getItem(NAME)) ?? '';
}

export function rememberName(name: string): void {
  attempt(() => localStorage.setItem(NAME, name));
}

function attempt<T>(use: () => T): T | null {
  try {
    return use();
  } catch {
    return null;
  }
}
