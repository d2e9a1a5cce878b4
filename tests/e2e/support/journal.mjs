// What the journal says was said: the truth that every page must end with.

import { callEventOf, initialState, reduce } from '../../../sdk/dist/lifeline.js';

/** All events of a call from the first, as the server replays them to whoever holds `token`. */
export async function eventsOf(server, sessionId, token) {
  const events = [];
  for (;;) {
    const after = events.length;
    const reply = await fetch(`${server.url}/v1/call/sessions/${sessionId}/events?after=${after}`, {
      headers: { Authorization: `Bearer ${token}`, Accept: 'application/x-ndjson' },
    });
    if (!reply.ok) throw new Error(`the replay answered ${reply.status}: ${await reply.text()}`);
    const page = (await reply.text()).split('\n').filter(Boolean).map((line) => callEventOf(JSON.parse(line)));
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** The transcript that the events add up to: who said what, in the call's order. */
export function transcriptOf(events) {
  const { utterances } = events.reduce(reduce, initialState);
  return utterances.map(({ utteranceId, text }) => ({ utteranceId, text }));
}

/** The same facts that any journal must hold, checked without the SDK's own reader. */
export function assertSound(assert, events) {
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1), 'seq has no gap');
  const ids = events.map(({ eventId }) => eventId);
  assert.equal(new Set(ids).size, ids.length, 'no event stands twice');
}
