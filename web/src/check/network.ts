// Questions about the way to the server and back.

import { LifelineError, type CallEvent } from '@lifeline/client';

import { spanWords } from '../words/time';
import { bad, good, poor, skipped, type CheckWorld, type Finding, type Question, type TestCall } from './check';

/** A round trip above this is felt in a conversation. */
const QUICK_MS = 250;
const SLOW_MS = 800;
const ROUNDS = 5;
/** How often the watched line has to answer. */
const BEAT_MS = 1_000;
/** An answer that takes longer is not waited for. */
const ANSWER_MS = 4_000;
/** A clock that is further off confuses what people read, though nothing depends on it. */
const CLOCK_MS = 5_000;

const SEE_ADMIN = 'Ask whoever runs your network or this server, and quote this line.';

export function networkQuestions(world: CheckWorld): Question[] {
  const known = new Known(world);
  return [
    { id: 'reach', title: 'The server can be reached', ask: () => reach(world, known) },
    { id: 'rest', title: 'It answers, and is ready for calls', ask: () => rest(world, known) },
    { id: 'socket', title: 'A live line can be opened', ask: () => socket(world, known) },
    { id: 'trip', title: 'Words are quick', ask: () => trip(world, known) },
    { id: 'hold', title: 'The line holds', ask: (progress) => hold(world, known, progress) },
    { id: 'clock', title: 'The clocks agree', ask: () => clock(known) },
  ];
}

/** What earlier questions have found out. */
class Known {
  reached = false;
  call: TestCall | null = null;
  /** How far the server's clock is ahead of ours. */
  aheadMs: number | null = null;

  constructor(private readonly world_: CheckWorld) {}

  /** Sends one thing through the call and back; gives how long that took. */
  async round(call: TestCall): Promise<number> {
    const began = this.world_.now();
    const event = await call.say();
    const took = this.world_.now() - began;
    this.learn(event, began + took / 2);
    return took;
  }

  private learn({ recordedAt }: CallEvent, keptAt: number): void {
    this.aheadMs = Date.parse(recordedAt) - keptAt;
  }
}

async function reach(world: CheckWorld, known: Known): Promise<Finding> {
  try {
    await world.ask('/healthz');
    known.reached = true;
    return good('The server answered.');
  } catch {
    return bad(
      'Nobody answered.',
      'Check that this device is online. If other pages work, a firewall or VPN is in the way, or the server is down.',
    );
  }
}

async function rest(world: CheckWorld, known: Known): Promise<Finding> {
  if (!known.reached) return skipped('Not asked, since the server cannot be reached.');
  try {
    const reply = await world.ask('/readyz');
    const { code } = (await reply.json().catch(() => ({}))) as { code?: string };
    if (reply.ok) return good('It is ready.');
    if (code === undefined) {
      return bad(`Something answered with ${reply.status} that is not the server.`, `A proxy is in the way. ${SEE_ADMIN}`);
    }
    return bad(`It is not ready: ${code}.`, 'Try again in a minute. If it stays, whoever runs the server has to look.');
  } catch {
    return bad('It answered once and then no more.', 'The connection is unstable. Move closer to your router, or use another network.');
  }
}

async function socket(world: CheckWorld, known: Known): Promise<Finding> {
  if (!known.reached) return skipped('Not asked, since the server cannot be reached.');
  const blocked = bad(
    'Live lines (WebSocket) do not get through.',
    `A firewall, proxy or virus scanner lets pages through and stops live lines. Try another network. ${SEE_ADMIN}`,
  );
  if (!world.openCall) return (await world.upgrade()) === null ? blocked : good('A line was opened, and the server spoke on it.');
  try {
    const call = await world.openCall();
    await call.live();
    known.call = call;
    return good('A line was opened, and a call of its own for this test.');
  } catch (thrown) {
    if (thrown instanceof LifelineError && thrown.requestId !== null) {
      return bad(`The server said no: ${thrown.message}`, thrown.fix);
    }
    return blocked;
  }
}

async function trip(world: CheckWorld, known: Known): Promise<Finding> {
  const { call } = known;
  if (!known.reached) return skipped('Not measured, since the server cannot be reached.');
  const times: number[] = [];
  try {
    for (let i = 0; i < ROUNDS; i++) {
      if (call) times.push(await known.round(call));
      else {
        const began = world.now();
        await world.ask('/healthz');
        times.push(world.now() - began);
      }
    }
  } catch {
    return bad('Not every answer came back.', 'The connection is unstable. Use another network, or a cable.');
  }
  const ms = Math.round(times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!);
  const says = call ? `Said, kept and back in ${ms} ms.` : `Asked and answered in ${ms} ms.`;
  if (ms <= QUICK_MS) return good(says);
  const advice = 'Others will notice pauses. A cable or a network nearer to the server helps.';
  return ms <= SLOW_MS ? poor(says, advice) : bad(says, advice);
}

async function hold(world: CheckWorld, known: Known, progress: (part: number) => void): Promise<Finding> {
  const { call } = known;
  if (!call) return skipped('Only a call can show that. Where this page cannot make one, talk for a minute in a call that you were invited to.');
  const began = world.now();
  let losses = 0;
  let lost = false;
  let slowest = 0;
  const look = () => {
    const now = call.connection.value.state !== 'live';
    if (now && !lost) losses++;
    lost = now;
  };
  while (world.now() - began < world.holdMs) {
    const took = await world.within(known.round(call), ANSWER_MS);
    look();
    if (call.connection.value.state === 'closed') return bad('The line broke and did not come back.', 'Use another network.');
    if (!lost) slowest = Math.max(slowest, took ?? ANSWER_MS);
    progress(Math.min(1, (world.now() - began) / world.holdMs));
    await world.pause(BEAT_MS);
    look();
  }
  progress(1);
  const span = spanWords(world.holdMs);
  if (losses > 0) {
    const times = losses === 1 ? 'once' : `${losses} times`;
    return poor(`In ${span} the line was lost ${times}, and came back.`, 'Nothing is lost by that, but others wait. A cable helps.');
  }
  if (slowest > SLOW_MS) {
    return poor(`It held for ${span}; the slowest word took ${Math.round(slowest)} ms.`, 'Close what else uses the network.');
  }
  return good(`It held for ${span}.`);
}

async function clock({ aheadMs }: Known): Promise<Finding> {
  if (aheadMs === null) return skipped('Not compared: that needs a call.');
  const off = Math.abs(aheadMs);
  if (off <= CLOCK_MS) return good('This device and the server have the same time.');
  const way = aheadMs > 0 ? 'behind' : 'ahead';
  return poor(
    `This device is ${spanWords(off)} ${way}.`,
    'Let the device set its clock by itself. Calls work, but times that are shown may be wrong.',
  );
}
