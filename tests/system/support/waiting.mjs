// Waiting for what is bound to come, and not for a time.

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What `look` sees, once it is enough; `log` says more where it never is. */
export async function until(what, look, enough = Boolean, { patience = 30_000, log = () => '' } = {}) {
  for (const begun = Date.now(); ; await pause(20)) {
    const seen = await look();
    if (enough(seen)) return seen;
    if (Date.now() - begun > patience) throw new Error(`waited in vain: ${what}: ${JSON.stringify(seen)}\n${log().slice(-3000)}`);
  }
}
