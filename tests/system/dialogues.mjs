// The rung of the conversations: the comparison's own test wherever this runs, the conversations where
// there are some. Elsewhere it ends with 77 and says why, which ./dev test counts as "cannot run here".

import { spawnSync } from 'node:child_process';
import { missing } from './support/dialogues.mjs';

const tests = ['comparison.test.mjs', ...(missing ? [] : ['dialogues.test.mjs'])];
const { status } = spawnSync(process.execPath, ['--test', ...tests], { stdio: 'inherit' });
if (status === 0 && missing) console.log(missing);
process.exit(status === 0 && missing ? 77 : (status ?? 1));
