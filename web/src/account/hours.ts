// Hours of service: the server names each by its first minute in UTC, people read it in the zone they are in.

/** `2026-02-16T10:00Z` */
export function windowOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 13)}:00Z`;
}

const WINDOW = /^\d{4}-\d\d-\d\dT\d\d:00Z$/;

export function startOf(window: string): number | null {
  if (!WINDOW.test(window)) return null;
  const ms = Date.parse(window);
  return Number.isNaN(ms) ? null : ms;
}

export type Span = 'today' | 'week' | 'month';

export interface Range {
  readonly from: string;
  /** Before this hour. */
  readonly to: string;
  /** What one bar is of. */
  readonly step: 'hour' | 'day';
}

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Days are those of UTC, as the server counts months and budgets; the hour that goes on is in it. */
export function rangeOf(span: Span, now: number): Range {
  const today = now - (now % DAY_MS);
  const to = windowOf(now - (now % HOUR_MS) + HOUR_MS);
  if (span === 'today') return { from: windowOf(today), to, step: 'hour' };
  if (span === 'week') return { from: windowOf(today - 6 * DAY_MS), to, step: 'day' };
  return { from: `${monthOf(now)}-01T00:00Z`, to, step: 'day' };
}

/** `2026-02`, of UTC. */
export function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

/** This month and those before it. */
export function monthsBack(now: number, count: number): readonly string[] {
  const date = new Date(now);
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}

/** The steps of a range in their order, each by its first hour. */
export function stepsOf({ from, to, step }: Range): readonly string[] {
  const [first, end] = [startOf(from), startOf(to)];
  if (first === null || end === null) return [];
  const every = step === 'hour' ? HOUR_MS : DAY_MS;
  const steps: string[] = [];
  for (let at = first; at < end; at += every) steps.push(windowOf(at));
  return steps;
}

/** The step that an hour is in. */
export function stepOf(window: string, step: Range['step']): string {
  return step === 'hour' ? window : `${window.slice(0, 10)}T00:00Z`;
}

const local = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** "16 Feb, 11:00": here. The UTC hour stands beside it. */
export function hourHere(window: string): string {
  const ms = startOf(window);
  return ms === null ? window : local.format(ms);
}

/** "2026-02-16 10:00 UTC" */
export function hourUtc(window: string): string {
  return startOf(window) === null ? window : `${window.slice(0, 10)} ${window.slice(11, 16)} UTC`;
}

/** "16 Feb" of UTC. */
export function dayUtc(window: string): string {
  const ms = startOf(window);
  return ms === null ? window : day.format(ms);
}

/** "February 2026" */
export function monthWords(name: string): string {
  const ms = Date.parse(`${name}-01T00:00:00Z`);
  return Number.isNaN(ms) ? name : month.format(ms);
}

/** A moment, here. */
export function momentHere(timestamp: string): string {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? '' : timeHere(ms);
}

/** With its day, since a page may stay open for days. */
export function timeHere(ms: number): string {
  return local.format(ms);
}
