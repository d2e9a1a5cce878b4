// What a test puts between a server's process and its system: small C files of this folder.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The library of NAME.c, to be named in LD_PRELOAD; null where nothing here compiles. */
export function compiled(folder, name) {
  const library = join(folder, `${name}.so`);
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  try {
    execFileSync('clang-19', ['-shared', '-fPIC', '-O1', '-o', library, source], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return library;
}
