// Stands for what really sends: writes down what it was given. node examples/lifeos/receiver.mjs

import http from 'node:http';

const server = http.createServer(async (request, reply) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const asked = JSON.parse(Buffer.concat(pieces).toString());
  console.log(JSON.stringify(asked, null, 2));
  reply.writeHead(200, { 'Content-Type': 'application/json' });
  reply.end(JSON.stringify({ summary: 'Sent.', effectId: `<${asked.actionId ?? Date.now()}@lifeos.example>` }));
});
server.listen(8799, '127.0.0.1', () => console.log('waiting at http://127.0.0.1:8799/send'));
