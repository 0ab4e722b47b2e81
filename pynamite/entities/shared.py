"""What the entities of a table have to agree on: keys beside guard items, companions, sequences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from pynamite.entities.annotations import spelled
from pynamite.entities.member import Member
from pynamite.entities.unique import GUARD_HEAD, GUARD_MARK, OWNER

__all__ = ["shared_problems"]


def shared_problems(
    table_name: str, members: Sequence[Member[Any]], classes: Collection[type], attributes: Collection[str | None]
) -> list[str]:
    """Find what the entities of a table need of each other, and do not have.

    ``classes`` are all that it lists, ``attributes`` those that its items, and the keys of its indexes, have of their
    own.
    """
    found = [problem for member in members for problem in _needs(table_name, member, classes)]
    guarded = [member.definition for member in members if member.definition.uniques]
    if not guarded:
        return found
    if OWNER in attributes:
        found.append(
            f"entity {guarded[0].name!r} of table {table_name!r} has something unique, whose guard items have "
            f"{OWNER!r} for the key of their owner: give the type attribute, or the key, of that name another one"
        )
    marks = {definition.type_value + GUARD_MARK: definition.name for definition in guarded}
    found += [
        f"entity {member.definition.name!r} has the type {member.definition.type_value!r}, which the guard items of "
        f"{marks[member.definition.type_value]!r} are marked with: choose another type="
        for member in members
        if member.definition.type_value in marks
    ]
    return found + [problem for member in members for problem in _guard_problems(table_name, member)]


def _guard_problems(table_name: str, member: Member[Any]) -> Iterable[str]:
    name = member.definition.name
    if member.definition.uniques and any(slot.template.kind != "S" for slot in member.slots):
        yield (
            f"entity {name!r} has something unique, but the keys of table {table_name!r} are not all text, as those of "
            "guard items are: give the table text keys"
        )
    for template in member.slots[0].template.templates:
        if template.head.startswith(GUARD_HEAD):
            yield (
                f"entity {name!r} has the partition key {template.text!r}, which begins as the keys of guard items of "
                f"table {table_name!r} do ({GUARD_HEAD!r}): begin it with another literal"
            )


def _needs(table_name: str, member: Member[Any], classes: Collection[type]) -> Iterable[str]:
    definition = member.definition
    for what, companions in (("companions", definition.companions), ("history", definition.history)):
        for one in companions:
            if one.cls is not None and one.cls not in classes:
                yield (
                    f"entity {definition.name!r} has {one.name} in {what}=, which table {table_name!r} does not hold: "
                    "name the class in Table(...)"
                )
    for numbering in definition.numberings:
        if not any(issubclass(cls, numbering.parent) for cls in classes):
            yield (
                f"field {numbering.field!r} of entity {definition.name!r} gets its numbers from "
                f"{spelled(numbering.parent)}, which "
                f"table {table_name!r} does not hold: name the class in Table(...)"
            )
