// The policy in force: read by those who oversee, changed by an admin while the server runs, in force in
// every call when that is answered, and after a restart.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { callWithAgent, Desk } from './support/agent_call.mjs';

const path = '/v1/safety/policy';

test('a policy is put, counts at once, survives a restart, and stands in the audit', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const desk = new Desk(call);
  const { server } = call;
  const admin = server.token('usr_root', 'admin', 'acct_root');
  const auditor = server.token('usr_aud', 'auditor');
  const read = async (token = auditor) => (await server.rest('GET', path, token)).json;
  const put = (baseHash, policy, token = admin) =>
    server.rest('PUT', path, token, { baseHash, policy, reason: 'drill' });

  const standard = await read();
  assert.deepEqual([standard.source, standard.policyId, standard.version], ['standard', 'standard', '1']);
  assert.deepEqual(standard.rules.map(({ when, then }) => [when, then]), [
    ['risk read_only', 'allow'],
    ['risk low_risk_write', 'allow'],
    ['risk high_risk_external_send', 'confirm'],
  ]);
  await desk.ask('before', 'note', {});
  assert.equal((await desk.until('before', 'over')).outcome, 'succeeded');
  // Asked about under the old one, approved under the new one: judged again where it would begin.
  await desk.ask('open', 'send', { to: 'eve@example.com' });
  const open = (await desk.action('open')).confirmation;

  const house = {
    id: 'house',
    version: '1',
    rules: [
      { name: 'no-notes', when: { action: 'note' }, then: 'deny', message: 'No notes today.' },
      { name: 'not-eve', when: { args: [{ path: '/to', equals: 'eve@example.com' }] }, then: 'deny' },
    ],
  };
  const changed = await put(standard.hash, house);
  assert.equal(changed.status, 200, JSON.stringify(changed.json));
  assert.deepEqual(
    [changed.json.source, changed.json.by, changed.json.reason, changed.json.rules[0].name],
    ['stored', 'usr_root', 'drill', 'no-notes'],
  );
  assert.deepEqual(changed.json.policy, house);
  await desk.ask('after', 'note', {});
  assert.equal((await desk.action('after')).outcome, 'blocked');
  await desk.answer(open, 'approve');
  assert.equal((await desk.until('open', 'over')).outcome, 'blocked');

  await server.kill();
  await server.start();
  assert.deepEqual(await read(), changed.json);
  await desk.ask('after_restart', 'note', {});
  assert.equal((await desk.action('after_restart')).outcome, 'blocked');

  // Of two who have seen the same policy one is refused; the same once more is no change.
  const { hash } = changed.json;
  const next = { ...house, version: '2', rules: [] };
  const both = await Promise.all([put(hash, next), put(hash, { ...next, version: '3' })]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
  assert.equal(both.find(({ status }) => status === 409).json.code, 'policy_conflict');
  const now = await read();
  assert.equal((await put(hash, now.policy)).status, 200);
  await desk.ask('again', 'note', {});
  assert.equal((await desk.until('again', 'over')).outcome, 'succeeded');

  const audited = await server.rest('GET', '/v1/safety/decisions?type=safety.policy.changed', admin);
  assert.deepEqual(
    audited.json.decisions.map(({ outcome, policyId, policyVersion, by }) => [outcome, policyId, policyVersion, by.id]),
    [
      ['changed', 'house', now.version, 'usr_root'],
      ['changed', 'house', '1', 'usr_root'],
    ],
  );
  await server.kill('SIGTERM');
  assert.equal(server.stored('sys_instance').filter(({ event }) => event.type === 'safety.policy.changed').length, 2);
  server.verify();
});

test('what is no policy, or not theirs to change, changes nothing', { timeout: 60_000 }, async (t) => {
  const { server, ada } = await callWithAgent(t);
  const admin = server.token('usr_root', 'admin', 'acct_root');
  const operator = server.token('usr_op', 'operator');
  const service = server.token('svc_app', 'service');
  const before = (await server.rest('GET', path, admin)).json;
  const good = { id: 'house', version: '1' };
  const rules = (...all) => ({ ...good, rules: all });
  for (const [who, policy, code, pointer, baseHash = before.hash] of [
    [ada, good, 'forbidden'],
    [operator, good, 'forbidden'],
    [service, good, 'forbidden'],
    [admin, { version: '1' }, 'policy_invalid', '/policy/id'],
    [admin, { ...good, rule: [] }, 'policy_invalid', '/policy/rule'],
    [admin, rules({ name: 'a', then: 'deny' }, { name: 'b', then: 'perhaps' }), 'policy_invalid', '/policy/rules/1/then'],
    [admin, rules({ name: 'a', then: 'deny', when: { acton: 'x' } }), 'policy_invalid', '/policy/rules/0/when/acton'],
    [admin, { ...good, default: { high_risk_external_send: 'allow' } }, 'policy_invalid', '/policy/default/high_risk_external_send'],
    [admin, { id: before.policyId, version: before.version, rules: [] }, 'policy_version_used', '/policy/version'],
    [admin, rules(...Array.from({ length: 70 }, (_, i) => ({ name: `r${i}`, then: 'deny', message: 'x'.repeat(900) }))),
      'policy_invalid', '/policy'],
    [admin, good, 'policy_conflict', '/baseHash', 'ab'.repeat(32)],
  ]) {
    const answer = await server.rest('PUT', path, who, { baseHash, policy, reason: 'x' });
    assert.deepEqual([answer.json.code, answer.json.pointer], [code, pointer], JSON.stringify(policy).slice(0, 100));
  }
  assert.deepEqual((await server.rest('GET', path, operator)).json, before);
  assert.equal((await server.rest('GET', path, ada)).json.code, 'forbidden');
});

test('a file that the configuration names counts over what was put', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const { server } = call;
  const admin = server.token('usr_root', 'admin', 'acct_root');
  const operator = server.token('usr_op', 'operator');
  const read = async (token = admin) => (await server.rest('GET', path, token)).json;
  const put = async (policy) =>
    (await server.rest('PUT', path, admin, { baseHash: (await read()).hash, policy, reason: 'drill' })).json;
  assert.equal((await put({ id: 'house', version: '1' })).source, 'stored');

  const file = join(server.folder, 'policy.toml');
  writeFileSync(file, 'id = "filed"\nversion = "7"\n');
  const config = readFileSync(server.config, 'utf8');
  writeFileSync(server.config, `${config}[safety]\npolicy_file = "${file}"\n`);
  let from = server.log.length;
  server.signal('SIGHUP');
  await server.logged('configuration reloaded', from);
  const filed = await read();
  assert.deepEqual([filed.source, filed.policyId, filed.file], ['file', 'filed', file]);
  assert.equal((await read(operator)).file, undefined);
  const refused = await put({ id: 'house', version: '2' });
  assert.equal(refused.code, 'policy_in_file');
  assert.ok(refused.detail.includes(file), refused.detail);

  await server.kill();
  await server.start();
  assert.equal((await read()).source, 'file');
  // Without the file it is the stored one again.
  writeFileSync(server.config, config);
  from = server.log.length;
  server.signal('SIGHUP');
  await server.logged('configuration reloaded', from);
  const stored = await read();
  assert.deepEqual([stored.source, stored.policyId, stored.by], ['stored', 'house', 'usr_root']);
});
