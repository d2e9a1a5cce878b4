// Worlds for the connection test: a good one, and the ways in which it can be bad. Time passes when it is waited for.

import { LifelineError, type CallEvent } from '@lifeline/client';

import type { CheckWorld, TestCall } from '../src/check/check';
import { lineOf } from './fake_call';

export interface Troubles {
  readonly unreachable?: boolean;
  readonly status?: number;
  readonly body?: object;
  readonly noSocket?: boolean;
  readonly refused?: LifelineError;
  readonly tripMs?: number;
  /** After so many words the line is lost, for as many more. */
  readonly losesAt?: number;
  readonly aheadMs?: number;
  readonly guest?: boolean;
  readonly microphones?: number;
  readonly permission?: 'granted' | 'denied' | 'prompt' | 'unknown';
  readonly recognition?: 'on_device' | 'service' | 'none';
  readonly voice?: boolean;
}

/** A world with these troubles; `ended` counts the calls that were put away. */
export function worldWith(troubles: Troubles = {}): CheckWorld & { readonly ended: () => number } {
  let now = Date.parse('2026-02-16T10:00:00.000Z');
  let ended = 0;
  const { tripMs = 20, aheadMs = 0 } = troubles;
  const openCall = async (): Promise<TestCall> => {
    if (troubles.refused) throw troubles.refused;
    let words = 0;
    const lost = () => troubles.losesAt !== undefined && words >= troubles.losesAt && words < troubles.losesAt + 3;
    return {
      connection: {
        get value() {
          return lineOf({ state: lost() ? 'reconnecting' : 'live' });
        },
      },
      live: () => (troubles.noSocket ? Promise.reject(new Error('no line')) : Promise.resolve()),
      say: async () => {
        words++;
        now += tripMs;
        const recordedAt = new Date(now - tripMs / 2 + aheadMs).toISOString();
        return { recordedAt } as CallEvent;
      },
      end: () => void ended++,
    };
  };
  return {
    now: () => now,
    pause: async (ms) => void (now += ms),
    within: (promise) => promise.catch(() => null),
    ask: async () => {
      now += tripMs;
      if (troubles.unreachable) throw new LifelineError({ code: 'unreachable', message: 'No answer.' });
      return new Response(JSON.stringify(troubles.body ?? {}), { status: troubles.status ?? 200 });
    },
    openCall: troubles.guest ? null : openCall,
    upgrade: async () => (troubles.noSocket ? null : '{"op":"bye"}'),
    speech: {
      microphones: async () => troubles.microphones ?? 1,
      permission: async () => troubles.permission ?? 'granted',
      recognition: troubles.recognition ?? 'on_device',
      voice: troubles.voice ?? true,
    },
    holdMs: 60_000,
    ended: () => ended,
  };
}

export const checkWorlds: Readonly<Record<string, () => CheckWorld>> = {
  good: () => worldWith(),
  poor: () => worldWith({ tripMs: 400, losesAt: 20, aheadMs: 90_000, recognition: 'none', permission: 'denied' }),
  bad: () => worldWith({ unreachable: true, microphones: 0, voice: false }),
  blocked: () => worldWith({ noSocket: true }),
  guest: () => worldWith({ guest: true, permission: 'prompt', recognition: 'service' }),
  running: () => ({ ...worldWith(), pause: () => new Promise(() => undefined) }),
};
