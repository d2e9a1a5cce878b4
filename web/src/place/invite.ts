// An invite link carries its secret in the fragment, which browsers send to no server. The page reads it
// once and takes it out of the address bar and of the tab's history, so that it is neither bookmarked
// nor read over a shoulder.

export interface AddressBar {
  readonly hash: string;
  readonly pathname: string;
  readonly search: string;
}

const FRAGMENT = /^#invite=([A-Za-z0-9_.:~%-]{1,512})$/;

export function readInvite(hash: string): string | null {
  const match = FRAGMENT.exec(hash);
  if (!match) return null;
  try {
    return decodeURIComponent(match[1]!);
  } catch {
    return null;
  }
}

/** The secret of the link, or null; afterwards the address bar no longer shows it. */
export function takeInvite(address: AddressBar, replace: (url: string) => void): string | null {
  const secret = readInvite(address.hash);
  if (address.hash.startsWith('#invite=')) replace(address.pathname + address.search);
  return secret;
}

/** What a person pastes: the whole link, or only the secret. */
export function inviteFromPasted(text: string): string | null {
  const trimmed = text.trim();
  const at = trimmed.indexOf('#invite=');
  if (at >= 0) return readInvite(trimmed.slice(at));
  return readInvite(`#invite=${trimmed}`);
}

/** A link to this page that lets its holder into the call. */
export function inviteLink(pageUrl: string, secret: string): string {
  const url = new URL(pageUrl);
  url.hash = `invite=${encodeURIComponent(secret)}`;
  return url.href;
}
