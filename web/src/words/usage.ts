// What a call used, in words. Types of actions and names of models are whatever somebody called them: shown as they are,
// with what hides in them, and never trusted.

import { usedSoFar, type Usage, type UsageEntry, type UsageEvidence } from '@lifeline/client';

import { plain } from './plain';
import { clockTime } from './time';

export interface UsageLine {
  readonly key: string;
  /** What it is of; made harmless. Empty where the group says it all. */
  readonly label: string;
  /** "not known yet" where nothing is known. */
  readonly amount: string;
  /** What is to be said beside it: what is missing, corrected, estimated, or charged otherwise. */
  readonly notes: readonly string[];
  readonly evidence: readonly UsageEvidence[];
  /** How many records are older than those. */
  readonly older: number;
}

export interface UsageGroup {
  readonly key: 'time' | 'words' | 'actions' | 'tokens' | 'other';
  readonly title: string;
  readonly lines: readonly UsageLine[];
}

const GROUPS: readonly (readonly [UsageGroup['key'], string])[] = [
  ['time', 'Time'],
  ['words', 'What was said'],
  ['actions', 'What was done'],
  ['tokens', 'What models read and wrote'],
  ['other', 'Anything else'],
];

const GROUP_OF: Readonly<Record<string, UsageGroup['key']>> = {
  'call.duration_ms': 'time',
  'transcript.chars': 'words',
  'action.count': 'actions',
  'agent.tokens': 'tokens',
};

/** What a call that goes on used: time as it passes on the page, all else as the server last said. */
export function soFarOf({ entries, soFar }: Usage, seconds: number | null): Pick<Usage, 'entries'> {
  if (seconds === null) return { entries: usedSoFar({ entries, soFar }) };
  const time = { meter: 'call.duration_ms', unit: 'ms', kind: {}, participantId: null, quantity: String(seconds * 1000) };
  return { entries: usedSoFar({ entries, soFar: [time, ...soFar.filter(({ meter }) => meter !== time.meter)] }) };
}

/** What the figures of a call so far are worth. Over a lost line they stand still, and nobody here knows whether the call goes on. */
export function soFarWords(line_up: boolean, { live }: Pick<Usage, 'live'>): string {
  if (line_up) return 'The call goes on; all but the time is counted up once a minute. It is recorded at each full hour and at the end, and what is charged follows from that.';
  const at = live === null ? NaN : Date.parse(live.at);
  return Number.isNaN(at) ? 'The line is lost: this may be older.' : `As of ${clockTime(at)}; the line is lost.`;
}

/** Groups that have something, each with its lines; what came to nothing and hides nothing is left out. */
export function usageGroups({ entries }: Pick<Usage, 'entries'>, nameOf: (id: string) => string): readonly UsageGroup[] {
  const shown = entries.filter(({ measured, unknown }) => unknown.length > 0 || (measured ?? '0') !== '0');
  return GROUPS.map(([key, title]) => ({
    key,
    title,
    lines: shown.filter((one) => (lookup(GROUP_OF, one.meter) ?? 'other') === key).map((one) => lineOf(key, one, nameOf)),
  })).filter(({ lines }) => lines.length > 0);
}

function lineOf(group: UsageGroup['key'], one: UsageEntry, nameOf: (id: string) => string): UsageLine {
  const { meter, unit, kind, participantId, measured, evidence, records } = one;
  const whose = participantId === null ? [] : [nameOf(participantId)];
  return {
    key: JSON.stringify([meter, unit, kind, participantId]),
    label: [...labels(group, one), ...whose].filter(Boolean).join(' · '),
    amount: measured === null ? 'not known yet' : amountWords(measured, unit),
    notes: notesOf(one),
    evidence,
    older: records - evidence.length,
  };
}

const SPEAKERS: Readonly<Record<string, string>> = { user: 'People', agent: 'Agents', operator: 'Operators' };
const OUTCOMES: Readonly<Record<string, string>> = {
  succeeded: 'done',
  failed: 'failed',
  timed_out: 'took too long',
  cancelled: 'stopped',
  unknown: 'nobody knows whether it happened',
  not_executed: 'not done after all',
};
const DIRECTIONS: Readonly<Record<string, string>> = { input: 'read', cached: 'read, remembered from before', output: 'written' };

function labels(group: UsageGroup['key'], { meter, kind }: UsageEntry): readonly string[] {
  const word = (name: string) => (Object.hasOwn(kind, name) ? kind[name]! : '');
  const said = (words: Readonly<Record<string, string>>, name: string) => lookup(words, word(name)) ?? plain(word(name));
  const rest = (...known: readonly string[]) =>
    Object.entries(kind)
      .filter(([name]) => !known.includes(name))
      .map(([name, value]) => `${plain(name)}: ${plain(value)}`);
  switch (group) {
    case 'time':
      return ['Connected', ...rest()];
    case 'words':
      return [said(SPEAKERS, 'speaker'), ...rest('speaker')];
    case 'actions':
      return [plain(word('actionType')), said(OUTCOMES, 'outcome'), ...rest('actionType', 'outcome')];
    case 'tokens':
      return [plain(word('model')) || 'a model', said(DIRECTIONS, 'direction'), ...rest('model', 'direction')];
    default:
      return [plain(meter), ...rest()];
  }
}

function notesOf({ measured, charged, unit, unknown, corrections, estimated }: UsageEntry): readonly string[] {
  const notes: string[] = [];
  if (measured !== null && unknown.length > 0) {
    notes.push(unknown.length === 1 ? 'one more amount is not known yet' : `${unknown.length} more amounts are not known yet`);
  }
  if (charged !== null && charged !== measured) notes.push(`counted as ${amountWords(charged, unit)}`);
  if (corrections > 0) notes.push(corrections === 1 ? 'corrected once, added up' : `corrected ${corrections} times, added up`);
  if (estimated) notes.push('some of it was estimated');
  return notes;
}

const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  char: ['character', 'characters'],
  action: ['time', 'times'],
  token: ['token', 'tokens'],
};

/** "3 min 12 s", "1,830 tokens"; exact, however large. */
export function amountWords(quantity: string, unit: string): string {
  const amount = BigInt(quantity);
  if (unit === 'ms') return spanOf(amount);
  const [one, many] = lookup(UNITS, unit) ?? [plain(unit), plain(unit)];
  return `${amount.toLocaleString()} ${amount === 1n ? one : many}`;
}

function spanOf(ms: bigint): string {
  if (ms < 0n) return `-${spanOf(-ms)}`;
  if (ms < 1000n) return `${ms} ms`;
  const seconds = ms / 1000n;
  if (seconds < 60n) return `${seconds} s`;
  if (seconds < 3600n) return `${seconds / 60n} min ${seconds % 60n} s`;
  return `${(seconds / 3600n).toLocaleString()} h ${(seconds / 60n) % 60n} min`;
}

/** "3 events, from 11 to 13": what a record rests on. */
export function evidenceWords({ seqFirst, seqLast, count }: Pick<UsageEvidence, 'seqFirst' | 'seqLast' | 'count'>): string {
  if (count === 0) return 'No event';
  if (seqFirst === seqLast) return `Event ${seqFirst}`;
  return `${count} ${count === 1 ? 'event' : 'events'}, from ${seqFirst} to ${seqLast}`;
}


function lookup<T>(words: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}
