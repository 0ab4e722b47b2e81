"""Sort keys of which one begins as another does, so that a beginning cannot tell two entities apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.entities.slots import KeySlot
from pynamite.key.template import KeyTemplate

__all__ = ["overlaps"]


def overlaps(registry: Registry) -> list[str]:
    """Word, for each two entities of a partition, where all that one's sort keys begin with begins the other's, too.

    Children that are placed below their parent's own key on purpose (``INVOICE#<number>`` and
    ``INVOICE#<number>#LINE#<line>``) have the same literal in front, and are let pass.
    """
    found: list[str] = []
    for name in (None, *registry.indexes):
        members = [member for member in registry.members.values() if name is None or name in member.indexes]
        for short, long in permutations(members, 2):
            if any(past.cls is short.cls for past in long.definition.history):
                continue  # "v0" beside "v1", "v2": the history is read with what it is of, on purpose.
            for one, other in _clashes(_slots(short, name), _slots(long, name)):
                where = f"table {registry.table_name!r}" if name is None else f"index {name!r}"
                found.append(
                    f"in {where} the sort keys {other.text!r} of entity {long.definition.name!r} begin with "
                    f"{one.head!r}, as those of entity {short.definition.name!r} do ({one.text!r}): whoever reads by "
                    "that beginning reads, and pays for, both; choose literals of which none begins another, such as "
                    "'ORDER#' and 'ITEM#'"
                )
    return found


def _slots(member: Member[Any], index: str | None) -> tuple[Sequence[KeySlot], Sequence[KeySlot]]:
    if index is None:
        return member.slots[:1], member.slots[1:]
    return member.indexes[index].partition, member.indexes[index].sort


def _clashes(
    short: tuple[Sequence[KeySlot], Sequence[KeySlot]], long: tuple[Sequence[KeySlot], Sequence[KeySlot]]
) -> Iterator[tuple[KeyTemplate, KeyTemplate]]:
    if not short[1] or not all(
        _outlines(left) & _outlines(right) for left, right in zip(short[0], long[0], strict=True)
    ):
        return
    for one in short[1][0].template.templates:
        for other in long[1][0].template.templates:
            proper = one.head and other.head != one.head and other.head.startswith(one.head)
            # Two keys without placeholders are read by themselves, and not by what they begin with.
            if proper and (one.gaps or other.gaps):
                yield one, other


def _outlines(slot: KeySlot) -> set[tuple[object, ...]]:
    return {template.outline({}) for template in slot.template.templates}
