// What the journal says was said: the truth that every page must end with. Read with a few lines of its own,
// since the pages read with the SDK, and a fault in that must not be the measure of itself.

/** All events of a call from the first, as the server replays them to whoever holds `token`. */
export async function eventsOf(server, sessionId, token) {
  const events = [];
  for (;;) {
    const after = events.length;
    const reply = await fetch(`${server.url}/v1/call/sessions/${sessionId}/events?after=${after}`, {
      headers: { Authorization: `Bearer ${token}`, Accept: 'application/x-ndjson' },
    });
    if (!reply.ok) throw new Error(`the replay answered ${reply.status}: ${await reply.text()}`);
    const page = (await reply.text()).split('\n').filter(Boolean).map(eventOf);
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** The same, asked again until `enough` says that it is all there: what nobody waits for arrives in its time. */
export async function eventsUntil(server, sessionId, token, enough) {
  for (;;) {
    const events = await eventsOf(server, sessionId, token);
    if (enough(events)) return events;
  }
}

function eventOf(line) {
  const { seq, event, meta } = JSON.parse(line);
  return { ...event, seq, actor: meta.actor };
}

/** Who said what, in the call's order: the last words on each utterance, in the place where it began. */
export function transcriptOf(events) {
  const said = new Map();
  for (const { type, payload } of events) {
    if (!type.startsWith('transcript.') || payload.utteranceId === undefined) continue;
    const before = said.get(payload.utteranceId) ?? null; // Begun, and not at its end.
    const last = { 'transcript.final': payload.text, 'transcript.truncated': payload.heardText }[type];
    said.set(payload.utteranceId, last ?? before);
  }
  return [...said].filter(([, text]) => text !== null).map(([utteranceId, text]) => ({ utteranceId, text }));
}

/** The same facts that any journal must hold, checked without the SDK's own reader. */
export function assertSound(assert, events) {
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1), 'seq has no gap');
  const ids = events.map(({ eventId }) => eventId);
  assert.equal(new Set(ids).size, ids.length, 'no event stands twice');
}
