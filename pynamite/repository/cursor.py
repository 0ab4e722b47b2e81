"""Cursors: where a page ended, as text that can be handed to a web client and only fits the query that made it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

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
    return _packed({"v": _VERSION, "q": query, "n": position.left, "k": json.loads(to_json(position.key))})


def _packed(content: Mapping[str, Any]) -> str:
    """Write content with its check digits as text."""
    checked = {**content, "c": fingerprint(content)}
    text = json.dumps(checked, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _unpacked(cursor: str) -> dict[str, Any]:
    """Read content from text; raises ValueError, KeyError or TypeError unless it is just as it was written."""
    content: dict[str, Any] = json.loads(
        base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    )
    del content["c"]
    if _packed(content) != cursor:
        raise ValueError(cursor)
    return content


def read_cursor(cursor: str, query: str, types: Mapping[str, str]) -> Position:
    """Read a cursor of the query with this fingerprint; ``types`` are those of the attributes that its key has.

    Raises:
        CursorError: it is malformed, or another query's.
    """
    if not isinstance(cursor, str):
        raise CursorError(f"a cursor is the text that a page gave, not {cursor!r}")
    try:
        content = _unpacked(cursor)
        version, made_by, left, key = (content[name] for name in ("v", "q", "n", "k"))
        position = Position(from_json(json.dumps(key)), left)
        whole = (
            version == _VERSION
            and {name: next(iter(value)) for name, value in position.key.items()} == types
            and (left is None or (isinstance(left, int) and left > 0))
        )
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, RecursionError):
        raise CursorError(f"{cursor!r} is no cursor: hand on the text of Page.cursor unchanged") from None
    if made_by != query:
        raise CursorError(
            "the cursor belongs to another query: entity, index, key, bounds, filter and direction have to be the same"
        )
    if not whole:
        raise CursorError(f"{cursor!r} is no cursor of this version: start again from the first page")
    return position
