// An MCP server with two tools, as a child process: one reads, one writes, and both may fail.

import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const notes = new Map();
const text = { type: 'string' };
const tools = [
  {
    name: 'read_note',
    description: 'Reads a note.',
    inputSchema: { type: 'object', required: ['name'], properties: { name: text } },
    annotations: { readOnlyHint: true },
  },
  {
    name: 'write_note',
    description: 'Writes a note.',
    inputSchema: { type: 'object', required: ['name', 'text'], properties: { name: text, text } },
  },
];

const server = new Server({ name: 'notes', version: '1' }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
server.setRequestHandler(CallToolRequestSchema, ({ params: { name, arguments: args } }) => {
  const answer = (said, isError = false) => ({ content: [{ type: 'text', text: said }], isError });
  if (name === 'write_note') {
    notes.set(args.name, args.text);
    return answer('written');
  }
  return notes.has(args.name) ? answer(notes.get(args.name)) : answer('there is no such note', true);
});
await server.connect(new StdioServerTransport());
