// Compiled, never run: what the types promise to whoever writes against them. `npm run check`.
import type { Call, CallEvent, EventType } from '../src/lifeline.js';

export async function promises(call: Call): Promise<void> {
  const published = await call.publish('x.note', { anything: ['goes', 1, null] });
  published.seq satisfies number;

  await call.publish('transcript.final', {
    utteranceId: 'utt_1',
    speaker: 'user',
    text: 'Hello',
    startMs: 0,
    endMs: 10,
  });
  // @ts-expect-error a field is missing
  await call.publish('transcript.final', {
    utteranceId: 'utt_1',
    speaker: 'user',
    startMs: 0,
    endMs: 1,
  });
  // @ts-expect-error no such field
  await call.publish('call.end.requested', { because: 'I say so' });
  // @ts-expect-error no such word
  await call.end('boredom');
  // @ts-expect-error no such type
  await call.publish('transcript.finale', {});

  call.on('transcript.partial', (event) => event.payload.rev satisfies number);
  call.on('x.note', (event) => event.payload['anything'] satisfies unknown);
  call.on('reset', (reset) => reset.reason satisfies string);
  call.on('error', (error) => error.fix satisfies string);
  // @ts-expect-error a partial has no source
  call.on('transcript.partial', (event) => event.payload.source);

  for await (const event of call.events()) told(event);
  // @ts-expect-error what is observed cannot be set
  call.transcript.value = [];
  // @ts-expect-error nor changed in place
  call.transcript.value.push();
}

/** `type` tells the payload, and what a later server sends is still an event. */
function told(event: CallEvent): string {
  event.seq satisfies number;
  event.type satisfies EventType;
  switch (event.type) {
    case 'call.ended':
      return event.payload.endReason;
    case 'transcript.final':
      return event.payload.text;
    default:
      return event.eventId;
  }
}
