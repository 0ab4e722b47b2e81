"""Answers as they come over the wire: a plain head is read here, any other by Python's own client."""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

import attrs

from pynamite.checksum import crc32

__all__ = ["UNKNOWN_LAYOUT", "Answer", "Plain", "layout_of", "plain", "read_otherwise"]

_LINE = re.compile(r"\r?\n(?![ \t])")


@attrs.define(eq=False)
class Answer:
    """One answer: its status, its head as it came (from the status line on), and its body.

    ``whole`` says that the body has the length that the head tells. ``checksum`` is what the head tells, too; None
    where it tells none, or the body has been compared with it already.
    """

    status: int
    head: bytes
    body: bytes
    whole: bool = True
    checksum: int | None = None

    @property
    def is_sound(self) -> bool:
        """Whether it says that all is well, and is what was sent."""
        return self.status == 200 and self.whole and (
            self.checksum is None or self.checksum == crc32(self.body))

    def headers(self) -> dict[str, str]:
        """Give the headers, with their names in small letters; what comes twice is joined by commas."""
        found: dict[str, str] = {}
        for line in _LINE.split(self.head.decode("latin-1").strip("\r\n"))[1:]:
            name, _, value = line.partition(":")
            name, value = name.strip().lower(), value.strip()
            if name:
                found[name] = f"{found[name]}, {value}" if name in found else value
        return found


@attrs.frozen
class Plain:
    """What the head of a plain answer tells."""

    status: int
    length: int
    closes: bool
    checksum: int | None


def plain(head: bytes) -> Plain | None:
    """Read a head (from the status line to the end of the last header's line); None if it is not a plain one.

    A plain one is of HTTP/1.1, and tells the length of its body in bytes, which is sent as it is.
    """
    lower = head.lower()
    status = lower[9:12]
    if lower[:9] != b"http/1.1 " or not status.isdigit() or status < b"200" or lower[12:13] not in b" \r":
        return None
    length = _number(lower, b"\r\ncontent-length:")
    if length is None or b"\r\ntransfer-encoding:" in lower or b"\r\ncontent-encoding:" in lower:
        return None
    at = lower.find(b"\r\nconnection:")
    closes = at >= 0 and b"close" in lower[at + 13 : lower.find(b"\r\n", at + 13)]
    return Plain(int(status), length, closes, _number(lower, b"\r\nx-amz-crc32:"))


def _number(lower: bytes, name: bytes) -> int | None:
    """Read a header that is a number; None where it is not there, is none, or comes twice."""
    at = lower.find(name)
    if at < 0:
        return None
    start = at + len(name)
    text = lower[start : lower.find(b"\r\n", start)].strip()
    return int(text) if text.isdigit() and lower.find(name, start) < 0 else None


UNKNOWN_LAYOUT = re.compile(rb"(?!)")
"""The layout before there was an answer: nothing matches."""


def layout_of(head: bytes) -> re.Pattern[bytes]:
    """Give a pattern for heads of the same headers in the same order, as a server gives them one after the other.

    ``head`` is a plain one of status 200. The pattern takes in the empty line at the end, too; its groups are
    ``length`` and ``checksum``. Where the head has no checksum, it matches nothing.
    """
    lines = []
    for line in head.split(b"\r\n")[1:-1]:
        name, colon, _ = line.partition(b":")
        group = _READ_FROM_HEAD.get(name.lower())
        if group is not None:
            lines.append(re.escape(name + colon) + rb" *(?P<%b>[0-9]+)\r\n" % group)
        elif name.lower() == b"connection":
            lines.append(re.escape(line) + rb"\r\n")
        else:
            # One character to stop at is quicker to look for than two.
            lines.append(re.escape(name + colon) + rb"[^\n]*+\n")
    pattern = rb"HTTP/1\.1 200[^\n]*+\n" + b"".join(lines) + rb"\r\n"
    return _compiled(pattern) if b"?P<checksum>" in pattern else UNKNOWN_LAYOUT


_READ_FROM_HEAD = {b"content-length": b"length", b"x-amz-crc32": b"checksum"}


@lru_cache(maxsize=32)
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern)


def read_otherwise(begun: bytes, receive_into: Callable[[Any], int]) -> Answer:
    """Read an answer that is not plain, of which the bytes ``begun`` have come already, as Python's own client does.

    Raises:
        http.client.HTTPException: it is no HTTP.
        OSError: the connection broke.
    """
    response = http.client.HTTPResponse(cast("Any", _Arrived(begun, receive_into)), method="POST")
    try:
        response.begin()
        try:
            body, whole = response.read(), True
        except http.client.IncompleteRead as cut:
            body, whole = cut.partial, False
        lines = [f"{response.status} {response.reason}", *(f"{name}: {value}" for name, value in response.getheaders())]
        return Answer(response.status, "\r\n".join(lines).encode("latin-1"), body, whole=whole)
    finally:
        response.close()


class _Arrived(io.RawIOBase):
    """A stream of what has come already and what comes; to Python's client it is a socket."""

    def __init__(self, begun: bytes, receive_into: Callable[[Any], int]) -> None:
        self._begun = begun
        self._receive_into = receive_into

    def makefile(self, *_: Any) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._begun:
            return self._receive_into(buffer)
        count = min(len(buffer), len(self._begun))
        buffer[:count] = self._begun[:count]
        self._begun = self._begun[count:]
        return count
