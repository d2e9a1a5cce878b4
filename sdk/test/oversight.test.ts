import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answerConfirmation,
  cancelAction,
  getAction,
  listActions,
  listAgents,
  listDecisions,
  listKillSwitches,
  listTools,
  resolveAction,
  setKillSwitch,
  setKillSwitchBeyondCalls,
} from '../src/lifeline.js';
import { hash } from './events.js';
import { world } from './world.js';

const path = '/v1/call/sessions/sess_1';

test('each question goes to its address, and says what it should', async () => {
  type Of = ReturnType<typeof world>['options'] & { sessionId: string };
  const action = { actionId: 'act_1' };
  const shown = { confirmationId: 'c_1', argsHash: hash('1') };
  const edit = { decision: 'edit', args: { to: 'b' } } as const;
  const found = { resolution: 'failed', evidence: 'e' } as const;
  const kill = { enabled: true, reason: 'r' };
  // prettier-ignore
  const cases: [ask: (of: Of) => Promise<unknown>, route: string, body?: object][] = [
    [(of) => listActions(of), `GET ${path}/actions`],
    [(of) => getAction({ ...of, ...action }), `GET ${path}/actions/act_1`],
    [(of) => cancelAction({ ...of, ...action }), `POST ${path}/actions/act_1/cancel`, {}],
    [(of) => cancelAction({ ...of, ...action, reason: 'r' }), `POST ${path}/actions/act_1/cancel`, { reason: 'r' }],
    [(of) => resolveAction({ ...of, ...action, ...found }), `POST ${path}/actions/act_1/resolve`, found],
    [(of) => answerConfirmation({ ...of, ...shown, ...edit }), `POST ${path}/confirmations/c_1`, { ...edit, argsHash: hash('1') }],
    [(of) => listDecisions({ ...of, cursor: 'x y', limit: 5 }), 'GET /v1/safety/decisions?session=sess_1&cursor=x+y&limit=5'],
    [(of) => listTools(of), 'GET /v1/tools'],
    [(of) => listAgents(of), 'GET /v1/agents'],
    [(of) => setKillSwitch({ ...of, ...kill }), `POST ${path}/killswitch`, kill],
    [(of) => listKillSwitches(of), 'GET /v1/safety/killswitch'],
    [(of) => setKillSwitchBeyondCalls({ ...of, ...kill, scope: 'account' }), 'POST /v1/safety/killswitch', { scope: 'account', ...kill }],
  ];
  for (const [ask, route, body] of cases) {
    const address = route.replace(/\?.*/, '');
    const { options, requests } = world({ [address]: () => ({ body: { ok: true } }) });
    assert.deepEqual(await ask({ ...options, sessionId: 'sess_1' }), { ok: true }, route);
    assert.equal(requests.length, 1, route);
    assert.equal(requests[0]?.route, route);
    assert.deepEqual(requests[0]?.body, body, route);
    assert.equal(requests[0]?.key?.startsWith('idem_') ?? false, route.startsWith('POST'), route);
  }
});
