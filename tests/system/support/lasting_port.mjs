// A port for a server that comes back to it. Those that the system chooses (port 0) it also gives to
// connections: while the server is down one of another test may have its port, and a client that tries it
// again and again may reach itself.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const portsEach = 50;
const processes = 240;
const [given] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/).map(Number);
const first = Math.max(1024, (given ?? 32_768) - processes * portsEach);
let taken = 0;

/** @param {number} port */
async function isFree(port) {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** One that nobody has at the moment. Test processes that run side by side choose from parts of their own. */
export async function lastingPort() {
  for (let tries = 0; tries < portsEach; tries += 1) {
    const port = first + (process.pid % processes) * portsEach + (taken++ % portsEach);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port of ${portsEach} is free`);
}
