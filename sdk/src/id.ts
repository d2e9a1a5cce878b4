const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A new id: `prefix` and a ULID (48 bits of time, 80 bits of chance), so that ids sort by age and
 * two clients never mint the same one.
 */
export function mintId(prefix: string, nowMs: number, random: (bytes: Uint8Array) => void): string {
  let time = '';
  for (let rest = Math.max(0, Math.floor(nowMs)), i = 0; i < 10; i++) {
    time = alphabet[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  const bytes = new Uint8Array(16);
  random(bytes);
  let chance = '';
  for (const byte of bytes) chance += alphabet[byte % 32];
  return prefix + time + chance;
}
