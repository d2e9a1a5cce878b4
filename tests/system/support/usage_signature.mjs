// What everybody can check of a usage record, by the keys that everybody may read.

import { createPublicKey, verify } from 'node:crypto';

const canonical = (value) =>
  Array.isArray(value) ? `[${value.map(canonical).join(',')}]`
  : value !== null && typeof value === 'object'
    ? `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
    : JSON.stringify(value);

/** By this key's 32 bytes, as base64url. */
export function isSignedBy(x, { signature, ...record }) {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(`lifeline-usage-record-1\n${canonical(record)}`), key, Buffer.from(signature, 'base64url'));
}
