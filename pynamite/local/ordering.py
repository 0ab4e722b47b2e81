"""Keys as bytes that sort as DynamoDB sorts them.

A text is its UTF-8, binary is itself, and a number is a sign, an exponent and its digits, two to a byte; so comparing
the bytes compares the values, and equal values have equal bytes. The key of an index may have several attributes: they
are joined so that the bytes compare attribute by attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["after", "join", "key_bytes", "member", "number_bytes", "prefix_end"]

_NEGATIVE, _ZERO, _POSITIVE = b"\x00", b"\x01", b"\x02"
_SMALLEST_EXPONENT = -130
_COMPLEMENT = bytes(255 - byte for byte in range(256))


def number_bytes(text: str) -> bytes:
    """Write a number, as `wire.normalize_number` gives it, so that its bytes sort by value.

    >>> number_bytes("-10") < number_bytes("-9.5") < number_bytes("0") < number_bytes("2") < number_bytes("10")
    True
    """
    negative = text.startswith("-")
    whole, _, fraction = text.removeprefix("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return _ZERO
    exponent = len(digits) - len(fraction) - 1  # of the first digit, as in d.ddd * 10**exponent
    digits = digits.rstrip("0")
    if len(digits) % 2:
        digits += "0"
    # The last pair of the shortest form is never 00, so that a longer number with the same start is the larger one.
    pairs = bytes(int(digits[place : place + 2]) + 1 for place in range(0, len(digits), 2))
    magnitude = bytes((exponent - _SMALLEST_EXPONENT,)) + pairs
    if negative:
        # What ends a negative number is above every complemented pair: there the longer number is the smaller one.
        return _NEGATIVE + magnitude.translate(_COMPLEMENT) + b"\xff"
    return _POSITIVE + magnitude


_BYTES: dict[str, Callable[[Any], bytes]] = {"S": str.encode, "N": number_bytes, "B": bytes}


def key_bytes(kind: str, content: Any) -> bytes:
    """Write the content of a key attribute of type ``kind`` (S, N or B)."""
    return _BYTES[kind](content)


def member(content: bytes, *, ended: bool = True) -> bytes:
    """Write one attribute of a key of several; without its end it is the start of all attributes that begin so."""
    escaped = content.replace(b"\x00", b"\x00\xff")
    return escaped + b"\x00\x00" if ended else escaped


def join(contents: Sequence[bytes]) -> bytes:
    """Join the attributes of a key: one stays as it is, of several each is ended."""
    if len(contents) == 1:
        return contents[0]
    return b"".join(map(member, contents))


def after(content: bytes) -> bytes:
    """Give the smallest bytes above ``content``."""
    return content + b"\x00"


def prefix_end(prefix: bytes) -> bytes | None:
    r"""Give the smallest bytes above all that begin with ``prefix``; None where there are none.

    >>> prefix_end(b"a"), prefix_end(b"a\xff"), prefix_end(b"\xff")
    (b'b', b'b', None)
    """
    kept = prefix.rstrip(b"\xff")
    return kept[:-1] + bytes((kept[-1] + 1,)) if kept else None
