// What is in the bytes of a folder's files, whatever they are.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

const escaped = (word, hex) => [...word].map((c) => (c.charCodeAt(0) < 0x80 ? c : [...Array(c.length).keys()].map((i) => `\\u${hex(c.charCodeAt(i).toString(16).padStart(4, '0'))}`).join(''))).join('');

/** A word as it may stand in a file: UTF-8, JSON's escapes, and as an index folds it. */
export const forms = (word) => {
  const folded = word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return [...new Set([word, word.toLowerCase(), folded, escaped(word, (h) => h), escaped(word, (h) => h.toUpperCase())])];
};

/** "file: word" for each word that is found in any form in any file. */
export function found(folder, words) {
  const hits = [];
  for (const path of files(folder)) {
    const bytes = readFileSync(path);
    for (const word of words)
      if (forms(word).some((form) => bytes.includes(Buffer.from(form, 'utf8')) || bytes.includes(Buffer.from(form, 'utf16le')))) hits.push(`${path.slice(folder.length + 1)}: ${word}`);
  }
  return hits;
}
