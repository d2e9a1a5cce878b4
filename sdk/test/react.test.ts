import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElement as h } from 'react';
import { act, create } from 'react-test-renderer';
import { createCall, type Call } from '../src/lifeline.js';
import { useCall, useConnection, useParticipants, useTranscript } from '../src/react.js';
import { settle } from './virtual.js';
import { world } from './world.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

function View({ call }: { readonly call: Call | null }) {
  const { status } = useCall(call);
  const lines = useTranscript(call).map((one) => one.text);
  const names = useParticipants(call).map((one) => one.displayName);
  return h('p', null, [status, useConnection(call).state, ...names, ...lines].join(' | '));
}

const text = (view: ReturnType<typeof create>) =>
  (view.toJSON() as { children: string[] }).children.join('');

test('the hooks show the call as it is, before it, in it and after it', async () => {
  const { options, server } = world();
  let view!: ReturnType<typeof create>;
  act(() => void (view = create(h(View, { call: null }))));
  assert.equal(text(view), 'created | idle');

  const call = await createCall(options);
  act(() => view.update(h(View, { call })));
  assert.equal(text(view), 'created | connecting');
  await act(settle);
  assert.equal(text(view), 'created | live');

  act(() => {
    const identity = { displayName: 'Mia' };
    server.append('call.participant.joined', {
      callId: 'sess_1',
      participantId: 'p',
      role: 'user',
      identity,
    });
    server.append('transcript.final', {
      utteranceId: 'u',
      speaker: 'user',
      text: 'Hi',
      startMs: 0,
      endMs: 0,
    });
  });
  assert.equal(text(view), 'created | live | Mia | Hi');

  act(() => view.update(h(View, { call: null })));
  assert.equal(text(view), 'created | idle');
  act(() => void server.append('x.a', {}));
  assert.equal(text(view), 'created | idle');

  call.leave();
  await act(settle);
  act(() => view.unmount());
});
