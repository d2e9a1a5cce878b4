// Recorded calls through another policy, and through another agent: exactly what would differ is said, and
// nothing happens: no byte of the journal, no request to a tool, no connection but to the model.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ModelServer, lastWords, results } from '../agent/support/model_server.mjs';
import { Call } from '../agent/support/house.mjs';
import { callWithAgent, Desk } from './support/agent_call.mjs';
import { chargesOf, endCall, hour, momentOf, nameOf, openCall, priceCard, publisher, putCard, reported, typed, usageOf } from './support/bill.mjs';
import { ClockBehind } from './support/clock_behind.mjs';
import { binary, Server } from './support/server.mjs';
import { until } from './support/waiting.mjs';

const inForce = `
[[rules]]
name = "not-eve"
then = "deny"
[rules.when]
args = [{ path = "/to", equals = "eve@example.com" }]
[[rules]]
name = "consent"
then = "confirm"
[rules.when]
action = "note"
consent = { subject = "outreach", state = "withdrawn" }
`;

function whatif(words, options = {}) {
  return new Promise((resolve) =>
    execFile(binary, ['whatif', ...words], { ...options, encoding: 'utf8' }, (error, out, err) =>
      resolve({ status: error?.code ?? 0, out, err, json: words.includes('--json') && out ? JSON.parse(out) : undefined }),
    ),
  );
}

/** What stands in every file of a folder, but for SQLite's shared memory: whoever reads marks their place there. */
const bytesOf = (folder) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('-shm'))
      .map(({ name, parentPath, path }) => join(parentPath ?? path, name))
      .map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );

/** Which sockets a command opens, and to where it connects; nothing where strace is not there. */
function traced(words) {
  const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' }; // It traces, too, and two cannot.
  const all = ['-f', '-qq', '-e', 'trace=socket,connect', binary, 'whatif', ...words];
  return new Promise((resolve) =>
    execFile('strace', all, { encoding: 'utf8', env }, (error, out, err) => {
      if (error?.code === 'ENOENT') return resolve(undefined);
      const lines = err.split('\n').filter((line) => /(socket|connect)\(/.test(line));
      const to = lines.map((line) => /sin_port=htons\((\d+)\)/.exec(line)?.[1]).filter(Boolean).map(Number);
      resolve({ status: error?.code ?? 0, lines, to });
    }),
  );
}

function policyFile(folder, name, text, version = '1') {
  const file = join(folder, name);
  writeFileSync(file, `id = "test"\nversion = "${version}"\n${text}`);
  return file;
}

/** Two calls in which most of what a judgement looks at happens; gives every safety.evaluated of them. */
async function story(t) {
  const call = await callWithAgent(t, (folder) => `[safety]\npolicy_file = "${policyFile(folder, 'policy.toml', inForce)}"\n`);
  const { server, ada } = call;
  const desk = new Desk(call);
  const settled = ['over', 'awaiting_confirmation'];
  await desk.ask('look', 'look', { what: 'weather' });
  await desk.until('look', ...settled);
  for (const id of ['note_1', 'note_2', 'note_3']) {
    await desk.ask(id, 'note', { text: id });
    await desk.until(id, ...settled);
  }
  await desk.ask('to_eve', 'send', { to: 'eve@example.com' });
  await desk.until('to_eve', ...settled);
  await desk.ask('to_bob', 'send', { to: 'bob@example.com' });
  await desk.answer((await desk.until('to_bob', ...settled)).confirmation, 'approve');
  await desk.until('to_bob', 'over');
  await desk.ask('edited', 'send', { to: 'bob@example.com' });
  await desk.answer((await desk.until('edited', ...settled)).confirmation, 'edit', { args: { to: 'eve@example.com' } });
  await desk.until('edited', 'over');
  const consent = { callId: call.id, subject: 'outreach', state: 'withdrawn', by: 'usr_ada' };
  await server.rest('POST', `${desk.path}/events`, ada, {
    eventId: 'consent_1', sessionId: call.id, ts: new Date().toISOString(), type: 'call.consent.updated', payload: consent, schemaVersion: '1.0',
  });
  await desk.ask('note_4', 'note', {});
  await desk.until('note_4', 'awaiting_confirmation');
  await server.rest('POST', `${desk.path}/killswitch`, ada, { enabled: true, reason: 'drill' });
  await desk.ask('note_5', 'note', {});
  await desk.until('note_5', 'over');
  const participants = [{ userId: 'usr_bot', role: 'agent' }];
  const { json } = await server.rest('POST', '/v1/call/sessions', ada, { participants, channel: 'text' });
  const second = new Desk({ ...call, id: json.session.sessionId });
  await second.ask('note_6', 'note', {});
  await second.until('note_6', 'over');
  const evaluated = [];
  for (const id of [call.id, second.id])
    for (const { event } of await server.events(id, ada))
      if (event.type === 'safety.evaluated') evaluated.push({ sessionId: id, ...event.payload });
  return { call, second, evaluated };
}

test('the policy in force differs nowhere, another exactly where it is another', { timeout: 120_000 }, async (t) => {
  const { call, second, evaluated } = await story(t);
  const { server, tools } = call;
  const done = tools.calls.length;
  const data = ['--data', server.data, '--json'];
  const same = await whatif(['--policy', join(server.folder, 'policy.toml'), ...data, '--all']);
  assert.equal(same.status, 0, same.err + same.out);
  assert.equal(same.json.differs, false);
  assert.equal(same.json.totals.same, evaluated.length, same.out);
  assert.equal(same.json.totals.unknown, 0);
  assert.deepEqual(
    same.json.decisions.map(({ recorded, would }) => [recorded.outcome, recorded.rules]),
    same.json.decisions.map(({ would }) => [would.outcome, would.rules]),
  );

  // Stops the server: from here on no byte may change.
  await server.kill('SIGTERM');
  const before = bytesOf(server.data);
  const differences = async (name, rules, ...more) => {
    const found = await whatif(['--policy', policyFile(server.folder, name, rules), ...data, ...more]);
    assert.ok([0, 3].includes(found.status), found.err);
    assert.equal(found.status === 3, found.json.differs);
    return found.json.decisions.map(({ actionId, recorded, would, difference }) => [actionId, recorded.outcome, would.outcome, difference].join(' '));
  };
  assert.deepEqual(await differences('notes.toml', `${inForce}[[rules]]\nname = "n"\nthen = "deny"\nwhen = { action = "note" }\n`), [
    'note_1 allow deny stricter', 'note_2 allow deny stricter', 'note_3 allow deny stricter', 'note_6 allow deny stricter',
  ]);
  // Counts of a day that nobody counted then, over both calls.
  assert.deepEqual(
    await differences('daily.toml', `[[rules]]\nname = "d"\nthen = "deny"\nwhen = { action = "note", day_count_over = 2 }\n${inForce}`),
    ['note_3 allow deny stricter', 'note_4 confirm deny stricter', 'note_6 allow deny stricter'],
  );
  // What was denied to Eve would be asked about; the killswitch stays what it was.
  assert.deepEqual(await differences('none.toml', ''), [
    'to_eve deny confirm looser', 'edited deny confirm looser', 'note_4 confirm allow looser',
  ]);
  assert.deepEqual(await differences('none2.toml', '', '--session', second.id), []);
  assert.deepEqual(await differences('none3.toml', '', '--since', '1h'), [
    'to_eve deny confirm looser', 'edited deny confirm looser', 'note_4 confirm allow looser',
  ]);
  const future = new Date(Date.now() + 60_000).toISOString();
  assert.deepEqual(await differences('none4.toml', '', '--since', future), []);

  const table = await whatif(['--policy', join(server.folder, 'none.toml'), '--data', server.data]);
  assert.equal(table.status, 3);
  assert.match(table.out, /CALL +TIME +ACTION +RECORDED +BY +WOULD BE/);
  assert.match(table.out, /send +deny +not-eve +confirm +default:high_risk_external_send \(owner\) +looser/);
  assert.match(table.out, new RegExp(`test, version 1: ${evaluated.length} judgements in 2 calls: ${evaluated.length - 3} the same, 0 stricter, 3 looser`));
  assert.match(table.out, /on the history that was recorded/);

  assert.deepEqual(bytesOf(server.data), before);
  assert.equal(tools.calls.length, done);
});

test('what is typed wrong is said, and changes nothing', { timeout: 60_000 }, async (t) => {
  const call = await callWithAgent(t);
  const { server } = call;
  const good = policyFile(server.folder, 'good.toml', '');
  const bad = policyFile(server.folder, 'bad.toml', '[[rules]]\nname = "x"\nthen = "perhaps"\n');
  const data = ['--data', server.data];
  for (const [words, status, said] of [
    [data, 2, /--policy.*--agent/],
    [['--policy', bad, ...data], 1, /policy_invalid.*bad\.toml/s],
    [['--policy', join(server.folder, 'gone.toml'), ...data], 1, /gone\.toml/],
    [['--policy', good, '--since', '7days', ...data], 2, /query_invalid.*--since/],
    [['--policy', good, '--session', 'sess_gone', ...data], 1, /stream_not_found.*sess_gone/],
    [['--policy', good, '--session', 'sys_instance', ...data], 1, /stream_not_found/],
    [['--policy', good, '--data', join(server.folder, 'nowhere')], 1, /journal_missing/],
    [['--agent', 'nobody', ...data], 1, /config_invalid.*\[agents\.nobody\]/],
    [['--agent', 'scripted', '--max-turns', '0', ...data], 2, /max-turns/],
  ]) {
    const found = await whatif(words);
    assert.equal(found.status, status, `${words.join(' ')}\n${found.err}`);
    assert.match(found.err, said);
    assert.equal(found.out, '');
  }
  writeFileSync(server.config, '[agents.claw]\ndriver = "openclaw"\nkey_env = "LIFELINE_TEST_KEY"\n');
  const refused = await whatif(['--agent', 'claw', '--config', server.config, ...data], { env: { ...process.env, LIFELINE_TEST_KEY: 'x' } });
  assert.equal(refused.status, 1);
  assert.match(refused.err, /OpenClaw, whose tools are its own: it could act/);
});

const rules = (more) => `
[[rules]]
match = ["write to {to} {text}"]
say = "One moment."
actions = [{ type = "send", args = { to = "{to}", ${more} } }]
results = { waiting_for_the_person = "Shall I?" }
[[rules]]
words = ["weather"]
actions = [{ type = "look", args = { what = "weather" } }]
results = { succeeded = "It is sunny." }
`;

test('recorded turns through another agent, without any effect', { timeout: 120_000 }, async (t) => {
  const model = await new ModelServer().start();
  t.after(() => model.close());
  const house = (folder, model, script) => `
[agents.helper]
driver = "scripted"
rules_file = "${join(folder, 'rules.toml')}"
join = "all"
debounce_ms = 20
[agents.other]
driver = "scripted"
rules_file = "${join(folder, script)}"
[agents.model]
driver = "openai"
base_url = "${model.url}"
model = "first"
key_env = "LIFELINE_TEST_KEY"
persona = "You help."
`;
  process.env.LIFELINE_TEST_KEY = 'secret-key';
  const { server, tools } = await callWithAgent(t, (folder) => {
    writeFileSync(join(folder, 'rules.toml'), rules('text = "{text}"'));
    writeFileSync(join(folder, 'other.toml'), rules('text = "Dear {text}", cc = "eve@example.com"'));
    return house(folder, model, 'other.toml');
  });
  const call = await Call.make(server, null);
  const turn = async (words, count) => {
    await call.say(words);
    return (await call.until('orchestration.turn.completed', count)).text;
  };
  assert.equal(await turn('Hello', 1), 'You said: Hello');
  assert.match(await turn('How is the weather?', 2), /sunny/);
  assert.match(await turn('Write to bob@example.com I am late', 3), /Shall I/);
  await server.kill('SIGTERM');
  const before = bytesOf(server.data);
  const done = tools.calls.length;
  assert.equal(done, 1);
  const words = (agent, ...more) => ['--agent', agent, '--data', server.data, '--config', server.config, ...more];

  const same = await whatif(words('helper', '--json', '--all'));
  assert.equal(same.status, 0, same.out + same.err);
  assert.deepEqual(same.json.turns.map(({ difference }) => difference), ['same', 'same', 'same']);
  assert.deepEqual(same.json.turns[1].calls.map(({ actionType, difference }) => [actionType, difference]), [['look', 'same']]);
  assert.equal(same.json.agent.endpoint, undefined);

  const other = await whatif(words('other', '--json'));
  assert.equal(other.status, 3, other.err);
  assert.deepEqual(other.json.turns.map(({ difference, stopped }) => [difference, stopped]), [['calls', 'unasked']]);
  assert.deepEqual(other.json.turns[0].calls[0].changes, [
    { path: '/text', recorded: '"I am late"', new: '"Dear I am late"' },
    { path: '/cc', recorded: '', new: '"eve@example.com"' },
  ]);
  const table = await whatif(words('other'));
  assert.match(table.out, /other calls\n +other arguments +send\n +\/text: "I am late" -> "Dear I am late"/);
  assert.match(table.out, /no connection was opened/);
  assert.match(table.err, /turn 3 of 3/);

  // A model: told of the recorded result of what it asks for likewise, and of nothing else.
  model.answer = ({ body }) => {
    if (results(body).length > 0) return { text: [`It is ${results(body)[0].status}.`] };
    if (/weather/.test(lastWords(body))) return { calls: [{ name: 'look', args: { what: 'weather' } }] };
    if (/Write/.test(lastWords(body))) return { calls: [{ name: 'send', args: { to: 'eve@example.com' } }] };
    return { text: ['Good day.'] };
  };
  const asked = await whatif(words('model', '--json'));
  assert.equal(asked.status, 3, asked.err);
  assert.deepEqual(
    asked.json.turns.map(({ difference, text, stopped }) => [difference, text.new, stopped]),
    [['words', 'Good day.', 'stop'], ['words', 'It is succeeded.', 'stop'], ['calls', '', 'unasked']].map(([a, b, c]) => [a, b, c === 'stop' ? asked.json.turns[0].stopped : c]),
  );
  assert.deepEqual([asked.json.turnTotals.inputTokens, asked.json.turnTotals.outputTokens], [400, 80]);
  assert.equal(model.requests.length, 4);
  assert.match(model.requests[0].messages[0].content, /You help\./);
  assert.deepEqual(model.requests[1].messages.filter(({ role }) => role !== 'system').map(({ content }) => content), ['Hello', 'You said: Hello', 'How is the weather?']);
  assert.ok(model.requests[0].tools.some(({ function: tool }) => tool.name === 'send'));
  const few = await whatif(words('model', '--json', '--max-turns', '1'));
  assert.deepEqual([few.json.turnTotals.turns, few.json.turnTotals.leftOut, model.requests.length], [1, 2, 5]);
  model.answer = () => ({ status: 400, message: 'no' });
  const refused = await whatif(words('model', '--json', '--max-turns', '1'));
  assert.equal(refused.status, 0);
  assert.deepEqual([refused.json.turnTotals.unknown, refused.json.turns[0].difference], [1, 'unknown']);

  assert.deepEqual(bytesOf(server.data), before);
  assert.equal(tools.calls.length, done);
  server.verify();

  await t.test('and opens no socket but to the model', async (t) => {
    const policy = policyFile(server.folder, 'any.toml', '');
    const quiet = await traced(['--policy', policy, '--agent', 'other', '--data', server.data, '--config', server.config]);
    if (!quiet) return t.skip('strace is not here');
    assert.equal(quiet.status, 3);
    assert.deepEqual(quiet.lines, []);
    model.answer = () => ({ text: ['Good day.'] });
    const loud = await traced(words('model', '--max-turns', '1'));
    assert.deepEqual([...new Set(loud.to)], [model.server.address().port]);
  });
});

/** Two hours of two accounts that were charged, and a late word about the first; the folder is nobody's then. */
async function chargedHours(t) {
  const server = new Server('[metering]\nclose_after_ms = 0\n');
  const clock = new ClockBehind(1_800); // Half past, whatever it is here.
  if (!clock.give(server)) return t.skip('nothing here compiles a clock');
  t.after(() => server.close());
  await server.start();
  const first = nameOf(clock.now());
  const items = [
    { item: 'hearing', meter: 'stt.ms', per: '1', tiers: [{ unitNano: '40' }] },
    { item: 'words', meter: 'transcript.chars', per: '1', tiers: [{ unitNano: '70000' }] },
  ];
  await putCard(server, priceCard(first, items));
  let n = 0;
  const sessions = {};
  const accounts = ['acct_one', 'acct_two'];
  const publish = publisher(server);
  const report = (account, meter, unit, quantity, more) =>
    publish(sessions[account], server.token('key_1', 'service', account), ...reported(`r${(n += 1)}`, meter, unit, quantity, more));
  const call = async (account, hearing, chars) => {
    const ada = server.token('usr_ada', 'user', account);
    sessions[account] = await openCall(server, ada);
    await publish(sessions[account], ada, ...typed('u0', 'x'.repeat(chars)));
    await report(account, 'stt.ms', 'ms', hearing);
    await report(account, 'tts.chars', 'char', chars * 3);
    await endCall(server, ada, sessions[account]);
  };
  const auditor = (account) => server.token('usr_auditor', 'auditor', account);
  const charged = async (account, count) => {
    const entries = await until(`${account} is charged`, () => chargesOf(server, auditor(account), account), (found) => found.length === count);
    return entries.map(({ entry }) => entry);
  };
  await call('acct_one', 30_011, 9);
  await call('acct_two', 777, 4);
  await clock.later(server, 1, 'SIGTERM');
  for (const account of accounts) await charged(account, 2);
  await call('acct_one', 25_000, 20);
  await report('acct_one', 'stt.ms', 'ms', 5_003, { at: momentOf(first) });
  await charged('acct_one', 3);
  await clock.later(server, 1, 'SIGTERM');
  const booked = { acct_one: await charged('acct_one', 5), acct_two: await charged('acct_two', 2) };
  const usage = {};
  for (const account of accounts) usage[account] = await usageOf(server, auditor(account), account);
  await server.kill('SIGTERM');
  return { server, first, booked, usage };
}

/** Unit by unit, each month from its beginning; of the hours from this one on. */
function costUnitByUnit({ meter, included = '0', tiers }, records, from) {
  const months = {};
  let cost = 0n;
  for (const { window, quantity } of records.filter((one) => one.meter === meter).sort((a, b) => (a.window < b.window ? -1 : 1)))
    for (let unit = 0; unit < Number(quantity); unit += 1) {
      const place = (months[window.slice(0, 7)] = (months[window.slice(0, 7)] ?? 0) + 1) - Number(included);
      if (place > 0 && window >= from) cost += BigInt(tiers.find(({ upTo }) => upTo === undefined || place <= Number(upTo)).unitNano);
    }
  return cost;
}

test('recorded hours by another price card, beside what was charged', { timeout: 120_000 }, async (t) => {
  const story = await chargedHours(t);
  if (!story) return;
  const { server, first, booked, usage } = story;
  const items = [
    { item: 'hearing', meter: 'stt.ms', per: '1', included: '1000', tiers: [{ upTo: '40000', unitNano: '60' }, { unitNano: '11' }] },
    { item: 'speaking', meter: 'tts.chars', per: '1', tiers: [{ upTo: '30', unitNano: '900' }, { unitNano: '800' }] },
  ]; // Words are free by it, and what was spoken is not.
  const card = (name, more) => {
    writeFileSync(join(server.folder, name), JSON.stringify(priceCard(first, items, { card: 'other', ...more })));
    return join(server.folder, name);
  };
  const before = bytesOf(server.data);
  const amountOf = (entry) => BigInt(entry.amount ?? entry.amountDelta);
  const recount = (from, only = Object.keys(booked)) =>
    only.flatMap((accountId) => {
      const charges = booked[accountId].filter((entry) => (entry.window ?? entry.serviceWindow) >= from);
      const names = new Set([...charges, ...items].map(({ item }) => item));
      return [...names].sort().flatMap((item) => {
        const mine = charges.filter((entry) => entry.item === item);
        const now = mine.length > 0 ? mine.reduce((sum, entry) => sum + amountOf(entry), 0n) : undefined;
        const priced = items.find((one) => one.item === item);
        const used = priced && usage[accountId].some(({ meter, window }) => meter === priced.meter && window >= from);
        const then = used ? costUnitByUnit(priced, usage[accountId], from) : undefined;
        if (now === undefined && then === undefined) return [];
        const text = { accountId, item, now, then, difference: (then ?? 0n) - (now ?? 0n) };
        return [Object.fromEntries(Object.entries(text).filter(([, value]) => value !== undefined).map(([key, value]) => [key, `${value}`]))];
      });
    });

  const other = card('other.json');
  const words = (...more) => ['--prices', other, '--data', server.data, ...more];
  const all = await whatif(words('--json'));
  assert.equal(all.status, 0, all.err);
  assert.deepEqual(all.json, { card: 'other', currency: 'EUR', items: recount('') });
  assert.deepEqual(all.json.items.map(({ accountId, item }) => `${accountId} ${item}`), ['acct_one hearing', 'acct_one speaking', 'acct_one words', 'acct_two hearing', 'acct_two speaking', 'acct_two words']);
  assert.equal(all.json.items[0].now, `${(30_011n + 25_000n + 5_003n) * 40n}`, 'the late word, too');
  const second = nameOf(Date.parse(`${first.slice(0, 16)}:00.000Z`) + hour);
  const later = await whatif(words('--from', second, '--account', 'acct_one', '--json'));
  assert.deepEqual(later.json.items, recount(second, ['acct_one']), 'its tiers count from the beginning of the month');
  assert.deepEqual((await whatif(words('--to', first, '--json'))).json.items, []);
  const table = await whatif(words('--account', 'acct_two'));
  assert.match(table.out, /^By other version 1, in EUR; months' minimums and write-offs are not counted; - is not priced\.\n/);
  assert.match(table.out, /^acct_two +speaking +- +0\.0000108 +0\.0000108$/m);
  assert.match(table.out, /^acct_two +words +0\.00028 +- +-0\.00028$/m);

  // By the card in force it is what was charged.
  const same = await whatif(['--prices', card('same.json', { card: 'standard', items: [{ item: 'hearing', meter: 'stt.ms', per: '1', tiers: [{ unitNano: '40' }] }, { item: 'words', meter: 'transcript.chars', per: '1', tiers: [{ unitNano: '70000' }] }] }), '--data', server.data, '--json']);
  assert.ok(same.json.items.length === 4 && same.json.items.every(({ now, then, difference }) => now === then && difference === '0'), same.out);

  for (const [reason, more] of [
    ['currency_differs', ['--prices', card('usd.json', { currency: 'USD' })]],
    ['card_invalid', ['--prices', card('none.json', { items: [] })]],
    ['file_not_found', ['--prices', join(server.folder, 'gone.json')]],
    ['query_invalid', ['--prices', other, '--from', 'yesterday']],
  ]) {
    const refused = await whatif([...more, '--data', server.data, '--json']);
    assert.ok(refused.status > 0 && refused.out === '', reason);
    assert.match(refused.err, new RegExp(`^lifeline: ${reason}: .`, 'm'));
  }
  assert.deepEqual(bytesOf(server.data), before, 'it only looked');
});
