// A peer of ./dev bench: Node `ws` as a relay. A message goes to all others of its group (the path)
// and is stored nowhere: the least that a realtime server written in Node can do. With --echo it goes
// to its sender too, so that there is as much to send as where one's own event is the
// acknowledgement.
import { WebSocketServer } from 'ws';

const echo = process.argv.includes('--echo');
const groups = new Map();
const server = new WebSocketServer(
  { host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 },
  () => console.log(`ready http://127.0.0.1:${server.address().port}`),
);

server.on('connection', (socket, request) => {
  let group = groups.get(request.url);
  if (!group) groups.set(request.url, (group = new Set()));
  group.add(socket);
  socket.on('message', (message, binary) => {
    for (const other of group) if (echo || other !== socket) other.send(message, { binary });
  });
  socket.on('close', () => group.delete(socket));
  socket.on('error', () => {});
});
