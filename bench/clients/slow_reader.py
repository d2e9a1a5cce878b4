"""Clients of ./dev bench slow: viewers who take 1 KB a second of what their call has to say.

    slow_reader.py PORT TOKEN SESSION [SESSION ...]

Comes to each call as soon as it exists, says "reading" when in all, and reads until its input ends."""

import select
import socket
import sys
import time

BYTES_A_SECOND = 1_000


def join(port, token, session):
    while True:
        line = socket.socket()
        # So small that what is not read stays the server's.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.connect(("127.0.0.1", port))
        line.sendall((f"GET /v1/call/sessions/{session}/ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                      "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                      f"Sec-WebSocket-Protocol: lifeline.v1, auth.{token}\r\n\r\n").encode())
        if line.recv(12).endswith(b"101"):
            return line
        line.close()
        time.sleep(0.05)


def main(port, token, *sessions):
    lines = [join(int(port), token, session) for session in sessions]
    print("reading", flush=True)
    cut = 0
    # A share of them every tenth of a second, and whoever ends the input is heard in between.
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        for line in list(lines):
            if select.select([line], [], [], 0)[0] and not line.recv(BYTES_A_SECOND // 10):
                lines.remove(line)
                cut += 1
    print(cut, flush=True)


main(*sys.argv[1:])
