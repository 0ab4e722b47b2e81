"""Which entities live in which table, for `DB.records`; a Table of entities declares them here."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["bind", "bound"]

_BOUND: dict[str, tuple[type, ...]] = {}


def bind(table_name: str, classes: Iterable[type]) -> None:
    """Declare the entities of a table; a later declaration takes the place of an earlier one."""
    _BOUND[table_name] = tuple(classes)


def bound(table_name: str) -> tuple[type, ...]:
    """Give the entities of a table in the order of their declaration; none where none were declared."""
    return _BOUND.get(table_name, ())
