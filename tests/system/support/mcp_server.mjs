// An MCP server over its standard input and output, with the tools named on its command line:
// `node mcp_server.mjs read write`. One that is called `broken` has a schema that nobody can read.

import { createInterface } from 'node:readline';

const schemaOf = (name) => (name === 'broken' ? { type: 'objekt' } : { type: 'object' });
const tools = process.argv.slice(2).map((name) => ({
  name,
  description: `To ${name}.`,
  inputSchema: schemaOf(name),
  annotations: { readOnlyHint: name === 'read' },
}));
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'test', version: '1' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools }),
  'tools/call': ({ name }) => ({ content: [{ type: 'text', text: `${name} was done` }] }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const result = answers[method]?.(params ?? {});
  const answer = result ? { result } : { error: { code: -32601, message: method } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
}
