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

/** The tools that these dialogues need, as configuration: each a POST to `url`. */
export function toolsFor(dialogues, url) {
  const calls = dialogues.flatMap(({ turns }) => turns.flatMap(({ calls = [] }) => calls));
  const risks = new Map(
    calls.map(({ service, method, transactional }) => [
      `${service}.${method}`,
      transactional ? 'high_risk_external_send' : 'read_only',
    ]),
  );
  return [...risks]
    .map(
      ([name, risk]) =>
        `[tools."${name}"]\nkind = "http"\nurl = "${url}/${name}"\nrisk = "${risk}"\n` +
        'timeout_ms = 60000\n' + // Fifty conversations and their tools share a machine with other tests.
        (risk === 'read_only' ? 'attempts = 10\n' : ''),
    )
    .join('');
}

/**
 * What of a call's events was started although the policy wants a yes (`gated`, by actionId) and the
 * owner had not given theirs to these very arguments before.
 */
export function unapproved(events, gated, owner) {
  const found = [];
  const asked = new Map(); // confirmationId -> actionId
  const yes = new Map(); // actionId -> argsHash that the owner said yes to
  const approved = new Map(); // actionId -> argsHash that may run
  for (const { event } of events) {
    const { type, payload } = event;
    if (type === 'safety.confirmation.requested') asked.set(payload.confirmationId, payload.actionId);
    if (type === 'safety.confirmation.resolved' && payload.decision === 'approve' && payload.by.id === owner)
      yes.set(asked.get(payload.confirmationId), payload.argsHash);
    if (type === 'orchestration.action.approved') approved.set(payload.actionId, payload.argsHash);
    if (type !== 'orchestration.action.started' || !gated(payload.actionId)) continue;
    const said = yes.get(payload.actionId);
    if (said === undefined || said !== approved.get(payload.actionId))
      found.push(`${payload.actionId}: started without its owner's yes`);
  }
  return found;
}
