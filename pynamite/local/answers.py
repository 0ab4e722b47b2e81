"""Answers as JSON, in which stored items stand as the bytes that they are stored as."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from pynamite.dynamodb_json import to_json

__all__ = ["Json", "as_json"]


@attrs.frozen
class Json:
    """A part of an answer that is JSON already."""

    text: bytes

    @classmethod
    def list_of(cls, texts: Iterable[bytes]) -> Json:
        """Make the list of parts that are JSON."""
        return cls(b"[%b]" % b",".join(texts))


def as_json(answer: Mapping[str, Any]) -> bytes:
    """Write an answer as JSON; what is `Json` in it stands at the top, or one level below."""
    return b"{%b}" % b",".join([b'"%b":%b' % (name.encode(), _json(content)) for name, content in answer.items()])


def _json(content: Any) -> bytes:
    if type(content) is Json:
        return content.text
    if isinstance(content, Mapping) and any(type(part) is Json for part in content.values()):
        return b"{%b}" % b",".join([json.dumps(name).encode() + b":" + _json(part) for name, part in content.items()])
    plain: Any = content
    return to_json(plain)
