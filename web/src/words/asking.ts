// A question to a person, and how it ended, in words.

import type { Confirmation, LifelineError } from '@lifeline/client';

import { plain } from './plain';
import { problemOf } from './problem';
import { spanWords } from './time';

const SEVERITY: Readonly<Record<string, string>> = {
  info: 'For you to decide',
  warning: 'Look closely',
  critical: 'Cannot be taken back',
};

/** What is not known is taken for the gravest. */
export function severityOf({ severity }: Confirmation): {
  readonly level: 'info' | 'warning' | 'critical';
  readonly word: string;
} {
  const level = severity === 'info' || severity === 'warning' ? severity : 'critical';
  return { level, word: SEVERITY[level]! };
}

const KIND: Readonly<Record<string, string>> = {
  message_send: 'Goes to',
  payment: 'Is paid to',
  external_post: 'Is published at',
  data_delete: 'Deletes',
  other: 'Concerns',
};

export interface Fact {
  readonly name: string;
  readonly values: readonly string[];
}

/** Whom it reaches and what it costs. */
export function scopeFacts({ scope }: Confirmation): readonly Fact[] {
  const { kind, target, recipients, recipientCount, amount, currency, audience } = scope;
  const facts: Fact[] = [{ name: KIND[kind] ?? KIND.other!, values: [plain(target)] }];
  const others = recipients.filter((one) => one !== target);
  const count = Math.max(recipientCount ?? 0, recipients.length);
  if (others.length > 0 || count > 1) {
    const unnamed = count - recipients.length;
    const values = (others.length > 0 ? recipients : []).map(plain);
    const more =
      unnamed > 0
        ? [`${values.length > 0 ? 'and ' : ''}${unnamed} ${values.length > 0 ? 'more' : 'in all'}, not named here`]
        : [];
    facts.push({ name: count === 1 ? 'Recipient' : `Recipients (${count})`, values: [...values, ...more] });
  }
  if (amount !== null) facts.push({ name: 'Amount', values: [amountWords(amount, currency)] });
  facts.push({ name: 'Who sees it', values: [audience === 'internal' ? 'People inside only' : 'People outside'] });
  return facts;
}

/** "12.50 CHF" of nano-units; an amount that is no number is shown as it came. */
export function amountWords(nano: string, currency: string | null): string {
  const unit = currency === null ? '' : ` ${plain(currency)}`;
  if (!/^-?\d+$/.test(nano)) return plain(nano) + unit;
  const sign = nano.startsWith('-') ? '−' : '';
  const digits = nano.replace('-', '').padStart(10, '0');
  const whole = digits.slice(0, -9).replace(/\B(?=(\d{3})+$)/g, '\u202f');
  const fraction = digits.slice(-9).replace(/0{1,7}$/, '');
  return `${sign}${whole}.${fraction}${unit}`;
}

/** What is left of the time, as a clock: "4:32". */
export function clockLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const SPOKEN_S = [10, 30, 60, 120, 300] as const;

/** What is said aloud of the time: only at a few moments, and the same until the next. */
export function spokenLeft(ms: number): string {
  if (ms <= 0) return 'The time to answer is over.';
  const at = SPOKEN_S.find((seconds) => ms <= seconds * 1000);
  return at === undefined ? '' : `${spanWords(at * 1000)} or less to answer.`;
}

export interface Outcome {
  readonly title: string;
  readonly note: string;
}

/** How a question ended. `here`: this very page gave the answer. */
export function closedWords(
  { state, closed }: Confirmation,
  own: { readonly id: string; readonly here: boolean },
  nameOf: (id: string) => string,
): Outcome {
  const note = closed?.reason ? `“${plain(closed.reason)}”` : '';
  const who = closed?.by?.id === own.id ? 'You' : closed?.by ? nameOf(closed.by.id) : null;
  const where = own.here || !who ? '' : closed?.via === 'voice' ? ' by voice' : ' on another device';
  switch (state) {
    case 'approved':
      return { title: `${who ?? 'Somebody'} approved this${where}.`, note };
    case 'denied':
      return { title: `${who ?? 'Somebody'} said no${where}.`, note: note || 'Nothing is sent.' };
    case 'edited':
    case 'superseded':
      return { title: `${who ?? 'Somebody'} changed this${where}.`, note: 'It is asked again as it is now.' };
    case 'expired':
      return { title: 'Not sent: nobody answered in time.', note: 'The agent can ask again.' };
    default:
      return {
        title: 'This question fell away.',
        note: 'Nothing was sent: the action was stopped, or the call is over.',
      };
  }
}

/** Why no answer can be given just now; null if one can. */
export function whyNot(lineUp: boolean, leftMs: number): string | null {
  if (!lineUp)
    return 'The line is down, so an answer would not count yet. It can be given as soon as the line is back.';
  if (leftMs <= 0) return 'The time to answer is over. Nothing is sent.';
  return null;
}

const REFUSALS: Readonly<Record<string, readonly [title: string, advice: string]>> = {
  args_changed: ['It was changed while you looked at it.', 'Look again before you answer: nothing was done.'],
  confirmation_expired: ['The time to answer is over.', 'Nothing was done. The agent can ask again.'],
  confirmation_forbidden: ['This is for somebody else to answer.', 'Nothing was done.'],
  confirmation_not_found: ['This question is not known any more.', 'Nothing was done.'],
  decision_not_allowed: ['It cannot be answered like this.', 'Choose another answer.'],
  stale: ['It was answered already.', 'What was said first counts.'],
};

/** Why an answer was not taken; above all, that nothing was done. */
export function refusalWords(error: LifelineError): { readonly title: string; readonly advice: string } {
  const known = REFUSALS[error.code];
  return known ? { title: known[0], advice: known[1] } : problemOf(error);
}
