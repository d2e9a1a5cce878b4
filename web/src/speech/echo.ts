// Loudspeakers reach microphones. Before words from the recogniser interrupt the agent, they are compared
// with what the agent is saying just now: if most of them are its own, the page has heard itself.

const SHARE_THAT_IS_ECHO = 0.7;

export function isEcho(recognised: string, beingSpoken: string): boolean {
  const heard = words(recognised);
  if (heard.length === 0) return true; // Nothing yet: no reason to interrupt anyone.
  const spoken = new Set(words(beingSpoken));
  const own = heard.filter((word) => spoken.has(word)).length;
  return own / heard.length >= SHARE_THAT_IS_ECHO;
}

function words(text: string): string[] {
  return text.toLocaleLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
