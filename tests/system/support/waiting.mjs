// Waiting for what is bound to come, and not for a time.

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function until(what, reached) {
  for (const begun = Date.now(); !reached(); await pause(5)) {
    if (Date.now() - begun > 30_000) throw new Error(`waited in vain: ${what}`);
  }
}
