// A receiver of Standard Webhooks that verifies: the raw bytes, a fresh timestamp, and a signature of each secret
// that it was given. `whsec_`: HMAC-SHA-256 (v1). `whpk_`: Ed25519 (v1a).
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';

const spki = Buffer.from('302a300506032b6570032100', 'hex');

export function verifies(secret, { id, timestamp, signatures, body }) {
  const content = Buffer.from(`${id}.${timestamp}.${body}`);
  const of = (version) => signatures.filter((one) => one.startsWith(`${version},`)).map((one) => Buffer.from(one.slice(version.length + 1), 'base64'));
  if (secret.startsWith('whsec_')) {
    const right = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(content).digest();
    return of('v1').some((one) => one.length === right.length && timingSafeEqual(one, right));
  }
  const key = createPublicKey({ key: Buffer.concat([spki, Buffer.from(secret.slice(5), 'base64')]), format: 'der', type: 'spki' });
  return of('v1a').some((one) => verify(null, content, key, one));
}

export function webhook(server, asked) {
  const id = asked.headers['webhook-id'] ?? '';
  const timestamp = asked.headers['webhook-timestamp'] ?? '';
  const signatures = (asked.headers['webhook-signature'] ?? '').split(' ');
  if (!id || id.includes('.')) return [400, { error: 'no id' }];
  if (!/^\d+$/.test(timestamp) || Math.abs(server.now() / 1000 - Number(timestamp)) > 300) return [400, { error: 'not of now' }];
  if (Buffer.byteLength(asked.body) > 20_000) return [413, { error: 'too much' }];
  for (const secret of server.secrets)
    if (!verifies(secret, { id, timestamp, signatures, body: asked.body })) return [400, { error: `no signature of ${secret.slice(0, 6)}` }];
  const { type, data } = JSON.parse(asked.body);
  if (data.id !== id) return [400, { error: 'another id inside' }];
  if (!server.known('webhook', id)) server.count('webhook', { id, name: type, customer: data.accountId, value: Number(data.quantity), time: Date.parse(`${data.serviceWindow.slice(0, 16)}:00Z`) });
  return [204, undefined];
}
