"""Sequences: the next number of a counter that a parent keeps, taken before its child is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import attrs

from pynamite.dynamo.matching import KeyIdentity, key_identity
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.entities.versions import Numbering
from pynamite.errors import ItemStructureError
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
        ItemStructureError: the instance does not fit; no number was taken.
    """
    return numbered_all(session, member, [instance], carry_out)[0] if member.definition.numberings else instance


@attrs.frozen(eq=False)
class _Block:
    """The instances, by their places, that get their numbers from one item."""

    parent: Member[Any]
    values: dict[str, Any]
    places: list[int] = attrs.field(factory=list)


def numbered_all(session: Session, member: Member[E], instances: Sequence[E], carry_out: CarryOut) -> list[E]:
    """Give instances with their numbers, in order; those that count in the same item take theirs at once."""
    found = list(instances)
    for instance in found if member.definition.numberings else ():
        _check_others(member, instance)
    for numbering in member.definition.numberings:
        blocks: dict[KeyIdentity, _Block] = {}
        parent = _parent(session.registry, numbering)
        for place, instance in enumerate(found):
            if getattr(instance, numbering.field) is None:
                values = _parent_key(parent, numbering, instance)
                block = blocks.setdefault(key_identity(parent.key(values)), _Block(parent, values))
                block.places.append(place)
        for block in blocks.values():
            last = _take(session, numbering, block, carry_out)
            for number, place in enumerate(block.places, last - len(block.places) + 1):
                found[place] = evolved(member, found[place], {numbering.field: number})
    return found


def _check_others(member: Member[E], instance: E) -> None:
    """Refuse what could not be written with any number, so that none is taken for it."""
    missing = [one.field for one in member.definition.numberings if getattr(instance, one.field) is None]
    try:
        with_numbers = evolved(member, instance, dict.fromkeys(missing, 1)) if missing else instance
    except ItemStructureError:
        # A validator wants other numbers: it will see them.
        return
    member.item(with_numbers)


def _parent(registry: Registry, numbering: Numbering) -> Member[Any]:
    """Find the entity that counts: the class that was named, or the one of the table that inherits the field."""
    (cls,) = numbering.candidates(registry.members)
    return registry.members[cls]


def _parent_key(parent: Member[Any], numbering: Numbering, instance: object) -> dict[str, Any]:
    values = {field: getattr(instance, numbering.key.get(field, field)) for field in parent.key_fields}
    return key_values(parent, values, {})


def _take(session: Session, numbering: Numbering, block: _Block, carry_out: CarryOut) -> int:
    """Count up, and give the last of the numbers that are taken by it."""
    update: Update[Any] = Update(
        session=session,
        member=block.parent,
        values=block.values,
        changes=({numbering.counter: Increment(numbering.counter, len(block.places))},),
        now=session.now,
        reread=True,
    )
    done = carry_out(session, update)
    assert done.new is not None
    last: int = getattr(block.parent.instance(done.new), numbering.counter)
    return last
