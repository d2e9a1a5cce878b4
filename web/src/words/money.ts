// Money as people read it, exact: amounts are whole nano-units of a currency (10⁻⁹), and never become a float.

const NANO_DIGITS = 9;

const digits_of = new Map<string, number>();

/** Minor digits of a currency: 2 of EUR, 0 of JPY, 3 of KWD. */
export function minorDigits(currency: string): number {
  let digits = digits_of.get(currency);
  if (digits === undefined) {
    try {
      digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    } catch {
      digits = 2; // No currency at all; the amount is still what it is.
    }
    digits_of.set(currency, digits);
  }
  return digits;
}

const point = new Intl.NumberFormat().formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.';

/** "0.104 EUR": all digits that there are, and never fewer than the currency's own. */
export function moneyWords(nano: bigint | string, currency: string): string {
  return `${decimal(BigInt(nano), NANO_DIGITS, minorDigits(currency))}\u00a0${currency}`.trim();
}

/** The same of minor units: "3.44 EUR". */
export function minorWords(minor: bigint | string, currency: string): string {
  const digits = minorDigits(currency);
  return `${decimal(BigInt(minor), digits, digits)}\u00a0${currency}`.trim();
}

/** With a sign also where it is more: "+0.02 EUR". */
export function signedMoney(nano: bigint | string, currency: string): string {
  return `${BigInt(nano) > 0n ? '+' : ''}${moneyWords(nano, currency)}`;
}

function decimal(value: bigint, scale: number, least: number): string {
  const sign = value < 0n ? '\u2212' : '';
  const text = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = BigInt(text.slice(0, text.length - scale)).toLocaleString();
  const rest = text.slice(text.length - scale).replace(/0+$/, '').padEnd(least, '0');
  return `${sign}${whole}${rest === '' ? '' : point + rest}`;
}

/** Their sum; null where one of them is not known. */
export function sumOf(amounts: readonly (string | undefined)[]): bigint | null {
  let sum = 0n;
  for (const amount of amounts) {
    if (amount === undefined) return null;
    sum += BigInt(amount);
  }
  return sum;
}

/** How much of a limit is used, in whole percent, rounded down; above 100 where it is more than all. */
export function percentOf(used: string, limit: string): number {
  const most = BigInt(limit);
  if (most <= 0n) return 100;
  return Number((BigInt(used) * 100n) / most);
}
