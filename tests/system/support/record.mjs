// What stands in the journal, held against what clients were shown and told.

/** Holds what stands in the journal against what the talkers were shown and told. */
export function violations(talkers, events) {
  const found = talkers.flatMap((talker) => talker.violations);
  const ids = events.map(({ event }) => event.eventId);
  if (new Set(ids).size !== ids.length) found.push('an event stands twice');
  events.forEach(({ seq }, i) => seq === i + 1 || found.push(`seq ${seq} at place ${i + 1}`));
  const texts = new Map(events.map(({ event, text }) => [event.eventId, text]));
  for (const talker of talkers) {
    for (const [id, seq] of talker.acknowledged) {
      if (ids[seq - 1] !== id) found.push(`${id} was acknowledged at ${seq} and is not there`);
    }
    for (const [seq, { id, text }] of talker.seen) {
      if (ids[seq - 1] !== id) found.push(`${id} was shown at ${seq} and is not there`);
      else if (texts.get(id) !== text) found.push(`${id} has other bytes than were shown`);
    }
    for (const [id, text] of talker.said) {
      if (texts.has(id) && texts.get(id) !== text) found.push(`${id} has other bytes than were sent`);
    }
  }
  return found;
}
