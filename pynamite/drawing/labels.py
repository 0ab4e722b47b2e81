"""Whose an item is, in the words of a picture: an entity's, a guard of one, of no entity of the table, or unmarked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from pynamite.drawing.subject import Subject
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.wire import Item

__all__ = ["UNMARKED", "Label", "Labels"]


@attrs.frozen
class Label:
    """What stands at an item: ``name`` is the entity's, or what the item is marked as.

    ``number`` counts the entities of the table, for their colours; it is None for what is no entity of it.
    """

    name: str
    kind: Literal["entity", "guard", "foreign", "unmarked"]
    number: int | None = None


UNMARKED = Label("no type", "unmarked")


class Labels:
    """The labels of a table's items.

    Without entities, what items are marked with in the type attribute tells them apart. Of ``keys_only`` entries of an
    index, the key templates tell whose they are, as they do when such an index is read.
    """

    def __init__(self, subject: Subject, items: Iterable[Item], *, keys_only: bool = False) -> None:
        self._subject = subject
        self._keys_only = keys_only
        self._entities: Mapping[str, int] = _numbered(subject, items)

    def of(self, item: Item) -> tuple[Label, Member[Any] | None]:
        """Give the label of an item, as it is stored, and the entity that it is an instance of, if it is."""
        registry = self._subject.registry
        marked = item.get(self._subject.type_attribute or "", {}).get("S")
        if registry is None:
            return (Label(marked, "entity", self._entities[marked]) if marked else UNMARKED), None
        member = registry.identify(item) or (_by_key(registry, item) if self._keys_only else None)
        if member is not None:
            name = member.definition.name
            return Label(name, "entity", self._entities[name]), member
        guard = _guard(registry, item)
        if guard is not None:
            owner, names = guard
            return Label(f"{owner} · unique {names}", "guard", self._entities[owner]), None
        return (Label(marked, "foreign") if marked else UNMARKED), None


def _numbered(subject: Subject, items: Iterable[Item]) -> dict[str, int]:
    if subject.registry is not None:
        names = [member.definition.name for member in subject.registry.members.values()]
    else:
        marks = {item.get(subject.type_attribute or "", {}).get("S") for item in items}
        names = sorted(mark for mark in marks if mark)
    return {name: number for number, name in enumerate(names)}


def _by_key(registry: Registry, item: Item) -> Member[Any] | None:
    return next((member for member in registry.members.values() if member.owns_key(item)), None)


def _guard(registry: Registry, item: Item) -> tuple[str, str] | None:
    """Tell whose guard an item is, and of which names."""
    for member in registry.members.values():
        text = member.slots[0].text_of(item) if member.is_guard(item) else None
        for unique in member.definition.uniques:
            if text is not None and text.startswith(unique.template.head):
                return member.definition.name, ", ".join(unique.names)
    return None
