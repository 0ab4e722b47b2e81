"""How the entities of a table hang together, as far as the declarations say: by keys, companions and sequences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import attrs

from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.entities.slots import KeySlot

__all__ = ["Relation", "relations"]


@attrs.frozen
class Relation:
    """One entity has another: ``many`` of it, or at most one.

    ``within`` says that the other's key begins with its own, or that they share a partition: one query reads both.
    ``why`` names what the declarations have for it.
    """

    parent: str
    child: str
    why: str
    many: bool = True
    within: bool = False


def relations(registry: Registry) -> list[Relation]:
    """Infer the relations of a table's entities, one for each two of them and each reason; see `Relation`."""
    found = list(dict.fromkeys((*_collections(registry), *_made(registry), *_numbered(registry))))
    return [*found, *(one for one in _named(registry) if not _leads(found, one.parent, one.child))]


def _leads(known: Sequence[Relation], parent: str, child: str) -> bool:
    """Tell whether relations lead from one entity to another, or back, so that there is nothing more to say."""

    def reached(name: str) -> set[str]:
        names = {name}
        while more := {one.child for one in known if one.parent in names} - names:
            names |= more
        return names

    return child in reached(parent) or parent in reached(child)


def _collections(registry: Registry) -> Iterator[Relation]:
    """Find parents that share a partition with what has their fields and more in its key."""
    for index in (None, *registry.indexes):
        members = [one for one in registry.members.values() if index is None or index in one.indexes]
        where = "" if index is None else f" in {index}"
        pairs = [
            (parent, child)
            for parent, child in permutations(members, 2)
            if _share_partition(parent, child, index) and _is_above(parent, child, index, members)
        ]
        for parent, child in pairs:
            between = any(
                (parent, middle) in pairs and (middle, child) in pairs
                for middle in members
                if middle not in {parent, child}
            )
            if not between:
                fields = ", ".join(_fields(parent, index))
                many = set(_fields(parent, index)) != set(_fields(child, index))
                yield Relation(parent.definition.name, child.definition.name, f"{fields}{where}", many, within=True)


def _slots(member: Member[Any], index: str | None) -> tuple[Sequence[KeySlot], Sequence[KeySlot]]:
    if index is None:
        return member.slots[:1], member.slots[1:]
    return member.indexes[index].partition, member.indexes[index].sort


def _fields(member: Member[Any], index: str | None) -> tuple[str, ...]:
    partition, sort = _slots(member, index)
    return tuple(dict.fromkeys(name for slot in (*partition, *sort) for name in slot.template.fields))


def _share_partition(one: Member[Any], other: Member[Any], index: str | None) -> bool:
    """Tell whether the partition keys of two entities are made alike, of the same names."""
    pairs = list(zip(_slots(one, index)[0], _slots(other, index)[0], strict=True))
    return bool(_fields(one, index)) and all(left.template.text == right.template.text for left, right in pairs)


def _is_above(parent: Member[Any], child: Member[Any], index: str | None, members: Sequence[Member[Any]]) -> bool:
    above, below = set(_fields(parent, index)), set(_fields(child, index))
    if not above <= set(parent.key_names):
        # An index may hold many of it by such fields, a status or a day: by them, it is nobody's parent.
        return False
    if above == below:
        alike = [_texts(parent, index), _texts(child, index)]
        return alike[0] != alike[1] and members.index(parent) < members.index(child)
    return above < below


def _texts(member: Member[Any], index: str | None) -> list[str]:
    partition, sort = _slots(member, index)
    return [slot.template.text for slot in (*partition, *sort)]


def _made(registry: Registry) -> Iterator[Relation]:
    for member in registry.members.values():
        for kind, companions in (("companion", member.definition.companions), ("history", member.definition.history)):
            for companion in companions:
                if companion.cls is not None and companion.cls in registry.members:
                    name = registry.members[companion.cls].definition.name
                    yield Relation(member.definition.name, name, kind, many=kind == "history")


def _numbered(registry: Registry) -> Iterator[Relation]:
    for member in registry.members.values():
        for numbering in member.definition.numberings:
            for cls in numbering.candidates(registry.members):
                parent = registry.members[cls].definition.name
                yield Relation(parent, member.definition.name, f"{numbering.counter} numbers {numbering.field}")


def _named(registry: Registry) -> Iterator[Relation]:
    """Find keys that have another entity's partition key in them, literal and placeholder: ``USER#<account_id>``."""
    for parent, child in permutations(registry.members.values(), 2):
        own = parent.slots[0].template
        literal = len(own.templates) == 1 and own.templates[0].head and own.templates[0].gaps
        if not literal or set(own.fields) != set(parent.key_names) or _texts(parent, None) == _texts(child, None):
            continue
        pattern = re.compile(rf"(?<![^#|/:.@]){re.escape(own.text)}")
        slots = (*child.slots, *(slot for keys in child.indexes.values() for slot in keys.slots))
        if any(pattern.search(template.text) for slot in slots for template in slot.template.templates):
            many = set(child.key_names) != set(parent.key_names)
            yield Relation(parent.definition.name, child.definition.name, f"by {', '.join(own.fields)}", many)
