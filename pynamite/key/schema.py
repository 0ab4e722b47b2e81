"""The shape of keys: which attributes are the keys of a table and of its indexes, and of what type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

__all__ = ["IndexSchema", "KeyAttribute", "KeySchema", "KeyType"]

KeyType = Literal["S", "N", "B"]
"""The types that a key attribute can have: text, number, binary."""


@attrs.frozen
class KeyAttribute:
    """An attribute that is part of a key."""

    name: str
    type: KeyType = "S"


@attrs.frozen
class KeySchema:
    """The key of a table: a partition key and, in most tables, a sort key."""

    partition: KeyAttribute
    sort: KeyAttribute | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes' names, the partition key's first."""
        return tuple(part.name for part in (self.partition, self.sort) if part is not None)


def _parts(given: KeyAttribute | Iterable[KeyAttribute]) -> tuple[KeyAttribute, ...]:
    return (given,) if isinstance(given, KeyAttribute) else tuple(given)


@attrs.frozen
class IndexSchema:
    """An index: its name, its key, and what it holds.

    An index key has up to four partition attributes and up to four sort attributes ("Multi-attribute keys pattern",
    Developer Guide), or no sort attribute at all. ``projection`` is ``"ALL"``, ``"KEYS_ONLY"`` or the names of the
    attributes that the index has besides the keys. A ``local`` index shares the table's partition key.
    """

    name: str
    partition: tuple[KeyAttribute, ...] = attrs.field(converter=_parts)
    sort: tuple[KeyAttribute, ...] = attrs.field(default=(), converter=_parts)
    projection: Literal["ALL", "KEYS_ONLY"] | Sequence[str] = "ALL"
    local: bool = False
