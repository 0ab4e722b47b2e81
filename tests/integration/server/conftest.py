"""A server of the engine, and ways to speak to it."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from pynamite.local.server import Server, serve

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=any/20260504/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0")


class Wire:
    """A connection to a server, to send it anything."""

    def __init__(self, server: Server) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self.received = b""

    def send(self, content: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(content)

    def read_head(self) -> tuple[int, dict[str, str]]:
        """Read a status line and headers."""
        while b"\r\n\r\n" not in self.received:
            self._receive()
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        return int(first.split()[1]), {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def read(self) -> tuple[int, dict[str, str], bytes]:
        """Read one answer."""
        status, headers = self.read_head()
        length = int(headers["content-length"])
        while len(self.received) < length:
            self._receive()
        body, self.received = self.received[:length], self.received[length:]
        return status, headers, body

    def _receive(self) -> None:
        received = self.socket.recv(65536)
        if not received:
            raise EOFError("the server ended the connection")
        self.received += received

    def at_end(self) -> bool:
        """Tell whether the server ends the connection without a further word."""
        with contextlib.suppress(ConnectionError):
            return self.received == b"" and self.socket.recv(1) == b""
        return True

    def close(self) -> None:
        """End the connection."""
        self.socket.close()


def message(target: str, body: bytes | dict[str, Any], *, version: str = "1.1", **headers: str | None) -> bytes:
    """Write a signed request; a header that is None is left out."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent: dict[str, str | None] = {
        "Host": "here", "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"DynamoDB_20120810.{target}",
        "X-Amz-Date": "20260504T000000Z", "Authorization": SIGNATURE, "Content-Length": str(len(content)),
        **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"{name}: {value}\r\n" for name, value in sent.items() if value is not None]
    return f"POST / HTTP/{version}\r\n{''.join(lines)}\r\n".encode("latin-1") + content


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of a memory of its own."""
    with serve() as running:
        yield running


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """A connection to the server."""
    connected = Wire(server)
    yield connected
    connected.close()


@pytest.fixture
def shop(server: Server) -> Any:
    """The engine behind the server, with the table `shop`."""
    server.client.create_table(
        TableName="shop", KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
    return server.client
