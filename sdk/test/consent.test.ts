import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCall, type Call, type CallState } from '../src/lifeline.js';
import { eventsOf, fold, type Told } from './events.js';
import { settle } from './virtual.js';
import { session, world } from './world.js';

const created = (recordingConsentRequired?: boolean): Told => [
  'call.created',
  {
    callId: 'sess_1',
    ownerId: 'ada',
    ...(recordingConsentRequired === undefined ? {} : { recordingConsentRequired }),
  },
];
const says = (by: string, state: string, subject = 'recording'): Told => [
  'call.consent.updated',
  { callId: 'sess_1', subject, state, by },
  by,
  'user',
];
const leaves = (participantId: string): Told => [
  'call.participant.left',
  { callId: 'sess_1', participantId, reason: 'removed' },
];

const consentIn = (state: CallState) =>
  [
    state.recordingConsentRequired,
    ...state.recordingAgreed,
    ...state.recordingRefused.map((one) => `${one.participantId}:${one.state}`),
  ].join(' ');

test('whose consent stands', () => {
  const cases: { name: string; given: Told[]; then: string }[] = [
    { name: 'nobody is asked', given: [created()], then: 'false' },
    { name: 'nobody has answered', given: [created(true)], then: 'true' },
    { name: 'one agrees', given: [created(true), says('bob', 'granted')], then: 'true bob' },
    {
      name: 'in one order, whoever was first, and once each',
      given: [
        created(true),
        says('bob', 'granted'),
        says('ada', 'granted'),
        says('bob', 'granted'),
      ],
      then: 'true ada bob',
    },
    {
      name: 'one does not',
      given: [created(true), says('ada', 'denied')],
      then: 'true ada:denied',
    },
    {
      name: 'it is taken back',
      given: [
        created(true),
        says('ada', 'granted'),
        says('bob', 'granted'),
        says('ada', 'withdrawn'),
      ],
      then: 'true bob ada:withdrawn',
    },
    {
      name: 'a mind is changed, and the newest answer counts',
      given: [
        created(true),
        says('bob', 'denied'),
        says('ada', 'denied'),
        says('bob', 'granted'),
        says('bob', 'withdrawn'),
        says('ada', 'granted'),
      ],
      then: 'true ada bob:withdrawn',
    },
    {
      name: 'a no to something else',
      given: [created(true), says('ada', 'denied', 'outreach')],
      then: 'true',
    },
    {
      name: 'to something else',
      given: [created(true), says('ada', 'granted', 'processing')],
      then: 'true',
    },
    {
      name: 'who was removed is asked again',
      given: [created(true), says('ada', 'granted'), leaves('ada')],
      then: 'true',
    },
    {
      name: 'also who had said no',
      given: [created(true), says('ada', 'denied'), leaves('ada')],
      then: 'true',
    },
  ];
  for (const { name, given, then } of cases) {
    assert.equal(consentIn(fold(eventsOf(given))), then, name);
  }
});

async function liveCall(routes = {}): Promise<{ call: Call } & ReturnType<typeof world>> {
  const it = world(routes);
  const call = await createCall(it.options);
  await settle();
  return { call, ...it };
}

test('a person answers for themselves, and changes their mind', async () => {
  const { call, server } = await liveCall();
  server.append('call.created', { callId: 'sess_1', recordingConsentRequired: true });
  await call.answerRecordingConsent('granted');
  assert.equal(consentIn(call.state.value), 'true usr_me');
  await call.answerRecordingConsent('withdrawn');
  assert.equal(consentIn(call.state.value), 'true usr_me:withdrawn');
  assert.deepEqual(
    server.journal.slice(1).map(({ event }) => [event.type, event.payload]),
    ['granted', 'withdrawn'].map((state) => [
      'call.consent.updated',
      { callId: 'sess_1', subject: 'recording', state, by: 'usr_me' },
    ]),
  );
});

test('what is refused for want of consent says so', async () => {
  const { call, server } = await liveCall();
  server.answering = false;
  const said = call.say('Hello');
  await settle();
  const [frame] = server.socket.sent.filter((one) => one['op'] === 'publish').slice(-1);
  const { eventId } = frame!['event'] as { eventId: string };
  const refusal = { code: 'consent_required', message: 'not yet', outcome: 'refused' };
  server.socket.say({ op: 'error', eventId, ...refusal });
  await assert.rejects(said, { name: 'LifelineError', code: 'consent_required', retryable: false });
});

test('the snapshot says the same as the events', async () => {
  const told = [created(true), says('bob', 'granted'), says('ada', 'granted')];
  const one = (participantId: string, more: object) => ({
    ...{ participantId, role: 'user', joined: true, connected: true },
    ...more,
  });
  const participants = [
    one('bob', { recordingAgreed: true, joined: false }),
    one('ada', { recordingAgreed: true }),
    one('eve', {}),
  ];
  const state = { ...session, recordingConsentRequired: true, participants };
  const { call, server, clock } = await liveCall({
    'GET /v1/call/sessions/sess_1/snapshot': () => ({ body: { epoch: 'epoch-2', seq: 3, state } }),
    'GET /v1/call/sessions/sess_1/events': () => ({ body: { events: [] } }),
  });
  for (let i = 0; i < 3; i++) server.append('x.a', {});
  server.epoch = 'epoch-2';
  server.socket.cut(4302);
  await clock.advance(100);
  const { recordingConsentRequired, recordingAgreed } = fold(eventsOf(told));
  assert.equal(recordingConsentRequired, call.state.value.recordingConsentRequired);
  assert.deepEqual(call.state.value.recordingAgreed, recordingAgreed);
  call.leave();
});
