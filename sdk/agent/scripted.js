// The scripted agent: answers offline in every call it is invited to. An SDK client like any other,
// through the front door, with role agent.
//
//   LIFELINE_URL=http://127.0.0.1:8787 LIFELINE_TOKEN=... node sdk/agent/scripted.js
//
// LIFELINE_TOKEN_COMMAND, a shell command that prints a token, may stand in for LIFELINE_TOKEN where
// tokens are short-lived: it is run whenever one is needed that the server has not refused.
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { followCalls, joinCall, LifelineError } from '@lifeline/client';
import { runScript } from './script.js';

const baseUrl = process.env['LIFELINE_URL'] ?? 'http://127.0.0.1:8787';
const command = process.env['LIFELINE_TOKEN_COMMAND'];
let token = process.env['LIFELINE_TOKEN'] ?? '';

/** @type {import('@lifeline/client').GetToken} */
async function getToken({ refused }) {
  if (command && (token === '' || token === refused)) {
    token = (await promisify(exec)(command)).stdout.trim();
  }
  return token;
}

/** @param {string} text */
const log = (text) => console.error(`scripted agent: ${text}`);
/** @type {Map<string, import('@lifeline/client').Call | null>} Null while it is being joined. */
const calls = new Map();

/** @param {string} sessionId */
async function join(sessionId) {
  calls.set(sessionId, null);
  try {
    const call = await joinCall({ baseUrl, getToken, sessionId });
    calls.set(sessionId, call);
    log(`joined session=${sessionId}`);
    await runScript(call);
    log(`left session=${sessionId} reason=${call.connection.value.reason}`);
  } catch (error) {
    log(`session=${sessionId} ${describe(error)}`);
  } finally {
    calls.delete(sessionId);
  }
}

/** @param {unknown} error */
function describe(error) {
  if (!(error instanceof LifelineError)) return String(error);
  return `code=${error.code} ${error.message} ${error.fix}`;
}

const stopper = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopper.abort());

if (token === '' && !command) {
  log('needs LIFELINE_TOKEN; make one with: lifeline token --user U --account A --role agent');
  process.exit(2);
}
try {
  const onRetry = (/** @type {LifelineError} */ error) =>
    log(`waiting for ${baseUrl}: ${error.code}`);
  for await (const notice of followCalls({ baseUrl, getToken, signal: stopper.signal, onRetry })) {
    const open = notice.status === 'created' || notice.status === 'active';
    if (open && notice.role === 'agent' && !calls.has(notice.sessionId))
      void join(notice.sessionId);
  }
} catch (error) {
  log(describe(error));
  process.exitCode = 1;
}
for (const call of calls.values()) call?.leave();
