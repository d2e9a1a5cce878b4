// What a model is told of Life OS, from what each module says of itself:
//   node examples/lifeos/prompt.mjs > coach.md
// and then `system_file = "coach.md"` in [agents.coach] of lifeline.toml.

import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8').trim();

const parts = [
  'You are a career coach in a call. You speak: answer in one or two short sentences, in the language of the person.',
  ...['cv', 'interview', 'outreach'].flatMap((kind) => [
    read(`modules/${kind}/prompt.md`),
    `The content of a document of kind \`${kind}\`, as JSON Schema:\n\n${read(`modules/${kind}/schema.json`)}`,
  ]),
];
console.log(parts.join('\n\n'));
