// A link to one question: #session=…&confirmation=…, and perhaps &token=…, a pass for whoever was sent it. All
// of it stands in the fragment, which browsers send to no server; the pass leaves the address bar at once, and
// what names the question stays, so that the page can be loaded again.

import type { AddressBar } from './invite';

export interface ApprovalLink {
  readonly sessionId: string;
  /** Null asks for whatever waits in that call. */
  readonly confirmationId: string | null;
  readonly token: string | null;
}

const ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const TOKEN = /^[A-Za-z0-9_.~+/=-]{1,4096}$/;

export function readApproval(hash: string): ApprovalLink | null {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const sessionId = fields.get('session');
  const confirmationId = fields.get('confirmation');
  const token = fields.get('token');
  if (sessionId === null || !ID.test(sessionId)) return null;
  if (confirmationId !== null && !ID.test(confirmationId)) return null;
  if (token !== null && !TOKEN.test(token)) return null;
  return { sessionId, confirmationId, token };
}

/** What the link says; afterwards the address bar no longer shows the pass, whatever else was wrong with it. */
export function takeApproval(address: AddressBar, replace: (url: string) => void): ApprovalLink | null {
  const link = readApproval(address.hash);
  const fields = new URLSearchParams(address.hash.replace(/^#/, ''));
  if (fields.has('token')) {
    fields.delete('token');
    replace(`${address.pathname}${address.search}#${fields}`);
  }
  return link;
}
