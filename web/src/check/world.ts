// The browser's world, for the connection test.

import { createCall, type CallEvent, type GetToken } from '@lifeline/client';

import { reach } from '../place/reach';
import { recognisesOnDevice, recognitionClass } from '../speech/recognition';
import type { CheckWorld, SpeechWorld, TestCall } from './check';

const TYPE = 'x.connection_test';
/** A first word that takes longer does not come. */
const FIRST_WORD_MS = 10_000;

export async function browserWorld(base: string, getToken: GetToken | null, holdMs: number): Promise<CheckWorld> {
  return {
    now: () => Date.now(),
    pause,
    within: (promise, ms) => Promise.race([promise.catch(() => null), pause(ms).then(() => null)]),
    ask: (path) => reach(fetch, base + path, { cache: 'no-store' }),
    openCall: getToken && (() => openCall(base, getToken)),
    upgrade: () => firstWord(base),
    speech: await speech(),
    holdMs,
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function openCall(baseUrl: string, getToken: GetToken): Promise<TestCall> {
  const call = await createCall({ baseUrl, getToken, channel: 'text', metadata: { purpose: 'connection_test' } });
  return {
    connection: call.connection,
    live: () =>
      new Promise((resolve, reject) => {
        const look = () => {
          const { state, attempt, error } = call.connection.value;
          if (state === 'live') resolve();
          // Three times nothing is enough to say so; a call would go on trying.
          else if (state === 'closed' || attempt >= 3) reject(error ?? new Error('no line'));
        };
        call.connection.subscribe(look);
        look();
      }),
    say: async () => {
      const heard = new Promise<CallEvent>((resolve) => {
        const stop = call.on(TYPE, (event) => {
          stop();
          resolve(event);
        });
      });
      await call.publish(TYPE, {});
      return heard;
    },
    end: () => void call.end('completed').catch(() => call.leave()),
  };
}

/** Without a pass nobody may listen, but the server says so on the open line, and that is the proof. */
function firstWord(base: string): Promise<string | null> {
  return new Promise((resolve) => {
    const url = `${base.replace('http', 'ws')}/v1/call/sessions/sess_connection_test/ws?after=0`;
    const socket = new WebSocket(url, ['lifeline.v1', 'auth.connection-test']);
    const done = (word: string | null) => {
      clearTimeout(timer);
      socket.onmessage = socket.onclose = null;
      socket.close();
      resolve(word);
    };
    const timer = setTimeout(() => done(null), FIRST_WORD_MS);
    socket.onmessage = ({ data }) => done(String(data));
    socket.onclose = () => done(null);
  });
}

async function speech(): Promise<SpeechWorld> {
  const onDevice = await recognisesOnDevice(navigator.language);
  return {
    microphones: async () => {
      const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
      return all.filter(({ kind }) => kind === 'audioinput').length;
    },
    permission: async () => {
      try {
        return (await navigator.permissions.query({ name: 'microphone' as PermissionName })).state;
      } catch {
        return 'unknown'; // Firefox knows no such name.
      }
    },
    recognition: onDevice ? 'on_device' : recognitionClass() ? 'service' : 'none',
    voice: 'speechSynthesis' in window,
  };
}
