// What stands around the sentences of a story: labels, and where in it the moment is that is shown. The sentences are
// the server's, the same as those of `lifeline explain`.

import type { Story, StoryEntry, StorySeverity } from '@lifeline/client';

const KINDS: Readonly<Record<string, string>> = {
  call: 'Call',
  people: 'People',
  speech: 'Said',
  turns: 'Turn',
  actions: 'Action',
  outages: 'Line',
  documents: 'Document',
  safety: 'Safety',
};

/** What an entry is about; what this page does not know is only something else. */
export function kindWord(kind: string): string {
  return KINDS[kind] ?? 'Other';
}

const SEVERITIES: Readonly<Record<StorySeverity, string>> = {
  info: '',
  warning: 'Worth a look',
  error: 'Went wrong',
};

/** The mark of what is not as it should be, as a word; what is not known is taken for the gravest. */
export function severityWord(severity: string): string {
  return SEVERITIES[severity as StorySeverity] ?? SEVERITIES.error;
}

/** "812 ms", "3.2 s", "4 min 5 s", "2 h 3 min": as the command says it. */
export function durationWords(ms: number): string {
  if (ms < 0) return `-${durationWords(-ms)}`;
  const seconds = Math.floor(ms / 1000);
  if (ms < 1000) return `${ms} ms`;
  if (seconds < 60) return `${seconds}.${Math.floor((ms % 1000) / 100)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}

/** How long it took, and how long somebody waited. */
export function timesOf({ kind, tookMs, waitedMs }: StoryEntry): readonly string[] {
  const waited = kind === 'turns' ? 'First text after' : 'Waited for people';
  return [
    ...(tookMs === undefined ? [] : [`Took ${durationWords(tookMs)}`]),
    ...(waitedMs === undefined ? [] : [`${waited} ${durationWords(waitedMs)}`]),
  ];
}

/** How long people waited for agents in the whole call; empty where nobody did. */
export function waitsWords({ turns }: Story): string {
  const { count, waitedMedianMs, waitedMostMs } = turns;
  if (waitedMedianMs === undefined) return '';
  const most = count > 1 && waitedMostMs !== undefined ? `, at most ${durationWords(waitedMostMs)}` : '';
  return `${count === 1 ? 'One turn' : `${count} turns`}: first text after ${durationWords(waitedMedianMs)}${count > 1 ? ' in the median' : ''}${most}`;
}

/** Which line of the story is that of an event: the last that does not come after it. */
export interface StoryPlace {
  /** The entry's seq; 0 before the first. */
  readonly entry: number;
  /** The step's seq within it; null where it is the entry itself. */
  readonly step: number | null;
}

export function placeIn({ entries }: Story, seq: number): StoryPlace {
  let entry = 0;
  let step: number | null = null;
  for (const one of entries) {
    if (one.seq > seq) break;
    // A later entry is nearer than any step before it.
    if (one.seq > Math.max(entry, step ?? 0)) [entry, step] = [one.seq, null];
    for (const { seq: at } of one.steps ?? []) {
      if (at <= seq && at > Math.max(entry, step ?? 0)) [entry, step] = [one.seq, at];
    }
  }
  return { entry, step };
}

/** Letters of scripts that run from right to left. */
const FROM_RIGHT = '\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefe\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1eeff}';
const RUN = new RegExp(`([${FROM_RIGHT}](?:[^\\p{L}\\p{N}]*[${FROM_RIGHT}\\p{M}])*)`, 'u');

/** The pieces of a sentence; each at an odd place runs from right to left, and must not draw in what stands beside it. */
export function runsOf(sentence: string): readonly string[] {
  return sentence.split(RUN);
}
