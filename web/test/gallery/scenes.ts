// The states that a person can meet, each told as the events that lead to it.

import { LifelineError } from '@lifeline/client';

import { FakeCall, lineOf } from '../fake_call';

const anna = { kind: 'user', id: 'usr_anna' };
const ben = { kind: 'user', id: 'usr_ben' };
const agent = { kind: 'agent', id: 'usr_echo' };
const callId = 'sess_fake';

let said = 0;

function say(call: FakeCall, by: typeof anna, text: string, source: 'typed' | 'llm' | 'stt' = 'typed'): string {
  const utteranceId = `said_${++said}`;
  const speaker = by.kind === 'agent' ? 'agent' : 'user';
  call.see('transcript.utterance.started', { utteranceId, speaker, participantId: by.id, startMs: said * 1000 }, by);
  call.see('transcript.final', { utteranceId, speaker, text, startMs: said * 1000, endMs: said * 1000 + 900, source }, by);
  return utteranceId;
}

function joined(call: FakeCall, who: typeof anna, displayName: string, role: 'user' | 'agent' | 'operator' | 'viewer') {
  call.see('call.participant.joined', { callId, participantId: who.id, role, identity: { displayName } });
}

export function begun(more: object = {}): FakeCall {
  const call = new FakeCall();
  call.see('call.created', { callId, ownerId: anna.id, accountId: 'acct_1', channel: 'voice', ...more } as never);
  call.see('call.started', { callId, channel: 'voice', direction: 'outbound', provider: 'none' } as never);
  joined(call, anna, 'Anna Lindqvist', 'user');
  call.see('call.connected', { callId, connectedAt: '2026-02-16T10:00:00.000Z' });
  return call;
}

export function talking(more: object = {}): FakeCall {
  const call = begun(more);
  joined(call, agent, 'Echo', 'agent');
  say(call, agent, 'Hello Anna. I follow a script: I repeat what I understood, and I end the call when you say goodbye.', 'llm');
  joined(call, ben, 'بنيامين', 'user');
  say(call, anna, 'I would like to change two things in my application before Friday.');
  say(call, agent, 'I understood: “I would like to change two things in my application before Friday.”', 'llm');
  say(call, ben, 'مرحبا، أنا هنا أيضا.');
  say(call, anna, 'Good. The first is the address, the second is this: https://example.org/a/very/long/path/that/no/one/can/break?because=itHasNoSpacesAtAllAndGoesOnAndOnAndOn <b>not bold</b>');
  const cut = say(call, agent, 'I understood that you want to change the address and then something else.', 'llm');
  call.see('transcript.truncated', { utteranceId: cut, heardText: 'I understood that you want to', playedMs: 1400, cause: 'barge_in' }, anna);
  say(call, ben, 'One moment.');
  say(call, anna, 'Take your time.');
  call.see('transcript.utterance.started', { utteranceId: 'open', speaker: 'user', participantId: ben.id, startMs: 1 }, ben);
  call.see('transcript.partial', { utteranceId: 'open', speaker: 'user', text: 'I have the letter here, it says', startMs: 1, endMs: 2, rev: 1 }, ben);
  return call;
}

export const scenes: Readonly<Record<string, () => FakeCall>> = {
  empty: begun,
  talking,
  long() {
    const call = talking();
    for (let i = 1; i <= 120; i++) say(call, i % 2 ? anna : agent, `This is utterance number ${i}.`, 'typed');
    return call;
  },
  connecting: () => new FakeCall('connecting'),
  replaying() {
    const call = talking();
    call.connection.set({ ...call.connection.value, state: 'replaying' });
    return call;
  },
  reconnecting() {
    const call = talking();
    const retryAt = Date.now() + 7_400;
    const waitsUntil = Date.now() + 600_000;
    call.connection.set(lineOf({ state: 'reconnecting', attempt: 3, retryAt, reason: 'heartbeat_missed', code: 4201, waitsUntil }));
    return call;
  },
  outage() {
    const call = talking();
    const at = new Date().toISOString();
    const resumeDeadline = new Date(Date.now() + 14 * 60_000).toISOString();
    call.see('call.participant.connection.changed', { callId, participantId: ben.id, connected: false, connections: 0 });
    call.see('call.reconnecting', { callId, attempt: 1, at, lossReason: 'heartbeat_missed', resumeDeadline });
    return call;
  },
  lost() {
    const call = talking();
    call.see('call.participant.connection.changed', { callId, participantId: ben.id, connected: false, connections: 0 });
    return call;
  },
  restarting() {
    const call = talking();
    call.connection.set(lineOf({ closesAt: Date.now() + 9_000 }));
    return call;
  },
  drained() {
    const call = talking();
    const retryAt = Date.now() + 2_400;
    call.connection.set(lineOf({ state: 'reconnecting', attempt: 1, retryAt, reason: 'draining', code: 4200 }));
    return call;
  },
  reused() {
    const call = talking();
    call.connection.set(lineOf({ state: 'closed', reason: 'resume_token_reused', code: 4006 }));
    return call;
  },
  removed() {
    const call = talking();
    const error = new LifelineError({ code: 'removed', message: 'Removed.', requestId: 'req_01JKQ8V4Z7F3N0R2T4W6Y8B0D2' });
    call.connection.set(lineOf({ state: 'closed', reason: 'removed', code: 4004, error }));
    return call;
  },
  gave_up() {
    const call = talking();
    call.connection.set(lineOf({ state: 'closed', reason: 'gave_up' }));
    return call;
  },
  superseded() {
    const call = talking();
    call.connection.set(lineOf({ state: 'closed', reason: 'superseded', code: 4002 }));
    return call;
  },
  budget_warned() {
    const call = talking();
    call.see('billing.budget.warning', { meterId: 'amount', thresholdType: 'amount', thresholdValue: 4, currentValue: 4.1, message: '80 percent of the budget monthly are used.' });
    return call;
  },
  budget_used_up() {
    const call = talking();
    const endDetail = 'The budget monthly is used up, so the call ends here. Whoever runs the account can raise it, or it begins anew in time.';
    call.see('billing.budget.warning', { meterId: 'amount', thresholdType: 'amount', thresholdValue: 5, currentValue: 5, message: endDetail });
    call.see('call.ended', { callId, endedAt: '2026-02-16T10:04:12.000Z', durationSeconds: 252, endReason: 'budget_stop', endDetail });
    call.connection.set(lineOf({ state: 'closed', reason: 'session_ended', code: 4000 }));
    return call;
  },
  ended() {
    const call = talking();
    const endedAt = '2026-02-16T10:04:12.000Z';
    call.see('call.ended', { callId, endedAt, durationSeconds: 252, endReason: 'user_hangup' });
    call.connection.set(lineOf({ state: 'closed', reason: 'session_ended', code: 4000 }));
    return call;
  },
  erased() {
    const call = talking();
    const endedAt = '2026-02-16T10:04:12.000Z';
    call.see('call.ended', { callId, endedAt, durationSeconds: 252, endReason: 'user_hangup' });
    call.see('record.erased', { because: 'superseded', events: 31, upToSeq: call.state.value.seq });
    const request = { because: 'request', erasureId: 'era_1', upToSeq: call.state.value.seq } as const;
    call.see('record.erased', { ...request, events: 12, participantId: ben.id });
    call.see('record.erased', { ...request, events: 1, participantId: 'usr_whose_name_went' });
    call.see('record.erased', { because: 'retention', events: 40, upToSeq: call.state.value.seq });
    call.connection.set(lineOf({ state: 'closed', reason: 'session_ended', code: 4000 }));
    return call;
  },
  failed() {
    const call = talking();
    const failedAt = '2026-02-16T10:04:12.000Z';
    call.see('call.terminal_failure', { callId, failedAt, code: 'reconnect_window_expired', message: 'The window elapsed.' });
    call.connection.set(lineOf({ state: 'closed', reason: 'session_failed', code: 4001 }));
    return call;
  },
};
