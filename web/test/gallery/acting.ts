// What a person can meet while an agent acts, each told as the events that lead to it.

import type { PayloadOf } from '@lifeline/client';

import { FakeCall, lineOf } from '../fake_call';

const callId = 'sess_fake';
const hash = (digit: string) => digit.repeat(64);
const agent = { kind: 'agent', id: 'usr_echo' };
export const anna = { kind: 'user', id: 'usr_anna' };
export const ben = { kind: 'user', id: 'usr_ben' };
type Asked = PayloadOf<'safety.confirmation.requested'>;

const soon = (s: number) => new Date(Date.now() + s * 1000).toISOString();

/** A call with its people in it. */
export function together(): FakeCall {
  const call = new FakeCall();
  call.see('call.created', { callId, ownerId: anna.id, accountId: 'acct_1', channel: 'voice' } as never);
  call.see('call.participant.added', { callId, participantId: anna.id, role: 'user', by: anna.id } as never);
  call.see('call.started', { callId, channel: 'voice', direction: 'outbound', provider: 'none' } as never);
  for (const [who, displayName, role] of [
    [anna, 'Anna Lindqvist', 'user'],
    [agent, 'Echo', 'agent'],
    [ben, 'Ben', 'user'],
  ] as const) {
    call.see('call.participant.joined', { callId, participantId: who.id, role, identity: { displayName } });
  }
  call.see('call.connected', { callId, connectedAt: '2026-02-16T10:00:00.000Z' });
  say(call, anna, 'Please send my application to Example Ltd. before Friday.');
  say(call, agent, 'I have written a short letter. I will show you what goes out before anything does.');
  return call;
}

let said = 0;

function say(call: FakeCall, by: typeof anna, text: string): void {
  const utteranceId = `acted_${++said}`;
  const speaker = by.kind === 'agent' ? 'agent' : 'user';
  call.see('transcript.final', { utteranceId, speaker, text, startMs: said, endMs: said + 1, source: 'typed' }, by);
}

/** An action up to where it was judged. */
export function requested(
  call: FakeCall,
  actionId: string,
  actionType: string,
  summary: string,
  args: object = {},
): void {
  call.see('orchestration.action.requested', { actionId, actionType, summary, args: { ...args } }, agent);
  call.see('orchestration.action.accepted', { actionId, argsHash: hash('1'), policyVersion: '7' });
}

function allowed(call: FakeCall, actionId: string, by?: typeof anna): void {
  const decisionId = `dec_${actionId}`;
  call.see('safety.evaluated', {
    decisionId,
    subject: { kind: 'action', id: actionId },
    outcome: by ? 'require_confirmation' : 'allow',
    policyId: 'pol',
    policyVersion: '7',
    rules: ['reads'],
    inputsHash: hash('2'),
    latencyMs: 0,
    automatic: true,
  });
  call.see('safety.approved', {
    policyId: 'pol',
    decision: 'approved',
    decisionId,
    actionId,
    ...(by ? { by } : {}),
  } as never);
  call.see('orchestration.action.approved', { actionId, decisionId, argsHash: hash('1') });
}

function started(call: FakeCall, actionId: string, attempt = 1): void {
  call.see('orchestration.action.started', { actionId, executor: 'http', attempt, leaseUntil: soon(300) });
}

const letter = `Dear Ms Okafor,

I would like to apply as a chef in your restaurant in Galway. I have cooked for eleven years, the last four of them as sous-chef. My CV is attached.

Kind regards
Anna Lindqvist`;

/** The question about an action; `change` is what is different from a mail to one person. */
export function asked(call: FakeCall, actionId: string, change: Partial<Asked> = {}): void {
  const confirmationId = change.confirmationId ?? `cnf_${actionId}`;
  call.see('safety.confirmation.requested', {
    confirmationId,
    actionId,
    title: 'Send your application?',
    description: 'An e-mail with your CV goes to Example Ltd. It cannot be called back.',
    severity: 'warning',
    scope: { kind: 'message_send', target: 'jobs@example.com', audience: 'external' },
    preview: letter,
    argsHash: hash('1'),
    allowedDecisions: ['approve', 'edit', 'deny'],
    expiresAt: soon(272),
    channel: 'ui',
    ...change,
  } as Asked);
  const reason = 'It leaves this call and reaches people outside.';
  call.see('orchestration.action.awaiting_confirmation', { actionId, confirmationId, reason, expiresAt: soon(272) });
}

const mail = {
  to: 'jobs@example.com',
  subject: 'Application as a chef',
  body: letter,
  attachments: [{ documentId: 'doc_cv', as: 'cv.pdf' }],
  copyToMe: true,
};

function asks(change: Partial<Asked> = {}): FakeCall {
  const call = together();
  requested(call, 'act_mail', 'mail.send', 'Send the application to Example Ltd.', mail);
  asked(call, 'act_mail', change);
  return call;
}

export const acting: Readonly<Record<string, () => FakeCall>> = {
  acting() {
    const call = together();
    requested(call, 'a1', 'firm.lookup', 'Look up Example Ltd.');
    allowed(call, 'a1');
    started(call, 'a1');
    call.see('orchestration.action.succeeded', {
      actionId: 'a1',
      durationMs: 300,
      resultSummary: 'Example Ltd., Galway. Hires through jobs@example.com.',
    });
    requested(call, 'a2', 'cv.export', 'Export your CV as a PDF.');
    allowed(call, 'a2');
    started(call, 'a2');
    call.see('orchestration.action.progress', { actionId: 'a2', message: 'setting the second page', pct: 62 });
    requested(call, 'a3', 'mail.send', 'Send the application to Example Ltd.', mail);
    allowed(call, 'a3', anna);
    started(call, 'a3');
    call.see('orchestration.action.succeeded', {
      actionId: 'a3',
      durationMs: 800,
      resultSummary: 'Sent as <1@example.com>.',
      effectId: '<1@example.com>',
    });
    requested(call, 'a4', 'calendar.add', 'Put the interview into your calendar.');
    call.see('safety.blocked', {
      policyId: 'pol',
      reason: 'policy',
      decision: 'blocked',
      decisionId: 'd4',
      actionId: 'a4',
      userMessage: 'Calendars are not touched in this account.',
    });
    requested(call, 'a5', 'mail.send', 'Remind them of it.');
    call.see('orchestration.action.cancelled', { actionId: 'a5', cause: 'expired' });
    requested(call, 'a6', 'shop.order', 'Order printed copies.');
    allowed(call, 'a6', ben);
    started(call, 'a6');
    call.see('orchestration.action.outcome_unknown', { actionId: 'a6', lastKnown: 'request sent, no answer' });
    requested(call, 'a7', 'firm.lookup', 'Look up two more firms.');
    allowed(call, 'a7');
    started(call, 'a7');
    call.see('orchestration.action.attempt.failed', {
      actionId: 'a7',
      attempt: 1,
      code: 'busy',
      message: 'The directory is busy.',
      willRetryAt: soon(9),
    });
    say(call, agent, 'The application has gone out. I do not know yet about the printed copies.');
    return call;
  },
  asked: () => asks(),
  asked_info: () =>
    asks({
      severity: 'info',
      title: 'Save a note about this call?',
      preview: '',
      description: 'The note is for you alone.',
      scope: { kind: 'other', target: 'your notes', audience: 'internal' },
    }),
  asked_critical: () =>
    asks({
      severity: 'critical',
      title: 'Pay the fee of the agency?',
      description: 'The money leaves your account at once.',
      scope: {
        kind: 'payment',
        target: 'Galway Catering Agency',
        amount: '1249500000000',
        currency: 'EUR',
        audience: 'external',
      },
      preview: '',
    }),
  asked_many: () =>
    asks({
      scope: {
        kind: 'message_send',
        target: 'jobs@example.com',
        audience: 'external',
        recipientCount: 214,
        recipients: Array.from({ length: 60 }, (_, i) => `chef.number.${i}@a-rather-long-domain-name.example.com`),
      },
    }),
  asked_hostile() {
    const call = together();
    const evil = {
      to: 'boss@example.com\u202emoc.live@',
      note: '<img src=x onerror=alert(1)> https://evil.example/click\u200b',
      '\u202efrom': 'x'.repeat(400),
    };
    requested(call, 'act_evil', 'mail.send', 'Send it \u202edneirf a ot\u202c <b>now</b>', evil);
    asked(call, 'act_evil', {
      title: 'Send \u202eyenom lla\u202c?',
      description: 'To boss@example.com\n\n\nApproved by the operator already. '.repeat(6),
      preview: `${'Line after line.\n'.repeat(60)}https://evil.example/`,
    });
    return call;
  },
  asked_queue() {
    const call = asks();
    requested(call, 'act_two', 'calendar.add', 'Put Friday into your calendar.', { day: '2026-02-20' });
    asked(call, 'act_two', { title: 'Add it to your calendar?', severity: 'info', preview: '' });
    return call;
  },
  asked_other: () => asks(),
  asked_expired: () => asks(),
  asked_lost: () => asks(),
  asked_short: () => asks({ expiresAt: soon(24) }),
  stopped() {
    const call = together();
    call.see('safety.killswitch.changed', {
      scope: 'session',
      enabled: true,
      by: 'usr_op',
      reason: 'the agent wrote to the wrong firm',
    });
    requested(call, 'a1', 'mail.send', 'Send the application to Example Ltd.');
    call.see('safety.blocked', {
      policyId: 'pol',
      reason: 'killswitch',
      decision: 'blocked',
      decisionId: 'd',
      actionId: 'a1',
      userMessage: 'Actions are stopped in this call.',
    });
    return call;
  },
  operator() {
    const call = together();
    call.self = Promise.resolve({ participantId: 'usr_op', role: 'operator' });
    return call;
  },
};

/** What happens to the question while it is on the screen. */
export const later: Readonly<Record<string, (call: FakeCall) => void>> = {
  asked_other: (call) =>
    call.see('safety.confirmation.resolved', {
      confirmationId: 'cnf_act_mail',
      decision: 'approve',
      by: { kind: 'user', id: anna.id },
      via: 'ui',
      argsHash: hash('1'),
    }),
  asked_lost: (call) =>
    call.connection.set(
      lineOf({
        state: 'reconnecting',
        attempt: 2,
        retryAt: Date.now() + 6_000,
        reason: 'heartbeat_missed',
        code: 4201,
      }),
    ),
  asked_expired(call) {
    call.see('safety.confirmation.expired', { confirmationId: 'cnf_act_mail', cause: 'timeout' });
    call.see('orchestration.action.cancelled', { actionId: 'act_mail', cause: 'expired' });
  },
};
