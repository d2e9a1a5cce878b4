// `lifeline policy` and `lifeline tools`, through the real binary: what they say of good and of broken
// files, and with which exit code.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { binary } from './support/server.mjs';

const mcpServer = fileURLToPath(new URL('support/mcp_server.mjs', import.meta.url));
const example = '../../examples/policy.toml';
const exampleCases = '../../examples/policy_cases.toml';

function lifeline(...words) {
  const { status, stdout, stderr } = spawnSync(binary, words, { encoding: 'utf8' });
  return { status, out: stdout.trim(), err: stderr.trim() };
}

/** A folder for this test alone; the function writes a file there and gives its path. */
function scratch(t) {
  const folder = mkdtempSync(join(tmpdir(), 'lifeline-policy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
}

test('policy check shows the example, rule by rule', () => {
  const { status, out, err } = lifeline('policy', 'check', example);
  assert.equal(status, 0, err);
  assert.match(out, /^RULE +WHEN +THEN$/m);
  assert.match(out, /^payments_have_a_ceiling +action pay_\*; \/amount_cents over 50000 +deny$/m);
  assert.match(out, /^short_mail_to_colleagues .* allow, also of high risk$/m);
  assert.match(out, /^default +risk high_risk_external_send +confirm$/m);
  const shown = JSON.parse(lifeline('policy', 'check', example, '--json').out);
  assert.equal(shown.id, 'assistant');
  assert.match(shown.hash, /^[0-9a-f]{64}$/);
  assert.deepEqual(
    shown.rules.slice(0, 2).map(({ name, then }) => [name, then]),
    [
      ['no_outreach_without_consent', 'deny'],
      ['no_mail_to_competitors', 'deny'],
    ],
  );
});

test('policy check names the file, the line, the rule and the field', (t) => {
  const write = scratch(t);
  const broken = [
    ['id = "p"\nversion = "1"\n[[rules]]\nname = "a"\nthen = "block"\n', 'line 5: rule 1 (a): then must be'],
    [
      'id = "p"\nversion = "1"\n[[rules]]\nname = "a"\nthen = "deny"\n[rules.when]\nacton = "x"\n',
      'line 7: rule 1 (a): acton is not known',
    ],
    [
      'id = "p"\nversion = "1"\n[[rules]]\nname = "a"\nthen = "deny"\n[rules.when]\nargs = [\n  { path = "/a", over = 1 },\n  { path = "/to", domain_in = ["@x"] },\n]\n',
      'line 9: rule 1 (a): domain_in has @x',
    ],
    ['id = "p"\n', 'version must be there'],
  ];
  for (const [text, said] of broken) {
    const { status, out, err } = lifeline('policy', 'check', write('p.toml', text));
    assert.equal(status, 1, out);
    assert.equal(out, '');
    assert.ok(err.startsWith('lifeline: policy_invalid: ') && err.includes('p.toml'), err);
    assert.ok(err.includes(said), `${said}\n${err}`);
  }
  const date = lifeline('policy', 'check', write('p.toml', 'id = "p"\nversion = 2026-02-16\n'));
  assert.match(date.err, /^lifeline: config_invalid: .*p\.toml: line 2: must be a text/);
  const syntax = lifeline('policy', 'check', write('p.toml', 'id = \n'));
  assert.match(syntax.err, /^lifeline: config_invalid: .*p\.toml: line 1: /);
  const json = lifeline('policy', 'check', write('p.json', '{"id":"p","version":"1","rulez":[]}'));
  assert.match(json.err, /^lifeline: policy_invalid: .*p\.json: \/rulez: rulez is not known/);
  assert.equal(lifeline('policy', 'check', join(tmpdir(), 'nowhere', 'p.toml')).status, 1);
  assert.equal(lifeline('policy', 'check').status, 2);
});

test('policy test holds a policy to its cases', (t) => {
  const { status, out, err } = lifeline('policy', 'test', example, exampleCases);
  assert.equal(status, 0, out + err);
  assert.match(out, /^\d+ cases, \d+ as expected, 0 not$/m);

  const write = scratch(t);
  const cases = write(
    'cases.toml',
    `[[cases]]
name = "right"
action = "look"
risk = "read_only"
expect = "allow"
[[cases]]
name = "wrong outcome"
action = "send_email"
expect = "allow"
[[cases]]
name = "wrong rule"
action = "send_email"
expect = "confirm"
rule = "another"
`,
  );
  const standard = write('standard.json', '{"id":"p","version":"1"}');
  const differing = lifeline('policy', 'test', standard, cases);
  assert.equal(differing.status, 1);
  assert.match(differing.out, /^wrong outcome +allow +confirm +default:high_risk_external_send +differs$/m);
  assert.match(differing.out, /^3 cases, 1 as expected, 2 not$/m);
  const listed = JSON.parse(lifeline('policy', 'test', standard, cases, '--json').out).cases;
  assert.deepEqual(
    listed.map(({ name, differs }) => [name, differs]),
    [
      ['right', undefined],
      ['wrong outcome', 'differs'],
      ['wrong rule', 'differs'],
    ],
  );
  for (const [text, said] of [
    ['', 'there are no [[cases]]'],
    ['[[cases]]\nname = "a"\nexpect = "allow"\n', 'a: action must be there'],
    ['[[cases]]\nname = "a"\naction = "x"\nexpect = "yes"\n', 'line 4: a: expect is no such word'],
    ['[[cases]]\nname = "a"\naction = "x"\nexpected = "allow"\nexpect = "allow"\n', 'line 4: a: expected is not known'],
  ]) {
    const refused = lifeline('policy', 'test', standard, write('broken.toml', text));
    assert.equal(refused.status, 1);
    assert.ok(refused.err.includes(said), `${said}\n${refused.err}`);
  }
});

test('tools lists what a configuration declares', (t) => {
  const write = scratch(t);
  const schema = write('send.schema.json', '{"type":"object","required":["to"]}');
  const config = write(
    'lifeline.toml',
    `[safety]
policy_file = "${example}"
confirm_within_ms = 60000
[tools.send_email]
kind = "http"
url = "https://backend.example.com/send"
schema_file = "${schema}"
idempotent = true
[tools."lifeline.echo"]
kind = "builtin"
[tools.read]
kind = "mcp"
server = "files"
risk = "read_only"
[mcp.files]
command = "${process.execPath}"
args = ["${mcpServer}", "read", "write", "broken"]
prefix = "files."
risks = { write = "low_risk_write" }
`,
  );
  const { status, out, err } = lifeline('tools', '--config', config);
  assert.equal(status, 0, err);
  assert.match(err, /^left out: .*broken/);
  assert.match(out, /^NAME +KIND +RISK +IDEMPOTENT +TIMEOUT$/m);
  assert.match(out, /^send_email +http +high_risk_external_send +yes +10000 ms$/m);
  assert.match(out, /^lifeline\.echo +builtin +read_only +yes +10000 ms$/m);
  assert.match(out, /^files\.read +mcp +read_only +no +30000 ms$/m);
  assert.match(out, /^files\.write +mcp +low_risk_write +no +30000 ms$/m);
  for (const name of ['create', 'edit', 'read']) assert.match(out, new RegExp(`^document\\.${name} +builtin `, 'm'));
  const shown = JSON.parse(lifeline('tools', '--config', config, '--json').out);
  assert.deepEqual(shown.tools.map(({ name }) => name), [
    'document.create', 'document.edit', 'document.read', 'files.read', 'files.write', 'lifeline.echo', 'read', 'send_email',
  ]);
  assert.deepEqual(shown.tools.at(-1).schema, { type: 'object', required: ['to'] });
  assert.deepEqual([shown.mcp[0].command, shown.notListed, shown.leftOut.length], [process.execPath, [], 1]);
  assert.match(shown.hash, /^[0-9a-f]{64}$/);

  const effective = JSON.parse(lifeline('check-config', '--config', config, '--json').out);
  const declared = new Set(['lifeline.echo', 'read', 'send_email']);
  assert.deepEqual(effective.tools, shown.tools.filter(({ name }) => declared.has(name)));
  const found = Object.fromEntries(effective.settings.map(({ name, value }) => [name, value]));
  assert.equal(found['safety.confirm_within_ms'], 60000);
  assert.equal(found['safety.policy_file'], example);
});

test('tools says which MCP server does not say what it has, and is not done', (t) => {
  const config = scratch(t)(
    'lifeline.toml',
    `[mcp.gone]
command = "/no/such/server"
prefix = "gone."
[mcp.files]
command = "${process.execPath}"
args = ["${mcpServer}", "read"]
`,
  );
  const { status, out, err } = lifeline('tools', '--config', config);
  assert.equal(status, 1);
  assert.match(out, /^gone\.\* +mcp +not listed/m);
  assert.match(out, /^read +mcp +read_only/m, 'the others are listed');
  assert.match(err, /^lifeline: [a-z_]+: mcp\.gone does not say what it offers: /);
  const shown = lifeline('tools', '--config', config, '--json');
  assert.equal(shown.status, 1);
  assert.deepEqual(JSON.parse(shown.out).notListed.map(({ server, code }) => [server, typeof code]), [['gone', 'string']]);

  const done = lifeline('tools', 'call', 'read', '--config', config);
  assert.deepEqual([done.status, /read was done/.test(done.out)], [0, true], done.err);
  const called = lifeline('tools', 'call', 'document.read', '--args', '{"documentId":"doc_1"}', '--config', config);
  assert.deepEqual([called.status, /only a server that runs has documents/.test(called.err)], [1, true], called.err);
});

test('a tool that could not be relied on is refused, with its line', (t) => {
  const write = scratch(t);
  const head = '[tools.a]\nkind = "http"\nurl = "https://x.example"\n';
  for (const [text, said] of [
    [`${head}timeout = 5\n`, 'line 4: tools.a: timeout is no setting'],
    [`${head}attempts = 2\n`, 'line 4: tools.a: attempts must be 1'],
    [`${head}schema = { type = "objekt" }\n`, 'line 4: tools.a: schema /type: names no type'],
    [`${head}schema_file = "/nowhere.json"\n`, 'line 4: tools.a: schema_file /nowhere.json'],
    ['[tools.a]\nkind = "http"\nurl = "ftp://x"\n', 'line 3: tools.a: url must begin with'],
    ['[tools.a]\nkind = "mcp"\nserver = "none"\n', 'tools.a: server is none, and there is no [mcp.none]'],
    ['[tools."a b"]\nkind = "client"\n', 'tools.a b: name must be'],
    ['[tools.a]\nkind = "client"\nper_minute = 2026-01-01\n', 'line 3: must be a text, a number'],
    ['[mcp.a]\n', 'mcp.a: url one of url and command'],
    ['[mcp.a]\nurl = "x"\n', 'mcp.a: url is none'],
    ['tools = 1\n', 'line 1: tools must be [tools.NAME] tables'],
    ['[safety]\npolicy_file = "/nowhere.toml"\n', '/nowhere.toml: cannot be read'],
  ]) {
    const { status, err } = lifeline('check-config', '--config', write('lifeline.toml', text));
    assert.equal(status, 1, text);
    assert.ok(err.startsWith('lifeline: config_invalid: ') && err.includes(said), `${said}\n${err}`);
  }
});
