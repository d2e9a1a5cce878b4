import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answerConfirmation,
  cancelAction,
  getAction,
  listActions,
  listDecisions,
  listTools,
  setKillSwitch,
} from '../src/lifeline.js';
import { hash } from './events.js';
import { world, type Route } from './world.js';

const call = '/v1/call/sessions/sess_1';

test('each question goes to its address, and says what it should', async () => {
  const reply: Route = () => ({ body: { ok: true } });
  const addresses = [
    `GET ${call}/actions`,
    `GET ${call}/actions/act_1`,
    `POST ${call}/actions/act_1/cancel`,
    `POST ${call}/confirmations/c_1`,
    'GET /v1/safety/decisions',
    'GET /v1/tools',
    'POST /v1/safety/killswitch',
  ];
  const { options, requests } = world(Object.fromEntries(addresses.map((one) => [one, reply])));
  const of = { ...options, sessionId: 'sess_1' };
  const shown = { confirmationId: 'c_1', argsHash: hash('1') };
  assert.deepEqual(await listActions({ ...of, cursor: 'x y', limit: 5 }), { ok: true });
  await getAction({ ...of, actionId: 'act_1' });
  await cancelAction({ ...of, actionId: 'act_1', reason: 'wrong firm' });
  await answerConfirmation({ ...of, ...shown, decision: 'edit', args: { to: 'b' } });
  await listDecisions({ ...of });
  await listTools(options);
  await setKillSwitch({
    ...options,
    scope: 'action_type',
    subject: 't',
    enabled: true,
    reason: 'r',
  });
  assert.deepEqual(
    requests.map((one) => one.route),
    [
      `GET ${call}/actions?cursor=x+y&limit=5`,
      `GET ${call}/actions/act_1`,
      `POST ${call}/actions/act_1/cancel`,
      `POST ${call}/confirmations/c_1`,
      'GET /v1/safety/decisions?session=sess_1',
      'GET /v1/tools',
      'POST /v1/safety/killswitch',
    ],
  );
  assert.deepEqual(
    requests.filter((one) => one.body !== undefined).map((one) => one.body),
    [
      { reason: 'wrong firm' },
      { decision: 'edit', argsHash: hash('1'), args: { to: 'b' } },
      { scope: 'action_type', subject: 't', enabled: true, reason: 'r' },
    ],
  );
  const keys = requests.filter((one) => one.route.startsWith('POST')).map((one) => one.key);
  assert.ok(keys.every((key) => key?.startsWith('idem_')));
});
