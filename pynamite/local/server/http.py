"""HTTP/1.1 as far as a DynamoDB server needs it: bytes to requests, and answers to bytes, without a socket.

The rules are those of RFC 9112; what it leaves to the server is decided for the strict reading, so that nobody can
smuggle a second request in the first.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus

import attrs

__all__ = ["LARGEST_BODY", "Answer", "NoAnswerError", "Parser", "ProtocolError", "Request"]

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes; DynamoDB takes no larger requests (API Reference, "Errors": RequestEntityTooLarge)."""

_LARGEST_HEAD = 64 * 1024
_MOST_HEADERS = 128
_LONGEST_LINE = 4096
"""Bytes of a line that tells a chunk's size."""

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/(\d)\.(\d)")
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{1,16}")

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class ProtocolError(Exception):
    """What was received is no request that can be answered; after the answer the connection ends."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(reason)


class NoAnswerError(Exception):
    """There is to be no answer: the connection is cut, as if the net had lost it."""


@attrs.frozen
class Request:
    """One request; the names of its headers are in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    keep_alive: bool
    old: bool = False
    """HTTP/1.0: a client that wants to keep the connection waits to be told that it is kept."""


@attrs.frozen
class Answer:
    """What is answered to a request."""

    status: HTTPStatus
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def to_bytes(self, *, keep_alive: bool, old: bool = False, without_body: bool = False) -> bytes:
        """Write the answer as it goes over the wire."""
        lines = [
            _STATUS_LINES[self.status], _date_line(int(time.time())), f"Content-Length: {len(self.body)}\r\n",
            *[f"{name}: {value}\r\n" for name, value in self.headers],
        ]
        if not keep_alive:
            lines.append("Connection: close\r\n")
        elif old:
            lines.append("Connection: keep-alive\r\n")
        head = "".join([*lines, "\r\n"]).encode("latin-1")
        return head if without_body else head + self.body


_STATUS_LINES = {status: f"HTTP/1.1 {status.value} {status.phrase}\r\nServer: pynamite\r\n" for status in HTTPStatus}

_dates: dict[int, str] = {}


def _date_line(now: int) -> str:
    line = _dates.get(now)
    if line is None:
        _dates.clear()
        line = _dates[now] = f"Date: {formatdate(now, usegmt=True)}\r\n"
    return line


@attrs.frozen
class _Head:
    """What stands before a body."""

    method: str
    target: str
    headers: dict[str, str]
    keep_alive: bool
    old: bool
    length: int | None
    """Bytes of the body; None where it comes in chunks."""


class Parser:
    """Makes requests of bytes as they come, in pieces of any size.

    ``begun`` tells whether a part of a request is there; ``wants_continue`` that the client holds its body back until
    it has been told to go on.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._head: _Head | None = None
        self._chunks = bytearray()
        self._in_trailer = False
        self.wants_continue = False

    @property
    def begun(self) -> bool:
        """Whether a part of a request has come."""
        return self._head is not None or bool(self._buffer)

    def feed(self, received: bytes) -> None:
        """Take what was received."""
        self._buffer += received

    def next(self) -> Request | None:
        """Give the next request; None until there is a whole one.

        Raises:
            ProtocolError: what has come is none, or is too large.
        """
        if self._head is None and not self._read_head():
            return None
        head = self._head
        assert head is not None
        if head.length is None:
            body = self._read_chunks()
            if body is None:
                return None
        else:
            if len(self._buffer) < head.length:
                return None
            body = bytes(self._buffer[: head.length])
            del self._buffer[: head.length]
        self._head = None
        self.wants_continue = False
        return Request(head.method, head.target, head.headers, body, head.keep_alive, head.old)

    def _read_head(self) -> bool:
        buffer = self._buffer
        if buffer.startswith((b"\r", b"\n")):  # some clients end a body with an empty line too many
            del buffer[: len(buffer) - len(buffer.lstrip(b"\r\n"))]
        end = self._find_end()
        if end is None:
            if len(buffer) > _LARGEST_HEAD:
                raise _too_large_head()
            return False
        if end > _LARGEST_HEAD:
            raise _too_large_head()
        lines = bytes(buffer[:end]).split(b"\n")
        del buffer[:end]
        self._head = _read_head([line.removesuffix(b"\r") for line in lines])
        expected = self._head.headers.get("expect")
        if expected is not None and not self._head.old:
            if expected.lower() != "100-continue":
                raise ProtocolError(HTTPStatus.EXPECTATION_FAILED, "100-continue is all that can be expected")
            self.wants_continue = True
        return True

    def _find_end(self) -> int | None:
        """Find where the head ends: after an empty line; lines may end without a carriage return."""
        start = max(0, self._searched - 3)
        found = _EMPTY_LINE.search(self._buffer, start)
        if found is None:
            self._searched = len(self._buffer)
            return None
        self._searched = 0
        return found.end()

    def _read_chunks(self) -> bytes | None:
        buffer = self._buffer
        while not self._in_trailer:
            end = buffer.find(b"\n", 0, _LONGEST_LINE)
            if end < 0:
                if len(buffer) >= _LONGEST_LINE:
                    raise _bad("a chunk's size is too long a line")
                return None
            told = bytes(buffer[:end]).partition(b";")[0].strip()
            if not _HEXADECIMAL.fullmatch(told):
                raise _bad(f"{told[:40].decode('latin-1')!r} is no size of a chunk")
            size = int(told, 16)
            if len(self._chunks) + size > LARGEST_BODY:
                raise _too_large_body()
            if size == 0:
                del buffer[: end + 1]
                self._in_trailer = True
                break
            if len(buffer) < end + 1 + size + 2:
                return None
            if buffer[end + 1 + size : end + 3 + size] != b"\r\n":
                raise _bad("a chunk is longer than it says")
            self._chunks += buffer[end + 1 : end + 1 + size]
            del buffer[: end + 3 + size]
        return self._end_chunks()

    def _end_chunks(self) -> bytes | None:
        """Skip the trailer; give the body when its end is there."""
        buffer = self._buffer
        while (end := buffer.find(b"\n")) >= 0:
            line = bytes(buffer[:end]).removesuffix(b"\r")
            del buffer[: end + 1]
            if not line:
                body = bytes(self._chunks)
                self._chunks.clear()
                self._in_trailer = False
                return body
        if len(buffer) > _LARGEST_HEAD:
            raise _too_large_head()
        return None


_EMPTY_LINE = re.compile(rb"\n\r?\n")


def _bad(reason: str) -> ProtocolError:
    return ProtocolError(HTTPStatus.BAD_REQUEST, reason)


def _too_large_head() -> ProtocolError:
    return ProtocolError(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"the headers have more than {_LARGEST_HEAD} bytes")


def _too_large_body() -> ProtocolError:
    return ProtocolError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body has more than the {LARGEST_BODY} bytes that DynamoDB takes")


def _read_head(lines: list[bytes]) -> _Head:
    matched = _REQUEST_LINE.fullmatch(lines[0])
    if matched is None:
        raise _bad(f"{lines[0][:40].decode('latin-1')!r} is no request line")
    method, target, major, minor = matched.groups()
    if major != b"1":
        raise ProtocolError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here")
    old = minor == b"0"
    headers = _read_headers(lines[1:])
    options = headers.get("connection", "").lower()
    keep_alive = "close" not in options and (not old or "keep-alive" in options)
    return _Head(method.decode(), target.decode("latin-1"), headers, keep_alive, old, _length(headers, old=old))


def _read_headers(lines: list[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    count = 0
    for line in lines:
        if not line:
            continue
        count += 1
        name, colon, value = line.partition(b":")
        if not colon or not _TOKEN.fullmatch(name):
            raise _bad(f"{line[:40].decode('latin-1')!r} is no header")
        key = name.decode().lower()
        content = value.strip(b" \t").decode("latin-1")
        headers[key] = f"{headers[key]}, {content}" if key in headers else content
    if count > _MOST_HEADERS:
        raise ProtocolError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"there are more than {_MOST_HEADERS} headers")
    return headers


def _length(headers: Mapping[str, str], *, old: bool) -> int | None:
    length = headers.get("content-length")
    coding = headers.get("transfer-encoding")
    if coding is not None:
        if length is not None or old:
            raise _bad("a body either has a Content-Length or comes in chunks, which is HTTP/1.1")
        if coding.lower() != "chunked":
            raise ProtocolError(HTTPStatus.NOT_IMPLEMENTED, f"the transfer coding {coding[:40]!r} is not spoken here")
        return None
    if length is None:
        return 0
    if not (length.isascii() and length.isdigit()):
        raise _bad(f"{length[:40]!r} is no Content-Length")
    if len(length) > 12 or int(length) > LARGEST_BODY:
        raise _too_large_body()
    return int(length)
