"""A server that answers each request with the next bytes of a script, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.utils import formatdate

__all__ = ["ScriptedServer", "answer", "scripted_server"]


def answer(body: bytes = b"{}", status: int = 200, *, date: float | None = None, **headers: str | None) -> bytes:
    """Make an answer as DynamoDB makes them; a header that is None is left out."""
    told: dict[str, str | None] = {
        "Server": "Server", "Date": formatdate(time.time() if date is None else date, usegmt=True),
        "Content-Type": "application/x-amz-json-1.0", "Content-Length": str(len(body)), "Connection": "keep-alive",
        "x-amzn-RequestId": "REQUEST", "x-amz-crc32": str(zlib.crc32(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value is not None)
    return f"HTTP/1.1 {status} Told\r\n{lines}\r\n".encode() + body


class ScriptedServer:
    """The running server: its ``url``, and the ``heads`` and ``bodies`` of the requests that came, in order.

    ``script`` is what it answers, request by request; None closes the connection, and a function gives the answer to
    a head. Behind its end, ``{}`` is the answer. ``connections`` counts those that were opened.
    """

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._tls = tls
        self._open: set[socket.socket] = set()
        self.script: list[bytes | Callable[[str], bytes] | None] = []
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.port = self._listening.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://localhost:{self.port}"

    def answers(self, *script: bytes | Callable[[str], bytes] | None) -> None:
        """Put answers behind those that are still to come."""
        self.script.extend(script)

    def hang_up(self) -> None:
        """Close all connections."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def header(self, name: str) -> Sequence[str]:
        """Give the values of a header, request by request."""
        return [line.partition(":")[2].strip() for head in self.heads for line in head.split("\r\n")
                if line.lower().startswith(name.lower() + ":")]

    def serve(self) -> None:
        """Take connections until the server is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._serve_one, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Stop."""
        # Closing alone does not wake who accepts.
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.hang_up()

    def _serve_one(self, connection: socket.socket) -> None:
        self.connections += 1
        with contextlib.suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
        self._open.add(connection)
        with contextlib.suppress(OSError, ValueError), connection, connection.makefile("rb") as stream:
            while head := "".join(iter(lambda: stream.readline().decode("latin-1").rstrip("\r\n") + "\r\n", "\r\n")):
                self.heads.append(head)
                self.bodies.append(stream.read(int(self.header("content-length")[-1])))
                told = self.script.pop(0) if self.script else answer()
                if told is None:
                    break
                connection.sendall(told(head) if callable(told) else told)
        self._open.discard(connection)


@contextmanager
def scripted_server(tls: ssl.SSLContext | None = None) -> Iterator[ScriptedServer]:
    """Run a server until the end of the block."""
    server = ScriptedServer(tls)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()
