// Loudspeakers reach microphones. Before words from the recogniser interrupt the agent, they are compared
// with what the agent is saying just now. Only a run of its own words is its echo: people say single words
// of the agent's all the time ("Wednesday" to "Tuesday or Wednesday?"), and losing those is worse than an
// agent that now and then falls silent for nothing.

export type Whose =
  | 'person'
  | 'echo'
  /** The agent's own words, but too few to tell: wait for more. If no more come, they are the person's. */
  | 'unclear'
  /** No word in it. */
  | 'nobody';

/** This many of the agent's words, one after the other, nobody repeats by chance. */
const RUN_THAT_IS_ECHO = 4;
/** Recognisers mishear a word or two of what a loudspeaker says. */
const SHARE_THAT_IS_ECHO = 0.7;

export function whose(recognised: string, beingSpoken: string): Whose {
  const heard = words(recognised);
  if (heard.length === 0) return 'nobody';
  const run = longestRun(heard, words(beingSpoken));
  if (run >= RUN_THAT_IS_ECHO && run / heard.length >= SHARE_THAT_IS_ECHO) return 'echo';
  return run === heard.length ? 'unclear' : 'person';
}

/** How many words in a row of `heard` stand in a row in `spoken`. */
function longestRun(heard: readonly string[], spoken: readonly string[]): number {
  let longest = 0;
  let above: number[] = []; // For each place in `spoken`, the run that ends there with the word before.
  for (const word of heard) {
    above = spoken.map((other, at) => (other === word ? (above[at - 1] ?? 0) + 1 : 0));
    longest = Math.max(longest, ...above);
  }
  return longest;
}

function words(text: string): string[] {
  return text.toLocaleLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
