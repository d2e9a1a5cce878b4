// The address of a call's replay: ?replay=SESSION on the page of the call, perhaps &at=SEQ and #token=…, a pass for whoever
// was sent it. The id opens nothing by itself and stays; the pass leaves the address bar at once.

import type { AddressBar } from './invite';
import { takePass } from './pass_link';

export interface ReplayLink {
  readonly sessionId: string;
  readonly token: string | null;
  /** The event that it is to stand at, &at=SEQ. */
  readonly at: number | null;
}

const ID = /^[A-Za-z0-9_.:-]{1,128}$/;

export function readReplay(search: string): string | null {
  const sessionId = new URLSearchParams(search).get('replay');
  return sessionId !== null && ID.test(sessionId) ? sessionId : null;
}

function readPlace(search: string): number | null {
  const at = new URLSearchParams(search).get('at') ?? '';
  return /^[1-9]\d{0,14}$/.test(at) ? Number(at) : null;
}

export function takeReplay(address: AddressBar, replace: (url: string) => void): ReplayLink | null {
  const sessionId = readReplay(address.search);
  return sessionId === null ? null : { sessionId, token: takePass(address, replace), at: readPlace(address.search) };
}

export function replayAddress(sessionId: string): string {
  return `?replay=${encodeURIComponent(sessionId)}`;
}
