// An issuer of tokens beside the instance's own: its key is ours, so every token that is signed well and
// wrong all the same can be made.

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export class Issuer {
  issuer = 'https://issuer.example';
  audience = 'calls';
  account = 'acct_test';
  #keys = generateKeyPairSync('ed25519');
  #pem = this.#keys.publicKey.export({ type: 'spki', format: 'pem' });

  /** The [[issuers]] table of a server that trusts it; its public key goes into `folder`. */
  settings(folder) {
    const file = join(folder, 'issuer.pem');
    writeFileSync(file, this.#pem);
    return `
[[issuers]]
issuer = "${this.issuer}"
audience = ["${this.audience}"]
account = "${this.account}"
pem_file = "${file}"
`;
  }

  /** A token that is good but for what `claims` and `header` change; undefined leaves a claim out. */
  token(user, claims = {}, header = {}) {
    const signed = this.#body(user, claims, { alg: 'EdDSA', ...header });
    return `${signed}.${sign(null, Buffer.from(signed), this.#keys.privateKey).toString('base64url')}`;
  }

  /** Signed with what everybody knows: the public key, as if it were a shared secret. */
  confused(user) {
    const signed = this.#body(user, {}, { alg: 'HS256' });
    return `${signed}.${createHmac('sha256', this.#pem).update(signed).digest('base64url')}`;
  }

  #body(user, claims, header) {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.issuer, aud: this.audience, sub: user, iat: now, exp: now + 600, ...claims };
    return `${part({ typ: 'JWT', ...header })}.${part(all)}`;
  }
}
