// Our server and clients that others wrote: every message comes back as it was. And what the opening
// handshake must not let through.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import WebSocket from "ws";

import { dial, handshake } from "./lib/exchange.mjs";
import { serve } from "./servers/ws_echo.mjs";

let server;
before(async () => {
  server = await serve();
});
after(async () => {
  assert.ok(await server.stop(), "the server died on the way");
});

// Debian's own, where the package is; another one in the PATH would not see it.
const python = "/usr/bin/python3";

const sizes = [0, 1, 125, 126, 65535, 65536, 300_000];

test("npm ws as the client", async () => {
  const client = new WebSocket(server.url.replace("http", "ws"), { perMessageDeflate: true });
  await new Promise((resolve, reject) => client.once("open", resolve).once("error", reject));
  assert.equal(client.extensions, "", "an extension was negotiated");
  for (const size of sizes) {
    for (const message of [randomBytes(size), "€".repeat(Math.ceil(size / 3))]) {
      const back = new Promise((resolve) => client.once("message", (...got) => resolve(got)));
      client.send(message);
      const [data, isBinary] = await back;
      assert.equal(isBinary, typeof message !== "string");
      assert.ok(data.equals(Buffer.from(message)), `${size} bytes came back changed`);
    }
  }
  const pong = new Promise((resolve) => client.once("pong", resolve));
  client.ping("are you there");
  assert.equal(String(await pong), "are you there");
  const closed = new Promise((resolve) => client.once("close", (code, why) => resolve([code, String(why)])));
  client.close(4321, "enough");
  assert.deepEqual(await closed, [4321, "enough"]);
});

test("python3-websockets as the client", (t) => {
  const hasIt = spawnSync(python, ["-c", "import websockets"]).status === 0;
  if (!hasIt) return t.skip("python3-websockets is not installed");
  const script = `
import asyncio, os, sys, websockets
async def main():
    async with websockets.connect(sys.argv[1], max_size=None) as ws:
        assert not ws.extensions, ws.extensions
        for size in map(int, sys.argv[2:]):
            for message in (os.urandom(size), "é" * size):
                await ws.send(message)
                assert await ws.recv() == message
            await ws.send(iter(["frag", "men", "ted"]))
            assert await ws.recv() == "fragmented"
        await (await ws.ping(b"hello"))
asyncio.run(main())
`;
  execFileSync(python, ["-c", script, server.url.replace("http", "ws"), ...sizes.map(String)], {
    timeout: 60_000,
  });
});

async function answerTo(request) {
  const { socket, tape } = dial(new URL(server.url));
  socket.write(request);
  await tape.until((t) => t.head !== null || t.ended);
  socket.destroy();
  return tape.head ?? "";
}
const asked = (headers) => handshake(new URL(server.url), headers).request;

test("handshakes", async (t) => {
  const rows = [
    ["a plain one", asked(), 101],
    ["tokens in any case and in lists", asked({ Upgrade: "WebSocket", Connection: "keep-alive, upgrade" }), 101],
    ["compression offered", asked({ "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" }), 101],
    ["no key", asked({ "Sec-WebSocket-Key": null }), 400],
    ["a short key", asked({ "Sec-WebSocket-Key": "dGhlIHNhbXBsZQ==" }), 400],
    ["a key that is no base64", asked({ "Sec-WebSocket-Key": "*".repeat(24) }), 400],
    ["version 8", asked({ "Sec-WebSocket-Version": "8" }), 426],
    ["no version", asked({ "Sec-WebSocket-Version": null }), 426],
    ["no Upgrade", asked({ Upgrade: null }), 426],
    ["no Connection", asked({ Connection: null }), 426],
    ["a POST", asked().replace("GET", "POST"), 426],
    ["no Host", asked({ Host: null }), 400],
    ["HTTP/1.0", asked().replace("HTTP/1.1", "HTTP/1.0"), 400],
    ["a body", asked({ "Content-Length": "3" }) + "abc", 400],
    ["a chunked body", asked({ "Transfer-Encoding": "chunked" }) + "0\r\n\r\n", 400],
    ["bare line feeds", asked().replaceAll("\r\n", "\n"), 400],
    ["a folded header", asked({ "X-Folded": "one\r\n two" }), 400],
    ["two keys", asked().replace("\r\n\r\n", "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), 400],
  ];
  for (const [name, request, status] of rows) {
    await t.test(name, async () => {
      const head = await answerTo(request);
      assert.equal(Number(head.split(" ")[1]), status, head);
      assert.doesNotMatch(head, /sec-websocket-extensions/i);
    });
  }
});
