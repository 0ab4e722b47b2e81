"""What the entities of a table have to agree on: keys beside guard items, companions, sequences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from pynamite.entities.annotations import plain, spelled, without_none
from pynamite.entities.member import Member
from pynamite.entities.unique import GUARD_HEAD, GUARD_MARK, OWNER
from pynamite.entities.versions import Numbering

__all__ = ["shared_problems"]


def shared_problems(
    table_name: str, members: Sequence[Member[Any]], classes: Collection[type], attributes: Collection[str | None]
) -> list[str]:
    """Find what the entities of a table need of each other, and do not have.

    ``classes`` are all that it lists, ``attributes`` those that its items, and the keys of its indexes, have of their
    own.
    """
    found = [problem for member in members for problem in _needs(table_name, member, members, classes)]
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


def _needs(
    table_name: str, member: Member[Any], members: Sequence[Member[Any]], classes: Collection[type]
) -> Iterable[str]:
    definition = member.definition
    for what, companions in (("companions", definition.companions), ("history", definition.history)):
        for one in companions:
            if one.cls is not None and one.cls not in classes:
                yield (
                    f"entity {definition.name!r} has {one.name} in {what}=, which table {table_name!r} does not hold: "
                    "name the class in Table(...)"
                )
            theirs = next((other.definition.version for other in members if other.cls is one.cls), None)
            if theirs is not None:
                yield (
                    f"entity {definition.name!r} has {one.name} in {what}=, whose field {theirs.name!r} is "
                    "version=True: what is kept in step is not changed by itself; make it an ordinary field"
                )
    for numbering in definition.numberings:
        yield from _numbering_problems(table_name, member, numbering, members, classes)


def _numbering_problems(
    table_name: str,
    member: Member[Any],
    numbering: Numbering,
    members: Sequence[Member[Any]],
    classes: Collection[type],
) -> Iterable[str]:
    named = f"field {numbering.field!r} of entity {member.definition.name!r}"
    counter = f"{spelled(numbering.parent)}.{numbering.counter}"
    candidates = sorted(numbering.candidates(classes), key=spelled)
    if not candidates:
        yield (
            f"{named} gets its numbers from {spelled(numbering.of or numbering.parent)}, which table {table_name!r} "
            "does not hold: name the class in Table(...)"
        )
    if len(candidates) > 1:
        names = ", ".join(map(spelled, candidates))
        yield (
            f"{named} counts in {counter}, which several entities of table {table_name!r} have ({names}): say which "
            f"one counts, sequence=NextOf({counter}, of={spelled(candidates[0])})"
        )
    parent = next((one for one in members if [one.cls] == candidates), None)
    if parent is not None:
        yield from _counter_problems(named, numbering, parent)
        yield from _parent_key_problems(named, numbering, member, parent)


def _counter_problems(named: str, numbering: Numbering, parent: Member[Any]) -> Iterable[str]:
    """Say why a field of the parent cannot count."""
    counter = f"{parent.definition.name}.{numbering.counter}"
    plan = parent.definition.fields.get(numbering.counter)
    if plan is None:
        yield f"{named} counts in {counter}, which is init=False, so that it is not stored: count in another field"
        return
    if plain(without_none(plan.kind)) is not int:
        yield f"{named} counts in {counter}, which is {spelled(plan.kind)}: count in an int"
    options = plan.options
    if plan.name in parent.key_fields or options.key_only:
        yield f"{named} counts in {counter}, which is part of the table key, and cannot change: count in another field"
    if options.version or options.created or options.updated or options.ttl or options.sequence is not None:
        yield f"{named} counts in {counter}, which has a meaning of its own: count in another field"


def _parent_key_problems(
    named: str, numbering: Numbering, member: Member[Any], parent: Member[Any]
) -> Iterable[str]:
    """Say what is missing to find the item that counts."""
    counter = f"{parent.definition.name}.{numbering.counter}"
    for field in parent.key_fields:
        if field not in numbering.key and field not in member.definition.fields:
            yield (
                f"{named} counts in {counter}, whose key has {field!r}, which is no field here: say which one has it, "
                f"sequence=NextOf({counter}, key={{{field!r}: ...}})"
            )
    for field in numbering.key:
        if field not in parent.key_fields:
            yield (
                f"{named} counts in {counter}, and says where {field!r} comes from, which is no field of the key of "
                f"{parent.definition.name!r}: its key fields are {', '.join(map(repr, parent.key_fields)) or 'none'}"
            )
