// What calls used, counted again from their events by plain loops, and held against the usage records that
// stand in the calls. Shares nothing with the server.

import { execFileSync } from 'node:child_process';
import { binary } from './server.mjs';
import { pause } from './waiting.mjs';

/** A wall clock's milliseconds, where the server measures by a finer one: at each end of a stretch of time. */
const roundingMs = 3;
/** Other streams than ours may have heard of the server so much longer before it was killed. */
const unheardMs = 50;

/** A stream of the server's own, as the folder has it, with when each was recorded. */
export function readStream(server, stream) {
  const lines = execFileSync(binary, ['replay', stream, '--data', server.data, '--json'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return lines.trim().split('\n').map((line) => JSON.parse(line));
}

/** The server's own ticks. */
export function readTicks(server) {
  return readStream(server, 'sys_metering').filter(({ event }) => event?.type === 'system.tick');
}

const timeOf = ({ meta }) => Date.parse(meta.recordedAt);

/** When the server was there: each run until its stop, or until the last that was heard of it. */
function runsOf(calls, ticks, elsewhere) {
  const heard = [...calls.flat(), ...ticks, ...elsewhere].map(timeOf).sort((a, b) => a - b);
  const runs = [];
  for (const tick of ticks) {
    if (tick.event.payload.because === 'start') {
      const last = runs.at(-1);
      const before = heard[lowerBound(heard, timeOf(tick)) - 1];
      if (last && last.to === Infinity) Object.assign(last, { to: before, unheard: Math.min(unheardMs, timeOf(tick) - before) });
      runs.push({ from: timeOf(tick), to: Infinity, unheard: 0 });
    }
    if (tick.event.payload.because === 'stop') runs.at(-1).to = timeOf(tick);
  }
  return runs;
}

function lowerBound(sorted, wanted) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The connected time of a call while the server was there, as { least, most } in ms. */
function connectedTime(events, runs) {
  const stretches = [];
  let since = null;
  for (const entry of events) {
    const { type } = entry.event ?? {};
    if (type === 'call.connected' || type === 'call.reconnected') since ??= timeOf(entry);
    else if (since !== null && ['call.reconnecting', 'call.ended', 'call.terminal_failure'].includes(type)) {
      stretches.push([since, timeOf(entry)]);
      since = null;
      if (type !== 'call.reconnecting') break;
    }
  }
  const time = { least: 0, most: 0, open: since !== null };
  for (const [from, to] of stretches)
    for (const run of runs) {
      const [begin, end] = [Math.max(from, run.from), Math.min(to, run.to)];
      if (end < begin) continue;
      const known = end - begin;
      const slack = 2 * roundingMs + known / 1000;
      time.least += Math.max(0, known - slack);
      time.most += known + slack + (to > run.to ? run.unheard : 0);
    }
  return time;
}

const isOver = (type) => ['succeeded', 'failed', 'timed_out', 'cancelled', 'resolved'].includes(type);

/** What is to be charged by meter and kind, and how many records say that it is not known. */
function recount(events) {
  const used = new Map(); // "meter kind" -> quantity
  let unknown = 0;
  const add = (key, quantity) => used.set(key, (used.get(key) ?? 0) + quantity);
  const actions = new Map();
  const reports = new Map();
  for (const { event } of events) {
    if (!event) continue; // Erased.
    const { type, payload } = event;
    if (type === 'transcript.final') add(`transcript.chars ${payload.speaker}`, [...payload.text].length);
    if (type === 'billing.usage.reported' && !reports.has(payload.reportId)) {
      reports.set(payload.reportId, { ...payload });
      if (payload.quantity === null) unknown += 1;
    }
    if (type === 'billing.usage.reconciled' && reports.has(payload.reportId)) reports.get(payload.reportId).quantity = payload.quantity;
    if (!type.startsWith('orchestration.action.')) continue;
    const what = type.slice('orchestration.action.'.length);
    const { actionId } = payload;
    if (what === 'requested') actions.set(actionId, { type: payload.actionType, begun: false, over: false, lost: false });
    const action = actions.get(actionId);
    if (!action || action.over) continue;
    if (what === 'started') action.begun = true;
    if (what === 'rejected') action.over = true;
    if (what === 'outcome_unknown' && action.begun && !action.lost) {
      action.lost = true;
      unknown += 1;
    }
    if (!isOver(what)) continue;
    action.over = true;
    const outcome = what === 'resolved' ? payload.resolution : what;
    if (action.begun && outcome !== 'not_executed') add(`action.count ${action.type} ${outcome}`, 1);
  }
  for (const { meter, quantity } of reports.values()) if (quantity !== null) add(meter, Number(quantity));
  return { used, unknown, reports: reports.size };
}

function keyOf({ meter, dims = {} }) {
  if (meter === 'transcript.chars') return `${meter} ${dims.speaker}`;
  if (meter === 'action.count') return `${meter} ${dims.actionType} ${dims.outcome}`;
  return meter;
}

/**
 * What of these calls' usage records is not so, in words, and what was counted. `calls` are lists of events with
 * their `meta`, whole and over; `ticks` is what readTicks gives; `elsewhere` what else the server wrote.
 */
export function checkUsage(calls, ticks, elsewhere = []) {
  const runs = runsOf(calls, ticks, elsewhere);
  const found = [];
  const counts = { usageRecords: 0, chars: 0, actionsCharged: 0, reports: 0, durationMs: 0, usageUnknown: 0 };
  const ids = new Set();
  for (const events of calls) {
    const id = events[0].event?.sessionId;
    const wrong = (what) => found.push(`usage of ${id}: ${what}`);
    const { used, unknown, reports } = recount(events);
    const charged = new Map();
    let notKnown = 0;
    for (const { event } of events) {
      if (event?.type !== 'billing.usage.measured') continue;
      const record = event.payload;
      counts.usageRecords += 1;
      if (ids.has(record.recordId)) wrong(`${record.recordId} stands twice`);
      ids.add(record.recordId);
      if (record.quantity === null) notKnown += 1;
      else charged.set(keyOf(record), (charged.get(keyOf(record)) ?? 0) + Number(record.quantity));
    }
    const time = connectedTime(events, runs);
    const measured = charged.get('call.duration_ms') ?? 0;
    if (!time.open && measured < time.least) wrong(`${measured} ms are charged of at least ${time.least}`);
    if (!time.open && measured > time.most) wrong(`${measured} ms are charged of at most ${time.most}`);
    charged.delete('call.duration_ms');
    for (const key of new Set([...used.keys(), ...charged.keys()]))
      if ((used.get(key) ?? 0) !== (charged.get(key) ?? 0))
        wrong(`${key}: ${charged.get(key) ?? 0} are charged of ${used.get(key) ?? 0}`);
    if (notKnown !== unknown) wrong(`${notKnown} records say that nobody knows, of ${unknown}`);
    counts.durationMs += measured;
    counts.reports += reports;
    counts.usageUnknown += unknown;
    for (const [key, quantity] of used) {
      if (key.startsWith('transcript.chars')) counts.chars += quantity;
      if (key.startsWith('action.count')) counts.actionsCharged += quantity;
    }
  }
  return { found, counts };
}

/** The same as soon as nothing is wrong any more, or after a while: what is due is written a moment later. */
export async function settledUsage(read, patienceMs = 20_000) {
  for (const begun = Date.now(); ; await pause(100)) {
    const { calls, ticks } = await read();
    const result = checkUsage(calls, ticks);
    if (result.found.length === 0 || Date.now() - begun > patienceMs) return result;
  }
}
