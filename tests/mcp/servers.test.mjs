// Our MCP client against servers that others wrote: the reference server and the one for files, as
// child processes, and the reference server over streamable HTTP.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const everything = join(here, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js');
const filesystem = join(here, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');

/** LIFELINE_MCP_PROBE names it; otherwise the newest one under build/. */
function findProbe() {
  if (process.env.LIFELINE_MCP_PROBE) return process.env.LIFELINE_MCP_PROBE;
  const build = join(here, '../../build');
  const found = (existsSync(build) ? readdirSync(build) : [])
    .map((preset) => join(build, preset, 'tests/mcp/mcp_probe'))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  assert.ok(found.length > 0, 'mcp_probe is not built: ./dev build, or set LIFELINE_MCP_PROBE');
  return found[0];
}

/** Asks the probe, one line after the other. */
class Probe {
  constructor(t, command, args) {
    t.after(() => this.child.kill());
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }
  async ask(line) {
    this.child.stdin.write(`${line}\n`);
    const { value, done } = await this.lines.next();
    assert.ok(!done, `the probe ended at: ${line}`);
    return JSON.parse(value);
  }
  list() {
    return this.ask('list');
  }
  call(name, args) {
    return this.ask(`call ${name} ${JSON.stringify(args)}`);
  }
  async close() {
    const exit = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    assert.equal(await exit, 0);
  }
}

const stdio = (t, ...words) => new Probe(t, findProbe(), ['stdio', process.execPath, ...words]);

async function isTheReferenceServer(probe) {
  const tools = await probe.list();
  assert.ok(tools.length >= 8, `only ${tools.length} tools`);
  const echo = tools.find((tool) => tool.name === 'echo');
  assert.equal(echo.readOnly, true);
  assert.equal(echo.inputSchema.type, 'object');

  const said = await probe.call('echo', { message: 'hello' });
  assert.equal(said.kind, 'succeeded');
  assert.equal(said.summary, 'Echo: hello');
  assert.deepEqual(said.result, { content: [{ type: 'text', text: 'Echo: hello' }] });

  // Both are results with isError for this server, and fail for us.
  for (const [name, args] of [['no-such-tool', {}], ['echo', { wrong: true }]]) {
    const failed = await probe.call(name, args);
    assert.equal(failed.kind, 'failed', name);
    assert.equal(failed.mayRetry, false);
    assert.notEqual(failed.message, '');
  }
  const long = await probe.call('trigger-long-running-operation', { duration: 0.4, steps: 4 });
  assert.equal(long.kind, 'succeeded', long.message);
  assert.deepEqual(long.progress, [25, 50, 75, 100]);
  const image = await probe.call('get-tiny-image', {});
  assert.equal(image.kind, 'succeeded');
  assert.ok(JSON.stringify(image.result).length <= 16 * 1024);
}

test('the reference server as a child process', async (t) => {
  const probe = stdio(t, everything, 'stdio');
  await isTheReferenceServer(probe);
  await probe.close();
});

test('the file server does what it may and nothing else', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeline-mcp-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const probe = stdio(t, filesystem, folder);
  const path = join(folder, 'note.txt');
  const written = await probe.call('write_file', { path, content: 'a\nb "c" é' });
  assert.equal(written.kind, 'succeeded', written.message);
  assert.equal(readFileSync(path, 'utf8'), 'a\nb "c" é');
  const read = await probe.call('read_text_file', { path });
  assert.equal(read.summary, 'a\nb "c" é');
  const outside = await probe.call('read_text_file', { path: '/etc/passwd' });
  assert.equal(outside.kind, 'failed');
  assert.equal(outside.code, 'tool_error');
  await probe.close();
});

test('a program that is no server', async (t) => {
  const none = stdio(t, '-e', 'process.exit(3)');
  const failed = await none.call('echo', {});
  assert.equal(failed.code, 'unreachable');
  assert.equal(failed.mayRetry, true);
  assert.match(failed.message, /exited with 3/);
  await none.close();
});

// It listens on every address, so it gets a network of its own, with a loopback and nothing else.
test('the reference server over HTTP', async (t) => {
  if (spawnSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'up']).status !== 0)
    return t.skip('no network namespace can be made here (unshare -rn, ip)');
  const port = 39311;
  const script = `ip link set lo up
    PORT=${port} '${process.execPath}' '${everything}' streamableHttp >/dev/null 2>&1 &
    server=$!
    while ! '${process.execPath}' -e "require('net').connect(${port}, '127.0.0.1')
        .on('connect', () => process.exit(0)).on('error', () => process.exit(1))" </dev/null; do :; done
    '${findProbe()}' http http://127.0.0.1:${port}/mcp
    status=$?
    kill $server
    exit $status`;
  const probe = new Probe(t, 'unshare', ['-rn', 'sh', '-c', script]);
  await isTheReferenceServer(probe);
  await probe.close();
});
