"""Cursors: where a page ended, as text that can be handed to a web client and only fits the query that made it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import attrs

from pynamite.dynamodb_json import from_json, to_json
from pynamite.errors import CursorError
from pynamite.wire import Item

__all__ = ["DONE", "Position", "fingerprint", "read_cursor", "write_cursor"]

_VERSION = 1

DONE: Item = {}
"""Stands for the key where there is nothing left."""


@attrs.frozen
class Position:
    """Where a query goes on: for each shard that it looks under (mostly one), behind the item with this key.

    None is a shard of which nothing was given yet, DONE one that has no more; ``left`` is how many items the query's
    limit still allows.
    """

    keys: tuple[Item | None, ...]
    left: int | None = None


def fingerprint(*parts: object) -> str:
    """Tell queries apart: the same parts give the same text in every process."""
    return hashlib.sha256("\x1f".join(map(repr, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def write_cursor(position: Position, query: str, secret: bytes | None = None) -> str:
    """Write a position as a cursor of the query with this fingerprint: letters, digits, ``-`` and ``_`` only.

    With a secret it is signed, so that nobody else can make one; without, check digits tell what was cut or mistyped.
    """
    keys = [None if key is None else json.loads(to_json(key)) for key in position.keys]
    return _packed({"v": _VERSION, "q": query, "n": position.left, "k": keys}, secret)


def _packed(content: Mapping[str, Any], secret: bytes | None) -> str:
    """Write content with its signature, or its check digits, as text."""
    text = json.dumps({**content, "c": _check(content, secret)}, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _check(content: Mapping[str, Any], secret: bytes | None) -> str:
    if secret is None:
        return fingerprint(content)
    return hmac.new(secret, repr(content).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _unpacked(cursor: str, secret: bytes | None) -> dict[str, Any]:
    """Read content from text; raises ValueError, KeyError or TypeError unless it is just as it was written."""
    content: dict[str, Any] = json.loads(
        base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    )
    del content["c"]
    if not hmac.compare_digest(_packed(content, secret).encode(), cursor.encode("utf-8", "surrogatepass")):
        raise ValueError(cursor)
    return content


def read_cursor(
    cursor: str, query: str, types: Mapping[str, str], parts: int = 1, secret: bytes | None = None
) -> Position:
    """Read a cursor of the query with this fingerprint; ``types`` are those of the attributes that its keys have.

    Raises:
        CursorError: it is malformed, not signed with this secret, or another query's.
    """
    if not isinstance(cursor, str):
        raise CursorError(f"a cursor is the text that a page gave, not {cursor!r}")
    try:
        content = _unpacked(cursor, secret)
        version, made_by, left, keys = (content[name] for name in ("v", "q", "n", "k"))
        position = Position(tuple(None if key is None else from_json(json.dumps(key)) for key in keys), left)
        whole = (
            version == _VERSION
            and len(position.keys) == parts
            and all(key is None or key == DONE or _types_of(key) == types for key in position.keys)
            and (left is None or (isinstance(left, int) and left > 0))
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CursorError(f"{cursor!r} is no cursor: hand on the text of Page.cursor unchanged") from None
    if made_by != query:
        raise CursorError(
            "the cursor belongs to another query: entity, index, key, bounds, filter and direction have to be the same"
        )
    if not whole:
        raise CursorError(f"{cursor!r} is no cursor of this version: start again from the first page")
    return position


def _types_of(key: Item) -> dict[str, str]:
    return {name: next(iter(value), "") for name, value in key.items()}
