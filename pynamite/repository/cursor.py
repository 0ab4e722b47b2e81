"""Cursors: where a page ended, as text that can be handed to a web client and only fits the query that made it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

import attrs

from pynamite.errors import CursorError
from pynamite.wire import Item, from_json, to_json

__all__ = ["Position", "fingerprint", "read_cursor", "write_cursor"]

_VERSION = 1


@attrs.frozen
class Position:
    """Where a query goes on: behind the item with this key; ``left`` is how many items its limit still allows."""

    key: Item
    left: int | None = None


def fingerprint(*parts: object) -> str:
    """Tell queries apart: the same parts give the same text in every process."""
    return hashlib.sha256("\x1f".join(map(repr, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def write_cursor(position: Position, query: str) -> str:
    """Write a position as a cursor of the query with this fingerprint: letters, digits, ``-`` and ``_`` only."""
    content = {"v": _VERSION, "q": query, "n": position.left, "k": json.loads(to_json(position.key))}
    packed = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(cursor: str, query: str, names: set[str]) -> Position:
    """Read a cursor of the query with this fingerprint; ``names`` are the attributes that its key has.

    Raises:
        CursorError: it is malformed, or another query's.
    """
    if not isinstance(cursor, str):
        raise CursorError(f"a cursor is the text that a page gave, not {cursor!r}")
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        content = json.loads(packed)
        version, made_by, left, key = (content[name] for name in ("v", "q", "n", "k"))
        position = Position(from_json(json.dumps(key)), left)
        whole = (
            version == _VERSION
            and set(position.key) == names
            and (left is None or (isinstance(left, int) and left > 0))
        )
        whole = whole and all(isinstance(value, dict) and len(value) == 1 for value in position.key.values())
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        raise CursorError(f"{cursor!r} is no cursor: hand on the text of Page.cursor unchanged") from None
    if made_by != query:
        raise CursorError(
            "the cursor belongs to another query: entity, index, key, bounds, filter and direction have to be the same"
        )
    if not whole:
        raise CursorError(f"{cursor!r} is no cursor of this version: start again from the first page")
    return position
