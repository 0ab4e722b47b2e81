"""One kept-alive connection: a blocking socket whose time-outs are the kernel's, and one buffer for what comes."""

from __future__ import annotations

import re
import select
import socket
import ssl
import struct
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import attrs

from pynamite.checksum import crc32
from pynamite.transport.response import UNKNOWN_LAYOUT, Answer, layout_of, plain, read_otherwise

__all__ = ["Address", "ClosedError", "Connection", "NotConnectedError", "SendError"]

_BUFFER = 128 * 1024
"""A page of 100 items fits, so that it is received in place."""

_BEGINNING = b"HTTP/1."

_KERNEL_TIMEOUTS = sys.platform in {"linux", "darwin"} and sys.maxsize > 2**32


class NotConnectedError(Exception):
    """There is no connection; the ``__cause__`` says why. Nothing was sent."""


class SendError(Exception):
    """The request could not be sent to its end; the ``__cause__`` says why."""


class ClosedError(OSError):
    """The server closed the connection before its answer."""


@attrs.frozen
class Address:
    """Where to connect, and how: ``tls`` is None for plain HTTP; times are in seconds, None waits for ever."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    connect_timeout: float | None = 60.0
    read_timeout: float | None = 60.0
    options: tuple[tuple[int, int, Any], ...] = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)


class Connection:
    """An open connection, for one request after the other.

    After an exchange it may be used again if it is `reusable`; after an error it has to be closed.

    Raises:
        NotConnectedError: the server cannot be reached, or is not who it should be.
    """

    def __init__(self, address: Address) -> None:
        try:
            opened = _connected(address)
        except (OSError, ValueError) as error:
            raise NotConnectedError(str(error)) from error
        self.is_stale = _watch(opened)
        self.begin(opened)

    def begin(self, opened: socket.socket) -> None:
        """Begin on a socket that is open, and on which nothing has been sent yet."""
        self._socket = opened
        self._receive_into = self._socket.recv_into
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._layout = UNKNOWN_LAYOUT
        self._heads: Sequence[bytes] | re.Match[bytes] = ()
        self.reusable = True

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def exchange(self, request: bytes) -> Answer:
        """Send a request and give its answer; raises what `body` raises."""
        came = self.body(request)
        return Answer(200, self._heads[0], came) if isinstance(came, bytes) else came

    def body(self, request: bytes) -> bytes | Answer:
        """Send a request and give the body of its answer, if that is sound and has a checksum; otherwise the answer.

        Raises:
            SendError: it could not be sent.
            TimeoutError: the answer did not come in time.
            OSError: the connection broke before there was an answer.
            http.client.HTTPException: what came is no HTTP.
        """
        try:
            self._socket.sendall(request)
        except BrokenPipeError:
            # The server may have answered before it had read all: that answer is looked for.
            self.reusable = False
        except OSError as error:
            raise SendError(str(error)) from error
        buffer = self._buffer
        try:
            filled = self._receive_into(buffer)
        except BlockingIOError as error:
            raise _late() from error
        match = self._layout.match(buffer, 0, filled)
        if match is None:
            return self._unlike_the_last(filled)
        told, checksum = match.group("length", "checksum")
        start, length = match.end(), int(told)
        come = filled == start + length
        body = self._view[start:filled].tobytes() if come else self._body(start, filled, length)
        if len(body) == length and crc32(body) == int(checksum):
            self._heads = match
            return body
        return Answer(200, match[0], body, len(body) == length, int(checksum))

    def _unlike_the_last(self, filled: int) -> Answer:
        """Read an answer whose head has another layout than the one before, or has not come to its end."""
        end = self._buffer.find(b"\r\n\r\n", 0, filled)
        if end < 0:
            filled, end = self._head(filled)
        head = bytes(self._view[: end + 2])
        told = plain(head) if end >= 0 else None
        if told is None:
            self.reusable = False
            return read_otherwise(bytes(self._view[:filled]), self._receive)
        start = end + 4
        if told.closes:
            self.reusable = False
        elif told.status == 200:
            self._layout = layout_of(head)
        body = self._body(start, filled, told.length)
        return Answer(told.status, head, body, len(body) == told.length, told.checksum)

    def _head(self, filled: int) -> tuple[int, int]:
        """Receive until there is a whole head; give how much there is, and where the head ends (-1: it is none)."""
        while filled < _BUFFER and self._buffer.startswith(_BEGINNING[:filled]):
            came = self._receive(self._view[filled:])
            if not came:
                raise ClosedError("the server closed the connection before its answer's head had come")
            end = self._buffer.find(b"\r\n\r\n", max(filled - 3, 0), filled + came)
            filled += came
            if end >= 0:
                return filled, end
        return filled, -1

    def _body(self, start: int, filled: int, length: int) -> bytes:
        """Receive the rest of a body; where the server closes within it, what has come."""
        end = start + length
        if filled > end:
            self.reusable = False
        if end <= _BUFFER:
            while filled < end:
                came = self._receive(self._view[filled:end])
                if not came:
                    self.reusable = False
                    break
                filled += came
            return bytes(self._view[start : min(filled, end)])
        parts = [bytes(self._view[start:filled])]
        left = end - filled
        while left:
            came = self._receive(self._view[: min(left, _BUFFER)])
            if not came:
                self.reusable = False
                break
            parts.append(bytes(self._view[:came]))
            left -= came
        return b"".join(parts)

    def _receive(self, into: Any) -> int:
        try:
            return self._receive_into(into)
        except BlockingIOError as error:
            raise _late() from error


def _late() -> TimeoutError:
    """Word what the kernel calls blocking."""
    return TimeoutError("the answer did not come in time")


def _connected(address: Address) -> socket.socket:
    made = socket.create_connection((address.host, address.port), address.connect_timeout)
    try:
        for level, option, value in address.options:
            made.setsockopt(level, option, value)
        if address.tls is not None:
            made = address.tls.wrap_socket(made, server_hostname=address.host)
            made.settimeout(address.read_timeout)
        # What stands in for Python's socket (gevent's, say) has time-outs of its own.
        elif _KERNEL_TIMEOUTS and type(made) is socket.socket and socket.socket.__module__ == "socket":
            _set_kernel_timeouts(made, address.read_timeout)
        else:
            made.settimeout(address.read_timeout)
    except BaseException:
        made.close()
        raise
    return made


def _set_kernel_timeouts(made: socket.socket, seconds: float | None) -> None:
    """Let the kernel see to the time: that saves a call of it for every one of ours."""
    made.settimeout(None)
    if seconds is not None:
        # Zero would be no time-out at all.
        whole, fraction = divmod(max(round(seconds * 1e6), 1), 1_000_000)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            made.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", whole, fraction))


def _watch(made: socket.socket) -> Callable[[], Any]:
    """Give a function that tells, without waiting, what there is to receive: an empty list, if nothing."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(made, select.POLLIN)
        return partial(poll.poll, 0)
    return lambda: select.select([made], [], [], 0)[0]
