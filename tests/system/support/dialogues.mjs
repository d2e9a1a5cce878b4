// The conversations: where they are, and how what became of one is compared with what it was.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const file =
  process.env.LIFELINE_DIALOGUES ??
  fileURLToPath(new URL('../../../../shared/data/dialogues.jsonl', import.meta.url));

/** Why there is nothing to hold, or null. */
export const missing = existsSync(file)
  ? null
  : 'there is no dialogues.jsonl here; LIFELINE_DIALOGUES names one';

export function readDialogues(count) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, count);
  return lines.map((line) => JSON.parse(line));
}

/** What differs between a dialogue and the call in which it was held: nothing, or in words. */
export function mismatches(dialogue, held) {
  const source = dialogue.turns.map(({ speaker, text }) => ({ speaker, text }));
  const texts = source.map(({ text }) => text);
  const found = [];
  const differs = (a, b) => JSON.stringify(a) !== JSON.stringify(b);
  if (differs(held.spoken, source)) found.push('the journal has another transcript');
  if (differs(held.seen.user, texts)) found.push('the user saw something else');
  if (differs(held.seen.agent, texts)) found.push('the agent saw something else');
  if (held.last !== 'call.ended' && held.last !== 'call.participant.connection.changed')
    found.push(`the last event is ${held.last}`);
  return found.map((what) => `${dialogue.dialogue}: ${what}`);
}
