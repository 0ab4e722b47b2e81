"""A parent with its children, read by one query wherever the parent stands among them."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

import attrs

from pynamite.entities.member import Member
from pynamite.errors import ExpressionError
from pynamite.key.ranges import after
from pynamite.repository.query import Query, check_limit
from pynamite.repository.reading import Reader
from pynamite.repository.selection import slots_of
from pynamite.repository.walk import Entry, Walk
from pynamite.repository.wanted import Wanted

__all__ = ["Aggregate"]

P_co = TypeVar("P_co", covariant=True)
C_co = TypeVar("C_co", covariant=True)


class Aggregate(Generic[P_co, C_co]):
    """A parent and its children, which share a partition; `Store.aggregate` makes it.

    Nothing is read until ``parent`` or ``children`` is asked for; then both are read, once. ``limit`` counts the
    children alone. It is one query, and the reading stops as soon as both are known: name the direction that meets the
    parent first. Only where the limit is reached and the parent lies behind further children, a second request fetches
    it.
    """

    def __init__(self, wanted: Wanted, most: int | None = None) -> None:
        self._wanted = wanted
        self._most = most
        self._parent: Member[Any] = wanted.members[0]
        # A limit is for what is read: the parent is one more.
        self._query: Query[Any] = Query(wanted, None if most is None else most + 1)

    def __repr__(self) -> str:
        parent, *children = (member.definition.name for member in self._wanted.members)
        return f"Aggregate({parent} with {', '.join(children)})"

    def reverse(self) -> Aggregate[P_co, C_co]:
        """Read in the other direction, from the largest sort key down."""
        return Aggregate(attrs.evolve(self._wanted, forward=not self._wanted.forward), self._most)

    def limit(self, most: int) -> Aggregate[P_co, C_co]:
        """Give at most so many children, besides the parent."""
        return Aggregate(self._wanted, check_limit(most))

    def consistently(self) -> Aggregate[P_co, C_co]:
        """Read what was written up to now, at twice the price; not from a global index."""
        return Aggregate(attrs.evolve(self._wanted, consistent=True), self._most)

    def hydrate(self) -> Aggregate[P_co, C_co]:
        """Read the whole items behind the entries of an index that does not hold all attributes."""
        return Aggregate(attrs.evolve(self._wanted, hydrated=True), self._most)

    def include_expired(self) -> Aggregate[P_co, C_co]:
        """Read items that have expired, too, as long as they are not deleted."""
        return Aggregate(attrs.evolve(self._wanted, include_expired=True), self._most)

    def request(self) -> dict[str, Any]:
        """Give the request that would be sent first, without sending it."""
        return self._query.request()

    @property
    def parent(self) -> P_co | None:
        """The parent, None where there is none.

        Raises:
            ExpressionError: there are several.
        """
        parent: P_co | None = self._read[0]
        return parent

    @property
    def children(self) -> list[C_co]:
        """The children, in the order of the query."""
        return list(self._read[1])

    @cached_property
    def _read(self) -> tuple[Any, list[Any]]:
        reader = Reader(self._wanted)
        parents: list[Any] = []
        children: list[Any] = []
        most = None if self._most is None else self._most + 1
        walk = Walk(reader, None, most)
        for entry, instance in reader.read(walk, most):
            if entry.member is self._parent:
                parents.append(instance)
                self._refuse_several(parents)
            elif len(children) == self._most:
                # One child more than wanted: the parent, if there is one, lies behind it.
                return self._fetched(walk.moment), children
            else:
                children.append(instance)
            if len(children) == self._most and (parents or self._behind(reader, entry)):
                break
        return next(iter(parents), None), children

    def _refuse_several(self, parents: list[Any]) -> None:
        if len(parents) > 1:
            name = self._parent.definition.name
            raise ExpressionError(
                f"an aggregate has one parent, but the partition holds more than one {name}: use "
                f"collection({name}, ...).by_type(), or give the fields of its sort key"
            )

    def _behind(self, reader: Reader, entry: Entry) -> bool:
        """Tell whether the walk, at an entry, has passed every key that the parent may have."""
        _, sort = slots_of(entry.member, self._wanted.index)
        if reader.selection is None or not reader.selection.leads or sort[0].template.kind != "S":
            return False
        leads, text = reader.selection.leads[0], sort[0].text_of(entry.item)
        if text is None:
            return False
        if not self._wanted.forward:
            return all(text < lead.text for lead in leads)
        ends = [lead.text if lead.next is None else after(lead.text) for lead in leads]
        return all(end is not None and text > end for end in ends)

    def _fetched(self, moment: datetime | None) -> Any:
        """Read the parent alone, as of the same moment."""
        partition, sort = slots_of(self._parent, self._wanted.index)
        names = [name for slot in (*partition, *sort) for name in slot.template.fields]
        known = {*names, *self._parent.definition.sources(names)}
        values = {name: value for name, value in (self._wanted.values or {}).items() if name in known}
        wanted = attrs.evolve(self._wanted, moment=moment)
        alone = attrs.evolve(wanted, members=(self._parent,), values=values, views=self._wanted.views[:1])
        parents = Query[Any](alone, 2).all()
        self._refuse_several(parents)
        return next(iter(parents), None)
