// Other legs of a call: a provider's media, and an agent that dies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cannotRun, House, live, until } from '../server/house.js';

const options = { skip: cannotRun, timeout: 120_000 };

test(
  'the media leg drops while the control leg lives: everybody knows, until it is back',
  options,
  async (t) => {
    const house = await House.open(t);
    const service = house.token('usr_backend', 'service');
    const callId = await house.createFor('usr_mia', service, { provider: 'livekit' });
    const mia = await house.join('usr_mia', callId);
    await live(mia);
    const at = new Date().toISOString();
    const tell = (type: string, payload: object) =>
      house.publish(service, callId, type, { callId, ...payload });
    await tell('call.started', { channel: 'voice', direction: 'outbound', provider: 'livekit' });
    await tell('call.connected', { connectedAt: at });
    await tell('call.reconnecting', { attempt: 1, at, lossReason: 'ice_failed' });
    await until(mia, 'known', () => mia.state.value.phase === 'reconnecting');
    assert.equal(mia.state.value.outage?.reason, 'ice_failed');
    assert.equal(mia.connection.value.state, 'live', 'the line that tells it is another');
    await tell('call.reconnected', { attempt: 1, at: new Date().toISOString(), outageMs: 900 });
    await until(mia, 'back', () => mia.state.value.phase === 'connected');
    assert.equal(mia.state.value.outage, null);
  },
);

test(
  'an agent that dies is seen to be gone; the next one reads the call and goes on',
  options,
  async (t) => {
    const house = await House.open(t);
    const participants = [
      { userId: 'usr_bot', role: 'agent' },
      { userId: 'usr_bot2', role: 'agent' },
    ] as const;
    const mia = await house.create('usr_mia', { participants });
    await live(mia);
    const dies = house.proxy.add({ do: 'rst', when: { connection: 1, type: 'x.die' } });
    const bot = await house.join('usr_bot', mia.sessionId, { role: 'agent' });
    await live(bot);
    await mia.say('Can you hear me?');
    await until(mia, 'the agent is here', () => connected('usr_bot') === true);
    void bot.publish('x.die', {}).catch(() => undefined); // Its last word is never heard.
    await dies;
    bot.leave();
    await until(mia, 'the agent is gone', () => connected('usr_bot') === false);
    assert.equal(mia.state.value.status, 'active', 'and the call goes on');
    const next = await house.join('usr_bot2', mia.sessionId, { role: 'agent' });
    await live(next);
    assert.deepEqual(
      next.transcript.value.map((one) => one.text),
      ['Can you hear me?'],
    );
    await next.say('I can. Where were we?');
    await until(mia, 'the new agent is heard', () => mia.transcript.value.length === 2);

    function connected(id: string): boolean | undefined {
      return mia.participants.value.find((one) => one.participantId === id)?.connected;
    }
  },
);
