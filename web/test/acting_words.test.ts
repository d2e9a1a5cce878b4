import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initialState, LifelineError, reduce, type Action, type Confirmation } from '@lifeline/client';

import { takeApproval } from '../src/place/approval_link';
import { argRows, argsOfFields, fieldOfPointer, fieldsOf } from '../src/words/args';
import { actionWords } from '../src/words/action';
import {
  amountWords,
  clockLeft,
  closedWords,
  refusalWords,
  scopeFacts,
  severityOf,
  spokenLeft,
  whyNot,
} from '../src/words/asking';
import type { Line } from '../src/words/lines';
import { hides, plain } from '../src/words/plain';
import { announcedOf, rowsOf } from '../src/words/rows';
import { acting } from './gallery/acting';

const nameOf = (id: string) => ({ usr_anna: 'Anna', usr_ben: 'B\u202een' })[id] ?? 'Somebody';

test('what cannot be seen is shown as what it is, and what can be stays', () => {
  const cases: [string, string][] = [
    ['plain text, ünïcode, 日本語, مرحبا', 'plain text, ünïcode, 日本語, مرحبا'],
    ['gpj.\u202Eexe', 'gpj.⟨U+202E⟩exe'],
    ['\u2066a\u2069\u200e\u061c', '⟨U+2066⟩a⟨U+2069⟩⟨U+200E⟩⟨U+061C⟩'],
    ['no\u200bthing\ufeff\u00ad', 'no⟨U+200B⟩thing⟨U+FEFF⟩⟨U+00AD⟩'],
    ['\u0000\u001b[31mred\u007f', '⟨U+0000⟩⟨U+001B⟩[31mred⟨U+007F⟩'],
    ['tag\u{e0041}', 'tag⟨U+E0041⟩'],
    ['line\r\nby\nline\tand\u2028more', 'line\nby\nline\tand⟨U+2028⟩more'],
    ['👩‍👩‍👧 و‌ن', '👩‍👩‍👧 و‌ن'],
    ['<b>&amp;</b>', '<b>&amp;</b>'],
  ];
  for (const [text, then] of cases) {
    assert.equal(plain(text), then);
    assert.equal(plain(plain(text)), then, 'once is enough');
    assert.equal(hides(text), then !== text.replace(/\r\n?/g, '\n'), text);
  }
});

test('every argument has its row, whatever it is', () => {
  const args = {
    to: 'a@b',
    empty: '',
    n: 12,
    text: '12',
    yes: true,
    none: null,
    list: ['x', { deep: 1 }],
    bare: [],
    'od\u202ed': 'x',
    nest: { a: { b: { c: { d: { e: 1 } } } } },
  };
  assert.deepEqual(
    argRows(args).map(({ name, text, code }) => `${name}=${text}${code ? ' (code)' : ''}`),
    [
      'to=a@b',
      'empty=(empty) (code)',
      'n=12 (code)',
      'text=12',
      'yes=true (code)',
      'none=null (code)',
      'list[0]=x',
      'list[1].deep=1 (code)',
      'bare=[] (code)',
      'od⟨U+202E⟩d=x',
      'nest.a.b.c.d={"e":1} (code)',
    ],
  );
  assert.deepEqual(argRows({}), []);
  assert.equal(argRows({ a: 'x\u202e' })[0]?.hides, true);
});

test('a form gives back what went in, and says what is wrong with which field', () => {
  const args = { to: 'a\nb', n: 1, list: [1, { a: 'ü' }], none: null };
  const fields = fieldsOf(args);
  assert.deepEqual(argsOfFields(fields), { args });
  const broken = fields.map((one) => (one.key === 'n' ? { ...one, value: 'many' } : one));
  const read = argsOfFields(broken);
  assert.deepEqual('wrong' in read && Object.keys(read.wrong), ['n']);
  const pointers: [string | null, string | null][] = [
    ['/payload/args/to', 'to'],
    ['/args/list/0', 'list'],
    ['/payload/args/other', null],
    ['/payload/decision', null],
    ['/to', null],
    [null, null],
  ];
  for (const [pointer, then] of pointers) assert.equal(fieldOfPointer(pointer, fields), then, String(pointer));
  assert.equal(fieldOfPointer('/args/a~1b', fieldsOf({ 'a/b': '' })), 'a/b');
});

const question = (change: Partial<Confirmation> = {}): Confirmation =>
  ({
    confirmationId: 'c',
    actionId: 'a',
    title: 't',
    description: 'd',
    severity: 'warning',
    preview: '',
    argsHash: '',
    allowedDecisions: [],
    scope: {
      kind: 'message_send',
      target: 'a@b',
      recipients: [],
      recipientCount: null,
      amount: null,
      currency: null,
      audience: 'external',
    },
    expiresAt: '',
    channel: 'ui',
    answerableBy: 'owner',
    requestedAt: '',
    seq: 1,
    state: 'open',
    closed: null,
    ...change,
  }) as Confirmation;

test('whom it reaches and what it costs', () => {
  const base = question().scope;
  const cases: [Partial<Confirmation['scope']>, string[]][] = [
    [{}, ['Goes to: a@b', 'Who sees it: People outside']],
    [{ recipients: ['a@b'], recipientCount: 1 }, ['Goes to: a@b', 'Who sees it: People outside']],
    [{ recipients: ['a@b', 'c'] }, ['Goes to: a@b', 'Recipients (2): a@b, c', 'Who sees it: People outside']],
    [
      { recipients: ['a@b', 'c'], recipientCount: 9 },
      ['Goes to: a@b', 'Recipients (9): a@b, c, and 7 more, not named here', 'Who sees it: People outside'],
    ],
    [
      { recipientCount: 3 },
      ['Goes to: a@b', 'Recipients (3): 3 in all, not named here', 'Who sees it: People outside'],
    ],
    [
      { kind: 'payment', amount: '12000000000', currency: 'CHF' },
      ['Is paid to: a@b', 'Amount: 12.00 CHF', 'Who sees it: People outside'],
    ],
    [{ kind: 'something new', audience: 'internal' }, ['Concerns: a@b', 'Who sees it: People inside only']],
    [{ audience: 'a new word' }, ['Goes to: a@b', 'Who sees it: People outside']],
  ];
  for (const [change, then] of cases) {
    const facts = scopeFacts(question({ scope: { ...base, ...change } }));
    assert.deepEqual(
      facts.map(({ name, values }) => `${name}: ${values.join(', ')}`),
      then,
    );
  }
});

test('amounts are exact', () => {
  const cases: [string, string | null, string][] = [
    ['12500000000', 'EUR', '12.50 EUR'],
    ['1', 'EUR', '0.000000001 EUR'],
    ['0', 'EUR', '0.00 EUR'],
    ['-1234567000000000', 'JPY', '−1\u202f234\u202f567.00 JPY'],
    [
      '99999999999999999999999999999999999999',
      null,
      '99\u202f999\u202f999\u202f999\u202f999\u202f999\u202f999\u202f999\u202f999\u202f999.999999999',
    ],
    ['12.5', 'EUR', '12.5 EUR'],
  ];
  for (const [nano, currency, then] of cases) assert.equal(amountWords(nano, currency), then);
});

test('what is not known is grave', () => {
  assert.equal(severityOf(question({ severity: 'info' })).level, 'info');
  assert.equal(severityOf(question({ severity: 'apocalyptic' })).level, 'critical');
});

test('the time left is a clock for the eyes and a few words for the ears', () => {
  assert.deepEqual([272_000, 60_001, 9_400, 0, -5].map(clockLeft), ['4:32', '1:01', '0:10', '0:00', '0:00']);
  const heard = new Set<string>();
  for (let ms = 400_000; ms > -2_000; ms -= 250) heard.add(spokenLeft(ms));
  assert.equal(heard.size, 7, 'five moments, the end, and silence before');
});

test('why no answer can be given, before who or what', () => {
  assert.equal(whyNot(true, 1), null);
  assert.match(whyNot(false, 1)!, /line is down/);
  assert.match(whyNot(true, 0)!, /Nothing is sent/);
});

test('how it ended', () => {
  const by = (id: string) => ({ kind: 'user', id });
  const closed = (state: Confirmation['state'], more: object = {}) =>
    question({
      state,
      closed: { at: '', by: null, via: null, reason: null, cause: null, byConfirmationId: null, ...more },
    });
  const cases: [Confirmation, boolean, string][] = [
    [closed('approved', { by: by('usr_anna'), via: 'ui' }), true, 'You approved this.'],
    [closed('approved', { by: by('usr_anna'), via: 'api' }), false, 'You approved this on another device.'],
    [closed('approved', { by: by('usr_anna'), via: 'voice' }), false, 'You approved this by voice.'],
    [closed('denied', { by: by('usr_x'), via: 'ui' }), false, 'Somebody said no on another device.'],
    [closed('expired', { cause: 'timeout' }), false, 'Not sent: nobody answered in time.'],
    [closed('cancelled'), false, 'This question fell away.'],
    [closed('superseded'), false, 'Somebody changed this.'],
  ];
  for (const [one, here, then] of cases) assert.equal(closedWords(one, { id: 'usr_anna', here }, nameOf).title, then);
  const reasoned = closed('denied', { by: by('usr_anna'), reason: 'no\u202e!' });
  assert.equal(closedWords(reasoned, { id: 'usr_anna', here: true }, nameOf).note, '“no⟨U+202E⟩!”');
});

test('a refused answer says what became of it, in words of ours where we have them', () => {
  const words = (code: string) => refusalWords(new LifelineError({ code, message: 'It says so', fix: 'Do that' }));
  assert.match(words('args_changed').title, /changed while you looked/);
  assert.match(words('confirmation_expired').advice, /Nothing was done/);
  assert.equal(words('brand_new').title, 'It says so.');
});

test('every state of an action has a word of its own, and says who allowed it', () => {
  const call = acting.acting!();
  const words = call.state.value.actions.map((one) => {
    const { tone, state, allowed } = actionWords(one, nameOf);
    return [tone, state, allowed].filter(Boolean).join(' | ');
  });
  assert.deepEqual(words, [
    'done | Done | Allowed by the rules, without asking',
    'runs | Under way | Allowed by the rules, without asking',
    'done | Done | Allowed by Anna',
    'not_done | Not allowed',
    'not_done | Not done',
    'unclear | Nobody knows whether it happened | Allowed by B⟨U+202E⟩en',
    'runs | Tried again soon | Allowed by the rules, without asking',
  ]);
  const [first] = call.state.value.actions;
  const states: Action['state'][] = [
    'requested',
    'awaiting_confirmation',
    'approved',
    'running',
    'rejected',
    'failed',
    'timed_out',
    'resolved',
  ];
  const seen = states.map((state) => actionWords({ ...first!, state }, nameOf).state);
  assert.equal(new Set(seen).size, states.length);
  assert.equal(actionWords({ ...first!, state: 'pondered' as never }, nameOf).tone, 'idle');
});

test('what was said and done stands in the order in which it began, own words on their way last', () => {
  const line = (key: string, seq: number | null): Line => ({
    key,
    utteranceId: key,
    speakerKey: '',
    name: '',
    label: '',
    machine: false,
    text: '',
    seq,
    state: 'kept',
    note: '',
    problem: null,
  });
  const action = (actionId: string, firstSeq: number, state = 'running') =>
    ({ ...acting.acting!().state.value.actions[0]!, actionId, firstSeq, state }) as Action;
  const rows = rowsOf(
    [line('a', 2), line('b', 8), line('mine', null)],
    [action('x', 1), action('idea', 3, 'proposed'), action('y', 5), action('z', 9)],
    [4, 10].map((seq) => ({ seq, at: '2026-02-16T10:00:00.000Z', because: 'request', events: 1, participantId: null })),
    nameOf,
  );
  assert.deepEqual(
    rows.map(({ key }) => key),
    ['action x', 'a', 'erasure 4', 'action y', 'b', 'action z', 'erasure 10', 'mine'],
  );
});

test('what became of an action is read aloud, once for each state that says something', () => {
  const { actions } = acting.acting!().state.value;
  const heard = announcedOf(rowsOf([], actions, [], nameOf));
  assert.deepEqual(
    heard.map(({ key }) => key),
    ['action a1 succeeded', 'action a3 succeeded', 'action a4 blocked', 'action a5 cancelled', 'action a6 unknown'],
  );
  assert.equal(heard[3]?.text, 'Not done: Remind them of it. Nobody answered in time.');
});

test('the link of a question: its secret leaves the address bar at once', () => {
  const take = (hash: string) => {
    const bar: string[] = [];
    const link = takeApproval({ hash, pathname: '/approve', search: '?x=1' }, (url) => bar.push(url));
    return [link && `${link.sessionId} ${link.confirmationId} ${link.token}`, ...bar];
  };
  assert.deepEqual(take('#session=sess_1&confirmation=cnf_1'), ['sess_1 cnf_1 null']);
  assert.deepEqual(take('#session=sess_1'), ['sess_1 null null']);
  assert.deepEqual(take('#session=sess_1&confirmation=cnf_1&token=a.b-c_d'), [
    'sess_1 cnf_1 a.b-c_d',
    '/approve?x=1#session=sess_1&confirmation=cnf_1',
  ]);
  assert.deepEqual(take('#session=../../x&token=secret'), [null, '/approve?x=1#session=..%2F..%2Fx']);
  assert.deepEqual(take(''), [null]);
});

test('the scenes that the gallery shows are what a server could say', () => {
  for (const [name, make] of Object.entries(acting)) {
    const call = make();
    assert.deepEqual(call.seen.reduce(reduce, initialState), call.state.value, name);
  }
});
