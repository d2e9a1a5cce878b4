// What became of a call's actions, by its journal, held against what was done out in the world.

export const terminal = [
  'orchestration.action.rejected',
  'orchestration.action.succeeded',
  'orchestration.action.failed',
  'orchestration.action.timed_out',
  'orchestration.action.cancelled',
  'orchestration.action.resolved',
  'safety.blocked',
];
const unknown = 'orchestration.action.outcome_unknown';

/** By action: how often it was accepted, begun and over, and whether nobody knew (`lost`) or knows. */
export function histories(events) {
  const known = new Map();
  for (const { event } of events) {
    const { type, payload } = event;
    if (type === 'orchestration.action.requested')
      known.set(payload.actionId, { type: payload.actionType, accepted: 0, started: 0, ended: [], lost: false, unknown: false });
    const one = known.get(payload.actionId);
    if (!one) continue;
    if (type === 'orchestration.action.accepted') one.accepted += 1;
    if (type === 'orchestration.action.started') one.started += 1;
    if (terminal.includes(type)) one.ended.push(type);
    one.lost ||= type === unknown;
    one.unknown = type === unknown || (one.unknown && !terminal.includes(type));
  }
  return known;
}

/**
 * What of them is as it must never be. `done` is what the tools were asked to do, in that call; `repeatable`
 * says of which types once is as good as twice; `over`: nothing is on its way any more.
 */
export function actionViolations(events, done, repeatable, over) {
  const found = [];
  const known = histories(events);
  const effects = byAction(done);
  for (const [id, calls] of effects) {
    const one = known.get(id);
    if (!one || calls.length > one.started) found.push(`${id}: done without a claim`);
    if (!repeatable(calls[0].body.actionType) && calls.length > 1) found.push(`${id}: done ${calls.length} times`);
    if (new Set(calls.map(({ headers }) => headers['idempotency-key'])).size > 1)
      found.push(`${id}: done under two keys`);
  }
  for (const [id, one] of known) {
    if (one.ended.length > 1) found.push(`${id}: ended as ${one.ended.join(' and ')}`);
    if (one.accepted + one.ended.filter((type) => type.endsWith('.rejected')).length !== 1)
      found.push(`${id}: neither accepted nor rejected once`);
    if (over && one.ended[0] === 'orchestration.action.succeeded' && !effects.has(id)) found.push(`${id}: never done`);
    if (over && one.ended.length === 0 && !one.unknown) found.push(`${id}: has no outcome`);
  }
  return found;
}

function byAction(calls) {
  const groups = new Map();
  for (const call of calls) groups.set(call.body.actionId, [...(groups.get(call.body.actionId) ?? []), call]);
  return groups;
}
