// A pass in the address, #token=…: for whoever is sent to a page by an app that knows them. It stands in the fragment,
// which browsers send to no server, and leaves the address bar at once.

import type { AddressBar } from './invite';

const TOKEN = /^[A-Za-z0-9_.~+/=-]{1,4096}$/;

/** What was pasted or linked, if it can be a pass at all. */
export function readPass(text: string): string | null {
  const token = text.trim();
  return TOKEN.test(token) ? token : null;
}

export function takePass(address: AddressBar, replace: (url: string) => void): string | null {
  const fields = new URLSearchParams(address.hash.replace(/^#/, ''));
  const token = fields.get('token');
  if (token === null) return null;
  fields.delete('token');
  const rest = fields.size > 0 ? `#${fields}` : '';
  replace(`${address.pathname}${address.search}${rest}`);
  return readPass(token);
}
