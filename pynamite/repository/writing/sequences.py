"""Sequences: the next number of a counter that a parent keeps, taken before its child is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pynamite.entities.annotations import spelled
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.entities.versions import Numbering
from pynamite.errors import KeyValueError
from pynamite.expression.update import Increment
from pynamite.repository.session import Session, key_values
from pynamite.repository.writing.intents import Update
from pynamite.repository.writing.making import evolved
from pynamite.repository.writing.unit import Done

__all__ = ["numbered", "numbered_all"]

E = TypeVar("E")

CarryOut = Callable[..., Done]


def numbered(session: Session, member: Member[E], instance: E, carry_out: CarryOut) -> E:
    """Give an instance with a number in each sequence field that has none.

    Raises:
        ItemNotFoundError: there is no item that counts.
        KeyValueError: the instance does not say which item counts.
    """
    return numbered_all(session, member, [instance], carry_out)[0]


def numbered_all(session: Session, member: Member[E], instances: Sequence[E], carry_out: CarryOut) -> list[E]:
    """Give instances with their numbers, in order; those that count in the same item take theirs at once."""
    found = list(instances)
    for numbering in member.definition.numberings:
        waiting: dict[tuple[tuple[str, Any], ...], list[int]] = {}
        for number, instance in enumerate(found):
            if getattr(instance, numbering.field) is None:
                key = _parent_key(session.registry, member, numbering, instance)
                waiting.setdefault(tuple(key.items()), []).append(number)
        for key_items, numbers in waiting.items():
            last = _take(session, numbering, dict(key_items), len(numbers), carry_out)
            for place, number in enumerate(numbers):
                given = {numbering.field: last - len(numbers) + place + 1}
                found[number] = evolved(member, found[number], given)
    return found


def _parent(registry: Registry, numbering: Numbering) -> Member[Any]:
    """Find the entity that counts: the class that was named, or the one of the table that inherits the field."""
    if numbering.parent in registry.members:
        return registry.members[numbering.parent]
    return next(member for cls, member in registry.members.items() if issubclass(cls, numbering.parent))


def _parent_key(registry: Registry, member: Member[E], numbering: Numbering, instance: E) -> dict[str, Any]:
    parent = _parent(registry, numbering)
    values: dict[str, Any] = {}
    for field in parent.key_fields:
        own = numbering.key.get(field, field)
        if own not in member.definition.fields:
            raise KeyValueError(
                f"field {numbering.field!r} of entity {member.definition.name!r} counts in "
                f"{spelled(numbering.parent)}.{numbering.counter}, whose key has {field!r}, which is no field here: "
                f"say which one has it, sequence=NextOf({spelled(numbering.parent)}.{numbering.counter}, "
                f"key={{{field!r}: ...}})",
                entity=member.definition.name,
                field=numbering.field,
            )
        values[field] = getattr(instance, own)
    return key_values(parent, values, {})


def _take(session: Session, numbering: Numbering, key: dict[str, Any], count: int, carry_out: CarryOut) -> int:
    """Count up, and give the last of the numbers that are taken by it."""
    parent = _parent(session.registry, numbering)
    update: Update[Any] = Update(
        session=session,
        member=parent,
        values=key,
        changes=({numbering.counter: Increment(numbering.counter, count)},),
        now=session.now,
    )
    done = carry_out(session, update)
    assert done.new is not None
    last: int = getattr(parent.instance(done.new), numbering.counter)
    return last
