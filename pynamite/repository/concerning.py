"""What a refusal is about: errors of the driver, which knows items alone, get their entity's name."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from pynamite.entities.member import Member
from pynamite.errors import OperationError
from pynamite.wire import Item, item_from_wire

__all__ = ["Concerning", "concern"]


class Concerning:
    """A block in which an entity's items are read or written, or the one with the ``key``: its errors say so.

    The key may be a function, which is asked for it when there is an error.
    """

    __slots__ = ("_key", "_member")

    def __init__(self, member: Member[Any], key: Item | Callable[[], Item] | None = None) -> None:
        self._member = member
        self._key = key

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OperationError):
            concern(error, self._member, self._key() if callable(self._key) else self._key)


def concern(error: OperationError, member: Member[Any], key: Item | None = None) -> None:
    """Let an error say what it is about, as far as it does not say so already."""
    if error.entity is not None:
        return
    error.entity = member.definition.name
    error.table_name = error.table_name or member.table_name
    if error.key is None and key is not None:
        error.key = item_from_wire(key)
