import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createInvite,
  explainSession,
  joinCall,
  redeemInvite,
  type CallEvent,
} from '../../src/lifeline.js';
import { cannotRun, closed, House, live, said, until } from './house.js';

const options = { skip: cannotRun, timeout: 180_000 };
const goneForGood = { do: 'half_open', when: { kind: 'any' }, times: 0 } as const;

test('two people make a call, talk, see the same, and end it', options, async (t) => {
  const house = await House.open(t);
  const participants = [{ userId: 'usr_tom', role: 'user' }] as const;
  const mia = await house.create('usr_mia', { channel: 'text', participants });
  await live(mia);
  const tom = await house.join('usr_tom', mia.sessionId);
  await live(tom);
  assert.deepEqual(await mia.self, { participantId: 'usr_mia', role: 'user' });

  const typed = tom.utterance();
  typed.partial('Hel');
  typed.partial('Hello Mia');
  const { seq } = await typed.final('Hello Mia, Tom here 👋');
  await mia.say('Hello Tom');
  await until(mia, 'Tom is heard', () => mia.state.value.seq >= seq);
  await until(tom, 'Mia is heard', () => said(tom).length === 2);
  assert.deepEqual(said(tom), ['Hello Mia, Tom here 👋', 'Hello Tom']);
  assert.deepEqual(tom.transcript.value, mia.transcript.value);
  assert.deepEqual(
    tom.transcript.value.map((one) => one.participantId),
    ['usr_tom', 'usr_mia'],
  );
  const present = mia.participants.value.map((one) => [one.participantId, one.connected]);
  assert.deepEqual(present, [
    ['usr_mia', true],
    ['usr_tom', true],
  ]);

  await mia.end('user_hangup');
  await Promise.all([closed(mia), closed(tom)]);
  for (const call of [mia, tom]) {
    assert.equal(call.state.value.status, 'ended');
    assert.equal(call.state.value.end?.reason, 'user_hangup');
    assert.equal(call.connection.value.reason, 'session_ended');
  }
  await assert.rejects(mia.say('too late'), { code: 'session_ended' });

  const { sessionId } = mia;
  const story = await explainSession({ ...house.as('usr_tom'), sessionId });
  // The digest of the transcript may have come since.
  assert.ok(story.over && story.head >= mia.state.value.seq);
  const spoken = story.entries.filter(({ kind }) => kind === 'speech');
  assert.ok(spoken[0]?.what.includes('Hello Mia, Tom here 👋') && spoken[0].seq <= seq);
  const strange = explainSession({ ...house.as('usr_eve'), sessionId });
  await assert.rejects(strange, { code: 'session_not_found' });
});

test('a stranger, a bad token and a bad payload are refused in words', options, async (t) => {
  const house = await House.open(t);
  const mia = await house.create('usr_mia');
  await live(mia);
  const { sessionId } = mia;
  const stranger = joinCall({ ...house.as('usr_eve'), sessionId });
  await assert.rejects(stranger, { code: 'session_not_found', status: 404 });
  const forged = joinCall({ baseUrl: house.baseUrl, sessionId, getToken: () => 'nonsense' });
  await assert.rejects(forged, { code: 'token_invalid', status: 401 });
  const wrong = mia.publish('transcript.final', { utteranceId: 'u', nonsense: true } as never);
  await assert.rejects(wrong, (error: { code: string; pointer: string; fix: string }) => {
    assert.ok(error.pointer.startsWith('/payload'), error.pointer);
    assert.notEqual(error.code, 'internal');
    return true;
  });
  const notMine = { callId: sessionId, participantId: 'usr_eve', speaking: true, atMs: 0 };
  await assert.rejects(mia.publish('call.speech.changed', notMine), { code: 'not_yourself' });
  assert.equal(mia.connection.value.state, 'live', 'a refusal does not cost the connection');
});

test('an invite link lets a guest in', options, async (t) => {
  const house = await House.open(t);
  const mia = await house.create('usr_mia');
  await live(mia);
  const { link } = await createInvite({ ...house.as('usr_mia'), sessionId: mia.sessionId });
  const guest = house.keep(await joinCall(await redeemInvite(link, { displayName: 'Guest Gus' })));
  await live(guest);
  await guest.say('Thanks for having me');
  await until(mia, 'the guest is heard', () => said(mia).length === 1);
  const names = mia.participants.value.map((one) => one.displayName);
  assert.ok(names.includes('Guest Gus'), String(names));
  await assert.rejects(redeemInvite(link), { code: 'invite_invalid' });
});

test(
  'what is published while the line is cut again and again is there once, in order',
  options,
  async (t) => {
    const house = await House.open(t);
    const participants = [{ userId: 'usr_tom', role: 'user' }] as const;
    const mia = await house.create('usr_mia', { participants });
    const tom = await house.join('usr_tom', mia.sessionId);
    await Promise.all([live(mia), live(tom)]);
    const seen: CallEvent[] = [];
    tom.on('*', (event) => void seen.push(event));
    const first = tom.state.value.seq;

    const words = Array.from({ length: 60 }, (_, i) => `word ${i}`);
    const answers = words.map(async (word, i) => {
      await new Promise((later) => setTimeout(later, i * 20));
      return (i % 2 === 0 ? mia : tom).publish('x.word', { word });
    });
    const cuts = setInterval(() => house.proxy.apply({ do: 'rst' }, 'any'), 170);
    await new Promise((later) => setTimeout(later, 1_300));
    clearInterval(cuts);
    const published = await Promise.all(answers);

    await Promise.all([live(mia), live(tom)]);
    const last = Math.max(...published.map(({ seq }) => seq));
    await until(tom, 'all is seen', () => tom.state.value.seq >= last);
    assert.deepEqual(
      seen.map((event) => event.seq),
      seen.map((_, i) => first + 1 + i),
      'no gap, no repeat',
    );
    const heard = seen.filter((event) => event.type === 'x.word').map((event) => event.eventId);
    assert.deepEqual([...heard].sort(), published.map(({ eventId }) => eventId).sort());
    for (const { eventId, seq } of published) assert.equal(seen[seq - first - 1]?.eventId, eventId);
  },
);

test(
  'kill -9 and a restart: the call goes on, nothing is lost, nothing comes twice',
  options,
  async (t) => {
    const house = await House.open(t);
    const participants = [{ userId: 'usr_tom', role: 'user' }] as const;
    const mia = await house.create('usr_mia', { participants });
    const tom = await house.join('usr_tom', mia.sessionId);
    await Promise.all([live(mia), live(tom)]);
    const seen: CallEvent[] = [];
    tom.on('*', (event) => void seen.push(event));
    const first = tom.state.value.seq;
    await mia.say('before');

    const during = Array.from({ length: 30 }, (_, i) => mia.publish('x.n', { i }));
    await house.kill();
    const after = mia.say('after');
    await until(mia, 'reconnecting', () => mia.connection.value.state === 'reconnecting');
    await house.start();
    const published = await Promise.all(during);
    const { seq } = await after;
    await until(tom, 'Tom has it too', () => tom.state.value.seq >= seq);
    assert.deepEqual(said(tom), ['before', 'after']);
    assert.deepEqual(
      seen.map((event) => event.seq),
      seen.map((_, i) => first + 1 + i),
    );
    const numbers = seen.flatMap((event) => (event.type === 'x.n' ? [event.payload['i']] : []));
    assert.deepEqual(
      numbers,
      published.map((_, i) => i),
      'each once, in the order of publishing',
    );
    await tom.end();
    await Promise.all([closed(mia), closed(tom)]);
  },
);

test('who was away when the call ended gets the record to its end', options, async (t) => {
  const house = await House.open(t);
  const participants = [{ userId: 'usr_tom', role: 'user' }] as const;
  const mia = await house.create('usr_mia', { participants });
  const tom = await house.join('usr_tom', mia.sessionId, { baseUrl: house.directUrl });
  await Promise.all([live(mia), live(tom)]);
  void house.proxy.add(goneForGood);
  house.proxy.apply({ do: 'rst' }, 'any'); // Only Mia's line.
  await tom.say('Are you there?');
  await tom.end();
  await closed(tom);
  house.proxy.clear();
  house.proxy.apply({ do: 'rst' }, 'any');
  mia.reconnectNow();
  await closed(mia);
  assert.deepEqual(said(mia), ['Are you there?']);
  assert.equal(mia.state.value.status, 'ended');

  const later = await house.join('usr_mia', mia.sessionId);
  await closed(later);
  assert.deepEqual(later.transcript.value, mia.transcript.value);
});

test('a dead line is noticed by a hint, not only by the heartbeat', options, async (t) => {
  const house = await House.open(t);
  const mia = await house.create('usr_mia');
  await live(mia);
  void house.proxy.add(goneForGood); // New connections hang ...
  house.proxy.apply({ do: 'half_open' }, 'any'); // ... and so does the one there is.
  mia.reconnectNow();
  await until(mia, 'noticed', () => mia.connection.value.reason === 'heartbeat_missed');
  house.proxy.clear();
  house.proxy.apply({ do: 'rst' }, 'any');
  await live(mia);
});
