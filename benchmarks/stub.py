"""A server of prepared answers: what a client takes is measured against it, because it takes next to nothing itself.

It reads no more of a request than its action, and gives the answer that DynamoDB gives for a table of orders. A query
of the partition `LONG` is another matter: it has a thousand pages. It listens on the loopback, in a process of its own,
until its standard input ends::

    with stub() as url: ...
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from typing import Any

__all__ = ["ITEMS", "LONG", "PAGES", "TABLE", "item", "stub"]

TABLE = "bench"
ITEMS = 100
"""How many a query and a batch give."""
LONG = "ACCOUNT#all"
PAGES = 1000

_START = re.compile(rb"ORDER#([0-9]{6})")


def item(number: int, pk: str = "ACCOUNT#ann") -> dict[str, Any]:
    """Give an order as DynamoDB has it: twelve attributes, about 600 bytes of JSON."""
    return {
        "PK": {"S": pk}, "SK": {"S": f"ORDER#{number:06d}"}, "_type": {"S": "Order"},
        "account": {"S": pk.partition("#")[2]}, "number": {"S": f"{number:06d}"}, "status": {"S": "OPEN"},
        "total": {"N": str(1000 + number)}, "paid": {"BOOL": True}, "customer": {"S": "Ann Example"},
        "note": {"S": "n" * 180},
        "tags": {"SS": ["a", "b", "c"]},
        "address": {"M": {"street": {"S": "Main Street 1"}, "zip": {"S": "12345"}, "city": {"S": "Springfield"}}},
    }


@contextlib.contextmanager
def stub(core: int | None = None) -> Iterator[str]:
    """Run the server until the end of the block, on a core, if one is given, and give its URL."""
    process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.communicate()


def _answers() -> dict[bytes, bytes]:
    one, many = item(0), [item(number) for number in range(ITEMS)]
    return {
        b"GetItem": _answer({"Item": one}),
        b"PutItem": _answer({}),
        b"UpdateItem": _answer({"Attributes": one}),
        b"Query": _answer({"Items": many, "Count": ITEMS, "ScannedCount": ITEMS}),
        b"BatchGetItem": _answer({"Responses": {TABLE: many}, "UnprocessedKeys": {}}),
    }


def _page(number: int) -> bytes:
    """Give a page of the long partition, by the number that the key has from which it starts."""
    following = (number + 1) * ITEMS
    many = [item(one, LONG) for one in range(following - ITEMS, following)]
    told: dict[str, Any] = {"Items": many, "Count": ITEMS, "ScannedCount": ITEMS}
    if number + 1 < PAGES:
        told["LastEvaluatedKey"] = {"PK": {"S": LONG}, "SK": {"S": f"ORDER#{following:06d}"}}
    return _answer(told)


def _answer(told: dict[str, Any]) -> bytes:
    body = json.dumps(told, separators=(",", ":")).encode()
    head = (
        "HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Sat, 28 Nov 2026 12:00:00 GMT\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\nConnection: keep-alive\r\n"
        f"x-amzn-RequestId: {'R' * 52}\r\nx-amz-crc32: {zlib.crc32(body)}\r\n\r\n")
    return head.encode() + body


def _serve(connection: socket.socket, answers: dict[bytes, bytes]) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with contextlib.suppress(OSError), connection:
        while came := connection.recv(1 << 16):
            head, found, body = came.partition(b"\r\n\r\n")
            while not found:
                head, found, body = (came := came + connection.recv(1 << 16)).partition(b"\r\n\r\n")
            lower = head.lower()
            left = _number(lower, b"\r\ncontent-length:") - len(body)
            while left > 0:
                body += (more := connection.recv(1 << 16))
                left -= len(more)
            target = lower.find(b"\r\nx-amz-target:")
            action = head[head.index(b".", target) + 1 :].partition(b"\r\n")[0].strip()
            if action == b"Query" and LONG.encode() in body:
                start = _START.search(body)
                connection.sendall(_page(int(start[1]) // ITEMS if start else 0))
            else:
                connection.sendall(answers[action])


def _number(lower: bytes, name: bytes) -> int:
    at = lower.find(name)
    return 0 if at < 0 else int(lower[at + len(name) :].partition(b"\r\n")[0])


def main() -> None:
    """Serve until the standard input ends."""
    answers = _answers()
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=_serve, args=(connection, answers), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
