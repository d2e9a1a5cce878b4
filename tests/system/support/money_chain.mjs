// From what was measured to what stands on the statement and at the billing systems: each record is charged
// once, each charge is counted once or waits for a person, and the statement is their sum. Plain loops, which
// share nothing with the server.

import { amountOf, idOf, quantityOf } from './bill.mjs';

const hourOf = ({ entry }) => entry.window ?? entry.serviceWindow;

class Sums extends Map {
  add(key, value) {
    this.set(key, (this.get(key) ?? 0n) + value);
  }
}

/**
 * What of an account's money is not so, in words, and what was counted. `records` are its usage records; `entries`
 * its charges and adjustments, each {type, entry}; `prices` meter -> nano-units of a base unit, for which there is
 * an item of the meter's name; `sinks` name -> {times: id -> how often it was counted there, parked: Set of ids};
 * `lines` those of its statements.
 */
export function checkMoney({ records, entries, prices, sinks, lines }) {
  const found = [];
  const ids = entries.map(idOf);
  for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n))) found.push(`double-bill: ${id} is booked twice`);

  // Records and what was booked of them, hour by hour.
  const used = new Sums();
  const booked = new Sums();
  const known = new Map(records.map((record) => [record.recordId, record]));
  for (const { meter, window, quantity } of records)
    if (quantity !== null && meter in prices) used.add(`${meter} of ${window}`, BigInt(quantity));
  for (const one of entries) booked.add(`${one.entry.meter} of ${hourOf(one)}`, quantityOf(one));
  for (const key of new Set([...used.keys(), ...booked.keys()])) {
    const [is, should] = [booked.get(key) ?? 0n, used.get(key) ?? 0n];
    if (is > should) found.push(`double-bill: ${is} ${key} is charged of ${should}`);
    if (is < should) found.push(`unbilled: ${is} ${key} is charged of ${should}`);
  }
  const named = new Map();
  for (const one of entries)
    for (const id of one.entry.recordIds ?? []) {
      if (named.has(id)) found.push(`double-bill: record ${id} is in ${named.get(id)} and in ${idOf(one)}`);
      if (!known.has(id)) found.push(`double-bill: ${idOf(one)} names ${id}, which nobody measured`);
      named.set(id, idOf(one));
    }
  const measured = records.map(({ recordId }) => recordId);
  for (const id of new Set(measured.filter((id, n) => measured.indexOf(id) !== n))) found.push(`meter-leak: record ${id} stands twice`);

  // What was booked, at its price and at each billing system.
  for (const one of entries)
    if (amountOf(one) !== quantityOf(one) * prices[one.entry.meter])
      found.push(`price: ${idOf(one)} says ${amountOf(one)} for ${quantityOf(one)} ${one.entry.meter}`);
  for (const [name, { times, parked }] of Object.entries(sinks)) {
    for (const id of ids) {
      const count = times[id] ?? 0;
      if (count > 1) found.push(`double-bill: ${name} counted ${id} ${count} times`);
      if (count === 0 && !parked.has(id)) found.push(`dlq-leak: ${name} has not ${id}, nor is it a dead letter`);
      if (count > 0 && parked.has(id)) found.push(`dlq-leak: ${name} has ${id}, which is a dead letter`);
    }
    for (const id of Object.keys(times)) if (!ids.includes(id)) found.push(`double-bill: ${name} counted ${id}, which nobody booked`);
  }

  // And the statement: every entry in one line, and no other.
  const shown = lines.flatMap((line) =>
    line.kind === 'usage'
      ? line.charges.map((charge) => ({ id: charge.idempotencyKey, ...charge }))
      : [{ id: line.adjustmentId, quantity: line.quantity, amount: line.amount }],
  );
  const byId = new Map(entries.map((one) => [idOf(one), one]));
  for (const id of ids) {
    const here = shown.filter((one) => one.id === id);
    if (here.length !== 1) found.push(`statement: ${id} stands in ${here.length} lines`);
  }
  for (const { id, quantity, amount } of shown) {
    const one = byId.get(id);
    if (!one) found.push(`statement: ${id} is not booked`);
    else if (BigInt(quantity) !== quantityOf(one) || BigInt(amount) !== amountOf(one)) found.push(`statement: ${id} is other than it was booked`);
  }
  const total = lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const owed = records.reduce((sum, { meter, quantity }) => sum + BigInt(quantity ?? 0) * (prices[meter] ?? 0n), 0n);
  if (total !== owed) found.push(`statement: it comes to ${total}, and what was used to ${owed}`);
  const letters = Object.values(sinks).reduce((sum, { parked }) => sum + parked.size, 0);
  return { found, counts: { charges: ids.length, deliveries: ids.length * Object.keys(sinks).length - letters, deadLetters: letters, owedNano: `${owed}` } };
}
