import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialState, listEvents, reduce } from '../src/lifeline.js';
import { eventsOf, fold, moment, type Told } from './events.js';
import { world } from './world.js';

const address = 'GET /v1/call/sessions/sess_1/events';
const record = (seq: number) => ({
  seq,
  event: {
    eventId: `evt_${seq}`,
    sessionId: 'sess_1',
    ts: '2026-02-16T10:00:00.000Z',
    type: 'call.connected',
    payload: { callId: 'sess_1', connectedAt: '2026-02-16T10:00:00.000Z' },
    schemaVersion: '1.0',
  },
  meta: { actor: { kind: 'server', id: 'll' }, recordedAt: '2026-02-16T10:00:00.000Z' },
});

test('a page of the past is what reduce takes, and says where the next one begins', async () => {
  const body = { epoch: 'e', headSeq: 7, next: 3, events: [record(2), record(3)] };
  const { options, requests } = world({ [address]: () => ({ body }) });
  const page = await listEvents({ ...options, sessionId: 'sess_1', after: 1, limit: 2 });
  assert.equal(requests[0]?.route, `${address}?after=1&limit=2`);
  assert.deepEqual([page.epoch, page.headSeq, page.next], ['e', 7, 3]);
  assert.deepEqual(
    page.events.map(({ seq, cause }) => [seq, cause]),
    [
      [2, null],
      [3, null],
    ],
  );
  const state = page.events.reduce(reduce, initialState);
  assert.deepEqual([state.seq, state.phase], [3, 'connected']);
});

test('the last page has no next', async () => {
  const body = { epoch: 'e', headSeq: 0, events: [] };
  const { options, requests } = world({ [address]: () => ({ body }) });
  const page = await listEvents({ ...options, sessionId: 'sess_1' });
  assert.equal(requests[0]?.route, `${address}?after=0`);
  assert.deepEqual(page, { epoch: 'e', events: [], headSeq: 0 });
});

test('the next page is asked for in the history of the page before', async () => {
  const { options, requests } = world({
    [address]: () => ({ status: 409, body: { code: 'epoch_changed', detail: 'Restored.' } }),
  });
  const next = listEvents({ ...options, sessionId: 'sess_1', after: 3, epoch: 'e' });
  await assert.rejects(next, { code: 'epoch_changed' });
  assert.equal(requests[0]?.route, `${address}?after=3&epoch=e`);
});

test('what was erased is no event, and its place is told', async () => {
  const { event: _, ...rest } = record(2);
  const body = { epoch: 'e', headSeq: 3, events: [{ ...rest, erased: true }, record(3)] };
  const { options } = world({ [address]: () => ({ body }) });
  const page = await listEvents({ ...options, sessionId: 'sess_1' });
  assert.deepEqual(
    page.events.map(({ seq }) => seq),
    [3],
  );
  assert.deepEqual(page.erased, [2]);
});

test('a call whose frame was erased is whose it was, and over', () => {
  const kept = {
    ownerId: 'usr_1',
    accountId: 'acct_1',
    createdAt: '2026-02-16T10:00:00.000Z',
    endedAt: '2026-02-16T11:00:00.000Z',
    outcome: 'ended' as const,
    participants: [{ userId: 'usr_1', role: 'user' as const }],
  };
  const payload = { because: 'request' as const, events: 3, upToSeq: 6, kept };
  const { event, meta } = record(7);
  const erased = { ...event, ...meta, seq: 7, cause: null, type: 'record.erased', payload };
  const state = reduce(initialState, erased as Parameters<typeof reduce>[1]);
  assert.deepEqual(
    [state.ownerId, state.ownerTakesPart, state.status, state.end?.at],
    ['usr_1', true, 'ended', '2026-02-16T11:00:00.000Z'],
  );
  assert.equal(reduce({ ...initialState, ownerId: 'usr_2' }, erased as never).ownerId, 'usr_2');
});

test('what was erased is listed: when, why, how much, and whose it was', () => {
  const told: Told[] = [
    ['record.erased', { because: 'superseded', events: 31, upToSeq: 80 }],
    [
      'record.erased',
      {
        because: 'request',
        events: 12,
        upToSeq: 92,
        erasureId: 'era_1',
        participantId: 'ada',
      },
    ],
  ];
  assert.deepEqual(fold(eventsOf(told)).erasures, [
    { seq: 1, at: moment(1), because: 'superseded', events: 31, participantId: null },
    { seq: 2, at: moment(2), because: 'request', events: 12, participantId: 'ada' },
  ]);
});
