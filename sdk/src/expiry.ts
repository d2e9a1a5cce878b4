/** When a token ends, in milliseconds since 1970, if it is a JWT that says so; nothing is trusted on it. */
export function expiryOf(token: string): number | null {
  const part = token.split('.')[1];
  if (part === undefined) return null;
  try {
    const claims: unknown = JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')));
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return null;
    return typeof claims.exp === 'number' && Number.isFinite(claims.exp)
      ? claims.exp * 1_000
      : null;
  } catch {
    return null; // Of another kind: the server says when it is over.
  }
}
