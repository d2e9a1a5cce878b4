// A peer of ./dev bench: Node `ws` in front of Redis Streams with `appendfsync always`. It promises
// what Lifeline promises: what anybody sees is on disk, and the sender's own event, coming back, is
// its acknowledgement. A group (the path) is a stream; commands of one turn share one round trip.
//
//   node ws_redis.mjs REDIS_PORT
import Redis from 'ioredis';
import { WebSocketServer } from 'ws';

const redis = new Redis({ port: Number(process.argv[2]), enableAutoPipelining: true });
redis.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});

const groups = new Map();
const server = new WebSocketServer(
  { host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 },
  () => console.log(`ready http://127.0.0.1:${server.address().port}`),
);

server.on('connection', (socket, request) => {
  const stream = request.url;
  let group = groups.get(stream);
  if (!group) groups.set(stream, (group = new Set()));
  group.add(socket);
  socket.on('message', async (message, binary) => {
    JSON.parse(message); // Nobody would store what it has not read.
    await redis.xadd(stream, '*', 'event', message);
    for (const member of group) member.send(message, { binary });
  });
  socket.on('close', () => group.delete(socket));
  socket.on('error', () => {});
});
