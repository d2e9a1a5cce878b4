import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { callEventOf, initialState, reduce, type EventRecord } from '../src/lifeline.js';
import { toUiContractV1, type UiEventV1 } from '../src/ui_v1.js';
import { act, closes, eventsOf, fold, hash, type Told } from './events.js';

const folder = join('test', 'golden');
const a = act('a');

/** The fields of the first public contract; `?` for those that may be missing. */
// prettier-ignore
const fields: Readonly<Record<string, string>> = {
  'text.delta': 'delta fullText messageId',
  'text.done': 'fullText messageId speaker',
  'speaker.change': 'speaker messageId reason?',
  'mode.activate': 'mode context?',
  'mode.deactivate': 'mode reason?',
  'deliverable.cv': 'type data actions version',
  'deliverable.interview': 'type data actions',
  'deliverable.outreach': 'type data actions requireConfirmation',
  'voice.interim': 'transcript confidence?',
  'voice.config': 'persona label voiceProfileId synthesisAllowed policyId?',
  'turn.state': 'owner? turnId state? timing?',
  'call.runtime.state': 'state provider?',
  'confirm.required': 'actionId message details riskTier onConfirm onCancel timeout expiresAt',
  'action.approval.state': 'actionId state decision? result? resolvedAt?',
  'action.audit': 'actionId callTimestamp action riskTier decision result',
  status: 'type message',
  error: 'code message recoverable',
  done: 'conversationId',
};

function assertInContract({ v, type, payload, ts }: UiEventV1): void {
  assert.equal(v, '1.0');
  assert.ok(Number.isInteger(ts), `${type}: ${ts}`);
  const allowed = fields[type]?.split(' ') ?? assert.fail(`${type} is no name of the contract`);
  for (const key of Object.keys(payload)) {
    assert.ok(allowed.includes(key) || allowed.includes(`${key}?`), `${type}.${key}`);
  }
  for (const key of allowed.filter((one) => !one.endsWith('?'))) {
    assert.ok(payload[key] !== undefined, `${type} lacks ${key}`);
  }
}

const document = ({ documentId, rev }: { documentId: string; rev: number }) => ({
  data: { markdown: `# ${documentId} ${rev}` },
});

test('golden traces give the same screen, whole and replayed from anywhere', () => {
  const traces = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
  const seen = new Set<string>();
  for (const name of traces) {
    const events = readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => callEventOf(JSON.parse(line) as EventRecord));
    const golden = JSON.parse(
      readFileSync(join(folder, name.replace('.ndjson', '.ui_v1.json')), 'utf8'),
    ) as UiEventV1[];
    const ui = toUiContractV1({ document });
    const out = events.flatMap((event) => [...ui.take(event), ...ui.take(event)]);
    assert.deepEqual(out, golden, name);
    for (const one of golden) {
      assertInContract(one);
      seen.add(one.type);
    }
    // A reset in the middle ends with the same questions open.
    for (let cut = 0; cut <= events.length; cut++) {
      const state = events.slice(0, cut).reduce(reduce, initialState);
      const after = toUiContractV1({ document });
      const restored = [
        ...after.restore(state),
        ...events.slice(cut).flatMap((e) => [...after.take(e)]),
      ];
      restored.forEach(assertInContract);
      assert.deepEqual(openAtEnd(restored), openAtEnd(golden), `${name} cut at ${cut}`);
    }
  }
  assert.ok(seen.has('confirm.required') && seen.has('text.delta') && seen.has('deliverable.cv'));
});

/** Actions that the old frontend would still ask about. */
function openAtEnd(events: readonly UiEventV1[]): unknown[] {
  const open = new Set<unknown>();
  for (const { type, payload } of events) {
    if (type === 'confirm.required') open.add(payload['actionId']);
    if (type === 'action.approval.state') open.delete(payload['actionId']);
  }
  return [...open];
}

test('what else the contract has a name for', () => {
  const voice: Told = [
    'call.voice.config.updated',
    { callId: 's', persona: 'mariana', voiceProfileId: 'v', label: 'Calm', synthesisAllowed: true },
  ];
  const timing = {
    captureToBackendMs: 1,
    orchestratorMs: 2,
    playbackStartMs: 3,
    totalMs: 6,
    sloBreached: false,
  };
  // prettier-ignore
  const cases: [told: Told[], then: string[]][] = [
    [[voice], ['voice.config mariana', 'speaker.change mariana']],
    [[['call.reconnecting', { callId: 's', attempt: 1, at: 't' }]], ['call.runtime.state reconnecting', 'status loading']],
    [[['call.terminal_failure', { callId: 's', failedAt: 't', code: 'c', message: 'm' }]], ['call.runtime.state failed', 'error c']],
    [[['call.error', { code: 'c', message: 'm', retryable: true }]], ['error c']],
    [[['call.error', { code: 'c', message: 'm', retryable: false, fatal: true }]], ['call.runtime.state failed', 'error c']],
    [[['call.turn.owner_changed', { callId: 's', turnId: 't', owner: 'user' }]], ['turn.state listening']],
    [[['call.turn.timing', { callId: 's', turnId: 't', ...timing }]], ['turn.state t']],
    [[['orchestration.turn.failed', { turnId: 't', durationMs: 1, code: 'c', message: 'm', retryable: true }]], ['error c', 'done sess_1']],
    [[['orchestration.deliverable.updated', { documentId: 'doc_1', kind: 'recipe', rev: 1, by: 'x' }]], []],
    [[['orchestration.deliverable.updated', { documentId: 'doc_1', kind: 'outreach', rev: 1, by: 'x' }]], ['deliverable.outreach outreach']],
    [[['transcript.final', { utteranceId: 'u', speaker: 'agent', text: 'Hi', startMs: 0, endMs: 1 }]], ['text.done Hi']],
    [[['transcript.final', { utteranceId: 'u', speaker: 'user', text: 'Hi', startMs: 0, endMs: 1 }]], []],
    [[a.requested, a.rejected], ['action.audit requested', 'action.approval.state failed', 'action.audit no "to"']],
    [[a.requested, a.accepted, a.asks('c'), closes('c').answered('deny'), a.cancelled('denied')], ['action.audit requested', 'confirm.required It goes out.', 'action.audit awaiting-user-confirmation', 'action.approval.state failed', 'action.audit denied']],
    [[['x.weather', { sunny: true }]], []],
  ];
  for (const [told, then] of cases) {
    const ui = toUiContractV1({ document });
    const out = eventsOf(told).flatMap((event) => [...ui.take(event)]);
    out.forEach(assertInContract);
    const words = out.map(({ type, payload: p }) => {
      const first =
        type === 'action.audit'
          ? p['result']
          : (p['state'] ??
            p['code'] ??
            p['fullText'] ??
            p['persona'] ??
            p['speaker'] ??
            p['type'] ??
            p['conversationId'] ??
            p['message'] ??
            p['turnId']);
      return `${type} ${first as string}`;
    });
    assert.deepEqual(words, then, told[0]![0]);
  }
});

test('a turn is one message, whether its text or its utterance comes first', () => {
  const turn: Told = [
    'orchestration.turn.completed',
    { turnId: 't', durationMs: 1, stopReason: 'end', text: 'One. Two.' },
  ];
  const begins = (id: string): Told => [
    'transcript.utterance.started',
    { utteranceId: id, speaker: 'agent', participantId: 'x', startMs: 0, turnId: 't' },
  ];
  const final = (id: string, text: string): Told => [
    'transcript.final',
    { utteranceId: id, speaker: 'agent', text, startMs: 0, endMs: 1 },
  ];
  // prettier-ignore
  const cases: [told: Told[], then: string[]][] = [
    [[begins('u'), final('u', 'One. Two.'), turn], ['t One. Two.']],
    [[begins('u'), turn, final('u', 'One. Two.')], ['t One. Two.']],
    [[begins('u'), begins('v'), final('u', 'One.'), final('v', 'Two.'), turn], ['t One.', 'v Two.']],
  ];
  for (const [told, then] of cases) {
    const ui = toUiContractV1();
    const out = eventsOf(told).flatMap((event) => [...ui.take(event)]);
    const done = out.filter(({ type }) => type === 'text.done');
    assert.deepEqual(
      done.map(({ payload: p }) => `${p['messageId'] as string} ${p['fullText'] as string}`),
      then,
    );
  }
});

test('after a reset the open questions stand, with what an answer needs', () => {
  const state = fold(eventsOf([a.requested, a.accepted, a.asks('c'), a.waits('c')]));
  const [confirm] = toUiContractV1()
    .restore(state)
    .filter(({ type }) => type === 'confirm.required');
  const details = confirm?.payload['details'] as Record<string, unknown>;
  assert.deepEqual([details['confirmationId'], details['argsHash']], ['c', hash('1')]);
  assert.equal(confirm?.payload['onConfirm'], 'mail.send.execute');
});

test('a growing text is whole, whatever is said', () => {
  const delta = (deltaText: string, offset: number): Told => [
    'orchestration.turn.delta',
    { turnId: 't', itemId: 'i', deltaText, offset },
  ];
  const ui = toUiContractV1();
  const grown = eventsOf([delta('Great 🎉🎉 ', 0), delta('let us go', 9)])
    .flatMap((event) => [...ui.take(event)])
    .map(({ payload }) => payload['fullText']);
  assert.deepEqual(grown, ['Great 🎉🎉 ', 'Great 🎉🎉 let us go']);
});
