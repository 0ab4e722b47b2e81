"""What all readers have in common that read the same entities by the same index: whatever values they are given."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from pynamite.entities.member import Member
from pynamite.entities.shapes import Shapes
from pynamite.entities.views import EntityView
from pynamite.key.schema import IndexSchema
from pynamite.repository.expiring import Sieve
from pynamite.repository.selection import index_keys, slots_of
from pynamite.repository.wanted import Wanted

__all__ = ["Outline", "outline_of"]

_OUTLINES = "read: outlines"


class Outline:
    """The outline of a read.

    ``held`` names the attributes that the index has, None where it has all; ``keys`` the key of what is read; ``names``
    the attributes that tell where a page ended. The items are ``typed`` if the type attribute is among what is read;
    the read ``is_straight`` if whose they are is all that is to be looked at in the items, as they are given.
    ``standing`` has requests that were made in full, for those who need the same with other values.

    Raises:
        DefinitionError: one of the entities takes no part in the index.
    """

    def __init__(self, wanted: Wanted) -> None:
        registry = wanted.session.registry
        self.schema: IndexSchema | None = None
        if wanted.index is not None:
            for member in wanted.members:
                index_keys(member, wanted.index)
            self.schema = registry.indexes[wanted.index]
        parts = () if self.schema is None else (*self.schema.partition, *self.schema.sort)
        own = (part for part in (registry.schema.partition, registry.schema.sort) if part is not None)
        self.names: dict[str, str] = {part.name: part.type for part in (*own, *parts)}
        partition, sort = slots_of(wanted.members[0], wanted.index)
        self.keys = frozenset(slot.attribute for slot in (*partition, *sort))
        self.sort_names: tuple[str, ...] = tuple(slot.attribute for slot in sort)
        self.held = self._held()
        self.typed = registry.type_attribute is not None and (self.held is None or registry.type_attribute in self.held)
        self.sieve = Sieve(
            wanted.members,
            include_expired=wanted.include_expired,
            held=self.held,
            keys=frozenset() if wanted.values is None else self.keys,
            typed=self.typed,
        )
        self.views: dict[Member[Any], EntityView[Any] | None] = wanted.viewed
        self.standing = Shapes()
        self.is_straight = self.typed and self.held is None and not self.sieve.looks and not any(self.views.values())

    def _held(self) -> frozenset[str] | None:
        if self.schema is None or self.schema.projection == "ALL":
            return None
        return frozenset(self.names) | frozenset(
            () if self.schema.projection == "KEYS_ONLY" else self.schema.projection
        )


def outline_of(wanted: Wanted) -> Outline:
    """Give the outline of what is wanted; it is made once, unless there are views, which everyone has of his own."""
    if wanted.views:
        return Outline(wanted)
    known: dict[Hashable, Outline] = wanted.members[0].standing.setdefault(_OUTLINES, {})
    identity = (
        wanted.session.registry, wanted.members, wanted.index, wanted.values is None, wanted.include_expired
    )
    found = known.get(identity)
    if found is None:
        found = known[identity] = Outline(wanted)
    return found
