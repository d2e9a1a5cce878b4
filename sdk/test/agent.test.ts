import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScript } from '../agent/script.js';
import { joinCall, type EventType } from '../src/lifeline.js';
import { settle } from './virtual.js';
import { world } from './world.js';

async function scripted(before: (it: ReturnType<typeof world>) => void = () => undefined) {
  const it = world();
  it.server.role = 'agent';
  before(it);
  const call = await joinCall({ ...it.options, sessionId: 'sess_1' });
  const sleep = (ms: number) => new Promise<void>((done) => void it.clock.after(ms, () => done()));
  const done = runScript(call, sleep);
  await settle();
  return { ...it, call, done };
}

type Agent = Awaited<ReturnType<typeof scripted>>;

// prettier-ignore
const person = (id: string, displayName: string) => ({
  callId: 'sess_1', participantId: id, role: 'user', identity: { displayName },
});

function says(
  { server }: Pick<Agent, 'server'>,
  text: string,
  id = `utt_${server.journal.length}`,
) {
  const fields = { utteranceId: id, speaker: 'user', startMs: 0, endMs: 0 };
  server.append('transcript.final', { ...fields, text, source: 'typed' });
}

/** Payloads of one type, in order. */
function payloads(agent: Pick<Agent, 'server'>, type: EventType): Record<string, unknown>[] {
  return agent.server.journal
    .filter((record) => record.event.type === type)
    .map((record) => record.event.payload as Record<string, unknown>);
}

const finals = (agent: Pick<Agent, 'server'>) =>
  payloads(agent, 'transcript.final')
    .filter((payload) => payload['speaker'] === 'agent')
    .map((payload) => payload['text']);

test('greets the first person who listens, in one whole turn', async () => {
  const agent = await scripted();
  await agent.clock.advance(5_000);
  assert.equal(agent.server.journal.length, 0, 'nobody is there yet');
  agent.server.append('call.participant.joined', person('usr_other', 'Mia'));
  await agent.clock.advance(3_000);
  const [turn] = payloads(agent, 'orchestration.turn.started');
  const [completed] = payloads(agent, 'orchestration.turn.completed');
  const [final] = payloads(agent, 'transcript.final');
  assert.deepEqual(turn?.['inputUtteranceIds'], []);
  assert.equal(completed?.['turnId'], turn?.['turnId']);
  assert.equal(completed?.['outputUtteranceId'], final?.['utteranceId']);
  assert.equal(completed?.['text'], final?.['text']);
  assert.equal(final?.['source'], 'llm');
  assert.match(String(final?.['text']), /^Hello! I am a scripted agent/);
  const deltas = payloads(agent, 'orchestration.turn.delta');
  assert.equal(deltas.map((delta) => delta['deltaText']).join(''), final?.['text']);
  deltas.reduce((offset, delta) => {
    assert.equal(delta['offset'], offset);
    return offset + String(delta['deltaText']).length;
  }, 0);
  assert.ok(payloads(agent, 'transcript.partial').length >= 3, 'captions grow');
});

async function greeted(): Promise<Agent> {
  const agent = await scripted();
  agent.server.append('call.participant.joined', person('usr_other', 'Mia'));
  await agent.clock.advance(3_000);
  assert.equal(finals(agent).length, 1);
  return agent;
}

test('repeats what it understood, several sayings in one turn, by name among several', async () => {
  const agent = await greeted();
  says(agent, 'I need a CV.', 'utt_a');
  await agent.clock.advance(3_000);
  agent.server.append('call.participant.joined', person('usr_tom', 'Tom'));
  says(agent, 'one', 'utt_b');
  says(agent, 'two', 'utt_c');
  says(agent, '  ', 'utt_d');
  await agent.clock.advance(5_000);
  assert.deepEqual(finals(agent).slice(1), [
    'You said: I need a CV.',
    'Mia said: one',
    'Mia said: two',
  ]);
  assert.deepEqual(
    payloads(agent, 'orchestration.turn.started').map((turn) => turn['inputUtteranceIds']),
    [[], ['utt_a'], ['utt_b'], ['utt_c']],
  );
});

test('says goodbye and ends the call', async () => {
  const agent = await greeted();
  says(agent, 'Thank you, goodbye!');
  await agent.clock.advance(3_000);
  assert.equal(finals(agent).at(-1), 'Goodbye!');
  assert.deepEqual(payloads(agent, 'call.end.requested'), [{ reason: 'completed' }]);
  agent.server.append('call.ended', {
    callId: 'sess_1',
    endedAt: 't',
    durationSeconds: 1,
    endReason: 'completed',
  });
  agent.server.socket.cut(4000);
  await agent.done;
});

test('stops when it is interrupted, and puts on record what was heard', async () => {
  const agent = await greeted();
  says(agent, 'Tell me a long story about all the words that you have understood so far.');
  await agent.clock.advance(250);
  const turnId = payloads(agent, 'orchestration.turn.started').at(-1)?.['turnId'];
  const interrupt = (more: object) =>
    // prettier-ignore
    agent.server.append('call.turn.interrupted', {
      callId: 'sess_1', turnId, by: 'usr_other', atMs: 1, generatedChars: 20, playedMs: 1_000, ...more,
    });
  interrupt({ turnId: 'turn_other' });
  interrupt({ resumed: true });
  assert.equal(payloads(agent, 'transcript.truncated').length, 0);
  interrupt({});
  interrupt({});
  await agent.clock.advance(3_000);
  const [truncated, second] = payloads(agent, 'transcript.truncated');
  assert.equal(second, undefined);
  assert.equal(truncated?.['heardText'], 'You said: Tell');
  assert.match(String(truncated?.['generatedText']), /^You said: Tell me a long story/);
  assert.equal(truncated?.['cause'], 'barge_in');
  assert.equal(payloads(agent, 'orchestration.turn.cancelled')[0]?.['turnId'], turnId);
  assert.equal(finals(agent).length, 1, 'no final of what was cut short');
  says(agent, 'ok');
  await agent.clock.advance(3_000);
  assert.equal(finals(agent).at(-1), 'You said: ok', 'and it goes on');
});

test('an interruption after the last word still says what was heard', async () => {
  const agent = await greeted();
  const turnId = payloads(agent, 'orchestration.turn.completed')[0]?.['turnId'];
  // prettier-ignore
  agent.server.append('call.turn.interrupted', {
    callId: 'sess_1', turnId, by: 'usr_other', atMs: 1, generatedChars: 99, playedMs: 500,
  });
  await agent.clock.advance(100);
  assert.equal(payloads(agent, 'transcript.truncated')[0]?.['heardText'], 'Hello!');
});

test('started anew in the middle of a call it goes on where it was', async () => {
  const first = await greeted();
  says(first, 'answered', 'utt_a');
  await first.clock.advance(3_000);
  says(first, 'begun', 'utt_b');
  await first.clock.advance(50); // It dies in the middle of its answer.
  const journal = [...first.server.journal];
  const second = await scripted(({ server }) => {
    server.journal.push(...journal);
    says({ server } as Agent, 'unanswered', 'utt_c');
  });
  await second.clock.advance(5_000);
  assert.equal(payloads(second, 'orchestration.turn.cancelled')[0]?.['cause'], 'agent_restarted');
  assert.deepEqual(finals(second).slice(1).sort(), [
    'You said: answered',
    'You said: unanswered You said: begun',
  ]);
});

test('a book is answered with its beginning', async () => {
  const agent = await greeted();
  says(agent, `${'word '.repeat(3_000)}`);
  says(agent, '👍'.repeat(3_000));
  await agent.clock.advance(30_000);
  for (const echo of finals(agent).slice(1).map(String)) {
    assert.ok(echo.length < 2_100 && [...echo].length <= 1_002, `${echo.length}`);
    assert.match(echo, /^You said: .* …$/u);
  }
  assert.equal(finals(agent).length, 3);
});

test('what cannot be answered is tried twice, and then the call goes on', async (t) => {
  t.mock.method(console, 'error', () => undefined);
  const agent = await greeted();
  const { server, clock } = agent;
  const onSent = server.socket.onSent;
  let spoilt = true;
  server.socket.onSent = (frame) => {
    const event = frame['event'] as { eventId: string; type: string } | undefined;
    if (spoilt && event?.type === 'transcript.final')
      // prettier-ignore
      server.socket.say({ op: 'error', eventId: event.eventId, code: 'out_of_range', message: 'm', outcome: 'refused' });
    else onSent(frame);
  };
  says(agent, 'cursed', 'utt_a');
  await clock.advance(60_000);
  const turns = () =>
    payloads(agent, 'orchestration.turn.started').filter(({ inputUtteranceIds }) =>
      (inputUtteranceIds as string[]).includes('utt_a'),
    );
  assert.deepEqual(
    turns().map(({ attempt }) => attempt),
    [1, 2],
  );
  spoilt = false;
  says(agent, 'hello again', 'utt_b');
  await clock.advance(10_000);
  assert.equal(finals(agent).at(-1), 'You said: hello again');
  const second = await scripted((it) => it.server.journal.push(...server.journal));
  await second.clock.advance(60_000);
  assert.equal(turns().length, 2, 'a restart does not begin to count anew');
  assert.equal(payloads(second, 'orchestration.turn.started').length, 4);
});

test('a refusal is no reason to try again at once', async (t) => {
  const errors = t.mock.method(console, 'error', () => undefined);
  const agent = await scripted(({ server }) => (server.answering = false));
  agent.server.append('call.participant.joined', person('usr_other', 'Mia'));
  await settle();
  for (let i = 0; i < 3; i++) {
    const frame = agent.server.socket.sent.at(-1) as { event: { eventId: string } };
    // prettier-ignore
    agent.server.socket.say({
      op: 'error', eventId: frame.event.eventId, code: 'type_not_allowed', message: 'm', outcome: 'refused',
    });
    await agent.clock.advance(5_000);
  }
  const tries = agent.server.socket.sent.filter((frame) => frame['op'] === 'publish');
  assert.equal(tries.length, 4);
  assert.equal(errors.mock.callCount(), 3);
});

const asked = 'Send hello there to ada@example.com.';

test('asks before it sends, and says what became of it', async () => {
  const agent = await scripted();
  agent.server.append('call.participant.joined', person('usr_other', 'Mia'));
  await agent.clock.advance(10_000);
  says(agent, asked, 'utt_wish');
  await agent.clock.advance(10_000);
  const [request, ...more] = payloads(agent, 'orchestration.action.requested');
  assert.deepEqual(request, {
    actionId: 'act_utt_wish',
    actionType: 'lifeline.echo',
    summary: 'Send a message to ada@example.com.',
    args: { to: 'ada@example.com', text: 'hello there' },
  });
  assert.deepEqual(more, []);
  assert.match(String(finals(agent).at(-1)), /as soon as you have said yes/);
  agent.server.append('orchestration.action.cancelled', {
    actionId: 'act_utt_wish',
    cause: 'denied',
  });
  await agent.clock.advance(10_000);
  assert.equal(finals(agent).at(-1), 'It was not sent.');
  assert.deepEqual(payloads(agent, 'orchestration.result.delivered'), [
    { actionId: 'act_utt_wish', target: 'model', status: 'completed' },
  ]);
});

test('an agent that was restarted asks for nothing twice', async () => {
  const agent = await scripted(({ server }) => {
    server.append('call.participant.joined', person('usr_other', 'Mia'));
    server.append('orchestration.turn.started', {
      turnId: 'turn_1',
      orchestrator: 'scripted',
      inputUtteranceIds: [],
    });
    server.append('orchestration.turn.completed', {
      turnId: 'turn_1',
      durationMs: 1,
      stopReason: 'completed',
      text: 'Hello!',
    });
    says({ server }, asked, 'utt_wish');
    server.append('orchestration.action.requested', {
      actionId: 'act_utt_wish',
      actionType: 'lifeline.echo',
      summary: 's',
      args: {},
    });
  });
  await agent.clock.advance(10_000);
  assert.equal(payloads(agent, 'orchestration.action.requested').length, 1);
  assert.match(String(finals(agent).at(-1)), /as soon as you have said yes/);
});
