// An invite turned into a pass. Whoever tries again, because the answer was lost, is the same person coming in
// as before: the same link and name go out under the same key, so that the server gives the pass it had made.

import { redeemInvite, type RedeemedInvite } from '@lifeline/client';

export class Redemption {
  private tried_: { readonly link: string; readonly name: string; readonly key: string } | null = null;

  constructor(private readonly fetcher_?: typeof fetch) {}

  redeem(link: string, name: string, baseUrl: string): Promise<RedeemedInvite> {
    if (this.tried_?.link !== link || this.tried_.name !== name) {
      this.tried_ = { link, name, key: `idem_${hex(crypto.getRandomValues(new Uint8Array(16)))}` };
    }
    return redeemInvite(link, {
      displayName: name,
      baseUrl,
      idempotencyKey: this.tried_.key,
      fetch: this.fetcher_,
    });
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
