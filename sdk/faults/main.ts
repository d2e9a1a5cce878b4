#!/usr/bin/env node
// lifeline-faults: the fault proxy as a program. Prints `ready URL control URL` when it serves.
import { exec } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parseArgs, promisify } from 'node:util';
import { control } from './control.js';
import { FaultProxy } from './proxy.js';
import { readRules } from './rules.js';

const usage = `lifeline-faults --target URL [--port N] [--control N] [--rules FILE] [--kill COMMAND]

  --target URL     the server, for instance http://127.0.0.1:8787
  --port N         where clients connect; any free one unless said otherwise
  --control N      where rules are given over HTTP; any free one unless said otherwise
  --rules FILE     rules that hold from the beginning, as JSON
  --kill COMMAND   what a rule that says "kill" runs`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      port: { type: 'string', default: '0' },
      control: { type: 'string', default: '0' },
      rules: { type: 'string' },
      kill: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.target === undefined) {
    console.error(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const rules = values.rules ? readRules(JSON.parse(readFileSync(values.rules, 'utf8'))) : [];
  const proxy = await FaultProxy.open({
    target: values.target,
    port: Number(values.port),
    kill: async () => {
      if (!values.kill) return console.error('a rule wants to kill, and there is no --kill');
      await promisify(exec)(values.kill).catch((error: unknown) => console.error(String(error)));
    },
  });
  void proxy.add(rules);
  const server = await control(proxy, Number(values.control));
  const { port } = server.address() as AddressInfo;
  console.log(`ready ${proxy.url} control http://127.0.0.1:${port}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close();
      void proxy.close();
    });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
