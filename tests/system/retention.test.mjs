// Who is erased is in no file of the folder any more, wherever the server was killed meanwhile; what
// others said, and what it cost, stays; and everything that is left can still be verified.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { clock_behind } from './support/clock_behind.mjs';
import { found } from './support/raw_files.mjs';
import { binary, Server } from './support/server.mjs';

const tools = '[tools."lifeline.noop"]\nkind = "builtin"\nrisk = "low_risk_write"\n';
const run = (...args) => spawnSync(binary, args, { encoding: 'utf8' });
const rebuilt = (server) => Object.fromEntries(JSON.parse(execFileSync(binary, ['rebuild', server.data, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).views.map(({ view, before }) => [view, before]));

// What only one of them says; the form is for indexes that fold letters.
const of = { mia: ['miasagtprivates', 'Mürrisch-Mia-Ärger'], ben: ['benbehauptetetwas', 'Öffentlich-Ben-Ünsinn'] };

async function house(t, config = '') {
  const server = new Server(tools + config);
  t.after(() => server.close());
  await server.start();
  const named = (user, name) => execFileSync(binary, ['token', '--data', server.data, '--user', user, '--account', 'acct_test', '--name', name], { encoding: 'utf8' }).trim();
  const tokens = { mia: named('usr_mia', 'miaheisstsohier'), ben: named('usr_ben', 'benheisstsohier'), bot: server.token('usr_bot', 'agent'), svc: server.token('key_1', 'service'), admin: server.token('usr_root', 'admin') };
  const rest = async (method, path, token, body, status) => {
    const reply = await server.rest(method, path, token, body);
    if (status !== undefined) assert.equal(reply.status, status, `${method} ${path} ${JSON.stringify(reply.json)}`);
    return reply.json;
  };
  let n = 0;
  const publish = async (call, token, type, payload, status = 201) => {
    const event = { eventId: `e${++n}`, sessionId: call, ts: new Date().toISOString(), type, payload, schemaVersion: '1.0' };
    return rest('POST', `/v1/call/sessions/${call}/events`, token, event, status);
  };
  const say = async (call, token, words, id = `u${++n}`) => {
    for (const [rev, text] of [words.slice(0, 12), `${words} ...`].entries()) await publish(call, token, 'transcript.partial', { utteranceId: id, speaker: 'user', text, startMs: 0, endMs: 5, rev: rev + 1 });
    await publish(call, token, 'transcript.final', { utteranceId: id, speaker: 'user', text: words, startMs: 0, endMs: 9, source: 'typed' });
  };
  const end = (call, token) => rest('POST', `/v1/call/sessions/${call}/state`, token, { status: 'ended' }, 200);
  /** A call of one with the other in it: both talk, the agent acts, a document is written, money is spent. */
  const talk = async (owner, other) => {
    const body = { participants: [{ userId: `usr_${other}`, role: 'user' }, { userId: 'usr_bot', role: 'agent' }], metadata: { topic: `${of[owner][0]} topic` } };
    const call = (await rest('POST', '/v1/call/sessions', tokens[owner], body, 201)).session.sessionId;
    for (const [who, words] of Object.entries(of)) for (const word of words) await say(call, tokens[who], `Well, ${word} "quoted" \u{1F98A}.`);
    await publish(call, tokens[other], 'x.note', { note: `${of[other][0]} note` });
    await publish(call, tokens.bot, 'orchestration.action.requested', { actionId: `act_${++n}`, actionType: 'lifeline.noop', summary: `Nothing for ${of[owner][1]}`, args: { to: of[owner][0] } });
    const usage = { reportId: `use_${++n}`, meter: 'agent.tokens', unit: 'token', quantity: '7', source: 'measured' };
    await publish(call, tokens.svc, 'billing.usage.reported', usage);
    const made = await rest('POST', '/v1/documents', tokens[owner], { kind: 'cv', title: `CV ${of[owner][1]}`, initial: { text: of[owner][0] }, sessionId: call }, 201);
    await rest('POST', `/v1/documents/${made.document.documentId}/edits`, tokens[owner], { baseRev: 0, patch: [{ op: 'replace', path: '/text', value: `${of[owner][0]} again` }] });
    await end(call, tokens[owner]);
    return { call, document: made.document.documentId };
  };
  const done = async (erasureId) => {
    for (;;) {
      const erasure = await rest('GET', `/v1/records/erasures/${erasureId}`, tokens.admin, undefined, 200);
      if (erasure.state === 'done') return erasure;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };
  const search = async (q, token) => (await rest('GET', `/v1/search?${new URLSearchParams({ q })}`, token, undefined, 200)).found;
  return { server, tokens, rest, publish, say, end, talk, done, search };
}

/** Everything of these is in the folder, or nothing of it is. */
const all = (folder, words) => words.filter((word) => found(folder, [word]).length === 0);

async function isWhole(server) {
  await server.kill('SIGTERM');
  assert.equal(server.verify().problems?.length ?? 0, 0);
  execFileSync('python3', ['-B', join(import.meta.dirname ?? '.', '../../tools/verify_journal'), server.data], { encoding: 'utf8' });
  for (const [view, state] of Object.entries(rebuilt(server))) assert.notEqual(state, 'different', `${view} is ${state}`);
}

test('a person, wherever the server is killed meanwhile', { timeout: 240_000 }, async (t) => {
  const { server, tokens, rest, talk, done, search } = await house(t);
  const [own, taken] = [await talk('mia', 'ben'), await talk('ben', 'mia')];
  assert.equal((await search('miasagtprivates', tokens.ben)).length > 0, true);
  const issuer = 'https://login.example.com';
  await rest('POST', '/v1/accounts', tokens.admin, { accountId: 'acct_test' }, 201);
  await rest('POST', '/v1/users', tokens.admin, { userId: 'usr_mia', accountId: 'acct_test', issuer, subject: 'miasubjektdraussen' }, 201);
  await rest('POST', '/v1/users/usr_mia/identities', tokens.admin, { issuer, subject: 'miazweitessubjekt' });
  const mias = [...of.mia, 'miaheisstsohier', 'miasubjektdraussen', 'miazweitessubjekt'];
  assert.deepEqual(all(server.data, [...mias, ...of.ben]), [], 'all of it is there before');

  const asked = await rest('POST', '/v1/records/erasures', tokens.admin, { userId: 'usr_mia', reason: 'asked by letter' }, 202);
  for (let round = 0; round < 6; round++) {
    await new Promise((resolve) => setTimeout(resolve, 15 * round));
    await server.kill();
    await server.start();
  }
  const erasure = await done(asked.erasureId);
  assert.deepEqual([erasure.calls, erasure.documents], [2, 1]);
  assert.deepEqual(found(server.data, mias), [], 'while it runs');
  assert.deepEqual(await rest('POST', '/v1/records/erasures', tokens.admin, { userId: 'usr_mia', reason: 'again' }, 202).then(({ erasureId }) => done(erasureId)).then(({ calls, events }) => [calls, events]), [0, 0]);

  await rest('GET', '/v1/users/usr_mia', tokens.admin, undefined, 404);

  // What Ben said in his own call stays, what it cost stays in both.
  assert.deepEqual(all(server.data, [of.ben[0], of.ben[1]]), []);
  for (const { call } of [own, taken]) {
    const events = await server.events(call, tokens.ben);
    assert.ok(events.some(({ erased }) => erased === true));
    assert.deepEqual(events.map(({ seq }) => seq), events.map((_, i) => i + 1), 'no place is missing');
    assert.equal(events.filter(({ event }) => event?.type === 'billing.usage.reported').length, 1);
    assert.equal(events.filter(({ event }) => event?.type === 'record.erased').length, 1);
    assert.doesNotMatch(JSON.stringify(events), /miasagt|Mürrisch|miaheisst/);
  }
  const texts = (await rest('GET', `/v1/call/sessions/${taken.call}/transcript`, tokens.ben, undefined, 200)).utterances.map(({ text }) => text);
  assert.deepEqual(texts.length, 2);
  for (const text of texts) assert.match(text, /[Bb]en/);
  const shown = await rest('GET', `/v1/call/sessions/${own.call}`, tokens.ben, undefined, 200);
  assert.deepEqual([shown.status, shown.ownerId, shown.metadata], ['ended', 'usr_mia', undefined]);
  assert.deepEqual(await search('miasagtprivates', tokens.ben), []);
  assert.equal((await search('benbehauptetetwas', tokens.ben)).some(({ sessionId }) => sessionId === taken.call), true);
  await rest('GET', `/v1/documents/${own.document}`, tokens.mia, undefined, 404);
  await rest('GET', `/v1/documents/${taken.document}`, tokens.ben, undefined, 200);
  for (const path of ['explain', 'snapshot']) for (const { call } of [own, taken]) await rest('GET', `/v1/call/sessions/${call}/${path}`, tokens.ben, undefined, 200);
  const listed = (await rest('GET', '/v1/call/sessions', tokens.ben, undefined, 200)).sessions.map(({ sessionId }) => sessionId);
  assert.deepEqual(listed.sort(), [own.call, taken.call].sort());

  await isWhole(server);
  assert.deepEqual(found(server.data, mias), [], 'at rest');
  const { erasures } = JSON.parse(run('erasures', '--data', server.data, '--json').stdout);
  assert.deepEqual(erasures.map(({ state }) => state), ['done', 'done']);
  await server.start();
  assert.deepEqual((await rest('GET', `/v1/call/sessions/${taken.call}/transcript`, tokens.ben, undefined, 200)).utterances.map(({ text }) => text), texts);
});

// Rows that hold several people's words, small ones and such as fill pages: what is erased is not left beside what stays.
test('one after the other, while others talk', { timeout: 240_000 }, async (t) => {
  const { server, tokens, rest, publish, end, done } = await house(t);
  const people = [...Array(8).keys()].map((i) => ({ id: `usr_p${i}`, token: server.token(`usr_p${i}`), word: `wortvonperson${'abcdefgh'[i]}allein` }));
  const talk = async (i, round) => {
    const [owner, ...others] = [0, 1, 3].map((step) => people[(i + step) % people.length]);
    const participants = others.map(({ id }) => ({ userId: id, role: 'user' }));
    const call = (await rest('POST', '/v1/call/sessions', owner.token, { participants }, 201)).session.sessionId;
    const size = [1, 40, 650][(i + round) % 3];
    await Promise.all([owner, ...others].flatMap(({ token, word }, who) => [0, 1].map((n) =>
      publish(call, token, 'transcript.final', { utteranceId: `u${who}_${n}`, speaker: 'user', text: `${word} `.repeat(size), startMs: 0, endMs: 9, source: 'typed' }))));
    await end(call, owner.token);
  };
  const round = (n) => Promise.all(people.map((_, i) => talk(i, n)));
  await round(0);
  await round(1);
  for (const [n, gone] of people.slice(0, 6).entries()) {
    const { erasureId } = await rest('POST', '/v1/records/erasures', tokens.admin, { userId: gone.id, reason: 'asked' }, 202);
    await done(erasureId);
    assert.deepEqual(found(server.data, people.slice(0, n + 1).map(({ word }) => word)), [], `after ${n + 1}`);
    assert.deepEqual(all(server.data, people.slice(6).map(({ word }) => word)), [], 'of the others all is there');
  }
  await isWhole(server);
  assert.deepEqual(found(server.data, people.slice(0, 6).map(({ word }) => word)), [], 'at rest');
});

test('a call as a whole, from the command line, and again after a restore', { timeout: 120_000 }, async (t) => {
  const { server, tokens, rest, talk } = await house(t);
  const one = await talk('mia', 'ben');
  const other = await talk('ben', 'mia');
  await server.kill('SIGTERM');
  const backup = join(server.folder, 'backup');
  assert.equal(run('backup', server.data, backup).status, 0);
  const erased = run('erase', '--data', server.data, '--session', one.call, '--reason', 'recorded by mistake', '--json');
  assert.equal(erased.status, 0, erased.stderr);
  assert.equal(JSON.parse(erased.stdout).erasures[0].state, 'done');
  assert.equal(run('erase', '--data', server.data, '--session', 'sess_nobody', '--reason', 'x').status, 1);
  const list = run('erasures', '--data', server.data, '--json').stdout;
  const file = join(server.folder, 'erasures.json');
  writeFileSync(file, list);
  const texts = () => server.stored(one.call).map(({ text }) => text).join('\n');
  assert.doesNotMatch(texts(), /miasagt|benbehauptet/);
  assert.match(texts(), /billing\.usage\.measured/);
  assert.match(server.stored(other.call).map(({ text }) => text).join('\n'), /miasagt/, 'another call is another matter');

  assert.equal(run('restore', backup, server.data).status, 0);
  assert.match(texts(), /miasagt/, 'a backup has what it had');
  const again = run('erase', '--data', server.data, '--again', file);
  assert.equal(again.status, 0, again.stderr);
  assert.doesNotMatch(texts(), /miasagt|benbehauptet/);
  await server.start();
  assert.equal((await rest('GET', `/v1/call/sessions/${one.call}`, tokens.ben, undefined, 200)).status, 'ended');
});

test('of many once more, who is refused is named and keeps nobody else', { timeout: 120_000 }, async (t) => {
  const { server, tokens, rest, talk, end } = await house(t);
  const { call } = await talk('ben', 'mia');
  const open = (await rest('POST', '/v1/call/sessions', tokens.mia, {}, 201)).session.sessionId;
  await server.kill('SIGTERM');
  const file = join(server.folder, 'erasures.json');
  const erasures = ['mia', 'ben'].map((who) => ({ erasureId: `era_${who}`, state: 'done', userId: `usr_${who}`, by: 'operator', reason: 'asked by letter' }));
  writeFileSync(file, JSON.stringify({ erasures }));
  const texts = () => server.stored(call).map(({ text }) => text).join('\n');
  assert.match(texts(), /benbehauptet/);
  const again = () => run('erase', '--data', server.data, '--again', file, '--json');
  const first = again();
  assert.equal(first.status, 1, first.stderr);
  assert.deepEqual(JSON.parse(first.stdout).erasures.map(({ userId, state, refused }) => [userId, state, refused]), [['usr_mia', 'refused', 'erasure_needs_end'], ['usr_ben', 'done', undefined]]);
  assert.match(first.stderr, new RegExp(`erasure_needs_end: usr_mia is not erased: .*${open}`));
  assert.match(first.stderr, /End it first/);
  assert.doesNotMatch(first.stderr, /usr_ben is not/);
  assert.doesNotMatch(texts(), /benbehauptet/);

  await server.start();
  await end(open, tokens.mia);
  await server.kill('SIGTERM');
  const second = again();
  assert.equal(second.status, 0, second.stderr);
  assert.deepEqual(JSON.parse(second.stdout).erasures.map(({ userId, state }) => [userId, state]), [['usr_mia', 'done'], ['usr_ben', 'done']]);
});

test('what is held, open or nobody else\'s to say is refused', { timeout: 120_000 }, async (t) => {
  const { server, tokens, rest, talk, end, done } = await house(t);
  const { call } = await talk('mia', 'ben');
  const erase = (body, token = tokens.admin) => server.rest('POST', '/v1/records/erasures', token, { reason: 'asked', ...body });
  const refused = async (body, status, code, token) => {
    const reply = await erase(body, token);
    assert.deepEqual([reply.status, reply.json.code], [status, code], JSON.stringify(reply.json));
  };
  const written = () => run('replay', 'sys_instance', '--data', server.data, '--json').stdout.trim().split('\n').filter(Boolean).length;
  const before = written();
  for (const token of [tokens.mia, tokens.bot, tokens.svc, server.token('usr_olga', 'operator')]) await refused({ userId: 'usr_mia' }, 403, 'forbidden', token);
  await refused({}, 400, 'missing_field');
  await refused({ userId: 'usr_mia', sessionId: call }, 400, 'missing_field');
  await refused({ userId: 'usr_nobody' }, 404, 'user_not_found');
  await refused({ sessionId: 'sess_nobody' }, 404, 'session_not_found');
  const open = (await rest('POST', '/v1/call/sessions', tokens.mia, {}, 201)).session.sessionId;
  await refused({ userId: 'usr_mia' }, 409, 'erasure_needs_end');
  await refused({ sessionId: open }, 409, 'erasure_needs_end');
  await end(open, tokens.mia);
  const hold = (scope, subject, enabled) => rest('POST', '/v1/records/holds', tokens.admin, { scope, subject, enabled, reason: 'case 12' }, 200);
  assert.equal(written(), before, 'what is refused is not written');
  for (const [scope, subject] of [['user', 'usr_mia'], ['user', 'usr_ben'], ['session', call], ['account', 'acct_test']]) {
    assert.deepEqual((await hold(scope, subject, true)).holds.map((one) => one.subject), [subject]);
    await refused({ userId: 'usr_mia' }, 409, 'record_held');
    await refused({ sessionId: call }, 409, 'record_held');
    await hold(scope, subject, false);
  }
  assert.deepEqual(all(server.data, of.mia), []);
  assert.equal(run('hold', 'list', '--data', server.data).status, 0);
  const { json } = await erase({ userId: 'usr_mia' });
  await done(json.erasureId);
  assert.deepEqual(found(server.data, of.mia), []);
  await rest('GET', '/v1/records/erasures/era_none', tokens.admin, undefined, 404);
});

test('what an account keeps, and for how long', { timeout: 120_000 }, async (t) => {
  const config = '[retention]\ndrop_superseded_partials = true\n[[retention.accounts]]\naccount = "acct_short"\nkeep_days = 1\n';
  const { server, tokens, talk } = await house(t, config);
  const { call } = await talk('mia', 'ben');
  const partials = () => server.stored(call).filter(({ event }) => event?.type === 'transcript.partial').length;
  assert.equal(partials(), 8);
  const later = run('retention', '--config', server.config, '--data', server.data, '--dry-run', '--json');
  assert.deepEqual(JSON.parse(later.stdout).calls.map(({ sessionId, because, events }) => [sessionId, because, events]), [[call, 'superseded', '8']]);
  assert.equal(partials(), 8, 'a dry run is dry');
  await server.kill('SIGTERM');
  const applied = run('retention', '--config', server.config, '--data', server.data, '--json');
  assert.deepEqual([applied.status, JSON.parse(applied.stdout).events], [0, '8'], applied.stderr);
  assert.equal(partials(), 0);
  assert.equal(JSON.parse(run('retention', '--config', server.config, '--data', server.data, '--json').stdout).events, '0', 'once is enough');
  await server.start();
  const { json } = await server.rest('GET', `/v1/call/sessions/${call}/transcript`, tokens.ben);
  assert.equal(json.utterances.length, 4, 'the texts that stand stay');
  const two = await talk('ben', 'mia');
  await server.kill();
  await server.start(); // It begins with a round.
  while (server.stored(two.call).some(({ event }) => event?.type === 'transcript.partial')) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(server.stored(two.call).filter(({ event }) => event?.type === 'record.erased' && event.payload.because === 'superseded').length, 1);
  await isWhole(server);
  const bad = join(server.folder, 'bad.toml');
  for (const [text, says] of [['[retention]\nkeep_days = -1\n', /line 2: retention.keep_days must be/], ['[[retention.accounts]]\naccount = "short"\n', /retention.accounts must be/]]) {
    writeFileSync(bad, text);
    assert.match(run('check-config', '--config', bad).stderr, says);
  }
});

// The calls are two days old because the clock was, when the same server held them.
test('what is older than an account keeps goes by itself, and nothing younger', { timeout: 120_000 }, async (t) => {
  const server = new Server('[retention]\nkeep_days = 1\n[[retention.accounts]]\naccount = "acct_long"\nkeep_days = 90\n');
  t.after(() => server.close());
  const env = clock_behind(server.folder, 2);
  if (env === null) return t.skip('clang-19 is not here, and without it no clock can be set back');
  const reach = async (method, path, token, body, status) => {
    const reply = await server.rest(method, path, token, body);
    assert.equal(reply.status, status, `${method} ${path} ${JSON.stringify(reply.json)}`);
    return reply.json;
  };
  let n = 0;
  const talk = async (word, account = 'acct_test') => {
    const token = server.token('usr_mia', 'user', account);
    const call = (await reach('POST', '/v1/call/sessions', token, { metadata: { topic: word } }, 201)).session.sessionId;
    const payload = { utteranceId: `u${++n}`, speaker: 'user', text: `Well, ${word}.`, startMs: 0, endMs: 9, source: 'typed' };
    await reach('POST', `/v1/call/sessions/${call}/events`, token, { eventId: `e${n}`, sessionId: call, ts: new Date().toISOString(), type: 'transcript.final', payload, schemaVersion: '1.0' }, 201);
    await reach('POST', `/v1/call/sessions/${call}/state`, token, { status: 'ended' }, 200);
    return call;
  };
  const expiring = (env = {}) => {
    const { stdout } = spawnSync(binary, ['retention', '--config', server.config, '--data', server.data, '--dry-run', '--json'], { encoding: 'utf8', env: { ...process.env, ...env } });
    return JSON.parse(stdout).calls.map(({ sessionId, because, held }) => [sessionId, because, Boolean(held)]);
  };

  server.env = env;
  await server.start();
  const old = await talk('altesgeschwätz');
  const held = await talk('festgehaltenes');
  const long = await talk('längerbehaltenes', 'acct_long');
  await reach('POST', '/v1/records/holds', server.token('usr_root', 'admin'), { scope: 'session', subject: held, enabled: true, reason: 'case 12' }, 200);
  await server.kill('SIGTERM');
  assert.deepEqual(expiring(env), [], 'then it was young');
  assert.deepEqual(expiring().sort(), [[held, 'retention', true], [old, 'retention', false]].sort());

  server.env = {};
  await server.start(); // It begins with a round.
  const young = await talk('neuesgeschwätz');
  while (found(server.data, ['altesgeschwätz']).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const events = await server.events(old, server.token('usr_mia'));
  assert.ok(Date.now() - Date.parse(events[0].meta.recordedAt) > 86_400_000, 'it is as old as it says');
  const [erased] = events.filter(({ event }) => event?.type === 'record.erased').map(({ event }) => event.payload);
  assert.deepEqual([erased.because, erased.kept.ownerId, erased.kept.outcome], ['retention', 'usr_mia', 'ended']);
  assert.deepEqual((await reach('GET', `/v1/call/sessions/${old}/transcript`, server.token('usr_mia'), undefined, 200)).utterances, []);
  await server.kill('SIGTERM');
  await server.start(); // Another round finds nothing more to do.
  assert.deepEqual((await server.events(old, server.token('usr_mia'))).filter(({ event }) => event?.type === 'record.erased').length, 1);
  assert.deepEqual(all(server.data, ['festgehaltenes', 'längerbehaltenes', 'neuesgeschwätz']), [], 'what is held, kept for longer, or of today stays');
  assert.deepEqual([held, long, young].map((call) => server.stored(call).some(({ event }) => event?.type === 'record.erased')), [false, false, false]);
  await isWhole(server);
  assert.deepEqual(found(server.data, ['altesgeschwätz']), [], 'at rest');
});
