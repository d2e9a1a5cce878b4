// What this tab and this browser remember. Of a call its id, for this tab only: enough to find the way back
// after a reload, worth nothing to anyone else. A guest also needs the pass that the invite was turned into,
// since an invite works once; it is as good as the guest for as long as it lives, so this tab keeps it until
// the call is left or over, and no other storage ever has it. Of the person only the name they typed last.
// Storage can be forbidden (private windows, policies); then the page simply remembers nothing.

const CALL = 'lifeline.call';
const PASS = 'lifeline.pass';
const NAME = 'lifeline.name';
const LINE = 'lifeline.line';

export function rememberedCall(): string | null {
  return attempt(() => sessionStorage.getItem(CALL));
}

/** `pass` is the guest's; null for whoever can get another by their name. */
export function rememberCall(sessionId: string, pass: string | null): void {
  attempt(() => sessionStorage.setItem(CALL, sessionId));
  if (pass === null) attempt(() => sessionStorage.removeItem(PASS));
  else attempt(() => sessionStorage.setItem(PASS, pass));
}

export function rememberedPass(): string | null {
  return attempt(() => sessionStorage.getItem(PASS));
}

export function forgetCall(): void {
  attempt(() => sessionStorage.removeItem(CALL));
  attempt(() => sessionStorage.removeItem(PASS));
  attempt(() => sessionStorage.removeItem(LINE));
}

/**
 * What makes the page after a reload the same line as the one before. It is in the storage only while
 * no page is there to hold it: a tab that is duplicated copies the storage, and must not copy this.
 */
export function leaveLine(sessionId: string, token: string | null): void {
  if (token !== null) attempt(() => sessionStorage.setItem(LINE, `${sessionId} ${token}`));
}

export function takeLine(sessionId: string): string | undefined {
  const [of, token] = (attempt(() => sessionStorage.getItem(LINE)) ?? '').split(' ');
  attempt(() => sessionStorage.removeItem(LINE));
  return of === sessionId ? token : undefined;
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
