// What an operator begins with: a configuration that explains itself, a look at all that a server stands
// on, and an event put into a call. Each thing that doctor can find is broken once, and found.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createPort } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { createServer as createTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { binary, Server } from './support/server.mjs';

const fixture = (name) => fileURLToPath(new URL(`../../src/net/fixtures/${name}`, import.meta.url));

function lifeline(...words) {
  const env = { ...process.env, SSL_CERT_FILE: fixture('authority.pem') };
  return new Promise((resolve) =>
    execFile(binary, words, { env }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, out: stdout, err: stderr }),
    ),
  );
}

async function listening(t, server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return server.address().port;
}

/** Everything that comes is passed on to the server, which is behind it. */
const passOn = (server) => (socket) => {
  const behind = connect(server.port, '127.0.0.1');
  socket.pipe(behind).pipe(socket);
  for (const end of [socket, behind]) end.on('error', () => end.destroy());
};

/** The checks by name, of this server's folder and configuration, seen at `url`. */
async function doctor(server, url, ...more) {
  const words = ['doctor', '--config', server.config, '--data', server.data, '--json', ...more];
  const { status, out, err } = await lifeline(...words, ...(url ? ['--url', url] : []));
  assert.equal(err, '');
  const { checks } = JSON.parse(out);
  for (const { name, result, advice } of checks)
    assert.ok(result === 'ok' || advice || name === 'WebSocket', `${name}: ${result} without what to do`);
  assert.equal(status, checks.some(({ result }) => result === 'fail') ? 1 : 0);
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

const results = (checks, ...names) => names.map((name) => checks[name]?.result);

test('a server that is well is said to be', async (t) => {
  const server = new Server('origins = ["https://app.example", "https://*.example.app"]\n');
  t.after(() => server.close());
  await server.start();
  const seen = await doctor(server, `${server.url}/`, '--listen', `127.0.0.1:${server.port}`);
  const well = ['data folder', 'journal', 'instance keys', 'port', 'public URL', 'origin https://app.example',
    'origin https://*.example.app', 'WebSocket', 'clock'];
  assert.deepEqual(results(seen, ...well), well.map(() => 'ok'), JSON.stringify(seen, null, 1));
  assert.match(seen.journal.found, /in use by a running server/);
  assert.match(seen.WebSocket.found, /ping comes back/);
  assert.equal(seen.certificate, undefined, 'nothing is encrypted here');
  const token = server.token('usr_doctor', 'user', 'acct_doctor');
  const { json } = await server.rest('GET', '/v1/call/sessions', token);
  assert.deepEqual(json.sessions.map(({ status }) => status), ['ended'], 'its call does not stay open');

  const { out } = await lifeline('doctor', '--config', server.config, '--data', server.data, '--url', server.url);
  assert.match(out, /^ok +WebSocket +opens, and a ping comes back$/m);
});

test('what is wrong with the folder and the port is found', async (t) => {
  const server = new Server('limits.connections = 1000000\n');
  t.after(() => server.close());
  const first = await doctor(server);
  assert.deepEqual(results(first, 'data folder', 'journal', 'instance keys', 'public URL', 'clock'),
    ['warn', 'ok', 'warn', 'warn', 'warn']);
  await server.start();
  await server.kill('SIGTERM');
  assert.deepEqual(results(await doctor(server), 'data folder', 'journal', 'instance keys'), ['ok', 'ok', 'ok']);

  chmodSync(server.data, 0o755);
  chmodSync(join(server.data, 'keys'), 0o755);
  const open = await doctor(server);
  assert.deepEqual(results(open, 'data folder', 'instance keys'), ['warn', 'fail']);
  assert.match(open['data folder'].advice, /chmod 0700/);
  chmodSync(server.data, 0o700);
  chmodSync(join(server.data, 'keys'), 0o700);

  const port = await listening(t, createPort());
  assert.equal((await doctor(server, '', '--listen', `127.0.0.1:${port}`)).port.result, 'fail');
  assert.equal((await doctor(server))['file limit']?.result, 'warn');

  rmSync(join(server.data, 'journal.mark'));
  const broken = await doctor(server);
  assert.equal(broken.journal.result, 'fail');
  assert.match(broken.journal.found, /mark_missing/);
});

test('a statement that cannot be made up is found, server running or not', async (t) => {
  const server = new Server();
  t.after(() => server.close());
  assert.equal((await doctor(server)).statements, undefined, 'nothing was booked yet');
  await server.start();
  let checks = {};
  for (const begun = Date.now(); checks.statements?.result !== 'ok'; checks = await doctor(server))
    assert.ok(Date.now() - begun < 20_000, JSON.stringify(checks.statements)); // Its view opens a moment after the server.
  await server.kill('SIGTERM');
  // Of an account that no card prices, January is to be closed.
  const sql = "insert into closings values('acct_lost', 2026 * 12)";
  const run = 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()';
  execFileSync('python3', ['-c', run, join(server.data, 'billing.db'), sql]);
  for (const running of [false, true]) {
    if (running) await server.start();
    const { result, found, advice } = (await doctor(server)).statements;
    assert.equal(result, 'warn', found);
    assert.match(found, /^1 cannot be made up: acct_lost 2026-01 \(card_not_found: /);
    assert.match(advice, /^lifeline statement acct_lost 2026-01 /);
  }
  await server.kill('SIGTERM');
  writeFileSync(join(server.data, 'billing.db'), 'no database');
  assert.match((await doctor(server)).statements.advice, /lifeline rebuild/);
});

test('what is wrong between the clients and the server is found', async (t) => {
  const server = new Server();
  const other = new Server();
  t.after(() => Promise.all([server.close(), other.close()]));
  await Promise.all([server.start(), other.start()]);
  const gone = await doctor(server, 'http://127.0.0.1:1');
  assert.deepEqual(results(gone, 'public URL', 'WebSocket'), ['fail', 'warn']);
  assert.match((await doctor(server, other.url))['public URL'].found, /another instance/);

  // A proxy that passes requests on, and knows nothing of upgrades.
  const proxy = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { method, url, headers } = request;
    const body = chunks.length ? Buffer.concat(chunks) : undefined;
    const { authorization, 'content-type': type } = headers;
    const reply = await fetch(server.url + url, {
      method, body, headers: { ...(authorization && { authorization }), ...(type && { 'content-type': type }) },
    });
    response.writeHead(reply.status, { 'Content-Type': reply.headers.get('Content-Type') ?? '' });
    response.end(Buffer.from(await reply.arrayBuffer()));
  });
  const deaf = await doctor(server, `http://127.0.0.1:${await listening(t, proxy)}`);
  assert.deepEqual(results(deaf, 'public URL', 'WebSocket'), ['ok', 'fail']);
  assert.match(deaf.WebSocket.found, /not 101/);

  // An origin that the running server does not know yet.
  writeFileSync(server.config, 'origins = ["https://new.example"]\n');
  assert.equal((await doctor(server, server.url))['origin https://new.example'].result, 'fail');
});

test('a certificate is looked at, and a socket opened through TLS', async (t) => {
  const server = new Server();
  t.after(() => server.close());
  await server.start();
  const behind = async (name) => {
    const pem = readFileSync(fixture(name));
    const port = await listening(t, createTls({ key: pem, cert: pem }, passOn(server)));
    return doctor(server, `https://127.0.0.1:${port}`);
  };
  const right = await behind('right.pem');
  assert.deepEqual(results(right, 'public URL', 'certificate', 'WebSocket'), ['ok', 'ok', 'ok'], JSON.stringify(right));
  assert.match(right.certificate.found, /good for \d+ days, for calls\.test/);
  const expired = await behind('expired.pem');
  assert.deepEqual(results(expired, 'public URL', 'certificate'), ['fail', 'fail']);
  assert.match(expired.certificate.found, /expired|mismatch/);
  assert.match((await behind('other_host.pem')).certificate.found, /mismatch.*other\.test/);
});

test('issuers are asked for their keys, and for the time', async (t) => {
  const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: 'k', alg: 'EdDSA', use: 'sig' };
  let body = JSON.stringify({ keys: [key] });
  let date = null;
  const issuer = createServer((_, response) => {
    if (date) response.setHeader('Date', date.toUTCString());
    response.end(body);
  });
  const port = await listening(t, issuer);
  const server = new Server(`
[[issuers]]
issuer = "https://id.example"
audience = ["lifeline"]
account = "acct_main"
jwks_url = "http://127.0.0.1:${port}/jwks"
`);
  t.after(() => server.close());
  const name = 'issuer https://id.example';
  const well = await doctor(server);
  assert.deepEqual([well[name].result, well[name].found, well.clock.result], ['ok', '1 usable keys', 'ok']);
  body = '{"keys":[]}';
  date = new Date(Date.now() - 3_600_000);
  const wrong = await doctor(server);
  assert.deepEqual(results(wrong, name, 'clock'), ['fail', 'fail']);
  assert.match(wrong.clock.found, /3\d\d\d s ahead of/);
  issuer.close();
  issuer.closeAllConnections();
  assert.equal((await doctor(server))[name].result, 'fail');
});

test('by the policy that was put and what was stopped, doctor and tools call judge too', async (t) => {
  const server = new Server('[tools."lifeline.echo"]\nkind = "builtin"\nrisk = "low_risk_write"\n');
  t.after(() => server.close());
  await server.start();
  const admin = server.token('usr_root', 'admin', 'acct_root');
  const put = async (version, rules) => {
    const { json: now } = await server.rest('GET', '/v1/safety/policy', admin);
    const body = { baseHash: now.hash, policy: { id: 'house', version, rules }, reason: 'drill' };
    const reply = await server.rest('PUT', '/v1/safety/policy', admin, body);
    assert.equal(reply.status, 200, JSON.stringify(reply.json));
  };
  const stop = async (body) => {
    const reply = await server.rest('POST', '/v1/safety/killswitch', admin, { reason: 'drill', ...body });
    assert.ok(reply.status < 300, JSON.stringify(reply.json));
  };
  const echo = (...more) =>
    lifeline('tools', 'call', 'lifeline.echo', '--args', '{"a":1}', '--config', server.config, '--data', server.data, ...more);
  assert.equal((await doctor(server)).canary.result, 'ok');
  assert.equal((await echo()).status, 0);

  await put('1', [{ name: 'anything', then: 'allow', acknowledge_risk: true }]);
  const loose = await doctor(server);
  assert.match(loose.policy.found, /house, version 1, as it was put by usr_root/);
  assert.deepEqual([loose.canary.result, /rule anything/.test(loose.canary.found)], ['fail', true], loose.canary.found);
  await stop({ scope: 'instance', enabled: true });
  const stopped = await doctor(server);
  assert.equal(stopped.canary.result, 'warn');
  assert.match(stopped.canary.found, /kill_switch:global.*rule anything/);
  assert.match((await echo('--yes')).err, /^lifeline: forbidden: stopped by hand: .*drill/m);
  await stop({ scope: 'instance', enabled: false });
  assert.equal((await echo()).status, 0);

  await stop({ scope: 'account', accountId: 'acct_main', enabled: true });
  assert.equal((await echo()).status, 0, 'what is stopped for one account is not for others');
  assert.match((await echo('--account', 'acct_main')).err, /stopped by hand/);
  await put('2', [{ name: 'no_echo', when: { action: 'lifeline.echo' }, then: 'deny', message: 'Not today.' }]);
  // As it stands in the folder, whether a server runs or not.
  await server.kill('SIGTERM');
  assert.match((await echo('--yes')).err, /^lifeline: forbidden: the policy denies it: Not today\./m);
  assert.deepEqual(results(await doctor(server), 'policy', 'canary'), ['ok', 'ok']);

  // A policy of the configuration counts over what was put.
  const policy = join(server.folder, 'policy.toml');
  writeFileSync(policy, 'id = "file"\nversion = "1"\n');
  writeFileSync(server.config, `${readFileSync(server.config, 'utf8')}[safety]\npolicy_file = "${policy}"\n`);
  assert.match((await doctor(server)).policy.found, /^file, version 1/);
  assert.equal((await echo()).status, 0);
});

test('what MCP servers offer is asked, and what cannot be taken is said', async (t) => {
  const mcp = fileURLToPath(new URL('support/mcp_server.mjs', import.meta.url));
  const server = new Server(
    `[mcp.files]\ncommand = "${process.execPath}"\nargs = ["${mcp}", "read", "broken"]\n` +
      '[mcp.gone]\ncommand = "/no/such/server"\n');
  t.after(() => server.close());
  const seen = await doctor(server);
  assert.deepEqual(results(seen, 'mcp files', 'mcp gone'), ['warn', 'fail']);
  assert.match(seen['mcp files'].found, /offers 1 tools; 1 are left out, the first: .*broken/);
});

test('init writes what serves as it is, and never over anything', async (t) => {
  const server = new Server();
  t.after(() => server.close());
  const folder = join(server.folder, 'new', 'place');
  const made = await lifeline('init', folder);
  assert.equal(made.status, 0, made.err);
  const file = join(folder, 'lifeline.toml');
  assert.ok(made.out.includes(`lifeline serve --config ${file}`));
  const settings = async () => JSON.parse((await lifeline('check-config', '--config', file, '--json')).out).settings;
  assert.ok((await settings()).every(({ from }) => from === 'default'));

  const text = readFileSync(file, 'utf8');
  const again = await lifeline('init', folder);
  assert.deepEqual([again.status, again.err.split(':')[1].trim()], [1, 'file_exists']);
  assert.equal(readFileSync(file, 'utf8'), text);

  // Every setting is there to be taken out of its comment.
  writeFileSync(file, text.replaceAll(/^# (?=[a-z_.]+ = )/gm, '').split('# [[issuers]]')[0]);
  const all = await settings();
  const kept = new Set(['data', 'dev', 'dev_agent']);
  assert.deepEqual(all.filter(({ name, from }) => from !== 'file' && !kept.has(name)), []);
});

test('trigger puts an event into a call of a development server, and of no other', async (t) => {
  const server = new Server('', ['--dev']);
  t.after(() => server.close());
  await server.start();
  const token = server.token('usr_1', 'user', 'acct_dev');
  const { json } = await server.rest('POST', '/v1/call/sessions', token, {});
  const { sessionId } = json.session;
  const words = (...more) => ['trigger', ...more, '--session', sessionId, '--server', server.url, '--data', server.data];
  const done = await lifeline(...words('x.hello', '--payload', '{"a":[1]}', '--json'));
  assert.equal(done.status, 0, done.err);
  const { eventId } = JSON.parse(done.out);
  const { event, meta } = (await server.events(sessionId, token)).at(-1);
  assert.deepEqual([event.eventId, event.type, event.payload], [eventId, 'x.hello', { a: [1] }]);
  assert.deepEqual(meta.actor, { kind: 'service', id: 'svc_trigger' });

  const refused = async (reason, ...more) => {
    const { status, err } = await lifeline(...words(...more));
    assert.equal(status, 1);
    assert.match(err, new RegExp(`^lifeline: ${reason}: `));
  };
  await refused('json_invalid', 'x.hello', '--payload', '{');
  await refused('unknown_type', 'no.such.type');
  await refused('session_not_found', 'x.hello', '--account', 'acct_other');
  await server.kill('SIGTERM');
  server.options = [];
  await server.start();
  await refused('forbidden', 'x.hello');
});
